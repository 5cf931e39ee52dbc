"""An event that does not reach all its recipients is stored, and its publisher notified."""

from __future__ import annotations

from collections.abc import Sequence

import jsonschema_rs
import pytest
from prometheus_client import REGISTRY

from hub.errors import BrokerUnavailable
from hub.model import HUB_SOURCE, Event, Mark, MarkReason, State
from hub.web.documents.notices import NOTICES
from tests.unit.factories import DESK, MONDAY, email, event, home, member, mobile, somebody
from tests.unit.hub_in_memory import MemoryHub, memory_hub

PETITION = event("pqrs.received", {"copropiedad_id": "ph-altos", "unit_id": "101"})
PAYMENT = event("admin.payment.received", {"copropiedad_id": "ph-altos", "unit_id": "101"})


def directory() -> list[Event]:
    """Altos with unit 101, whose owner lives there, and one member of staff with all duties."""
    duties = {word.split(":")[1].split("@")[0] for word in _staff_words()}
    return [
        event("directory.copropiedad.upserted", {"copropiedad_id": "ph-altos"}),
        home("101", copropiedad="ph-altos"),
        somebody("p-maria-pena", email()),
        member("p-maria-pena", "unit:101", "owner"),
        *(somebody(duty, email("staff@example.com")) for duty in duties),
        *(member(duty, "company", "staff", duty=duty) for duty in duties),
    ]


def _staff_words() -> Sequence[str]:
    kinds = (DESK.catalog[PETITION.name], DESK.catalog[PAYMENT.name])
    words = [word for kind in kinds for audience in kind.audiences for word in audience.who]
    return [word for word in words if word.startswith("staff:")]


@pytest.fixture
async def hub() -> MemoryHub:
    built = memory_hub(MONDAY)
    await built.take_in(*directory())
    return built


def is_as_described(notice: Event) -> bool:
    return jsonschema_rs.validator_for(dict(NOTICES[notice.name])).is_valid(notice.data)


def published(hub: MemoryHub) -> list[list[str]]:
    return [
        notice.data["reasons"] for notice in hub.publisher.notices if notice.name == "hub.event.unreached"
    ]


async def test_an_empty_audience_that_is_a_courtesy_is_not_reported(hub: MemoryHub) -> None:
    tenant = [somebody("p-tenant", email()), member("p-tenant", "unit:102", "payer")]
    await hub.take_in(home("102", copropiedad="ph-altos"), *tenant)

    await hub.take_in(event("admin.payment.received", {"copropiedad_id": "ph-altos", "unit_id": "102"}))

    assert published(hub) == []


async def test_event_that_reaches_all_is_not_reported(hub: MemoryHub) -> None:
    await hub.take_in(PETITION, PAYMENT)

    assert published(hub) == []
    assert hub.store.tables.unreached == {}


@pytest.mark.parametrize(
    ("published", "reasons"),
    [
        (event("pqrs.received", {"copropiedad_id": "ph-altos", "unit_id": "999"}), ["unknown_unit"]),
        (event("pqrs.received", {"copropiedad_id": "ph-atlos", "unit_id": "101"}), ["unknown_copropiedad"]),
        (
            event(
                "pqrs.received",
                {"copropiedad_id": "ph-altos", "unit_id": "101", "petitioner": {"ref": "p-nobody"}},
            ),
            ["unknown_person"],
        ),
        (
            event("admin.payment.received", {"copropiedad_id": "ph-altos", "unit_id": "999"}),
            ["empty_audience", "unknown_unit"],
        ),
        (event("maintenance.scheduled.announced", {"copropiedad_id": "ph-altos"}), ["empty_audience"]),
    ],
    ids=["unit", "copropiedad", "person", "audience", "broad audience"],
)
async def test_publisher_is_notified_of_what_the_directory_does_not_have(
    hub: MemoryHub, published: Event, reasons: list[str]
) -> None:
    await hub.take_in(published)
    [notice] = hub.publisher.notices

    assert (notice.name, notice.source, notice.time) == ("hub.event.unreached", HUB_SOURCE, MONDAY)
    assert notice.data == {
        "event_id": published.id,
        "event_source": published.source,
        "event_type": published.type,
        "reasons": reasons,
    }
    assert is_as_described(notice)


def petition(**petitioner: object) -> Event:
    place = {"copropiedad_id": "ph-altos", "unit_id": "101"}
    return event("pqrs.received", {**place, "petitioner": {"name": "Sofía Ibáñez", **petitioner}})


@pytest.mark.parametrize(
    ("petitioner", "fields"),
    [
        ({"email": "sofia@example.com", "phone": "300 12"}, ["petitioner.phone"]),
        ({"email": "sofia@@example.com", "phone": "0057 300 123 4567"}, ["petitioner.email"]),
        ({"email": "nobody at all", "phone": "12"}, ["petitioner.email", "petitioner.phone"]),
        ({"email": "sofia@example.com", "phone": "  "}, []),
    ],
)
async def test_publisher_hears_of_a_contact_that_is_none(
    hub: MemoryHub, petitioner: dict[str, str], fields: list[str]
) -> None:
    """The event is taken in all the same, and reaches its person by the contact that is good."""
    given = petition(**petitioner)
    await hub.take_in(given)
    notices = [one.data for one in hub.publisher.notices]

    assert [] == hub.letters
    assert notices == ([{**notices[0], "reasons": ["bad_contact"], "fields": fields}] if fields else [])
    assert all(is_as_described(one) for one in hub.publisher.notices)
    sent = {
        one.message.channel for one in hub.store.tables.messages.values() if one.message.state is State.QUEUED
    }
    assert sent >= ({"sms"} if fields == ["petitioner.email"] else set())


