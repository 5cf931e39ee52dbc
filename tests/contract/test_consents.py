"""The ledger of consents, in memory and in PostgreSQL: people left out, messages sent, BAJA and ALTA."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from hub.contact_rules.consents import authorised, consents_of, counting, why_opted_out
from hub.contact_rules.purposes import NEED_CONSENT, PURPOSES
from hub.contact_rules.verdict import Refused, verdict
from hub.desk.suppressions.acts import delete_opt_out
from hub.inbound.replies import complained, read
from hub.model import (
    NO_FACTS,
    Complaint,
    Event,
    Json,
    Message,
    Person,
    Purpose,
    State,
    StoredEvent,
)
from hub.model.ids import event_key
from hub.people.audience import RESIDENTS, Group
from hub.policy import load_policy
from tests.contract.stores import RealStores, Stores
from tests.contract.values import HOUR, NOON, consent, mailed, membership, message, now, person, unit

EVERYBODY = Group(copropiedad_id="ph-1", roles=RESIDENTS, opted_in="commercial")
MAIL = "p-1@example.com"
POLICY = load_policy()


async def publish(stores: Stores, *events: Event) -> None:
    """Add consents as intake does: in one transaction, which sees them."""
    async with stores.intake.transaction() as transaction:
        await transaction.add_consents(
            [row for event in events for row in consents_of(event, event_key(event))]
        )


async def settle(stores: Stores, *people: str) -> None:
    entries = [(person(ref), membership(ref, "unit:u-1", "resident")) for ref in people]
    await stores.apply_directory(unit("u-1"), *(event for pair in entries for event in pair))


async def left_out(stores: Stores, group: Group = EVERYBODY) -> dict[str, str | None]:
    async with stores.intake.transaction() as transaction:
        looked_up = (await transaction.people([group]))[group]
        assert not group.paged or looked_up == await transaction.people_page(group, "", 100)
    return {person.ref: person.left_out for person in looked_up}


async def suppression(stores: Stores, of: StoredEvent, channel: str = "email", **fields: Any) -> str | None:
    """Return why the claim of an earlier message does not send it."""
    values = {"purpose": Purpose.COMMERCIAL, "address": MAIL, "occasion": str(uuid4()), **fields}
    one = message(of, channel=channel, **values)
    await stores.add(one)
    [claimed] = await stores.claim(one)
    # At any hour of this run: the stores answer with facts, not with verdicts.
    found = verdict(one.purpose, channel, claimed.contact, at=now(), policy=POLICY)
    return found.reason if isinstance(found, Refused) else None


async def wrote(stores: Stores, of: StoredEvent, text: str, **fields: Any) -> None:
    """Store a person's reply to our mail."""
    one = message(of, address=MAIL, occasion=str(uuid4()), state=State.SENT)
    await stores.add(one)
    values: dict[str, Any] = {"message_id": one.id, "address": MAIL, **fields}
    reply = mailed(text, **values)
    await stores.replies.add(read(reply, await stores.replies.about(reply), now=now()))


async def stands(stores: RealStores, ref: str = "p-1") -> Mapping[str, Json]:
    shown = await stores.roster.somebody(ref)
    assert shown is not None
    return {row["purpose"]: row for row in shown["consents"]}


async def test_people_without_a_yes_are_left_out_of_an_opted_in_group(stores: Stores) -> None:
    await settle(stores, "p-1", "p-2", "p-3", "p-4")
    await publish(
        stores,
        consent("p-1", "commercial"),
        consent("p-2", "survey"),
        consent("p-3", "commercial"),
        consent("p-3", "commercial", granted=False, time=NOON + HOUR),
    )

    assert {"p-1": None, **dict.fromkeys(["p-2", "p-3", "p-4"], "not_opted_in")} == await left_out(stores)


