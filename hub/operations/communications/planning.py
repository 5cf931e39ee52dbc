"""
Plan of a communication: who gets it, in which parts, and what intake and delivery would make of each part.

    draft ▸ people, fixed as rows ▸ one event for each copropiedad ▸ checked by its schema ▸ dry run of each
    ▸ sums, texts, digest
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

import msgspec
from msgspec.structs import replace

from hub.access.actor import Actor
from hub.errors import OtherBuilding
from hub.intake.dry_run_schemas import DryRun
from hub.model import CORRECTION, Event, EventType, Json, PropertyScope
from hub.model.communications import ChosenPerson, Communication, Part, event_of, part_id
from hub.model.ids import uuid8
from hub.operations.communications.cost import MEASURED, minutes_of, missed_leads, planned_cost
from hub.operations.communications.kinds import BY_EVENT, SendKind, fills_of, sender_of
from hub.operations.communications.lists import with_lists
from hub.operations.communications.shown import LEAVES, Shown, addressed, fates_of, sent_by, shown_of
from hub.operations.communications.taken_back import wrong_of
from hub.operations.communications.whom import Chosen, Scope, buildings_of, choose, is_whole, towers_of
from hub.policy import Policy
from hub.ports import Now
from hub.rendering.schema_rules import Rule
from hub.rendering.sendable_form import filled
from hub.resilience.rate_limit import Rate
from hub.storage import communication_drafts
from hub.storage.communication_drafts import StoredFile, StoredPlan
from hub.storage.communications import PostgresCommunications
from hub.storage.database import Database

READY, FAILED = "ready", "failed"
_COMPANY: Final = ""
AREA_FIELD: Final = "service_area"
AT_ONCE: Final = 500
"""People of a plan that somebody waits for; one of more is made by the timers."""
_TOGETHER: Final = 500
"""People of the events of one dry run."""

Check = Callable[[Event, datetime], None]
"""Raises InvalidEvent for an event that intake would refuse."""
Texts = Callable[[str], str]
"""Returns the digest of the texts that an event has now, and of the prices of what leaves."""


class RunDry(Protocol):
    """A dry run of events, as `hub.parts.dry_run` makes it."""

    def __call__(
        self,
        by: Actor,
        events: Sequence[Event],
        *,
        everybody: bool,
        at: datetime,
        measured: int | None = None,
    ) -> Awaitable[DryRun]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Planning:
    """What a plan needs: the tables, the schemas, dry runs, the copropiedades that there are, and a clock."""

    database: Database
    store: PostgresCommunications
    check: Check
    schema: Callable[[str], Rule]
    run_dry: RunDry
    texts: Texts
    policy: Policy
    rates: Mapping[str, Sequence[Rate]]
    providers: Mapping[str, str]
    """Channel → the name of the provider that sends first."""
    pages: Callable[[Sequence[StoredFile]], Awaitable[int]]
    """Returns how many pages the document adds to a letter."""
    places: Callable[[PropertyScope], Awaitable[Mapping[str, str]]]
    now: Now


async def plan(by: Actor, draft: Communication, deps: Planning) -> StoredPlan:
    """
    Plan this version of a draft, and store what it came to. Nothing is sent.

    Of many people the timers find out the rest (`finish`): until then it is `making`.
    Raises InvalidAudience for words that mean nobody whom the operator reaches, InvalidEvent for data that
    intake would refuse or of another building's case, ChangedDraft for what was sent or saved meanwhile,
    TooLarge, StorageUnavailable.
    """
    kind, now = BY_EVENT[draft.kind], deps.now()
    made = begun(draft, now)
    draft = await with_its_lists(draft, deps.store)
    parts, people = await _parts(by, draft, kind, deps)
    at = max(draft.draft.starts_at or now, now)
    events = [event_of(part, made.id, draft.kind, time=at) for part in parts]
    for event in events:
        deps.check(event, at)
    await _refuse_elsewhere(kind.type, parts, deps)
    await deps.store.begin_plan(draft, made, parts, people)
    return made if len(people) > AT_ONCE else await finish(by, draft, made, deps)


def begun(draft: Communication, at: datetime) -> StoredPlan:
    """Return the plan of this version of a draft, of which nothing is known yet."""
    number = uuid8(draft.made_at, str(draft.id), str(draft.version))
    return StoredPlan(id=number, communication=draft.id, version=draft.version, made_at=at)


async def finish(by: Actor, draft: Communication, made: StoredPlan, deps: Planning) -> StoredPlan:
    """Find out what becomes of the people of a plan, batch by batch. Raises TooLarge, StorageUnavailable."""
    parts, people = await deps.store.parts(made.id), await deps.store.people(made.id)
    at = max(draft.draft.starts_at or deps.now(), deps.now())
    events = [event_of(part, made.id, draft.kind, time=at) for part in parts]
    kind, runs, measured = BY_EVENT[draft.kind], list[DryRun](), 0
    for some in _batches(events, people):
        run = await deps.run_dry(by, some, everybody=True, at=at, measured=max(MEASURED - measured, 0))
        if kind.narrows:
            await deps.store.fill_people(made.id, fates_of([run]))
        else:
            await deps.store.add_found(made.id, parts, fates_of([run], kind.audiences))
        runs.append(run)
        measured += sum(sent.parts is not None for sent in sent_by([run]))
    shown = shown_of(runs, people=len(people), places=list(dict.fromkeys(part.place for part in parts)))
    shown = shown if kind.narrows else replace(shown, people=addressed(runs))
    files = await deps.store.attached(draft.id)
    enclosed = await deps.pages(files) if shown.letters else 0
    shown = replace(
        shown,
        cost=planned_cost(
            sent_by(runs), deps.policy.prices, leaves=LEAVES, providers=deps.providers, enclosed=enclosed
        ),
        minutes=minutes_of(shown.channels, deps.rates),
        missed=missed_leads((clock for run in runs for clock in run.clocks), deps.policy.clocks, at=at),
    )
    ended = replace(
        made,
        state=READY if shown.people and not shown.refused else FAILED,
        digest=digest_of(draft, parts, people, texts=deps.texts(draft.kind), files=files),
        people=shown.people,
        shown=msgspec.to_builtins(shown),
    )
    await deps.store.end_plan(ended)
    return ended


def parts_of(
    draft: Communication,
    kind: SendKind,
    chosen: Chosen,
    schema: Rule,
    document: tuple[str, bytes] | None,
    writer: Mapping[str, Json],
) -> tuple[list[Part], list[ChosenPerson]]:
    """Make the parts of a draft, one for each copropiedad in order, and the rows of their people. Pure."""
    whom, parts, people = draft.draft.whom, list[Part](), list[ChosenPerson]()
    for number, (place, members) in enumerate(sorted(chosen.items())):
        towers = towers_of(whom, place)
        case = f"com-{draft.id.hex[-12:]}-{number}"
        known = fills_of(place=place, case=case, whom=whom, towers=towers, document=document)
        data = filled(schema, draft.draft.data, {**writer, **known})
        parts.append(
            Part(
                part=number,
                place=place,
                event_id=part_id(draft.id, number),
                data=data,
                chosen=kind.narrows,
                # What does not say its towers hangs in all of them.
                on_boards=not kind.narrows or is_whole(whom, place, towers if "zones" in data else ()),
            )
        )
        people += [ChosenPerson(person=one.ref, part=number, units=one.units) for one in members]
    return parts, people


def digest_of(
    draft: Communication,
    parts: Sequence[Part],
    people: Sequence[ChosenPerson],
    *,
    texts: str,
    files: Sequence[StoredFile] = (),
) -> bytes:
    """
    Return the SHA-256 of all that a plan binds: kind, words, people, documents, price and hour.

    `texts` is the digest of the kind's texts and of the prices, `files` are the documents.
    """
    # Of the others it is the law or the catalogue that says who they are, as intake reads it then.
    chosen = {part.part for part in parts if part.chosen}
    bound = [
        draft.kind,
        [[part.place, part.data, part.chosen, part.on_boards] for part in parts],
        sorted([one.person, one.part] for one in people if one.part in chosen),
        draft.draft.starts_at,
        texts,
        [one.sha256.hex() for one in files],
    ]
    return hashlib.sha256(msgspec.json.encode(bound, order="deterministic")).digest()


async def digest_now(row: Communication, plan: UUID, store: PostgresCommunications, texts: Texts) -> bytes:
    """Return what the digest of a plan would be now: its people are those that were chosen then."""
    parts, people = await store.parts(plan), await store.people(plan)
    return digest_of(row, parts, people, texts=texts(row.kind), files=await store.attached(row.id))


def read_shown(plan: StoredPlan) -> Shown | None:
    """Return what the readers of a plan see; None while it is being made."""
    return None if plan.shown is None else msgspec.convert(plan.shown, Shown)


async def _parts(
    by: Actor, draft: Communication, kind: SendKind, deps: Planning
) -> tuple[Sequence[Part], Sequence[ChosenPerson]]:
    if draft.kind == CORRECTION:
        return await wrong_of(deps.database, deps.store, draft)
    attached = await deps.store.attached(draft.id)
    document = (attached[0].name, attached[0].sha256) if attached else None
    chosen = await _chosen(by, draft, kind, deps)
    writer = await _writer(draft, deps)
    return parts_of(draft, kind, chosen, deps.schema(draft.kind), document, writer)


async def _writer(draft: Communication, deps: Planning) -> Mapping[str, Json]:
    """Return what the hub knows of who writes; an area that was named stays."""
    named = AREA_FIELD in draft.draft.data
    area = None if named else await deps.store.area_of(draft.person, deps.now())
    return {**sender_of(draft.by), **({"area": area} if area else {})}


async def _refuse_elsewhere(kind: EventType, parts: Sequence[Part], deps: Planning) -> None:
    """Raise OtherBuilding for a part that goes on with a case of other copropiedades."""
    cases = {part.part: case for part in parts if part.place and (case := kind.case_of(part.data))}
    places = await communication_drafts.case_places(deps.store, cases.values())
    if any(part.place not in places.get(cases.get(part.part, ""), {part.place}) for part in parts):
        raise OtherBuilding("expected a case of the copropiedad", field=f"data.{kind.case}")


async def with_its_lists(draft: Communication, store: PostgresCommunications) -> Communication:
    """Return a draft whose people are also those of its lists."""
    whom = with_lists(draft.draft.whom, await store.list_rows(draft.id))
    return replace(draft, draft=replace(draft.draft, whom=whom))


async def _chosen(by: Actor, draft: Communication, kind: SendKind, deps: Planning) -> Chosen:
    if not kind.narrows:
        return dict.fromkeys(buildings_of(draft.draft.whom) or [_COMPANY], ())
    every = list(await deps.places(by.places))
    async with deps.database.snapshot() as run:
        return await choose(run, draft.draft.whom, Scope(allowed=by.places, every=every))


def _batches(events: Sequence[Event], people: Sequence[ChosenPerson]) -> Iterator[Sequence[Event]]:
    """Yield events that are tried together: a dry run holds locks, so none is of many people."""
    sizes, batch, total = Counter(one.part for one in people), list[Event](), 0
    for number, event in enumerate(events):
        if batch and total + sizes[number] > _TOGETHER:
            yield batch
            batch, total = [], 0
        batch.append(event)
        total += sizes[number]
    if batch:
        yield batch
