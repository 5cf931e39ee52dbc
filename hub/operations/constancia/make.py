"""
Make a constancia.

    a case or a person ▸ its thread ▸ what each message said, made again ▸ its seals ▸ PDF ▸ signed archive

The same state gives the same bytes, except for the instant of making.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

import msgspec
from msgspec import convert

from hub.access.document_keys import DocumentKey
from hub.business_time import WorkCalendar
from hub.errors import UnknownName
from hub.model import Brand, Json, PropertyScope, Purpose
from hub.model.evidence import Seal
from hub.operations.cases import summary_es as cases_es
from hub.operations.constancia import paper, summary_es, verificar, words_es
from hub.operations.constancia.archive import Archive
from hub.operations.constancia.gather import Gathered, gather_case, gather_person, stories
from hub.operations.constancia.proven import Proven, Step, mismatches, prove, put_seals
from hub.operations.constancia.schemas import ConsentLine, Facts, Seals, Stamp, Subject
from hub.operations.constancia.sealed import Chain, chain_of, lines, part_of
from hub.ports.cases import KnownCase
from hub.rendering.identities import Look
from hub.storage import PostgresCases, PostgresConstancias

_EVER: Final = datetime(9999, 1, 1, tzinfo=UTC)

Pdf = Callable[[str, Json, datetime, Mapping[str, bytes]], Awaitable[bytes]]
"""Template, data, day, pictures → PDF."""
"""Sets a template with data, dated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Constancia:
    """The signed archive, its facts, and the people whose data it shows."""

    content: bytes
    facts: Facts
    people: Sequence[str]

    @property
    def file_name(self) -> str:
        """`constancia-PQ-2026-000901-20261127.zip`."""
        kept = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in self.facts.about.number)
        return f"constancia-{kept[:60].strip('-') or 'caso'}-{self.facts.made_at:%Y%m%d}.zip"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The author of the request, its instant, and the places to which it is bound."""

    by: str
    at: datetime
    places: PropertyScope = None


def quiet(_done: int, _total: int) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Constancias:
    """Makes constancias, one at a time: each may take a hundred megabytes."""

    threads: PostgresCases
    store: PostgresConstancias
    calendar: WorkCalendar
    company: str
    pdf: Pdf
    look: Callable[[Brand | None], Look]
    """Returns the look of the company or a copropiedad."""
    key: Callable[[], DocumentKey]
    """The key that signs. Raises ConfigurationError without HUB_SECRET."""
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def of_case(self, case: KnownCase, asked: Asked, *, step: Step = quiet) -> Constancia:
        """Make that of a case. Raises TooLarge, PaperFailure."""
        async with self._turn:
            newest = await self.store.last_before(_EVER)
            gathered = await gather_case(self.threads, case, places=asked.places)
            return await self._made(gathered, newest, asked, step)

    async def of_person(self, person: str, asked: Asked, *, step: Step = quiet) -> Constancia:
        """Make that of a person, known to the directory or not any more. Raises TooLarge, UnknownName."""
        async with self._turn:
            newest = await self.store.last_before(_EVER)
            name = await self.store.name_of(person)
            places = [] if asked.places is None else await self.store.place_names(asked.places)
            gathered = await gather_person(
                self.threads, person, name or person, places=asked.places, place_names=places
            )
            if name is None and not gathered.entries:
                raise UnknownName(f"no hay nadie que se llame {person!r} en el directorio, ni mensajes suyos")
            return await self._made(gathered, newest, asked, step)

    async def _made(self, gathered: Gathered, newest: Seal | None, asked: Asked, step: Step) -> Constancia:
        key = self.key()
        proven = await prove(self.store, gathered.message_ids, step)
        chain = await chain_of(self.store, gathered.message_ids, proven.since or asked.at, newest)
        put_seals(proven, chain)
        facts = await self._facts(gathered, proven, chain, asked, key)
        data = await asyncio.to_thread(paper.pages, facts)
        head, pictures = paper.letterhead(self.look(await self._brand(gathered)))
        pdf = await self.pdf(paper.TEMPLATE, data | head, asked.at, pictures)
        content = await asyncio.to_thread(_packed, facts, proven, chain, await self._stamps(facts), pdf, key)
        return Constancia(content=content, facts=facts, people=_shown(facts))

    async def _brand(self, gathered: Gathered) -> Brand | None:
        """Return the identity of the copropiedad of the case, and the company's for a person."""
        places = [clock.context.get("copropiedad_id") for clock in gathered.head]
        place = next(filter(None, places), None)
        return await self.store.brand_of(place) if isinstance(place, str) else None

    async def _facts(
        self, gathered: Gathered, proven: Proven, chain: Chain, asked: Asked, key: DocumentKey
    ) -> Facts:
        instants = [entry.at for entry in gathered.entries]
        period = (min(instants), max(instants)) if instants else None
        told = summary_es.summary(gathered.about, proven.messages, period, asked_by=asked.by, at=asked.at)
        stands = cases_es.summary(gathered.head, gathered.names, asked.at, self.calendar)
        return Facts(
            made_at=asked.at,
            asked_by=asked.by,
            company=self.company,
            release=version("hub"),
            key=key.fingerprint,
            about=gathered.about,
            since=period and period[0],
            until=period and period[1],
            summary=list(told),
            stands=stands if gathered.about.subject is Subject.CASE else [words_es.PROMISES_ARE_OF_CASES],
            mismatches=list(mismatches(proven, chain)),
            thread=gathered.entries,
            messages=proven.messages,
            clocks=list(stories(gathered)),
            consents=await self._consents(gathered, proven),
            seals=await self._seals(chain),
            files=[],
        )

    async def _consents(self, gathered: Gathered, proven: Proven) -> list[ConsentLine]:
        """Return the consents of everybody who was written to, except of staff in their work."""
        names = {
            message.person: message.name
            for message in proven.messages
            if message.purpose is not Purpose.INTERNAL
        }
        if gathered.about.subject is Subject.PERSON:
            names[gathered.about.key] = gathered.about.title
        lines = await consent_lines(self.store, names)
        return sorted(lines, key=lambda line: (line.person, line.at, line.purpose))

    async def _seals(self, chain: Chain) -> Seals:
        parts = [part_of(run) for run in chain.parts]
        ends = {seal.number: seal.digest.hex() for run in chain.parts for seal in run}
        stamps = [
            Stamp(seal=number, digest=ends[number], file=f"sellos/{number}.tsr")
            for number in await self.store.stamps()
            if number in ends
        ]
        return Seals(chain=verificar.CHAIN, parts=parts, stamps=stamps, covering=sorted(chain.leaves))

    async def _stamps(self, facts: Facts) -> list[tuple[str, bytes]]:
        if not facts.seals.stamps:
            return []
        replies = await self.store.stamps()
        return [(stamp.file, replies[stamp.seal]) for stamp in facts.seals.stamps]


