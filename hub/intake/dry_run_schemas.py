"""The shapes of the answer to a dry run."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from hub.model import ClockState, Instant, Lane, Purpose, State, StepKind, UnreachedReason


class DryRunAudience(Struct, kw_only=True):
    """An audience of the event. `people` includes those who are left out."""

    audience: int
    who: list[str]
    purpose: Purpose
    people: int
    notified: Annotated[int, Meta(description="To whom at least one message would leave.")]
    why: Annotated[
        str | None,
        Meta(description="Why nobody: `quiet`, `condition`, `waiting` for a party of the case, `nobody`."),
    ]
    left_out: Annotated[
        dict[str, int],
        Meta(description="Reason → how many people are left out for it; empty without the scope read."),
    ]


class DryRunMessages(Struct, kw_only=True):
    """Messages of an audience that fare alike."""

    audience: int
    channel: str
    step: Annotated[int, Meta(description="0 is the first step of its cascade.")]
    occasion: str
    lane: Lane
    state: Annotated[State, Meta(description="`queued` leaves at once, `held` at `leaves_at`; others never.")]
    reason: str | None
    leaves_at: Instant | None
    count: int


class DryRunPersonMessage(Struct, kw_only=True):
    """A message to one person; `then` are the steps after it. `skipped` are `channel:reason`."""

    audience: int
    channel: str
    occasion: str
    state: State
    reason: str | None
    leaves_at: Instant | None
    then: list[list[str]]
    skipped: list[str]
    parts: Annotated[int | None, Meta(description="Parts of a text message, where they were counted.")] = None


class DryRunPerson(Struct, kw_only=True):
    """A person of the event; the name is masked."""

    person: str
    name: str
    left_out: Annotated[str | None, Meta(description="Why the person gets no message.")]
    messages: list[DryRunPersonMessage]


class DryRunText(Struct, kw_only=True):
    """A text as one of its recipients would read it, without name, and without personal links."""

    audience: int
    channel: str
    language: str
    occasion: str
    subject: str
    text: str
    template: Annotated[str, Meta(description="The approved template of WhatsApp.")]
    problem: Annotated[str | None, Meta(description="Why it cannot be rendered.")]


class DryRunEvent(Struct, kw_only=True):
    """The effects of one event."""

    id: str
    source: str
    type: str
    known: Annotated[bool, Meta(description="Taken in before: it would change nothing.")]
    case: str | None
    people: Annotated[int, Meta(description="How many persons would get a message.")]
    audiences: list[DryRunAudience]
    messages: list[DryRunMessages]
    recipients: Annotated[
        list[DryRunPerson],
        Meta(description="At most 500; none without the scope read."),
    ]
    unlisted: Annotated[int, Meta(description="How many more people there are.")]
    texts: list[DryRunText]
    unreached: Annotated[list[UnreachedReason], Meta(description="Why it does not reach all its recipients.")]
    bad_contacts: Annotated[
        list[str],
        Meta(description="Where its data name an address or a number that is none, like `petitioner.phone`."),
    ]


class DryRunClock(Struct, kw_only=True):
    """A promise of one of the cases. `change` is what the events would do to it."""

    case: str
    name: str
    change: Annotated[
        str, Meta(description="`starts`, `stops`, `cancels`, `pauses`, `resumes`, `moves`, `stays`.")
    ]
    state: ClockState
    started_at: Instant
    due_at: Instant
    ended_at: Instant | None
    next_step: StepKind | None
    next_at: Instant | None


class DryRunRefused(Struct, kw_only=True, frozen=True):
    """An event that would be refused, with its id and source if they could be read."""

    index: int
    reason: str
    field: str | None = None
    event_id: str | None = None
    source: str | None = None


class DryRun(Struct, kw_only=True):
    """The effects of the events together, if they came now. Nothing of it has happened."""

    events: list[DryRunEvent]
    clocks: list[DryRunClock]
    posters: Annotated[int, Meta(description="Posters to print.")]
    released: Annotated[int, Meta(description="Messages of earlier events that wait for one of these.")]
    refused: list[DryRunRefused]
