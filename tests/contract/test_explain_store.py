"""Audience records, and the facts about an event and a person, in memory and in PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from msgspec.structs import replace

from hub.model import AudienceRecord, LeftOut, State, StoredEvent
from hub.ports import AudienceSnapshot, ExplainFacts, Unit
from tests.contract.stores import RealStores
from tests.contract.values import (
    HOUR,
    LEASE,
    NOON,
    copropiedad,
    event,
    letter,
    membership,
    membership_removed,
    message,
    now,
    outcome,
    person,
    person_removed,
    stored,
    unit,
)

GROUP: Mapping[str, Any] = {"roles": ["owner"], "copropiedad_id": "ph-1"}


def record(of: StoredEvent, audience: int = 0, **fields: Any) -> AudienceRecord:
    values: dict[str, Any] = {"planned_at": NOON, "groups": [GROUP], "people": 2}
    return AudienceRecord(event_key=of.key, audience=audience, **{**values, **fields})


async def keep(stores: RealStores, *records: AudienceRecord) -> None:
    async with stores.intake.transaction() as transaction:
        await transaction.keep_audiences(records)


async def kept(stores: RealStores, of: StoredEvent, who: str = "p-1") -> list[AudienceSnapshot]:
    return list((await stores.explaining.facts(of, who)).audiences)


async def test_an_audience_is_kept_with_the_directory_that_it_was_planned_from(stores: RealStores) -> None:
    one = stored()
    before = record(one, 0, people=0, why="nobody", groups=[])
    await keep(stores, before)
    await stores.apply_directory(person("p-1"), person("p-2"))
    after = record(one, 1)
    await keep(stores, after)
    found = await kept(stores, one)

    assert [before, after] == [row.record for row in found]
    assert 0 == found[0].directory_version < found[1].directory_version


async def test_the_pages_of_one_expansion_keep_the_directory_of_its_beginning(stores: RealStores) -> None:
    one = stored()
    await keep(stores, record(one, people=1, why="expanding"))
    await stores.apply_directory(person("p-9"))
    await keep(stores, record(one, people=3, why=None))
    [same] = await kept(stores, one)
    await keep(stores, record(one, people=4, planned_at=NOON + HOUR))
    [again] = await kept(stores, one)

    assert (3, None, 0) == (same.record.people, same.record.why, same.directory_version)
    assert 4 == again.record.people
    assert again.directory_version > 0


async def test_whoever_is_left_out_is_kept_with_the_first_reason(stores: RealStores) -> None:
    one = stored()
    away = LeftOut(person="p-1", reason="on_leave", detail="p-9")
    await keep(stores, record(one, left_out=[away]), record(one, 1))
    await keep(stores, record(one, left_out=[replace(away, reason="not_opted_in"), _other("p-2")]))

    assert [away, None] == [audience.left_out for audience in await kept(stores, one)]
    assert [_other("p-2"), None] == [audience.left_out for audience in await kept(stores, one, "p-2")]


def _other(ref: str) -> LeftOut:
    return LeftOut(person=ref, reason="not_opted_in")


async def test_an_event_is_found_by_its_id_of_a_source_or_by_its_key(stores: RealStores) -> None:
    ours = stored(event(id="evt-1"))
    theirs = stored(event(id="evt-1", source="urn:erp"))
    await stores.add_events(theirs, ours)
    asked: list[tuple[str, str | None]] = [
        ("evt-1", None),
        ("evt-1", "urn:erp"),
        (str(ours.key), None),
        ("evt-2", None),
        ("evt-1", "urn:else"),
        ("evt\0", "urn\0"),
    ]
    found = [[question.key for question in await stores.explaining.events(*question)] for question in asked]

    assert [[ours.key, theirs.key], [theirs.key], [ours.key], [], [], []] == found


async def test_dead_letter_explains_a_refused_event(stores: RealStores) -> None:
    dead = letter(event_id="evt-1", source="urn:crm", reason="data.radicado: required")
    newer = letter(b"[", event_id="evt-1", source="urn:crm", received_at=NOON + HOUR)
    await stores.add_dead_letters(dead, newer)
    found = await stores.explaining.refused("evt-1", "urn:crm")

    assert found is not None
    assert ("not JSON", "open", NOON + HOUR) == (found.reason, found.state, found.received_at)
    assert await stores.explaining.refused("evt-1", "urn:else") is None
    assert await stores.explaining.refused("evt-2", None) is None


async def test_the_messages_of_the_person_come_with_their_attempts_and_a_masked_address(
    stores: RealStores, of: StoredEvent
) -> None:
    mail = message(of)
    inbox = message(of, channel="inbox", contact_id="inbox", address="p-1", created_at=NOON + HOUR)
    await stores.add(mail, inbox, message(of, person="p-2"))
    token, sent = uuid4(), outcome(mail.id)
    await stores.delivery.claim([mail.id], token=token, lease=LEASE)
    await stores.delivery.record(token, [sent])
    found = (await stores.explaining.facts(of, "p-1")).messages
    [attempt] = sent.attempts

    assert [mail.id, inbox.id] == [row.message.id for row in found]
    assert ["", ""] == [row.message.name for row in found]
    assert "" == found[1].message.address
    assert found[0].message.address
    assert "maria" not in found[0].message.address
    assert [] == list(found[1].attempts)
    assert [("sent", "smtp", "250")] == [(one.outcome, one.provider, one.code) for one in found[0].attempts]
    assert [attempt.at] == [call.at for call in found[0].attempts]
    assert State.SENT is found[0].message.state


async def test_expired_acknowledgement_comes_with_what_was_said_later_about_its_case(
    stores: RealStores,
) -> None:
    late, told = stored(event()), stored(event("pqrs.escalated", time=event().time + HOUR))
    assert late.case == told.case
    await stores.add_events(late, told)
    lapsed = message(late, state=State.EXPIRED, reason="too_old")
    apology, other = message(told), message(told, person="p-2")
    await stores.add(lapsed, apology, other)
    before = (await stores.explaining.facts(late, "p-1")).messages
    token = uuid4()
    await stores.delivery.claim([apology.id, other.id], token=token, lease=LEASE)
    await stores.delivery.record(token, [outcome(apology.id), outcome(other.id)])
    [after] = (await stores.explaining.facts(late, "p-1")).messages

    assert [None] == [sent.later for sent in before]
    assert after.later is not None
    assert (apology.id, "", "") == (
        after.later.message.id,
        after.later.message.name,
        after.later.message.address,
    )
    assert ["250"] == [attempt.code for attempt in after.later.attempts]


async def test_history_has_every_version_in_order_of_receipt(stores: RealStores) -> None:
    since = now() + timedelta(days=2)
    owner = membership("p-1", "unit:u-1", "owner", since=since.isoformat())
    await stores.apply_directory(person("p-1"))
    await stores.apply_directory(owner, membership("p-2", "unit:u-1", "owner"))
    await stores.apply_directory(membership_removed("p-1 owner unit:u-1", 2), person_removed("p-1", 2))
    found = (await stores.explaining.facts(stored(), "p-1")).history

    assert [
        ("membership", 1, "p-1", "owner", "unit:u-1", False),
        ("membership", 2, None, None, None, True),
        ("person", 1, None, None, None, False),
        ("person", 2, None, None, None, True),
    ] == [(row.kind, row.version, row.person, row.role, row.scope, row.removed) for row in found]
    versions = [
        (version.kind, version.version) for version in sorted(found, key=lambda version: version.position)
    ]
    assert ("person", 1) == versions[0]
    assert ("membership", 1) == versions[1]
    assert since == found[0].since
    assert abs(found[0].received_at - now()) < HOUR


async def test_places_are_named(stores: RealStores) -> None:
    one = stored()
    await stores.apply_directory(copropiedad(name="Altos"), unit("u-1", tower="3"), person("p-1"))
    await stores.apply_directory(membership("p-1", "unit:u-1", "owner"))
    await keep(stores, record(one))
    facts: ExplainFacts = await stores.explaining.facts(one, "p-1")

    assert Unit(label="Apto u-1", copropiedad_id="ph-1", tower="3") == facts.units["u-1"]
    assert "Altos" == facts.copropiedades["ph-1"]


async def test_unit_history_has_every_received_version(stores: RealStores) -> None:
    one = stored()
    await stores.apply_directory(
        unit("u-1", tower="3"), person("p-1"), membership("p-1", "unit:u-1", "owner")
    )
    await keep(stores, record(one))
    await stores.apply_directory(unit("u-1", tower="4", version=2))
    facts = await stores.explaining.facts(one, "p-1")
    [kept] = facts.audiences
    versions = facts.unit_history["u-1"]

    assert [(1, "3"), (2, "4")] == [(version.version, version.unit.tower) for version in versions]
    assert versions[0].position <= kept.directory_version < versions[1].position


@pytest.mark.parametrize("who", ["nobody", "p\0"])
async def test_unknown_person_has_no_facts(stores: RealStores, of: StoredEvent, who: str) -> None:
    facts = await stores.explaining.facts(of, who)

    assert ([], []) == (list(facts.messages), list(facts.history))
