"""Daily digest: the people who answer for promises get one mail a working day of those at risk or overdue."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

import pytest

from hub.errors import BrokerUnavailable
from hub.model import Event, Json
from hub.policy import Policy, load_policy
from hub.sla.daily_digest import DIGEST, digest_at
from hub.timers.reports import daily_digests
from hub.timers.scheduler import fire_from_sql
from tests.unit.factories import HOUR, MONDAY, POLICY, email, event, home, local, member, somebody
from tests.unit.hub_in_memory import MemoryHub, memory_hub
from tests.unit.test_templates import TEMPLATES, context, examples
from tests.unit.timer_harness import take_steps, timers_of

PLACE: Final = "ph-altos"
WARNED: Final = local("2026-03-11 10:00")
"""A petition of Monday 8:05 is at risk since Wednesday 9:17, and due on it at 14:05."""
THURSDAY: Final = local("2026-03-12 08:00")


def petition(number: int, **data: Json) -> Event:
    named = {"pqrs_id": f"c-{number}", "radicado": f"PQ-2026-00000{number}", "copropiedad_id": PLACE}
    return event("pqrs.received", {**named, "service_area": "administracion", **data}, id=f"e-{number}")


@pytest.fixture
async def hub() -> MemoryHub:
    made = memory_hub(MONDAY)
    await made.appointments.begin_epoch()
    await made.take_in(
        event("directory.copropiedad.upserted", {"copropiedad_id": PLACE, "name": "Conjunto Altos"}),
        home("u-1", copropiedad=PLACE),
        *(somebody(ref, email(f"{ref}@example.com")) for ref in ("p-one", "p-two", "p-area", "p-far")),
        member("p-one", "company", "staff", level=1, duty="service"),
        member("p-two", "company", "staff", level=2, duty="operations"),
        member("p-area", f"copropiedad:{PLACE}", "staff", duty="coordinator"),
        member("p-far", "copropiedad:ph-other", "staff", duty="coordinator"),
    )
    return made


async def pass_until(hub: MemoryHub, at: datetime) -> None:
    """Let the timers fire each hour, and the hub hear of it."""
    while hub.clock() < at:
        hub.clock.advance(min(HOUR, at - hub.clock()))
        await take_steps(hub)


def digests(hub: MemoryHub) -> list[Event]:
    return [event for event in hub.publisher.events if event.name == DIGEST]


async def test_each_person_who_answers_gets_one_mail_of_overdue_promises(hub: MemoryHub) -> None:
    await hub.take_in(petition(1, unit_id="u-1"), petition(2))
    await pass_until(hub, THURSDAY)
    await daily_digests()(timers_of(hub))
    sent = digests(hub)
    await hub.take_in(*sent)

    # Level 2 has the clocks since they were escalated; the coordination of the place looks on.
    assert ["p-area", "p-two"] == [one.data["holder"]["ref"] for one in sent]
    assert {(2, 0)} == {(one.data["overdue"], one.data["at_risk"]) for one in sent}
    assert [("email", "p-area"), ("email", "p-two")] == [
        (one.channel, one.person) for digest in sent for one in hub.of(digest)
    ]
    first = next(row for row in sent[0].data["clocks"] if row["subject"] == "PQ-2026-000001")
    assert ("Conjunto Altos", "first_reply") == (first["building"], first["kind"])
    assert first["unit"]
    assert first["due_at"] == local("2026-03-11 14:05").isoformat()


async def test_what_is_at_risk_is_its_holders(hub: MemoryHub, tmp_path: Path) -> None:
    await hub.take_in(petition(1))
    await pass_until(hub, WARNED)
    await daily_digests()(timers_of(hub, policy=policy(tmp_path, 'at = "09:30"')))

    assert {"p-one", "p-area"} == {one.data["holder"]["ref"] for one in digests(hub)}
    assert {(0, 1)} == {(one.data["overdue"], one.data["at_risk"]) for one in digests(hub)}


async def test_nobody_gets_a_mail_of_nothing(hub: MemoryHub) -> None:
    await hub.take_in(petition(1))
    hub.clock.at = local("2026-03-10 08:00")
    await daily_digests()(timers_of(hub))

    assert [] == digests(hub)


async def test_what_was_answered_is_not_named(hub: MemoryHub) -> None:
    await hub.take_in(petition(1), petition(2))
    await pass_until(hub, local("2026-03-11 16:00"))
    await hub.take_in(event("pqrs.replied", {"pqrs_id": "c-1"}, at=hub.clock()))
    await pass_until(hub, THURSDAY)
    await daily_digests()(timers_of(hub))

    named = {row["subject"] for one in digests(hub) for row in one.data["clocks"]}
    assert {"PQ-2026-000002"} == named


async def test_day_has_one_digest_for_each_however_often_the_hub_starts(hub: MemoryHub) -> None:
    await hub.take_in(petition(1))
    await pass_until(hub, THURSDAY)
    for _ in range(2):
        daily = daily_digests()
        for _ in range(2):
            await daily(timers_of(hub))
            await hub.take_in(*digests(hub))
        # Later on that day more is at risk, which belongs to tomorrow.
        await hub.take_in(petition(3))
        hub.clock.advance(2 * HOUR)
        await fire_from_sql(timers_of(hub))

    stored = [row for row in hub.store.tables.events.values() if row.event.name == DIGEST]
    assert 4 == len(digests(hub)), "each start publishes once"
    assert 2 == len(stored)
    assert 2 == len([one for one in hub.store.messages if one.event == DIGEST])


async def test_crash_in_the_middle_loses_nobody(hub: MemoryHub) -> None:
    await hub.take_in(petition(1))
    await pass_until(hub, THURSDAY)
    daily, timers = daily_digests(), timers_of(hub)
    hub.publisher.faults.script("event", None, BrokerUnavailable())
    with pytest.raises(BrokerUnavailable):
        await daily(timers)
    await daily(timers)

    assert {"p-area", "p-two"} == {one.data["holder"]["ref"] for one in digests(hub)}
    assert 2 == len({one.id for one in digests(hub)})


async def test_each_day_has_its_own_digest(hub: MemoryHub) -> None:
    await hub.take_in(petition(1))
    daily = daily_digests()
    for day in ("12", "13", "14", "15", "16"):
        await pass_until(hub, local(f"2026-03-{day} 08:00"))
        await daily(timers_of(hub))

    assert ["2026-03-12", "2026-03-13", "2026-03-16"] == sorted({one.data["day"] for one in digests(hub)})


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-12 07:59", None),
        ("2026-03-12 08:00", "2026-03-12 08:00"),
        ("2026-03-12 16:59", "2026-03-12 08:00"),
        ("2026-03-12 17:00", None),  # nobody works any more: a breach of now waits for tomorrow's
        ("2026-03-14 10:00", None),  # a Saturday
        ("2026-03-23 10:00", None),  # a holiday
    ],
)
def test_digest_is_due_in_working_hours_from_its_hour_on(now: str, expected: str | None) -> None:
    assert (None if expected is None else local(expected)) == digest_at(POLICY, local(now))


def policy(folder: Path, text: str) -> Policy:
    (folder / "policy.toml").write_text(f"[clocks_digest]\n{text}\n")
    return load_policy(folder / "policy.toml")


def test_policy_names_the_hour_or_says_never(tmp_path: Path) -> None:
    at = local("2026-03-12 10:00")

    assert local("2026-03-12 09:30") == digest_at(policy(tmp_path, 'at = "09:30"'), at)
    assert digest_at(policy(tmp_path, 'at = "never"'), at) is None


@pytest.mark.parametrize(("replaces", "warned"), [("false", True), ("true", False)])
async def test_single_warnings_stay_unless_the_policy_says_otherwise(
    hub: MemoryHub, tmp_path: Path, replaces: str, warned: bool
) -> None:
    await hub.take_in(petition(1))
    hub.clock.at = WARNED
    timers = timers_of(hub, policy=policy(tmp_path, f"replaces_warnings = {replaces}"))
    await fire_from_sql(timers)
    await hub.take_in(*hub.publisher.events)

    told = [one for one in hub.store.messages if one.event == "sla.at_risk"]
    assert warned is bool(told)


@pytest.mark.parametrize("replaces", ["false", "true"])
async def test_what_runs_day_and_night_does_not_wait_for_the_digest(
    hub: MemoryHub, tmp_path: Path, replaces: str
) -> None:
    text = f'replaces_warnings = {replaces}\n[clocks.outage]\nwarn = "2h"'
    timers = timers_of(hub, policy=policy(tmp_path, text))
    hub.context = replace(hub.context, rules=replace(hub.context.rules, policy=timers.policy))
    data = {"copropiedad_id": PLACE, "expected_end": "2026-03-09T18:00:00-05:00"}
    await hub.take_in(event("building.outage.reported", data))
    hub.clock.at = local("2026-03-09 16:30")
    await fire_from_sql(timers)
    await hub.take_in(*hub.publisher.events)

    assert {"p-one"} == {one.person for one in hub.store.messages if one.event == "sla.at_risk"}


def test_mail_names_person_promise_start_and_end() -> None:
    page, data = "https://hub.example.co/clocks", examples(DIGEST)[0]
    text = TEMPLATES.render(DIGEST, "email", replace(context(DIGEST, data), page_url=page), variant=None).text

    for words in (
        "María Peña",
        "Torre 1, apto. 101",
        "Copia del acta",
        "Primera respuesta",
        "Empezó",
        "Venció",
    ):
        assert words in text
    assert f"{page}/{data['clocks'][0]['clock_id']}" in text