@pytest.mark.parametrize("shape", [{"person": "p-1"}, {"unit_id": "u-1", "roles": RESIDENTS}])
async def test_opt_in_applies_to_every_kind_of_group(stores: Stores, shape: Mapping[str, Any]) -> None:
    await settle(stores, "p-1")
    before = await left_out(stores, Group(**shape, opted_in="commercial"))
    await publish(stores, consent("p-1", "commercial"))

    assert {"p-1": "not_opted_in"} == before
    assert {"p-1": None} == await left_out(stores, Group(**shape, opted_in="commercial"))
    assert {"p-1": None} == await left_out(stores, Group(**shape))


async def members(stores: Stores, group: Group) -> Sequence[Person]:
    async with stores.intake.transaction() as transaction:
        return (await transaction.people([group]))[group]


async def channels(stores: Stores, group: Group) -> Mapping[str, Sequence[str]]:
    return {
        person.ref: sorted(name for name, _ in authorised(person.statements))
        for person in await members(stores, group)
    }


async def test_people_come_with_the_channels_that_they_have_authorised(stores: Stores) -> None:
    await settle(stores, "p-1", "p-2")
    await publish(
        stores,
        consent("p-1", "collection", channels=["email", "sms"]),
        consent("p-1", "collection", granted=False, time=NOON + HOUR, channels=["email"]),
        consent("p-1", "commercial", channels=["push"]),
        consent("p-2", "commercial"),
    )

    of_everybody = Group(copropiedad_id="ph-1", roles=RESIDENTS, authorised="collection")
    assert {"p-1": ["sms"], "p-2": []} == await channels(stores, of_everybody)
    assert {"p-1": ["sms"]} == await channels(stores, Group(person="p-1", authorised="collection"))
    assert {"p-1": []} == await channels(stores, Group(person="p-1"))


async def test_collection_does_not_leave_over_a_channel_revoked_meanwhile(
    stores: Stores, of: StoredEvent
) -> None:
    await publish(stores, consent("p-1", "collection", channels=["email", "sms"]))
    before = await suppression(stores, of, purpose=Purpose.COLLECTION)
    await publish(stores, consent("p-1", "collection", granted=False, time=NOON + HOUR, channels=["email"]))

    assert (None, "not_consented") == (before, await suppression(stores, of, purpose=Purpose.COLLECTION))
    assert await suppression(stores, of, "sms", purpose=Purpose.COLLECTION) is None


async def test_repeated_and_reordered_consents_give_the_same_ledger(stores: RealStores) -> None:
    await settle(stores, "p-1", "p-2")
    for ref, order in (("p-1", (0, 1, 0)), ("p-2", (1, 0, 1))):
        events = [
            consent(ref, "commercial", time=NOON + HOUR, channels=["email"]),
            consent(ref, "commercial", granted=False),
        ]
        for number in order:
            await publish(stores, events[number])

    assert {"p-1": None, "p-2": None} == await left_out(stores)
    assert await stands(stores, "p-1") == await stands(stores, "p-2")


async def test_stance_is_shown_with_its_evidence(stores: RealStores) -> None:
    await settle(stores, "p-1")
    await publish(
        stores,
        consent("p-1", "commercial", "survey", evidence_hash="9f86", channels=["email", "sms"]),
        consent("p-1", "commercial", granted=False, time=NOON + HOUR, channels=["sms"], method="sms"),
        consent("p-1", "survey", granted=False, time=NOON + HOUR, method=None, text_version=None),
    )
    found = await stands(stores)
    proof = {"text_version": "2026-02", "method": "web", "evidence_hash": "9f86"}
    yes = {"purpose": "commercial", "granted": True, "channels": ("email",), "authorises": True, **proof}
    nothing: dict[str, Json] = dict.fromkeys(proof)
    no = {"purpose": "survey", "granted": False, "channels": (), "authorises": False, **nothing}

    assert {"commercial": yes, "survey": no} == {
        name: {key: value for key, value in one.items() if key != "at"} for name, one in found.items()
    }
    assert [NOON, NOON + HOUR] == [
        datetime.fromisoformat(found[name]["at"]) for name in ("commercial", "survey")
    ]


