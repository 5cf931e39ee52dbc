from __future__ import annotations

from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model import Lane, State
from hub.model.tickets import TICKET_SIZE, decode_ticket, encode_ticket, grouped, tickets
from hub.ports import Ticket
from tests.unit.factories import message

ROWS = st.lists(
    st.tuples(st.uuids(), st.sampled_from(["email", "sms"]), st.sampled_from(Lane)),
    max_size=350,
    unique_by=lambda row: row[0],
)


@given(rows=ROWS)
def test_tickets_hold_every_message_once_in_the_queue_of_its_channel_and_lane(
    rows: list[tuple[UUID, str, Lane]],
) -> None:
    made = grouped(rows)

    assert sorted((message_id, t.channel, t.lane) for t in made for message_id in t.ids) == sorted(rows)
    assert all(1 <= len(ticket.ids) <= TICKET_SIZE for ticket in made)


@pytest.mark.parametrize(
    ("rows", "sizes"), [(0, []), (1, [1]), (100, [100]), (101, [100, 1]), (250, [100, 100, 50])]
)
def test_a_ticket_holds_up_to_a_hundred(rows: int, sizes: list[int]) -> None:
    made = grouped((UUID(int=n), "email", Lane.BULK) for n in range(rows))

    assert [len(ticket.ids) for ticket in made] == sizes


def test_only_what_is_queued_gets_a_ticket() -> None:
    every = [message(person=f"p-{state}", state=state) for state in State]
    queued = next(message for message in every if message.state is State.QUEUED)

    assert tickets(every) == [Ticket(channel="email", lane=Lane.NORMAL, ids=(queued.id,))]


@given(ids=st.lists(st.uuids(), max_size=TICKET_SIZE))
def test_a_ticket_comes_back_from_its_bytes(ids: list[UUID]) -> None:
    assert decode_ticket(encode_ticket(ids)) == tuple(ids)


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[1]", b'["not-an-id"]', b'"019cd2b3-6c60-8310-a587-88781ab25d5a"', b"\xff"]
)
def test_invalid_ticket_is_refused(body: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_ticket(body)
