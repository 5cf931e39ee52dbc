"""Ids of what the hub makes, and tickets that carry them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hub.business_time.rfc3339 import EARLIEST, LATEST
from hub.model import Lane, State
from hub.model.ids import body_id, clock_id, event_key, message_id, stranger_ref, uuid8
from hub.model.tickets import TICKET_SIZE, decode_ticket, encode_ticket, grouped, tickets
from hub.ports import Ticket
from tests.unit.factories import MONDAY, event, message

INSTANTS = st.datetimes(
    EARLIEST.replace(tzinfo=None), (LATEST - timedelta(days=1)).replace(tzinfo=None), timezones=st.just(UTC)
)
KEY = event_key(event("pqrs.received"))


def messages_id(**changes: str) -> UUID:
    parts = {"person": "p-1", "channel": "email", "occasion": "initial", "contact_id": "cp-1", **changes}
    return message_id(KEY, **parts)


def test_an_id_is_the_same_on_every_machine() -> None:
    # 13:05 UTC is 0x019cd2b36c60 ms after the epoch; sha256("1:a2:bc") begins with 5310 a587 8878 1ab2 5d5a,
    # of which version and variant take six bits. A changed value would make every redelivery a new message.
    assert uuid8(MONDAY, "a", "bc") == UUID("019cd2b3-6c60-8310-a587-88781ab25d5a")


@given(at=INSTANTS, parts=st.lists(st.text(st.characters(codec="utf-8")), min_size=1, max_size=4))
def test_an_id_is_a_uuid_of_version_8(at: datetime, parts: list[str]) -> None:
    made = uuid8(at, *parts)

    assert (made.version, made.variant) == (8, "specified in RFC 4122")


@given(at=INSTANTS)
def test_an_id_begins_with_the_milliseconds_of_its_instant(at: datetime) -> None:
    milliseconds = uuid8(at, "x").int >> 80

    assert EARLIEST + timedelta(milliseconds=milliseconds) == at.replace(
        microsecond=at.microsecond // 1000 * 1000
    )


@given(at=INSTANTS, later=st.timedeltas(timedelta(milliseconds=1), timedelta(days=365)))
def test_ids_sort_by_their_instants(at: datetime, later: timedelta) -> None:
    assert uuid8(at, "x") < uuid8(min(at + later, LATEST), "x") or at + later > LATEST


@pytest.mark.parametrize(
    ("first", "second"), [(("ab", "c"), ("a", "bc")), (("a", ""), ("a",)), (("1:a",), ("a",))]
)
def test_parts_do_not_run_together(first: tuple[str, ...], second: tuple[str, ...]) -> None:
    assert uuid8(MONDAY, *first) != uuid8(MONDAY, *second)


@pytest.mark.parametrize(
    "changes", [{"id": "other"}, {"source": "urn:other"}, {"time": MONDAY.replace(year=2027)}]
)
def test_an_event_key_follows_id_source_and_time(changes: dict[str, Any]) -> None:
    assert event_key(replace(event("pqrs.received"), **changes)) != KEY


def test_an_event_key_does_not_follow_the_data() -> None:
    assert event_key(event("pqrs.received", {"subject": "otro"})) == KEY


@pytest.mark.parametrize(
    "changes", [{"person": "p-2"}, {"channel": "sms"}, {"occasion": "reminder:T-24h"}, {"contact_id": "cp-2"}]
)
def test_a_message_id_follows_person_channel_occasion_and_contact(changes: dict[str, str]) -> None:
    assert messages_id(**changes) != messages_id()


def test_message_id_has_the_time_of_its_event() -> None:
    assert messages_id().int >> 80 == KEY.int >> 80


def test_a_reopened_case_has_another_clock() -> None:
    first, again = event("pqrs.received", id="1"), event("pqrs.received", id="2")

    assert clock_id("pqrs_id:1", "first_reply", first) != clock_id("pqrs_id:1", "first_reply", again)


@pytest.mark.parametrize(("case", "name"), [("pqrs_id:2", "first_reply"), ("pqrs_id:1", "legal_term")])
def test_each_case_and_promise_has_its_own_clock(case: str, name: str) -> None:
    petition = event("pqrs.received")

    assert clock_id(case, name, petition) != clock_id("pqrs_id:1", "first_reply", petition)


def test_the_same_bytes_under_another_key_are_another_dead_letter() -> None:
    assert body_id(b"{}", "pqrs.received") == body_id(b"{}", "pqrs.received")
    assert (
        len(
            {
                body_id(b"{}", "a"),
                body_id(b"{}", "b"),
                body_id(b"", "a"),
                body_id(b"a\0", ""),
                body_id(b"", "a\0"),
            }
        )
        == 5
    )


def test_a_stranger_is_the_same_however_the_address_is_written() -> None:
    assert stranger_ref("Ana@Example.com", None) == stranger_ref("ana@example.com", None)


def test_a_strangers_reference_shows_nothing_of_the_address() -> None:
    ref = stranger_ref("ana@example.com", "+573001234567")

    assert ref.startswith("inline:")
    assert not any(part in ref for part in ("ana", "example", "300"))


def test_strangers_differ_by_address_and_by_number() -> None:
    refs = {stranger_ref("a@x.co", None), stranger_ref(None, "a@x.co"), stranger_ref("a@x.co", "1")}

    assert len(refs) == 3


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
