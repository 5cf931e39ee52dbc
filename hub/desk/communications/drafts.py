"""
Drafts of communications: what is stored of what somebody writes, and the words by which it is found.

Works, outages and assemblies that were written here may go on: a form offers them to choose from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final
from uuid import uuid4

from msgspec.structs import asdict, replace

from hub.contact_rules.opt_out_words import folded
from hub.desk.communications.asking import account_of
from hub.desk.communications.rows import CommunicationBody, FileRow
from hub.doors.operator import Operator
from hub.errors import NoSuch
from hub.model import CORRECTION, Json
from hub.model.actors import KEY, SHELL
from hub.model.communications import Communication, CommunicationState, Draft, ListRow, Origin, Whom
from hub.model.ids import uuid8
from hub.operations.communications.kinds import BY_EVENT, OFFERED, title_of
from hub.operations.communications.lists import with_lists
from hub.operations.communications.undated import undated
from hub.operations.communications.whom import places_of
from hub.people.units import own_name
from hub.rendering.filters import fecha
from hub.storage.communication_drafts import StoredFile
from hub.storage.database import read

KIND: Final = "kind of communication"
_WORD: Final = re.compile(r"[^\W_]{1,60}")
"""A word, or a piece of one that no index holds whole."""
LATELY: Final = timedelta(days=180)
_OPENED_BY: Final[Mapping[str, tuple[str, str]]] = {
    "works": ("maintenance.scheduled.announced", "work_id"),
    "outages": ("building.outage.reported", "outage_id"),
    "assemblies": ("admin.assembly.convened", "assembly_id"),
}
"""Word of `x-pick` → the event that opens such a case, and the field with its id."""
_ABOUT: Final = ("description", "title", "service", "affected_services", "kind")
_WHEN: Final = ("starts_at", "since")


async def new_draft(by: Operator, body: CommunicationBody) -> Communication:
    """Make a draft of an operator's. Raises NoSuch, InvalidAudience."""
    if body.kind not in OFFERED:
        raise NoSuch(KIND)
    now, account = by.now, await account_of(by)
    empty = Communication(
        id=uuid8(now, "communication", by.who, uuid4().hex),
        kind=body.kind,
        origin=_origin(by),
        state=CommunicationState.DRAFT,
        version=1,
        title="",
        draft=Draft(),
        places=[],
        by=by.by,
        person=None if account is None else account.person,
        made_at=now,
        changed_at=now,
    )
    return await changed(by, empty, body)


def body_of(kind: str, draft: Draft) -> CommunicationBody:
    """Return a body with the words and the people of a draft; days are to be written again."""
    kept = undated(draft)
    return CommunicationBody(kind=kind, data=dict(kept.data), to=kept.whom.to, without=kept.whom.without)


async def changed(
    by: Operator, row: Communication, body: CommunicationBody, rows: Sequence[ListRow] = ()
) -> Communication:
    """Return a draft with these words and people, and those of its lists. Raises NoSuch, InvalidAudience."""
    kind = BY_EVENT.get(body.kind)
    if kind is None or (row.kind == CORRECTION) != (body.kind == CORRECTION):
        raise NoSuch(KIND)
    whom = Whom(to=tuple(body.to), without=tuple(body.without))
    return replace(
        row,
        kind=body.kind,
        title=row.title if kind.readers else title_of(kind, body.data),
        draft=Draft(data=body.data, whom=whom, starts_at=body.starts_at),
        writers=[*row.writers, by.by],
        places=row.places if kind.readers else await places_of(by.db, with_lists(whom, rows), by.places),
        changed_at=by.now,
    )


def file_rows(files: Iterable[StoredFile]) -> list[FileRow]:
    """Make the rows of what was attached; at place 0 stands what is made of them."""
    return [read(FileRow, asdict(one), sha256=one.sha256.hex()) for one in files if one.place]


def words_of(row: Communication) -> str:
    """Return the folded words by which a communication is found: its title, and all texts of its data."""
    texts = (row.title, *_texts(row.draft.data))
    return " ".join(word for text in texts for word in _WORD.findall(folded(text)))


async def picks_of(by: Operator, schema: Mapping[str, Json]) -> Mapping[str, Sequence[tuple[str, str]]]:
    """Return, for each list that the form of an event chooses from, the ids with their words."""
    asked = {rule.get("x-pick") for rule in schema["properties"].values()} & _OPENED_BY.keys()
    return {word: await _picks(by, *_OPENED_BY[word]) for word in sorted(asked)}


async def _picks(by: Operator, event: str, field: str) -> Sequence[tuple[str, str]]:
    found = await by.stores.communications.opened(event, by.now - LATELY, by.places)
    return [(data[field], _picked(data, own_name(name))) for data, name in found]


def _picked(data: Mapping[str, Json], building: str) -> str:
    about = next((data[name] for name in _ABOUT if data.get(name)), "")
    shown = ", ".join(about) if isinstance(about, list) else str(about)
    day = next((fecha(data[name]) for name in _WHEN if data.get(name)), "")
    return ", ".join(word for word in (shown, day, building) if word)


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def _origin(by: Operator) -> Origin:
    if by.who.startswith(SHELL):
        return Origin.COMMAND
    return Origin.API if by.who.startswith(KEY) else Origin.DESK
