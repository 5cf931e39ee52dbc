"""What a reader of a plan sees: counts, channels, who is left out, promises, texts. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Annotated, Final

from msgspec import Meta, Struct

from hub.intake.dry_run_schemas import DryRun, DryRunEvent, DryRunPersonMessage
from hub.model import Instant, State
from hub.operations.communications.cost import Cost
from hub.rendering.context import INITIAL
from hub.storage.communication_drafts import Fate

LEAVES: Final = frozenset({State.QUEUED, State.HELD})
_MOST_TEXTS: Final = 12


class ShownText(Struct, frozen=True, kw_only=True):
    """A text as one of its readers gets it, without name and without personal links."""

    channel: str
    subject: str
    text: str
    problem: str | None = None


class Shown(Struct, frozen=True, kw_only=True):
    """
    What a plan came to. A person may hear by several channels, so their counts overlap.

    `refused` is the reason of the first part that intake would refuse.
    """

    people: Annotated[int, Meta(description="How many were chosen.")]
    notified: Annotated[int, Meta(description="To whom at least one message would leave.")]
    places: list[str]
    channels: Annotated[dict[str, int], Meta(description="Channel → messages that leave by it first.")]
    left_out: Annotated[
        dict[str, int], Meta(description="Reason → people to whom nothing would leave for it.")
    ]
    waits: Annotated[int, Meta(description="Messages that wait for lawful hours.")]
    waits_until: Instant | None
    promises: list[str]
    posters: int
    letters: int
    texts: list[ShownText]
    refused: str | None = None
    cost: Cost | None = None
    minutes: Annotated[
        dict[str, int], Meta(description="Channel → minutes that it takes at the rate of its provider.")
    ] = {}
    missed: Annotated[
        dict[str, Instant], Meta(description="Promise of lead time that is not met → when it had to leave.")
    ] = {}


def shown_of(runs: Sequence[DryRun], *, people: int, places: Sequence[str]) -> Shown:
    """Sum up the dry runs of all parts."""
    events = [event for run in runs for event in run.events]
    first = [
        sent for event in events for sent in event.messages if sent.step == 0 and sent.occasion == INITIAL
    ]
    waiting = [sent for sent in first if sent.state is State.HELD]
    channels = Counter[str]()
    for sent in first:
        if sent.state in LEAVES:
            channels[sent.channel] += sent.count
    return Shown(
        people=people,
        notified=sum(event.people for event in events),
        places=list(places),
        channels=dict(channels.most_common()),
        left_out=_left_out(events),
        waits=sum(sent.count for sent in waiting),
        waits_until=max((sent.leaves_at for sent in waiting if sent.leaves_at is not None), default=None),
        promises=sorted({clock.name for run in runs for clock in run.clocks if clock.change == "starts"}),
        posters=sum(run.posters for run in runs),
        letters=channels.get("print", 0),
        texts=list(_texts(events)),
        refused=next((one.reason for run in runs for one in run.refused), None),
    )


def sent_by(runs: Sequence[DryRun]) -> Iterator[DryRunPersonMessage]:
    """Yield the messages of everybody."""
    for run in runs:
        for event in run.events:
            for person in event.recipients:
                yield from person.messages


def fates_of(runs: Sequence[DryRun], audiences: Collection[int] = ()) -> list[Fate]:
    """
    Return by which channels each person would hear first, or why not; with `audiences` those of them. Pure.
    """
    return [
        Fate(
            person=one.person,
            event_id=event.id,
            channels=sorted({sent.channel for sent in one.messages if sent.state in LEAVES}),
            left_out=one.left_out,
        )
        for run in runs
        for event in run.events
        for one in event.recipients
        if not audiences or any(sent.audience in audiences for sent in one.messages)
    ]


def addressed(runs: Sequence[DryRun]) -> int:
    """Return how many people these events would tell."""
    return sum(event.people for run in runs for event in run.events)


def _left_out(events: Iterable[DryRunEvent]) -> dict[str, int]:
    reasons = Counter[str]()
    for event in events:
        for audience in event.audiences:
            reasons.update(audience.left_out)
    return dict(reasons.most_common())


def _texts(events: Iterable[DryRunEvent]) -> Iterator[ShownText]:
    """Yield each channel's text once: of several parts they differ in the name of the building alone."""
    seen: set[tuple[int, str]] = set()
    for event in events:
        for text in event.texts:
            key = text.audience, text.channel
            if key not in seen and text.occasion == INITIAL and len(seen) < _MOST_TEXTS:
                seen.add(key)
                yield ShownText(
                    channel=text.channel, subject=text.subject, text=text.text, problem=text.problem
                )