def _packed(
    facts: Facts,
    proven: Proven,
    chain: Chain,
    stamps: Sequence[tuple[str, bytes]],
    pdf: bytes,
    key: DocumentKey,
) -> bytes:
    archive = Archive(facts.made_at)
    archive.add_all(_papers(pdf))
    archive.add_all(sorted(proven.files.items()))
    archive.add(verificar.CHAIN, "".join(lines(chain)).encode())
    archive.add_all((f"sellos/{number}.hojas", leaves) for number, leaves in sorted(chain.leaves.items()))
    archive.add_all(stamps)
    facts.files = archive.files
    return archive.signed(verificar.FACTS, msgspec.json.format(msgspec.json.encode(facts), indent=1), key)


def _papers(pdf: bytes) -> Iterator[tuple[str, bytes]]:
    yield "LEAME.txt", words_es.README.encode()
    yield "constancia.pdf", pdf
    yield "verificar.py", Path(verificar.__file__).read_bytes()


def _shown(facts: Facts) -> list[str]:
    """Return whose data it shows: not of staff in their work."""
    written = {message.person for message in facts.messages if message.purpose is not Purpose.INTERNAL}
    replied = {entry.reply.person for entry in facts.thread if entry.reply is not None}
    return sorted(written | {person for person in replied if person is not None})


async def consent_lines(store: PostgresConstancias, names: Mapping[str, str]) -> list[ConsentLine]:
    """Return the ledger of these people, reference → name, and their opt-outs that were not lifted."""
    given = [
        convert({**asdict(said), "name": names[said.person]}, ConsentLine)
        for said in await store.consents(names)
    ]
    stopped = [
        ConsentLine(
            person=out.person,
            name=names[out.person],
            purpose=out.purpose,
            granted=False,
            at=out.since,
            method=out.reason,
        )
        for out in await store.opted_out(names)
    ]
    return [*given, *stopped]