async def test_a_no_stops_messages_planned_before_it(stores: Stores, of: StoredEvent) -> None:
    await publish(stores, consent("p-1", "commercial", "survey"), consent("p-2", "commercial"))
    before = await suppression(stores, of)
    await publish(stores, consent("p-1", "commercial", granted=False, time=NOON + HOUR))

    assert (None, "not_consented") == (before, await suppression(stores, of))
    assert await suppression(stores, of, purpose=Purpose.SURVEY) is None
    assert await suppression(stores, of, person="p-2") is None
    await publish(stores, consent("p-1", "commercial", time=NOON + 2 * HOUR))
    assert await suppression(stores, of) is None


@pytest.mark.parametrize("purpose", Purpose)
async def test_required_messages_are_sent_after_all_consents_are_revoked(
    stores: Stores, of: StoredEvent, purpose: Purpose
) -> None:
    await publish(stores, consent("p-1", "data_treatment", granted=False))
    needs_one = purpose in {Purpose.COMMERCIAL, Purpose.SURVEY, Purpose.COLLECTION}

    assert ("not_consented" if needs_one else None) == await suppression(stores, of, purpose=purpose)


async def test_only_consented_channels_are_used(stores: Stores, of: StoredEvent) -> None:
    await publish(
        stores,
        consent("p-1", "commercial", channels=["email", "sms"]),
        consent("p-1", "commercial", granted=False, channels=["sms"]),
    )
    ways = ("email", "sms", "whatsapp")

    assert [None, "not_consented", "not_consented"] == [await suppression(stores, of, way) for way in ways]
    await settle(stores, "p-1")
    assert {"p-1": None} == await left_out(stores)


async def test_baja_revokes_the_consent_of_a_form(stores: RealStores, of: StoredEvent) -> None:
    await settle(stores, "p-1")
    await publish(stores, consent("p-1", "commercial", time=now() - HOUR))
    await wrote(stores, of, "BAJA")

    assert {"p-1": "not_opted_in"} == await left_out(stores)
    assert "opted_out" == await suppression(stores, of)
    assert (False, "opted_out") == (
        (await stands(stores))["commercial"]["granted"],
        (await stands(stores))["commercial"]["method"],
    )


async def refused(stores: RealStores, of: StoredEvent) -> list[str | None]:
    sent = (await stores.explaining.facts(of, "p-1")).messages
    return [one.refused for one in sent if one.message.state is State.HELD]


async def test_explain_knows_that_the_reminder_of_who_has_opted_out_will_not_leave(
    stores: RealStores, of: StoredEvent
) -> None:
    await settle(stores, "p-1")
    await publish(stores, consent("p-1", "survey", time=now() - HOUR))
    held = {"state": State.HELD, "reason": "scheduled", "occasion": "reminder:T-24h"}
    await stores.add(message(of, person="p-1", purpose=Purpose.SURVEY, next_at=now() + HOUR, **held))
    before = await refused(stores, of)
    await wrote(stores, of, "BAJA")

    assert ([None], ["opted_out"]) == (before, await refused(stores, of))


async def test_later_form_lifts_a_baja(stores: Stores, of: StoredEvent) -> None:
    await settle(stores, "p-1")
    await wrote(stores, of, "BAJA")
    await publish(stores, consent("p-1", "commercial", time=now()))

    assert {"p-1": None} == await left_out(stores)
    assert await suppression(stores, of) is None
    assert "opted_out" == await suppression(stores, of, purpose=Purpose.SURVEY)


async def test_late_form_from_before_a_baja_lifts_nothing(stores: Stores, of: StoredEvent) -> None:
    await settle(stores, "p-1")
    await wrote(stores, of, "BAJA")
    between = now()
    await wrote(stores, of, "BAJA")
    await publish(stores, consent("p-1", "commercial", time=NOON), consent("p-1", "commercial", time=between))

    assert {"p-1": "not_opted_in"} == await left_out(stores)
    assert "opted_out" == await suppression(stores, of)


