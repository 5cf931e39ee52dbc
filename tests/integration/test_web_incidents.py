"""The hub's own health in the API and in the metrics."""

from datetime import timedelta

from hub.model import Symptom
from tests.integration.web_doubles import World, ask

SMS = Symptom(key="circuit:sms:twilio", measured="No se le llama mientras descansa")
LETTERS = Symptom(key="dead_letters", measured="3 abiertos, 1 de la última hora")


async def house() -> World:
    """A hub with dead letters, whose SMS provider was broken."""
    world = World()
    await world.incidents.see([SMS])
    await world.incidents.resolve(["circuit"], timedelta(microseconds=-1))
    await world.incidents.see([LETTERS])
    return world


async def test_open_incidents_come_first_with_what_to_do() -> None:
    items = (await ask(await house(), "/api/incidents")).json["items"]

    assert [("dead_letters", "open"), ("circuit:sms:twilio", "over")] == [
        (item["key"], item["state"]) for item in items
    ]
    assert "Rechazados" in items[0]["to_do"]
    assert LETTERS.measured == items[0]["measured"]


async def test_incidents_of_unknown_kinds_are_not_shown() -> None:
    world = await house()
    await world.incidents.see([Symptom(key="moon:full", measured="x")])

    assert 2 == len((await ask(world, "/api/incidents")).json["items"])
    assert "moon" not in (await ask(world, "/metrics")).text


async def test_the_limit_is_kept_and_a_wrong_one_refused() -> None:
    world = await house()

    assert 1 == len((await ask(world, "/api/incidents?limit=1")).json["items"])
    assert 400 == (await ask(world, "/api/incidents?limit=0")).status


async def test_metrics_count_open_incidents_by_kind_and_of_the_audit() -> None:
    world = await house()
    await world.incidents.beat("timers", {"audit": "ended"})
    text = (await ask(world, "/metrics")).text

    assert 'hub_incidents{kind="dead_letters"} 1.0' in text
    assert 'hub_incidents{kind="circuit"} 0.0' in text
    assert "hub_audit_age_seconds 0.0" in text
