"""Recipients of an event: its people, how far it reached each, and those left out, with the reason."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct, convert

from hub.contact_rules.lawful_dates import override_of
from hub.model import MENDED_BY, Event, Instant, PropertyScope, StoredEvent
from hub.model.message_rows import NotifiedMessage, NotifiedPerson
from hub.model.reached import Reached, furthest, reached
from hub.rendering.outcomes_es import in_words
from hub.storage import PostgresExplain, PostgresRecipients

MOST: Final = 10_000
"""The most messages, and the most people left out, that are counted."""


class RecipientMessage(NotifiedMessage, frozen=True, kw_only=True):
    final: bool
    means: str
    to_do: str


class RecipientRow(Struct, kw_only=True):
    """A person, the messages to them about the event, and how far the furthest has come."""

    person: Annotated[str, Meta(description="A reference; never a name or an address.")]
    reached: Annotated[
        Reached, Meta(description="As `outcome` of `/api/explain`: unread in the inbox is `pending`.")
    ]
    messages: list[RecipientMessage]


class LeftOutRow(Struct, kw_only=True):
    """A person who was not notified; `detail` is the stand-in."""

    person: str
    reason: str
    detail: str | None


class Override(Struct, kw_only=True):
    """Who answers for what an event asks against a rule, in the words of its publisher."""

    by: str
    reason: str


class Recipients(Struct, kw_only=True):
    """
    The people notified of an event, and those left out, each a page by reference.

    `people` is the size of its audiences. Counts end at 10000.
    """

    event_key: UUID
    event_id: str
    source: str
    event: str
    time: Instant
    case: str | None
    copropiedad_id: str | None
    mended_by: Annotated[str | None, Meta(description="Who has changed it after it was refused.")]
    override: Annotated[
        Override | None, Meta(description="Who answers for a date that the law does not foresee, and why.")
    ]
    people: int
    why: Annotated[list[str], Meta(description="Why an audience has nobody, or not everybody.")]
    states: dict[str, int]
    left_out_reasons: dict[str, int]
    notified: list[RecipientRow]
    next_notified: str | None
    left_out: list[LeftOutRow]
    next_left_out: str | None


async def event_named(explain: PostgresExplain, key: str, places: PropertyScope) -> StoredEvent | None:
    """Return the event with this id or key; None if there is none within these places, or several."""
    events = await explain.events(key, None)
    found = [event for event in events if places is None or event.copropiedad_id in places]
    return found[0] if len(found) == 1 else None


async def read_recipients(
    store: PostgresRecipients, of: StoredEvent, *, after: str = "", left_after: str = "", limit: int = 50
) -> Recipients:
    """Return a page of the people notified and of those left out: `limit` of each, after these people."""
    audiences = await store.audiences(of.key)
    notified = await store.notified(of.key, after=after, limit=limit + 1)
    left_out = await store.left_out(of.key, after=left_after, limit=limit + 1)
    return Recipients(
        event_key=of.key,
        event_id=of.event.id,
        source=of.event.source,
        event=of.event.name,
        time=of.event.time,
        case=of.case,
        copropiedad_id=of.copropiedad_id,
        mended_by=_text(of.event.extensions.get(MENDED_BY)),
        override=_override(of.event),
        people=sum(audience.people for audience in audiences),
        why=sorted({audience.why for audience in audiences if audience.why}),
        states=dict(await store.states(of.key, MOST)),
        left_out_reasons=dict(await store.left_out_reasons(of.key, MOST)),
        notified=[_notified(one) for one in notified[:limit]],
        next_notified=notified[limit - 1].person if len(notified) > limit else None,
        left_out=[convert(row, LeftOutRow, from_attributes=True) for row in left_out[:limit]],
        next_left_out=left_out[limit - 1].person if len(left_out) > limit else None,
    )


def _notified(one: NotifiedPerson) -> RecipientRow:
    messages = [in_words(RecipientMessage, message) for message in one.messages]
    how_far = furthest(
        reached(message.state, message.channel, message.reason, filed=message.filed)
        for message in one.messages
    )
    return RecipientRow(person=one.person, reached=how_far, messages=messages)


def _override(event: Event) -> Override | None:
    given = override_of(event)
    return Override(by=given[0], reason=given[1]) if given else None


def _text(value: object) -> str | None:
    return None if value is None else str(value)
