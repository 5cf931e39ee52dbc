"""Invalid events: dead letters, notices, and the rest of the batch."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from hub.catalog import BY_NAME
from hub.cloudevents import CONTENT_TYPE, DEAD_BODY, MAX_BODY, encode
from hub.errors import BrokerUnavailable, StorageRefused, StorageUnavailable
from hub.intake.process_batch import store_dead_letter
from hub.intake.source_bindings import SourceBindings
from hub.model import HUB_SOURCE, Audience, Event, Purpose, RawMessage, State
from hub.model.ids import body_id
from tests.unit.factories import (
    DESK,
    MINUTE,
    MONDAY,
    arrived,
    email,
    event,
    home,
    incoming,
    member,
    somebody,
)
from tests.unit.hub_in_memory import MemoryHub, memory_hub

MARIA = somebody("p-maria-pena", email())
GOOD = event("pqrs.received", id="good")
BAD = event("pqrs.received", id="bad", without=("radicado",))


def petition(name: str) -> Event:
    return event("pqrs.received", {"pqrs_id": name, "radicado": name}, id=name)


def taken(hub: MemoryHub) -> set[str]:
    return {row.event.id for row in hub.store.tables.events.values()}


async def test_largest_body_that_an_event_may_have_is_kept_whole_and_a_larger_one_is_cut() -> None:
    hub = memory_hub(MONDAY)
    whole, longer = (b"{" + b" " * (size - 1) for size in (MAX_BODY, MAX_BODY + 1))
    await hub.take_in(arrived(whole), arrived(longer))

    assert [DEAD_BODY, MAX_BODY] == sorted(len(kept.letter.body) for kept in hub.letters)


async def test_source_of_a_refused_event_is_proven_once_its_sender_was_judged() -> None:
    hub = memory_hub(MONDAY)
    other = event("pqrs.received", {"radicado": "other"}, id="good")
    await hub.take_in(GOOD, BAD, other, structs.replace(incoming(GOOD), body=b'{"source": "urn:crm"'))
    proven = {(kept.letter.event_id, kept.letter.proven) for kept in hub.letters}

    assert {("bad", True), ("good", True), (None, False)} == proven


async def test_bad_event_in_a_batch_becomes_a_dead_letter_with_its_reason() -> None:
    hub = memory_hub(MONDAY)
    await hub.take_in(MARIA, GOOD, BAD, petition("other"))
    [kept] = hub.letters

    assert taken(hub) == {MARIA.id, "good", "other"}
    assert len(hub.publisher.ticketed) == 2
    assert (kept.letter.reason, kept.letter.field) == ("data.radicado: required", "data.radicado")
    assert (kept.letter.event_id, kept.letter.event_type, kept.letter.source) == ("bad", BAD.type, BAD.source)
    assert (kept.letter.body, kept.letter.routing_key) == (encode(BAD), "pqrs.received")
    assert kept.letter.id == body_id(encode(BAD), "pqrs.received")


@pytest.mark.parametrize(
    ("raw", "known"),
    [
        (arrived(encode(GOOD).replace(b"Copia", b"Co\\u0000pia")), ("good", GOOD.source, GOOD.type)),
        (arrived(b'{"specversion":"1.0","id":"x","type":"a.b"}'), ("x", None, "a.b")),
        (
            arrived(b'{"specversion":"1.0","id":"x","source":"urn:x"}', content_type=None),
            ("x", "urn:x", None),
        ),
        (arrived(b"{", content_type="application/json", headers={"ce-id": "x"}), ("x", None, None)),
        (arrived(b'{"id":"","source":7,"type":"a\\u0000b"}'), (None, None, None)),
        (arrived(b'{"id":"of the data","source":"of the data"}', content_type=None), (None, None, None)),
        (
            arrived(b"{}", headers={"ce-id": "x", "cloudEvents_id": "x"}, content_type=None),
            (None, None, None),
        ),
    ],
    ids=["NUL", "no source", "no content type", "half data", "no text", "bare data", "two prefixes"],
)
async def test_a_dead_letter_keeps_the_identity_that_can_be_read(
    raw: RawMessage, known: tuple[str | None, ...]
) -> None:
    hub = memory_hub(MONDAY)
    await hub.take_in(raw)
    [kept] = hub.letters

    assert (kept.letter.event_id, kept.letter.source, kept.letter.event_type) == known
    assert hub.publisher.notices[0].data["event_id"] == known[0]


@pytest.mark.parametrize(
    ("raw", "under"),
    [
        (arrived(b"{", user="crm"), True),
        (arrived(b"{" + b" " * MAX_BODY, user="crm"), True),
        (arrived(encode(GOOD), content_type="text/plain", user="crm"), True),
        (arrived(encode(GOOD), user="crm"), True),  # of the source of another user
        (arrived(b"{", user="http:key:crm"), False),
        (arrived(b"{"), False),
    ],
    ids=["not JSON", "too large", "content type", "source of another", "over HTTP", "no user_id"],
)
async def test_sender_of_what_cannot_be_read_hears_of_it_under_keys_that_it_may_bind(
    raw: RawMessage, *, under: bool
) -> None:
    """`user_id` is what RabbitMQ has checked: it says whose it is where the body cannot."""
    hub = memory_hub(MONDAY)
    for user, source in (("crm", "https://crm.example.co"), ("desk", GOOD.source)):
        await hub.bind(user, source)
    await hub.take_in(raw)
    [notice] = hub.publisher.notices
    words = ["user.crm", "https://crm%2Eexample%2Eco"]

    assert (words if under else []) == list(hub.publisher.also[notice.id])


async def test_delivery_on_which_the_hub_fails_is_said_to_its_sender() -> None:
    hub = memory_hub(MONDAY)
    await store_dead_letter(
        arrived(b"{}", user="crm.one"),
        RuntimeError(),
        senders=SourceBindings(hub.keys, own=None),
        store=hub.store,
        publisher=hub.publisher,
        now=hub.clock,
    )
    [notice] = hub.publisher.notices

    assert ["user.crm%2Eone"] == list(hub.publisher.also[notice.id])


async def test_unknown_fields_are_named_beside_missing_ones() -> None:
    hub = memory_hub(MONDAY)
    await hub.take_in(event("pqrs.received", {"prioridad": "alta"}, without=("radicado",)))
    await hub.take_in(arrived(b'{"specversion":"1.0","source":"urn:x","event_id":"x","traceparent":"y"}'))

    assert [kept.letter.reason for kept in hub.letters] == [
        "data.radicado: required; unknown: prioridad",
        "id: required; unknown: event_id",
    ]


async def test_publishers_are_notified_of_the_rejection_and_its_reason() -> None:
    hub = memory_hub(MONDAY)
    await hub.take_in(BAD)
    [notice] = hub.publisher.notices

    assert (notice.source, notice.name, notice.time) == (HUB_SOURCE, "event.rejected", MONDAY)
    assert notice.data == {
        "dead_letter_id": str(body_id(encode(BAD), "pqrs.received")),
        "reason": "data.radicado: required",
        "field": "data.radicado",
        "event_type": BAD.type,
        "event_id": "bad",
        "event_source": BAD.source,
        "routing_key": "pqrs.received",
    }
    assert hub.publisher.events == []


@pytest.mark.parametrize(
    "raw",
    [
        incoming(
            Event(id="1", source="urn:x", type="co.coproservicios.event.rejected.v1", time=MONDAY, data={})
        ),
        arrived(b"no event at all", routing_key="event.rejected"),
    ],
    ids=["decoded", "undecodable"],
)
async def test_returned_rejection_causes_no_other_rejection(raw: RawMessage) -> None:
    hub = memory_hub(MONDAY)
    await hub.take_in(raw)

    assert len(hub.letters) == 1
    assert hub.publisher.notices == []


@pytest.mark.parametrize(
    "raw",
    [
        arrived(b""),
        arrived(b"{"),
        arrived(b"[]"),
        arrived(b"\xff\xfe"),
        arrived(b"null", content_type="application/json"),
        arrived(b"{}", content_type=None),
        arrived(encode(GOOD).replace(b"Copia", b"Co\\u0000pia")),
        arrived(encode(GOOD).replace(b"Copia", b"Co\\ud800pia")),
        arrived(encode(structs.replace(GOOD, time=MONDAY + 6 * MINUTE))),
        arrived(encode(structs.replace(GOOD, type="co.coproservicios.pqrs.unheard.v1"))),
        arrived(encode(event("sla.breached"))),
    ],
    ids=[
        "nothing",
        "half",
        "no object",
        "no text",
        "null",
        "no attributes",
        "NUL",
        "surrogate",
        "future",
        "unknown",
        "the hub's own",
    ],
)
async def test_foreign_message_becomes_a_dead_letter_with_a_reason(raw: RawMessage) -> None:
    hub = memory_hub(MONDAY)
    await hub.take_in(raw, MARIA)
    [kept] = hub.letters

    assert kept.letter.reason
    assert kept.letter.body == raw.body
    assert taken(hub) == {MARIA.id}
    assert len(hub.publisher.notices) == 1


async def test_beginning_of_an_oversized_body_is_stored() -> None:
    hub = memory_hub(MONDAY)
    await hub.take_in(arrived(b"x" * (MAX_BODY + 1)))
    [kept] = hub.letters

    assert kept.letter.body == b"x" * DEAD_BODY
    assert str(MAX_BODY) in kept.letter.reason


async def test_the_same_bytes_again_are_the_same_dead_letter() -> None:
    hub = memory_hub(MONDAY)
    await hub.take_in(BAD)
    await hub.take_in(BAD)

    assert [kept.times for kept in hub.letters] == [2]


@pytest.mark.parametrize("at", range(5))
async def test_one_value_that_the_database_refuses_is_found_among_many(at: int) -> None:
    hub = memory_hub(MONDAY, refused={f"n-{at}"})
    await hub.take_in(MARIA)
    await hub.take_in(*(petition(f"n-{number}") for number in range(5)), BAD)

    assert {kept.letter.event_id for kept in hub.letters} == {f"n-{at}", "bad"}
    assert taken(hub) == {MARIA.id, *(f"n-{number}" for number in range(5) if number != at)}
    assert len(hub.publisher.ticketed) == 4
    assert [notice.name for notice in hub.publisher.notices].count("event.rejected") == 2


async def test_all_values_of_a_batch_may_be_refused() -> None:
    hub = memory_hub(MONDAY, refused={"a", "b", "c"})
    await hub.take_in(petition("a"), petition("b"), petition("c"))

    assert {kept.letter.event_id for kept in hub.letters} == {"a", "b", "c"}
    assert taken(hub) == set()


async def test_reason_of_a_refused_value_does_not_quote_it() -> None:
    hub = memory_hub(MONDAY, refused={"a"})
    await hub.take_in(petition("a"))

    assert [kept.letter.reason for kept in hub.letters] == [
        "the database refuses a value of it (The database refuses a value.)"
    ]


async def test_the_directory_goes_first_also_when_a_batch_is_halved() -> None:
    hub = memory_hub(MONDAY, refused={"refused"})
    await hub.take_in(petition("refused"), GOOD, petition("x"), MARIA)

    assert [(message.person, message.state) for message in hub.of(GOOD)] == [("p-maria-pena", State.QUEUED)]


async def test_consents_go_first_also_when_a_batch_is_halved() -> None:
    paid = event("admin.payment.received", {"unit_id": "101"})
    owners = Audience(
        who=("owners@unit & opted_in:commercial",), purpose=Purpose.COMMERCIAL, channels=(("email",),)
    )
    hub = memory_hub(MONDAY, refused={"refused"})
    hub.context = replace(
        DESK, catalog={**BY_NAME, paid.name: replace(BY_NAME[paid.name], audiences=(owners,))}
    )
    await hub.take_in(MARIA, home("101"), member("p-maria-pena", "unit:101", "owner"))
    await hub.take_in(paid, petition("refused"), petition("x"), event("privacy.consent.granted"))

    assert [("p-maria-pena", "email")] == hub.recipients(paid)


async def test_the_database_going_away_while_a_batch_is_halved_loses_nothing() -> None:
    hub = memory_hub(MONDAY, refused={"refused"})
    await hub.take_in(MARIA)
    hub.store.faults.script("transaction", None, None, StorageUnavailable())
    with pytest.raises(StorageUnavailable):
        await hub.take_in(GOOD, petition("refused"))
    await hub.take_in(GOOD, petition("refused"))

    assert taken(hub) == {MARIA.id, "good"}
    assert len(hub.of(GOOD)) == 1
    assert set(hub.publisher.ticketed) == {message.id for message in hub.of(GOOD)}


async def test_a_notice_that_cannot_be_published_is_published_with_the_next_try() -> None:
    hub = memory_hub(MONDAY)
    hub.publisher.faults.script("notify", BrokerUnavailable())
    with pytest.raises(BrokerUnavailable):
        await hub.take_in(BAD)
    await hub.take_in(BAD)

    assert len(hub.publisher.notices) == 1


async def test_dead_letter_that_the_database_refuses_raises() -> None:
    hub = memory_hub(MONDAY)
    hub.store.faults.script("transaction", StorageRefused())
    with pytest.raises(StorageRefused):
        await hub.take_in(BAD)


async def test_event_on_which_the_hub_fails_becomes_a_dead_letter() -> None:
    hub = memory_hub(MONDAY)
    await store_dead_letter(
        incoming(GOOD),
        ZeroDivisionError("secret"),
        senders=SourceBindings(hub.keys, own=None),
        store=hub.store,
        publisher=hub.publisher,
        now=hub.clock,
    )
    [kept] = hub.letters

    assert kept.letter.reason == "the hub fails on it (ZeroDivisionError)"
    assert (kept.letter.body, kept.letter.content_type) == (encode(GOOD), CONTENT_TYPE)
    assert len(hub.publisher.notices) == 1


async def test_reason_never_quotes_the_event() -> None:
    hub = memory_hub(MONDAY)
    petitioner = {"name": "Ana", "email": ["secreto@example.com"]}
    await hub.take_in(event("pqrs.received", {"petitioner": petitioner, "kind": "secreto"}))
    [kept] = hub.letters

    assert "secreto" not in kept.letter.reason


async def test_version_that_jumps_costs_only_its_own_event() -> None:
    hub = memory_hub(MONDAY)
    await hub.take_in(somebody("p-maria-pena", email(), version=7))
    forged = somebody("p-maria-pena", email("mallory@evil.example"), version=20260309081500)
    ana = somebody("p-ana", email())
    await hub.take_in(petition("one"), forged, ana, petition("other"))
    [kept] = hub.letters

    assert kept.letter.field == "data.version"
    assert kept.letter.reason.startswith("data.version: expected at most 1000007")
    assert "override=true" in kept.letter.reason
    assert {"one", "other", ana.id} <= taken(hub)
    assert forged.id not in taken(hub)
