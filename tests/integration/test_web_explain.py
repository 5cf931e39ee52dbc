"""Explanations of a person's notices, sent or not, over HTTP."""

from typing import Any
from urllib.parse import urlencode

import pytest

from hub.model import AudienceRecord, PropertyScope, State
from hub.operations.explain.explain import explain
from hub.storage import Database, PostgresExplain, PostgresIntake
from tests.contract.stores import stores_in
from tests.contract.values import NOON, event, letter, membership, message, person, stored, unit
from tests.integration.web_doubles import World, ask

ONE = stored(event(id="urn:evt/1 ñ"), copropiedad_id="ph-1")
OWNERS = {"roles": ["owner"], "copropiedad_id": "ph-1"}
BEFORE: dict[str, Any] = {"since": "2026-01-01"}


@pytest.fixture
async def made(opened: Database) -> World:
    record = AudienceRecord(event_key=ONE.key, audience=0, planned_at=NOON, groups=[OWNERS], people=1)
    async with PostgresIntake(opened).transaction() as transaction:
        await transaction.apply_directory(
            [
                *(unit("u-1"), unit("u-9", "ph-2"), person("p-1"), person("p-2"), person("p-3")),
                membership("p-1", "unit:u-1", "tenant", **BEFORE),
                membership("p-1", "unit:u-9", "owner", **BEFORE),
                membership("p-3", "unit:u-9", "owner", **BEFORE),
            ]
        )
        await transaction.add_events([ONE])
        await transaction.keep_audiences([record])
        await transaction.add_messages([message(ONE, person="p-2", state=State.QUEUED)])
        await transaction.add_dead_letters([letter(event_id="evt-9")])
    return World(database=opened)


def path(**query: str) -> str:
    return f"/api/explain?{urlencode({'event': ONE.event.id, 'person': 'p-1', **query})}"


async def test_explanation_is_given_and_audited(made: World) -> None:
    reply = await ask(made, path())
    [noted] = made.audit.rows

    assert 200 == reply.status
    assert "No: es arrendataria; el aviso era para propietarios." == reply.json["sentences"][1]
    assert ("not_meant", "other_role", ONE.event.id, str(ONE.key)) == tuple(
        reply.json[name] for name in ("outcome", "reason", "event_id", "event_key")
    )
    assert ("event.explain", f"event:{ONE.key}", "p-1") == (noted.action, noted.subject, noted.person)


async def test_a_message_is_shown_with_a_masked_address(made: World) -> None:
    reply = await ask(made, path(person="p-2", source="urn:crm"))
    [shown] = reply.json["messages"]

    assert ("pending", "queued", "email") == (reply.json["outcome"], shown["state"], shown["channel"])
    assert "maria@" not in reply.text
    assert "María" not in reply.text


@pytest.mark.parametrize(
    ("query", "status", "expected"),
    [
        ({"event": "evt-2"}, 404, "El centro no conoce el aviso «evt-2»."),
        ({"event": "evt-9"}, 404, "está rechazado"),
        ({"person": "p-9"}, 404, "El centro no conoce a la persona «p-9»"),
        ({"source": "urn:else"}, 404, "El centro no conoce el aviso"),
        ({"event": "a\0b"}, 400, "event"),
        ({"since": "now"}, 400, "since"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_unknown_event_or_person_is_explained(
    made: World, query: dict[str, str], status: int, expected: str
) -> None:
    reply = await ask(made, path(**query))

    assert status == reply.status
    assert expected in reply.json["error"]
    assert [] == made.audit.rows


async def test_id_used_by_several_sources_asks_for_the_source(made: World, opened: Database) -> None:
    await stores_in(opened).add_events(stored(event(id=ONE.event.id, source="urn:erp")))
    reply = await ask(made, path())

    assert 400 == reply.status
    assert "urn:crm, urn:erp" in reply.json["error"]


@pytest.mark.usefixtures("made")
@pytest.mark.parametrize(
    ("places", "who", "outcome", "reason"),
    [
        (None, "p-3", "not_meant", "other_copropiedad"),
        (frozenset({"ph-1"}), "p-1", "not_meant", "other_role"),
        (frozenset({"ph-1"}), "p-2", "pending", None),
        (frozenset({"ph-1"}), "p-3", "unknown_person", None),
        (frozenset({"ph-2"}), "p-3", "unknown_event", None),
        (frozenset(), "p-1", "unknown_event", None),
    ],
    ids=["everywhere", "of the place", "notified there", "of elsewhere", "an event elsewhere", "nowhere"],
)
async def test_caller_sees_only_explanations_of_their_copropiedad(
    opened: Database, places: PropertyScope, who: str, outcome: str, reason: str | None
) -> None:
    store = PostgresExplain(opened)
    verdict = await explain(store, ONE.event.id, who, places=places)

    assert (outcome, reason) == (verdict.outcome, verdict.reason)
    assert places is None or not any("ph-2" in sentence for sentence in verdict.sentences)
    refused = await explain(store, "evt-9", who, places=places)
    assert (refused.reason == "dead_letter") == (places is None)
