"""The answer to a dry run: who, over which channels, in which words, which promises, and why. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from hub.errors import TemplateFailure
from hub.intake.decode import IntakeContext
from hub.intake.dry_run_record import Planned, PlanRecord
from hub.intake.dry_run_schemas import (
    DryRun,
    DryRunAudience,
    DryRunClock,
    DryRunEvent,
    DryRunMessages,
    DryRunPerson,
    DryRunPersonMessage,
    DryRunRefused,
    DryRunText,
)
from hub.intake.unreached import bad_fields
from hub.model import AudienceRecord, Claimed, Clock, ClockState, Instant, Message, Rendered, State
from hub.people.masking import mask_name
from hub.sla.ack_links import without_link
from hub.sms_text import segments

MOST_PEOPLE: Final = 500
_SMS: Final = "sms"
MOST_TEXTS: Final = 60
_FINAL: Final = frozenset({State.SUPPRESSED, State.EXPIRED, State.CANCELLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """
    Measures text messages as they leave, with all their links.

    Of more than `most` only the one with the longest names is made, and all others count as much.
    """

    render: Callable[[Claimed], Rendered]
    most: int

    def parts_of(self, claims: Sequence[Claimed]) -> dict[UUID, int]:
        """Return message → its parts."""
        longest = sorted(claims, key=lambda given: -len(given.message.name + ", ".join(given.message.units)))
        made = {given.message.id: self._parts(given) for given in longest[: max(self.most, 1)]}
        return {given.message.id: made.get(given.message.id, max(made.values())) for given in claims}

    def _parts(self, given: Claimed) -> int:
        try:
            return segments(self.render(given).text).parts
        except TemplateFailure:
            return 1


def answer(
    planned: Sequence[Planned],
    refused: Sequence[DryRunRefused],
    *,
    context: IntakeContext,
    render: Callable[[Claimed], Rendered],
    everybody: bool,
    measure: Measure | None = None,
) -> DryRun:
    """Tell what was planned; the texts are rendered here."""
    parts = [_Part(part, context, render, everybody=everybody, measure=measure) for part in planned]
    return DryRun(
        events=[event for part in parts for event in part.events()],
        clocks=[
            clock
            for part in planned
            for clock in _clocks(part.noted)
            # Somebody may have guessed the number of a case: its state is for those who may read it.
            if everybody or clock.change == "starts"
        ],
        posters=sum(part.noted.posters for part in planned),
        released=sum(part.released for part in parts),
        refused=list(refused),
    )


class _Part:
    """The events of one transaction."""

    def __init__(
        self,
        part: Planned,
        context: IntakeContext,
        render: Callable[[Claimed], Rendered],
        *,
        everybody: bool,
        measure: Measure | None,
    ) -> None:
        self._part, self._context, self._render = part, context, render
        self._everybody = everybody
        self._most = MOST_PEOPLE if measure is None else None
        texts = [given for given in part.claimed.values() if given.message.channel == _SMS]
        self._parts = {} if measure is None else measure.parts_of(texts)
        self._by_event: dict[UUID, list[Message]] = {key: [] for key in part.events}
        self.released = 0
        for message in part.noted.planned.values():
            if message.event_key in self._by_event:
                self._by_event[message.event_key].append(self._fate(message))
            else:
                self.released += 1

    def events(self) -> Iterator[DryRunEvent]:
        unreached = {found.event_key: found.reasons for found in self._part.unreached}
        for key, event in self._part.events.items():
            messages, records = self._by_event[key], self._records(key)
            people = self._people(messages, records)
            # A publisher chooses whom an event names: it would learn anybody's channels and marks.
            listed = people[: self._most] if self._everybody else []
            stored = self._part.noted.rows.get(key)
            yield DryRunEvent(
                id=event.id,
                source=event.source,
                type=event.type,
                known=key not in self._part.noted.new,
                case=stored.case if stored else None,
                people=len({message.person for message in messages if message.state not in _FINAL}),
                audiences=[self._audience(record, messages) for record in records],
                messages=_alike(self._shown(messages), self._leaves_at),
                recipients=listed,
                unlisted=len(people) - len(listed),
                texts=list(self._texts(messages)),
                unreached=list(unreached.get(key, ())),
                bad_contacts=list(bad_fields(event)),
            )

    def _shown(self, messages: Sequence[Message]) -> Iterable[Message]:
        """Return the messages to count: reasons to send none are for those who may read them."""
        if self._everybody:
            return messages
        return [replace(message, reason=None) for message in messages if message.state not in _FINAL]

    def _fate(self, message: Message) -> Message:
        """Return the message as the rules of delivery would leave it."""
        outcome = self._part.judged.get(message.id)
        if outcome is None:
            return message
        return replace(message, state=outcome.state, reason=outcome.reason, next_at=outcome.next_at)

    def _leaves_at(self, message: Message) -> Instant | None:
        if message.state in _FINAL:
            return None
        return message.next_at or self._part.at

    def _records(self, key: UUID) -> list[AudienceRecord]:
        found = (record for (event, _), record in self._part.noted.records.items() if event == key)
        return sorted(found, key=lambda record: record.audience)

    def _audience(self, record: AudienceRecord, messages: Sequence[Message]) -> DryRunAudience:
        event = self._part.events[record.event_key]
        audience = self._context.kinds[event.type].audiences[record.audience]
        mine = [message for message in messages if message.audience == record.audience]
        notified = {message.person for message in mine if message.state not in _FINAL}
        never = {message.person: message.reason or "" for message in mine if message.person not in notified}
        reasons = Counter(left.reason for left in record.left_out) + Counter(never.values())
        return DryRunAudience(
            audience=record.audience,
            who=list(audience.who),
            purpose=audience.purpose,
            people=record.people,
            notified=len(notified),
            why=record.why,
            left_out=dict(reasons) if self._everybody else {},
        )

    def _people(self, messages: Sequence[Message], records: Sequence[AudienceRecord]) -> list[DryRunPerson]:
        found: dict[str, DryRunPerson] = {}
        for message in messages:
            person = found.setdefault(message.person, _person(message.person, message.name))
            person.messages.append(self._message(message))
        for record in records:
            for left in record.left_out:
                person = found.setdefault(left.person, _person(left.person, ""))
                person.left_out = person.left_out or left.reason
        for person in found.values():
            person.left_out = _why_not(person)
        return [found[ref] for ref in sorted(found)]

    def _message(self, message: Message) -> DryRunPersonMessage:
        return DryRunPersonMessage(
            audience=message.audience,
            channel=message.channel,
            occasion=message.occasion,
            state=message.state,
            reason=message.reason,
            leaves_at=self._leaves_at(message),
            then=[[target.channel for target in step] for step in message.fallback],
            skipped=list(message.skipped),
            parts=self._parts.get(message.id),
        )

    def _texts(self, messages: Iterable[Message]) -> Iterator[DryRunText]:
        """Yield one text of each kind: of readers, a channel of any step, a language, an occasion."""
        seen = set[tuple[int, str | None, str, str, str]]()
        for message in messages:
            claimed = self._part.claimed.get(message.id)
            if claimed is None or message.state in _FINAL:
                continue
            later = [target.channel for step in message.fallback for target in step]
            for channel in (message.channel, *later):
                kind = (message.audience, message.variant, channel, message.locale, message.occasion)
                if kind not in seen and len(seen) < MOST_TEXTS:
                    seen.add(kind)
                    yield self._text(claimed, channel)

    def _text(self, claimed: Claimed, channel: str) -> DryRunText:
        message = claimed.message
        shown = replace(
            message,
            channel=channel,
            name=mask_name(message.name),
            # A unit or a person in the event's data is the publisher's own word; the rest is the directory's.
            units=message.units if self._everybody else (),
        )
        party = mask_name(claimed.party) if claimed.party else claimed.party
        problem = None
        try:
            rendered = self._render(replace(claimed, message=shown, party=party))
        except TemplateFailure as failure:
            rendered, problem = Rendered(text=""), str(failure)
        return DryRunText(
            audience=message.audience,
            channel=channel,
            language=rendered.language,
            occasion=message.occasion,
            subject=without_link(rendered.subject),
            text=without_link(rendered.text),
            template=rendered.template,
            problem=problem,
        )


def _person(ref: str, name: str) -> DryRunPerson:
    return DryRunPerson(person=ref, name=mask_name(name), left_out=None, messages=[])


def _why_not(person: DryRunPerson) -> str | None:
    """Return why nothing leaves to the person; None if anything does."""
    if any(message.state not in _FINAL for message in person.messages):
        return None
    return person.left_out or next((message.reason for message in person.messages), None)


def _alike(
    messages: Iterable[Message], leaves_at: Callable[[Message], Instant | None]
) -> list[DryRunMessages]:
    counted = Counter(
        (
            message.audience,
            message.step,
            message.occasion,
            message.channel,
            message.lane,
            message.state,
            message.reason,
            leaves_at(message),
        )
        for message in messages
    )
    return [
        DryRunMessages(
            audience=audience,
            step=step,
            occasion=occasion,
            channel=channel,
            lane=lane,
            state=state,
            reason=reason,
            leaves_at=at,
            count=count,
        )
        for (audience, step, occasion, channel, lane, state, reason, at), count in counted.items()
    ]


def _clocks(noted: PlanRecord) -> Iterator[DryRunClock]:
    known = {**noted.before, **noted.after}
    for clock in sorted(known.values(), key=lambda clock: (clock.case, clock.started_at, clock.name)):
        before = noted.before.get(clock.id)
        if before is None or before.ended_at is None:
            step = clock.steps[clock.fired] if clock.next_at is not None else None
            yield DryRunClock(
                case=clock.case,
                name=clock.name,
                change=_change(before, clock),
                state=clock.state,
                started_at=clock.started_at,
                due_at=clock.due_at,
                ended_at=clock.ended_at,
                next_step=step.kind if step else None,
                next_at=step.at if step else None,
            )


def _change(before: Clock | None, clock: Clock) -> str:
    if clock.ended_at is not None:
        return "cancels" if clock.state is ClockState.CANCELLED else "stops"
    if before is None:
        return "starts"
    if before.course.paused != clock.course.paused:
        return "pauses" if clock.course.paused else "resumes"
    return "stays" if before.due_at == clock.due_at else "moves"