async def test_repeat_names_the_same_fields_and_quotes_no_contact(hub: MemoryHub) -> None:
    lost = petition(email="sofia@@example.com")
    hub.publisher.faults.script("notify", BrokerUnavailable())
    with pytest.raises(BrokerUnavailable):
        await hub.take_in(lost)
    await hub.take_in(lost)
    await hub.take_in(lost)
    first, second = hub.publisher.notices

    assert (first.id, first.data) == (second.id, second.data)
    assert ["petitioner.email"] == first.data["fields"]
    assert "sofia@" not in str(first.data)


async def test_publisher_of_the_directory_hears_of_a_contact_that_would_be_lost() -> None:
    hub = memory_hub(MONDAY)
    await hub.take_in(somebody("p-new", mobile("300"), email()), member("p-new", "unit:102", "owner"))

    assert [["contact_points[0].value"]] == [one.data["fields"] for one in hub.publisher.notices]


async def test_notice_of_a_rejection_matches_its_description(hub: MemoryHub) -> None:
    await hub.take_in(event("pqrs.received", without=("radicado",)))
    [notice] = hub.publisher.notices

    assert is_as_described(notice)


async def test_quiet_event_is_not_reported(hub: MemoryHub) -> None:
    await hub.take_in(event("admin.payment.received", {"unit_id": "999"}, quiet=True))

    assert published(hub) == []


async def test_directory_event_is_not_reported() -> None:
    hub = memory_hub(MONDAY)
    await hub.take_in(home("101", copropiedad="ph-new"), member("p-new", "unit:102", "owner"))

    assert published(hub) == []


async def test_crash_after_the_commit_repeats_the_notice_with_the_same_id(
    hub: MemoryHub,
) -> None:
    lost = event("admin.payment.received", {"copropiedad_id": "ph-altos", "unit_id": "999"})
    hub.publisher.faults.script("notify", BrokerUnavailable())
    with pytest.raises(BrokerUnavailable):
        await hub.take_in(lost)
    await hub.take_in(lost)
    await hub.take_in(lost)
    first, second = hub.publisher.notices

    assert first.id == second.id
    assert published(hub) == [["empty_audience", "unknown_unit"]] * 2


async def test_crash_after_the_last_page_repeats_the_notice(hub: MemoryHub) -> None:
    works = event("maintenance.scheduled.announced", {"copropiedad_id": "ph-altos"})
    hub.publisher.faults.script("notify", BrokerUnavailable())
    with pytest.raises(BrokerUnavailable):
        await hub.take_in(works)
    await hub.take_in(works)

    assert published(hub) == [["empty_audience"]]


async def test_each_is_counted_by_event_and_reason(hub: MemoryHub) -> None:
    labels = {"event": "admin.payment.received", "reason": "unknown_unit"}
    before = REGISTRY.get_sample_value("hub_events_unreached_total", labels) or 0.0
    lost = [
        event("admin.payment.received", {"copropiedad_id": "ph-altos", "unit_id": "999"}, id=f"lost-{n}")
        for n in range(3)
    ]
    await hub.take_in(*lost)

    assert 3 == (REGISTRY.get_sample_value("hub_events_unreached_total", labels) or 0.0) - before


async def test_an_emergency_whose_resident_has_only_an_inbox_is_unreached(hub: MemoryHub) -> None:
    fire = event("emergency.declared", {"copropiedad_id": "ph-altos"})
    await hub.take_in(
        *(somebody(duty, mobile()) for duty in ("front_desk", "on_call")),
        *(member(duty, "company", "staff", duty=duty) for duty in ("front_desk", "on_call")),
        somebody("p-no-phone"),
        member("p-no-phone", "unit:101", "resident"),
        fire,
    )
    [message] = [message for message in hub.of(fire) if message.person == "p-no-phone"]

    assert (message.channel, message.state) == ("inbox", State.QUEUED)
    assert published(hub) == [["no_channel"]]
    assert is_as_described(hub.publisher.notices[-1])


async def test_emergency_for_the_deceased_is_not_unreached(hub: MemoryHub) -> None:
    fire = event("emergency.declared", {"copropiedad_id": "ph-altos"})
    hub.store.tables.directory.marks = {"p-gone": Mark(reason=MarkReason.DECEASED, since=MONDAY)}
    await hub.take_in(
        *(somebody(duty, mobile()) for duty in ("front_desk", "on_call")),
        *(member(duty, "company", "staff", duty=duty) for duty in ("front_desk", "on_call")),
        somebody("p-gone", mobile()),
        member("p-gone", "unit:101", "resident"),
        fire,
    )
    [message] = [message for message in hub.of(fire) if message.person == "p-gone"]

    assert (message.reason, message.state) == ("do_not_contact", State.SUPPRESSED)
    assert [] == published(hub)


async def test_an_emergency_that_staff_gets_by_inbox_alone_is_unreached(hub: MemoryHub) -> None:
    """A small audience is planned at once, not page by page."""
    escalated = event("emergency.escalated", {"copropiedad_id": "ph-altos"}, source=HUB_SOURCE)
    await hub.take_in(somebody("p-2"), member("p-2", "company", "staff", duty="management", level=2))
    await hub.take_in(escalated)

    assert [(message.person, message.channel) for message in hub.of(escalated)] == [("p-2", "inbox")]
    assert published(hub) == [["no_channel"]]
