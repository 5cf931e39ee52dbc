"""Mend a dead letter: what is wrong in it, line by line, and its replay with other words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from hub.cloudevents import strict_json
from hub.errors import InvalidEvent
from hub.model import DeadLetter, Event, Json
from hub.ports import LogStore, Publisher

LONGEST: Final = 256 * 1024
"""Bytes of a body that a page may mend; a longer one is for its publisher."""
_KEPT: Final = ("source", "id", "type")
"""What says whose event it is: who mends it may not publish another one in its sender's name."""

Check = Callable[[bytes, str | None, Mapping[str, Json]], Event]
"""Decodes and validates an event. Raises InvalidEvent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PayloadLine:
    text: str
    is_wrong: bool


def payload_lines(body: bytes, field: str | None) -> Sequence[PayloadLine]:
    """
    Return the body as indented JSON, with the lines of the invalid part marked.

    A part that is missing marks the line where its object begins. What is no JSON is returned as it came.
    """
    try:
        value = strict_json.loads(body)
    except ValueError:
        return [PayloadLine(text=line, is_wrong=False) for line in body.decode(errors="replace").splitlines()]
    lines = list(_written(value, "", 0, ""))
    wrong = _nearest({path for path, _ in lines}, field)
    return [PayloadLine(text=text, is_wrong=wrong is not None and path == wrong) for path, text in lines]


def _written(value: Json, path: str, depth: int, end: str, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield (path, line) for each line of the indented value."""
    space = "  " * depth
    begin = f"{space}{json.dumps(key, ensure_ascii=False)}: " if key else space
    parts: Sequence[tuple[str, Json]]
    if isinstance(value, Mapping) and value:
        opening, closing, parts = "{", "}", [(str(name), part) for name, part in value.items()]
    elif isinstance(value, list) and value:
        opening, closing, parts = "[", "]", [("", part) for part in value]
    else:
        yield path, f"{begin}{json.dumps(value, ensure_ascii=False)}{end}"
        return
    yield path, f"{begin}{opening}"
    for place, (name, part) in enumerate(parts):
        inner = name or str(place)
        comma = "," if place < len(parts) - 1 else ""
        yield from _written(part, f"{path}.{inner}" if path else inner, depth + 1, comma, name)
    yield "", f"{space}{closing}{end}"


def _nearest(paths: set[str], field: str | None) -> str | None:
    """Return the path of the invalid part or, where it is missing, of what should hold it."""
    path = (field or "").replace("[", ".").replace("]", "")
    while path and path not in paths:
        path = path.rpartition(".")[0]
    return path or None


def mended(letter: DeadLetter, text: str, check: Check) -> DeadLetter:
    """
    Return the letter with other words. Raises InvalidEvent if they are not valid either, or another event.

    A letter that was refused for who sent it cannot be mended: other words do not change its sender.
    """
    body = text.encode()
    if letter.wrong_sender:
        raise InvalidEvent("it was refused for who sent it: other words do not change that")
    if len(body) > LONGEST:
        raise InvalidEvent("it is too long to be mended here")
    was = identity_of(letter)
    if not is_known(letter):
        raise InvalidEvent("nobody can say whose event it is, and so which one it must stay")
    event = check(body, letter.content_type, letter.headers)
    now: Mapping[str, str] = {"source": event.source, "id": event.id, "type": event.type}
    for name in _KEPT:
        if was[name] != now[name]:
            raise InvalidEvent("it must stay the same event", field=name)
    return replace(letter, body=body)


def identity_of(letter: DeadLetter) -> Mapping[str, str | None]:
    """Return source, id and type, as far as they could be read."""
    return {"source": letter.source, "id": letter.event_id, "type": letter.event_type}


def is_known(letter: DeadLetter) -> bool:
    """Return whether the letter says whose event it is: of any other a mend would be an event of its own."""
    return all(identity_of(letter).values())


async def replay_mended(log: LogStore, publisher: Publisher, letter: DeadLetter) -> bool:
    """
    Publish a mended letter in the name of its sender, then set the original `replayed`. Idempotent.

    Return false if somebody settled it before.
    """
    await publisher.replay(letter)
    return await log.settle_dead(letter.id, state="replayed", times=letter.times)