async def test_later_form_lifts_the_baja_of_an_address_without_a_person(
    stores: Stores, of: StoredEvent
) -> None:
    await settle(stores, "p-1")
    await wrote(stores, of, "BAJA", message_id=None)
    closed = await suppression(stores, of)
    await publish(stores, consent("p-2", "commercial", time=now()))
    still = await suppression(stores, of)
    await publish(stores, consent("p-1", "commercial", time=now()))

    assert ("opted_out", "opted_out", None) == (closed, still, await suppression(stores, of))


@pytest.mark.parametrize("shape", [{"person": "p-2"}, {"unit_id": "u-1", "roles": RESIDENTS}])
async def test_planning_knows_who_has_refused_and_which_address(
    stores: Stores, of: StoredEvent, shape: Mapping[str, Any]
) -> None:
    """As the claim does: the address of two people is closed for both, the rest for the one who wrote."""
    shared = [{"id": "e", "kind": "email", "value": MAIL}]
    await settle(stores, "p-1", "p-3")
    await stores.apply_directory(
        person("p-2", contact_points=shared), membership("p-2", "unit:u-1", "resident")
    )
    await wrote(stores, of, "BAJA")
    found = {one.ref: one for one in await members(stores, Group(**shape, authorised="commercial"))}
    everything = {ref: why_opted_out(one) for ref, one in found.items()}
    mail = {ref: why_opted_out(one, [MAIL]) for ref, one in found.items()}
    collected = await members(stores, Group(**shape, authorised="collection"))

    assert {"p-1": "opted_out", "p-2": None, "p-3": None} == {"p-1": "opted_out", "p-3": None, **everything}
    assert {"p-1": "opted_out", "p-2": "opted_out", "p-3": None} == {"p-1": "opted_out", "p-3": None, **mail}
    assert {()} == {one.opted_out for one in collected}, "a BAJA refuses no collection"


async def refused_by_whatsapp(stores: Stores, of: StoredEvent, *people: str) -> list[str | None]:
    """Return why each of them gets no offer by WhatsApp, at a number that has never written."""
    await publish(stores, *(consent(ref, "commercial", time=NOON - HOUR) for ref in people))
    way = {"channel": "whatsapp", "address": "+573009999999"}
    return [await suppression(stores, of, person=ref, **way) for ref in people]


async def wrote_first(stores: Stores, text: str, **fields: Any) -> None:
    """Store what somebody writes who answers none of our messages."""
    values: dict[str, Any] = {"channel": "email", "provider": "mail", "address": MAIL, **fields}
    reply = mailed(text, **values)
    await stores.replies.add(read(reply, await stores.replies.about(reply), now=now()))


async def test_baja_from_an_address_of_the_directory_counts_for_its_person_by_every_channel(
    stores: Stores, of: StoredEvent
) -> None:
    """Ley 1581, art. 8 (e): the person has said no, and not an address."""
    async with stores.intake.transaction() as transaction:
        points = [{"id": "e", "kind": "email", "value": "P-1@example.com"}]
        await transaction.apply_directory([person("p-1", contact_points=points)])
    await settle(stores, "p-2")
    await wrote_first(stores, "Quiero darme de baja")

    assert ["opted_out", None] == await refused_by_whatsapp(stores, of, "p-1", "p-2")


async def test_baja_from_an_address_that_several_people_have_counts_for_each_of_them(
    stores: Stores, of: StoredEvent
) -> None:
    """Nobody knows which of them has written: the careful reading."""
    shared = [{"id": "t", "kind": "phone", "value": "+573001112222"}]
    await stores.apply_directory(*(person(ref, contact_points=shared) for ref in ("p-1", "p-2")))
    await publish(stores, *(consent(ref, "commercial", time=NOON - HOUR) for ref in ("p-1", "p-2")))
    await stores.add(message(of, channel="sms", address="+573001112222", state=State.SENT, created_at=now()))
    await wrote_first(stores, "BAJA", channel="sms", address="+573001112222")

    assert ["opted_out", "not_consented"] == await refused_by_whatsapp(stores, of, "p-1", "p-2")


