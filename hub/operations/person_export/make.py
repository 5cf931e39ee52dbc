"""
Maker of exports.

    a person ▸ directory ▸ the thread of messages and replies ▸ their words ▸ cases, surveys, audit
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from msgspec import convert, structs

from hub.access.actor import Actor
from hub.errors import UnknownName
from hub.model import MarkEntry
from hub.model.preferences import change_of
from hub.operations.constancia.gather import gather_person
from hub.operations.constancia.make import consent_lines
from hub.operations.constancia.proven import prove
from hub.operations.constancia.schemas import ConsentLine
from hub.operations.person_export.schemas import AuditLine, MarkLine, PersonExport
from hub.storage import (
    Database,
    PostgresAudit,
    PostgresCases,
    PostgresConstancias,
    PostgresDirectoryHistory,
    PostgresPersonExport,
)
from hub.storage.person_export import RefusedByAddress

_PAGE: Final = 500


def _quiet(_done: int, _total: int) -> None: ...


async def make_export(
    db: Database,
    company: str,
    person: str,
    *,
    by: Actor,
    way: str = "",
    with_reasons: bool = True,
    step: Callable[[int, int], None] = _quiet,
) -> PersonExport:
    """
    Export a person, known to the directory or not any more, and audit that first.

    `way` is the door through which somebody exports their own data. Raises TooLarge, UnknownName.

    The reason of a mark is the person's own data, but its note may name others, and an address is protected
    from somebody near: staff reads it before handing it over. An export that the person loads alone goes
    without it.
    """
    said, own = PostgresConstancias(db), PostgresPersonExport(db)
    identity = await PostgresDirectoryHistory(db).somebody(person, whole=True)
    name, held = await said.name_of(person), await own.held(person)
    gathered = await gather_person(
        PostgresCases(db), person, name or person, places=None, place_names=(), also=held.by_address
    )
    if identity is None and not gathered.entries and not held.versions and not held.roles:
        raise UnknownName(f"no hay nadie que se llame {person!r} en el directorio, ni mensajes suyos")
    about = {"way": way} if way else {}
    await by.note("person.export", f"person:{person}", person=person, **about)
    proven = await prove(said, gathered.message_ids, step)
    return PersonExport(
        made_at=by.now.replace(microsecond=0),
        asked_by=by.by,
        company=company,
        person=person,
        identity=identity,
        versions=list(held.versions),
        roles=list(held.roles),
        consents=await _consents(said, person, name or "", held.opt_outs),
        messages=proven.messages,
        thread=gathered.entries,
        files=await own.files(
            person, [entry.reply.id for entry in gathered.entries if entry.reply is not None]
        ),
        cases=list(held.cases),
        surveys=list(held.surveys),
        preferences=list(map(change_of, held.preferences)),
        marks=[_mark(mark, whole=with_reasons) for mark in held.marks],
        openings=list(held.openings),
        contacts=list(held.contacts),
        suppressions=list(held.suppressions),
        audit=await _audit(PostgresAudit(db), person),
    )


async def _consents(
    said: PostgresConstancias, person: str, name: str, by_address: Sequence[RefusedByAddress]
) -> list[ConsentLine]:
    refused = [
        ConsentLine(
            person=person, name=name, purpose=out.purpose, granted=False, at=out.at, method=out.method
        )
        for out in by_address
    ]
    lines = await consent_lines(said, {person: name})
    return sorted([*lines, *refused], key=lambda line: (line.at, line.purpose))


async def _audit(audit: PostgresAudit, person: str) -> list[AuditLine]:
    lines: list[AuditLine] = []
    after: str | None = None
    while True:
        page = await audit.notes(after=after, limit=_PAGE, person=person)
        lines += [convert(note, AuditLine, from_attributes=True) for note in page.items]
        after = page.next
        if after is None:
            return lines


def _mark(mark: MarkEntry, *, whole: bool) -> MarkLine:
    hidden = {} if whole else {"reason": None, "note": None}
    return convert({**structs.asdict(mark), **hidden}, MarkLine)
