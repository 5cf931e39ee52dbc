"""Read everything that a case or a person has, page by page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from hub.errors import TooLarge
from hub.model import Clock, PropertyScope
from hub.operations.cases.entries import entries_of
from hub.operations.cases.lookup import title_of
from hub.operations.cases.schemas import ThreadEntry
from hub.operations.cases.summary_es import promise
from hub.operations.cases.thread import copropiedad_of, number_of
from hub.operations.constancia.schemas import About, ClockLine, ClockStory, Subject
from hub.ports.cases import CaseFacts, KnownCase
from hub.storage import PostgresCases
from hub.storage.own_addresses import NO_ADDRESS, ByAddress

MOST: Final = 5000
"""Messages of one constancia: some minutes of work, a hundred megabytes."""
_PAGE: Final = 200
_TOO_MANY: Final = (
    f"Son más de {MOST} mensajes, demasiados para una sola constancia. Pida la de cada persona "
    "o la de un caso más pequeño."
)

Page = Callable[[str | None], Awaitable[CaseFacts]]
"""Returns the page after a cursor."""


@dataclass(slots=True, kw_only=True)
class Gathered:
    """A whole thread. `of_clock` are the entries of each clock, `head` the clocks that say how it stands."""

    about: About
    head: Sequence[Clock] = ()
    names: dict[str, str] = field(default_factory=dict)
    entries: list[ThreadEntry] = field(default_factory=list)
    clocks: dict[UUID, Clock] = field(default_factory=dict)
    of_clock: dict[UUID, list[ClockLine]] = field(default_factory=dict)

    @property
    def message_ids(self) -> list[UUID]:
        return [entry.message.id for entry in self.entries if entry.message is not None]


async def gather_case(store: PostgresCases, case: KnownCase, *, places: PropertyScope) -> Gathered:
    """Read a case. Raises TooLarge."""

    async def page(after: str | None) -> CaseFacts:
        return await store.page(case, after=after, limit=_PAGE, places=places, whole=True)

    first = await page(None)
    about = About(
        subject=Subject.CASE,
        key=case.case,
        title=title_of(case),
        number=number_of(first),
        copropiedad=copropiedad_of(first),
    )
    return await _gather(Gathered(about=about, head=first.head), first, page)


async def gather_person(
    store: PostgresCases,
    person: str,
    name: str,
    *,
    places: PropertyScope,
    place_names: Sequence[str],
    also: ByAddress = NO_ADDRESS,
) -> Gathered:
    """Read what concerns a person, in these places only. Raises TooLarge."""

    async def page(after: str | None) -> CaseFacts:
        return await store.of_person(person, after=after, limit=_PAGE, places=places, also=also)

    about = About(
        subject=Subject.PERSON,
        key=person,
        title=name,
        number=person,
        places=None if places is None else list(place_names),
    )
    return await _gather(Gathered(about=about), await page(None), page)


async def _gather(found: Gathered, facts: CaseFacts, page: Page) -> Gathered:
    _add(found, facts)
    while facts.next is not None:
        facts = await page(facts.next)
        _add(found, facts)
    return found


def _add(found: Gathered, facts: CaseFacts) -> None:
    found.names |= facts.names
    found.clocks |= facts.clocks
    told = entries_of(facts, whole=True)
    found.entries += told
    for entry in told:
        if (clock := _clock_of(entry, facts)) is not None:
            found.of_clock.setdefault(clock, []).append(ClockLine(at=entry.at, sentence=entry.sentence))
    if len(found.message_ids) > MOST:
        raise TooLarge(_TOO_MANY)


def _clock_of(entry: ThreadEntry, facts: CaseFacts) -> UUID | None:
    """Return whose history an entry belongs to: that of a clock, or of a step of it."""
    if entry.clock is not None:
        return entry.clock.id
    stored = facts.events.get(entry.event.key) if entry.event is not None else None
    data = stored.event.data if stored is not None else None
    named = data.get("clock_id") if isinstance(data, dict) else None
    try:
        return UUID(named) if isinstance(named, str) else None
    except ValueError:
        return None


def stories(found: Gathered) -> Iterator[ClockStory]:
    """Tell each promise with its history, in the order in which they began."""
    for clock in sorted(found.clocks.values(), key=lambda clock: (clock.started_at, clock.id)):
        yield ClockStory(
            id=clock.id,
            name=clock.name,
            title=promise(clock.name),
            state=clock.state,
            started_at=clock.started_at,
            due_at=clock.due_at,
            ended_at=clock.ended_at,
            lines=found.of_clock.get(clock.id, []),
        )
