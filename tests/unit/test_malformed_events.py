"""Any input is stored, or becomes a dead letter with a reason, without effect on the rest of the batch."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.cloudevents import decode
from hub.errors import InvalidEvent
from hub.model import RawMessage
from tests.malformed import THROWN, Thrown
from tests.unit.factories import MONDAY, event
from tests.unit.hub_in_memory import memory_hub

NEIGHBOUR = {"name": "Ana Mesa", "email": "ana@example.co"}
"""Not a person of the directory: a generated event may be valid, and change the address of one."""
GOOD = event("pqrs.received", {"pqrs_id": "good", "petitioner": NEIGHBOUR}, id="good")


@settings(max_examples=300, deadline=None)
@given(st.lists(THROWN, min_size=1, max_size=4))
async def test_any_input_is_an_event_or_a_dead_letter_with_a_reason(thrown: list[Thrown]) -> None:
    hub = memory_hub(MONDAY)
    await hub.take_in(*map(incoming, thrown), GOOD)
    reasons = [letter.letter.reason for letter in hub.letters]
    kept = {(row.letter.body, row.letter.routing_key) for row in hub.letters}
    events = {(row.event.source, row.event.id) for row in hub.store.tables.events.values()}

    assert all(reasons)
    assert [] == [
        item for item in thrown if (item.body, item.key) not in kept and identity(item) not in events
    ]
    # One message per channel: a generated event may have added the petitioner to the directory.
    assert 1 == len([channel for _, channel in hub.recipients(GOOD) if channel == "email"])


def identity(thrown: Thrown) -> tuple[str, str] | None:
    try:
        event = decode(thrown.body, thrown.content_type, thrown.headers)
    except InvalidEvent:
        return None
    return event.source, event.id


def incoming(thrown: Thrown) -> RawMessage:
    return RawMessage(
        body=thrown.body,
        content_type=thrown.content_type,
        headers=thrown.headers,
        routing_key=thrown.key,
        received_at=MONDAY,
    )