async def test_alta_gives_consent_after_a_baja_and_after_a_form(stores: RealStores, of: StoredEvent) -> None:
    await settle(stores, "p-1")
    await publish(stores, consent("p-1", "commercial", granted=False))
    await wrote(stores, of, "BAJA")
    await wrote(stores, of, "ALTA")

    assert {"p-1": None} == await left_out(stores)
    assert await suppression(stores, of) is None
    assert (True, "reply") == (
        (await stands(stores))["survey"]["granted"],
        (await stands(stores))["survey"]["method"],
    )


async def test_form_with_a_no_after_an_alta_revokes_consent(stores: Stores, of: StoredEvent) -> None:
    await settle(stores, "p-1")
    await wrote(stores, of, "ALTA")
    await publish(stores, consent("p-1", "commercial", granted=False, time=now()))

    assert {"p-1": "not_opted_in"} == await left_out(stores)


async def test_alta_of_somebody_else_is_not_the_persons_consent(stores: Stores, of: StoredEvent) -> None:
    await settle(stores, "p-1")
    await wrote(stores, of, "ALTA", address="vecino@example.com")

    assert {"p-1": "not_opted_in"} == await left_out(stores)


async def test_complaint_revokes_consent_and_an_operator_restores_it(
    stores: RealStores, of: StoredEvent
) -> None:
    await settle(stores, "p-1")
    await publish(stores, consent("p-1", "commercial", time=now() - HOUR))
    one = message(of, address=MAIL, state=State.SENT)
    await stores.add(one)
    complaint = Complaint(message_id=one.id, channel="email", provider="mail", kind="abuse", at=NOON)
    await stores.replies.add(complained(complaint, await stores.replies.about_message(one.id)))
    closed = await left_out(stores)
    await delete_opt_out(stores.database, MAIL, by="laura")

    assert ({"p-1": "not_opted_in"}, {"p-1": None}) == (closed, await left_out(stores))
    assert "survey" not in await stands(stores)


@pytest.mark.parametrize("purpose", Purpose)
async def test_who_is_not_in_the_ledger_gets_nothing_that_needs_consent(
    stores: Stores, of: StoredEvent, purpose: Purpose
) -> None:
    expected = "not_consented" if PURPOSES[purpose].needs_consent else None

    assert expected == await suppression(stores, of, purpose=purpose)


@pytest.mark.parametrize("purpose", Purpose)
async def test_a_claim_gives_the_facts_of_what_counts_and_nothing_more(
    stores: Stores, of: StoredEvent, purpose: Purpose
) -> None:
    """A ledger of years is not read: only the newest grant, and the refusals since then."""
    ledger = [
        consent("p-1", "survey", "collection", "commercial", time=NOON - 9 * HOUR),
        consent("p-1", "survey", "collection", "commercial", time=NOON - 8 * HOUR, granted=False),
        consent("p-1", "survey", "collection", "commercial", time=NOON, channels=["email", "sms"]),
        *(
            consent("p-1", str(purpose), time=NOON + hours * HOUR, granted=False, channels=["sms"])
            for hours in range(1, 5)
        ),
        consent("p-1", str(purpose), time=now() + HOUR),
        consent("p-2", str(purpose), time=NOON + HOUR),
    ]
    await publish(stores, *ledger)
    one = message(of, purpose=purpose, address=MAIL)
    await stores.add(one)
    [claimed] = await stores.claim(one)
    statements = [row for event in ledger for row in consents_of(event, event_key(event))]
    mine = [row for row in statements if (row.person, row.purpose) == ("p-1", purpose)]

    if purpose not in NEED_CONSENT:
        assert NO_FACTS == claimed.contact
        return
    assert 2 == len(claimed.contact.statements)
    assert set(counting(mine, at=now())) == set(claimed.contact.statements)
    assert claimed.contact.opted_out is None


