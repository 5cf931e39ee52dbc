"""Mending of a dead letter: its mistakes, line by line, and the letter with other words. Pure."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

from hub.cloudevents import strict_json
from hub.errors import InvalidEvent, TooLate
from hub.model import DeadLetter, Event, Json

LONGEST: Final = 256 * 1024
"""Bytes of a body that a page may mend; a longer one is for its publisher."""
_SETTLED: Final = "the letter is {state}: only an open one can be mended"
_ALL: Final = "*"
_MOST_PATHS: Final = 50
_LONGEST_PATH: Final = 200
_PLAIN_KEY: Final = re.compile(r"[a-z0-9_]{1,40}")

Check = Callable[[bytes, str | None, Mapping[str, Json]], Event]
"""Decodes and validates an event. Raises InvalidEvent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PayloadLine:
    text: str
    is_wrong: bool


def payload_lines(body: bytes, field: str | None) -> Sequence[PayloadLine]:
    """
    Return the body as indented JSON, with the lines of the invalid part marked.

    A part that is missing marks the line where its object begins. A body that is no JSON is returned as it
    came.
    """
    try:
        lines = list(_written(strict_json.loads(body), "", 0, ""))
    except (ValueError, RecursionError):
        return [PayloadLine(text=line, is_wrong=False) for line in body.decode(errors="replace").splitlines()]
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
    """Return the path of the invalid part or, where that is missing, of the object that should hold it."""
    path = (field or "").replace("[", ".").replace("]", "")
    while path and path not in paths:
        path = path.rpartition(".")[0]
    return path or None


def mended(letter: DeadLetter, body: bytes, check: Check, *, by: str) -> DeadLetter:
    """
    Return the letter with other words, and the name of its mender.

    Raises TooLate if it is settled, InvalidEvent if the words are not valid either, or another event. A
    letter that was refused for its sender cannot be mended: other words do not change the sender.
    """
    if letter.state != "open":
        raise TooLate(_SETTLED.format(state=letter.state))
    if letter.wrong_sender:
        raise InvalidEvent("it was refused for who sent it: other words do not change that")
    if len(body) > LONGEST:
        raise InvalidEvent("it is too long to be mended here")
    if not is_known(letter):
        raise InvalidEvent("nobody can say whose event it is, and so which one it must stay")
    event = check(body, letter.content_type, letter.headers)
    # A mend may not publish another event in its sender's name.
    was, now = _identity(letter), {"source": event.source, "id": event.id, "type": event.type}
    for name in was:
        if was[name] != now[name]:
            raise InvalidEvent("it must stay the same event", field=name)
    return replace(letter, body=body, mended_by=by)


def _identity(letter: DeadLetter) -> Mapping[str, str | None]:
    """Return source, id and type, as far as they could be read."""
    return {"source": letter.source, "id": letter.event_id, "type": letter.event_type}


def is_known(letter: DeadLetter) -> bool:
    """Return whether source, id and type could be read: the mend of any other letter would be a new event."""
    return all(_identity(letter).values())


def can_be_mended(letter: DeadLetter) -> bool:
    return letter.state == "open" and is_known(letter) and not letter.wrong_sender


def changed_paths(old: bytes, new: bytes) -> Sequence[str]:
    """
    Return the fields in which two bodies differ, for the audit: their paths, never their values.

    A key that is no field's name may be a person's, and is written as `?`. Bodies that are no JSON, or nested
    too deeply, differ in everything.
    """
    try:
        before, after = (_by_path(_leaves(strict_json.loads(body), "")) for body in (old, new))
    except (ValueError, RecursionError):
        return [_ALL]
    paths = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    return [path[:_LONGEST_PATH] for path in sorted(paths)[:_MOST_PATHS]]


def _by_path(leaves: Iterable[tuple[str, str]]) -> Mapping[str, Sequence[str]]:
    """Return the values of each path: several, where keys are written as `?`."""
    held = defaultdict[str, list[str]](list)
    for path, value in leaves:
        held[path].append(value)
    return held


def _leaves(value: Json, path: str) -> Iterator[tuple[str, str]]:
    """Yield (path, JSON) for each value without parts."""
    parts: Iterable[tuple[object, Json]] = ()
    if isinstance(value, Mapping):
        parts = value.items()
    elif isinstance(value, list):
        parts = enumerate(value)
    named = [(name if _PLAIN_KEY.fullmatch(str(name)) else "?", part) for name, part in parts]
    if not named:
        yield path or _ALL, json.dumps(value, sort_keys=True)
    for name, part in named:
        yield from _leaves(part, f"{path}.{name}" if path else str(name))


def trace(letter: DeadLetter, whole: DeadLetter) -> dict[str, Json]:
    """Return the row of a mend in the audit: the changed fields, and the SHA-256 of the published body."""
    return {
        "sha256": sha256(whole.body).hexdigest(),
        "changed": list(changed_paths(letter.body, whole.body)),
    }