async def test_a_claim_gives_the_refusals_of_each_set_of_channels(stores: Stores, of: StoredEvent) -> None:
    await publish(
        stores,
        consent("p-1", "survey"),
        *(
            consent("p-1", "survey", granted=False, time=NOON + HOUR, channels=[channel])
            for channel in ("sms", "whatsapp")
        ),
    )
    reasons = [
        await suppression(stores, of, channel, purpose=Purpose.SURVEY)
        for channel in ("email", "sms", "whatsapp")
    ]

    assert [None, "not_consented", "not_consented"] == reasons


async def test_a_grant_of_tomorrow_opens_nothing_and_closes_nothing(stores: Stores, of: StoredEvent) -> None:
    await settle(stores, "p-1", "p-2")
    tomorrow = now() + 24 * HOUR
    await publish(
        stores,
        consent("p-1", "commercial"),
        consent("p-1", "commercial", time=tomorrow, channels=["sms"]),
        consent("p-2", "commercial", time=tomorrow),
    )

    assert {"p-1": None, "p-2": "not_opted_in"} == await left_out(stores)
    assert await suppression(stores, of) is None
    assert "not_consented" == await suppression(stores, of, person="p-2", address="p-2@example.com")


@pytest.mark.parametrize("unproved", [{"method": None}, {"text_version": None}])
async def test_a_grant_that_nobody_can_prove_opens_nothing(
    stores: Stores, of: StoredEvent, unproved: Mapping[str, Any]
) -> None:
    await settle(stores, "p-1")
    await publish(stores, consent("p-1", "commercial", **unproved))

    assert {"p-1": "not_opted_in"} == await left_out(stores)
    assert "not_consented" == await suppression(stores, of)


async def waiting(stores: Stores, of: StoredEvent, **fields: Any) -> Message:
    held = {"state": State.HELD, "reason": "register", "next_at": now() + HOUR, "occasion": str(uuid4())}
    one = message(of, **{"purpose": Purpose.COMMERCIAL, "address": MAIL, **held, **fields})
    await stores.add(one)
    return one


async def judged_anew(stores: Stores, *messages: Message) -> set[str]:
    released = await stores.timers.release_due(10, now(), HOUR)
    found = {id_ for ticket in released for id_ in ticket.ids}
    return {message.channel for message in messages if message.id in found}


@pytest.mark.parametrize(("channels", "expected"), [([], {"email", "push"}), (["push"], {"push"})])
async def test_what_waits_is_judged_anew_as_soon_as_it_is_refused(
    stores: Stores, of: StoredEvent, channels: list[str], expected: set[str]
) -> None:
    messages = [await waiting(stores, of, channel=channel) for channel in ("email", "push")]
    await publish(stores, consent("p-1", "commercial", granted=False, channels=channels))

    assert expected == await judged_anew(stores, *messages)


async def test_what_waits_ends_soon_after_a_baja(stores: Stores, of: StoredEvent) -> None:
    one = await waiting(stores, of)
    await wrote(stores, of, "BAJA")

    assert {"email"} == await judged_anew(stores, one)


@pytest.mark.parametrize(
    "fields",
    [
        {"reason": "scheduled"},
        {"reason": "paused"},
        {"person": "p-2"},
        {"purpose": Purpose.SURVEY},
    ],
)
async def test_a_refusal_releases_nothing_that_it_does_not_end(
    stores: Stores, of: StoredEvent, fields: Mapping[str, Any]
) -> None:
    one = await waiting(stores, of, **fields)
    await publish(stores, consent("p-1", "commercial", granted=False))

    assert set() == await judged_anew(stores, one)
