"""Plan of many people: its rows are written in bulk, and the timers make the rest part by part."""

import dataclasses
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil
from typing import Final

import pytest

from hub.access.actor import Actor
from hub.desk.communications import acts, people
from hub.desk.communications.people import plan_people_sheet
from hub.desk.communications.reading import channels_of, look_at, readers_of
from hub.desk.communications.rows import CommunicationBody, CommunicationWhole
from hub.errors import NoSuch
from hub.intake.dry_run_schemas import DryRun
from hub.messages.planning.reach import LETTER
from hub.model import Event
from hub.operations.communications.looks import BOARD
from hub.operations.communications.work import PlanWork
from hub.parts.dry_run import DryRuns
from hub.parts.plans import planning_of
from tests.integration.test_approvals import add_account
from tests.integration.test_communications import BODY, BOTH, Desk, desk
from tests.operators import operator
from tests.unit.factories import CHANNELS, SCHEMAS, event, member, mobile, somebody

__all__ = ["desk"]

MANY = """
WITH place AS (
    INSERT INTO copropiedad (id, version, name) SELECT 'big-' || n, 1, 'Edificio ' || n
    FROM generate_series(1, 40) AS n RETURNING id
), person AS (
    INSERT INTO person (id, version, removed, name, locale, digital_access, contact_points)
    SELECT 'q-' || n, 1, false, 'Persona ' || n, 'es', true, '[]' FROM generate_series(1, 20000) AS n
)
INSERT INTO membership (id, version, removed, person_id, role, scope_kind, scope_id)
SELECT 'q-' || n, 1, false, 'q-' || n, 'resident', 'copropiedad', 'big-' || (n % 40 + 1)
FROM generate_series(1, 20000) AS n
"""


async def test_20_000_people_are_planned_in_parts(desk: Desk) -> None:
    await desk.by.db.rows(MANY)
    to = tuple(f"residents@copropiedad:big-{n}" for n in range(1, 41))
    row = await acts.make_communication(desk.by, CommunicationBody(data=BODY, to=to))
    began = time.monotonic()
    whole = await acts.plan_communication(desk.by, row.id)
    took = time.monotonic() - began
    batches: list[int] = []

    async def run_dry(
        by: Actor,  # noqa: ARG001 - as the real one is called
        events: Sequence[Event],
        *,
        everybody: bool,  # noqa: ARG001
        at: datetime,  # noqa: ARG001
        measured: int | None = None,  # noqa: ARG001
    ) -> DryRun:
        batches.append(len(events))
        return DryRun(events=[], clocks=[], posters=0, released=0, refused=[])

    planning = replace(planning_of(desk.by.stores), run_dry=run_dry)
    work = PlanWork(planning=planning, audit=desk.by.stores.audit)
    made = [await work.plan_next(), await work.plan_next()]
    ready = await acts.show_communication(desk.by, row.id)

    assert whole.is_making
    assert took < 10
    [counts] = await desk.by.db.rows(
        "SELECT count(*) AS people, count(DISTINCT part) AS parts FROM communication_person"
    )
    assert (20_000, 40) == tuple(counts)
    # No dry run is of more people than one holds locks for.
    assert [1] * 40 == batches
    assert [True, False] == made
    assert ready.is_planned
    assert ready.plan is not None
    assert ready.plan.shown is not None
    assert 20_000 == ready.plan.shown.people


async def test_area_and_sender_are_those_of_who_writes(desk: Desk) -> None:
    await desk.office.take_in(
        somebody("p-ana"),
        member("p-ana", "copropiedad:ph-a", "staff", level=2, service_area="administracion"),
    )
    await add_account(desk.by, "ana", "p-ana")
    kind = "admin.assembly.convened"
    [example, *_] = SCHEMAS.by_name[kind].document["examples"]
    data = {**example, "override": {"by": "account:otro", "reason": "El reglamento."}}
    body = CommunicationBody(kind=kind, data=data, to=("owners@copropiedad:ph-a",))
    row = await acts.make_communication(desk.by, body)
    await acts.plan_communication(desk.by, row.id)
    plan = await desk.by.stores.communications.plan_of(row.id)
    assert plan is not None
    [part] = await desk.by.stores.communications.parts(plan.id)

    assert "administracion" == part.data.get("service_area")
    assert {"by": "account:ana", "reason": "El reglamento."} == part.data["override"]


LEGAL = "admin.assembly.convened"


async def test_what_is_looked_at_arrives(desk: Desk) -> None:
    whole = await desk.made(*BOTH)
    before = await look_at(desk.by, whole.row.id, whole.row.kind, "p-tenant", "email")
    await desk.send(whole)
    await desk.publish()
    await desk.office.deliver()
    [mail] = [one.rendered for one in desk.office.email.sent if one.message.person == "p-tenant"]

    assert "" == before.problem
    assert (mail.subject, "El jueves lavamos el tanque." in before.text) == (before.subject, True)
    # Links that act in the reader's name are not shown to who looks: all other lines arrive as they were.
    assert [line for line in before.text.splitlines() if line not in mail.text.splitlines()] == []


@pytest.mark.parametrize("channel", ["email", "inbox", "push", LETTER, BOARD])
async def test_each_channel_of_a_circular_has_a_text(desk: Desk, channel: str) -> None:
    whole = await desk.made(*BOTH)
    seen = await look_at(desk.by, whole.row.id, whole.row.kind, "p-two", channel)

    assert (channel, "") == (seen.channel, seen.problem)
    assert "Lavado del tanque" in seen.subject + seen.text


async def test_who_has_the_longest_name_is_looked_by_first(desk: Desk) -> None:
    longest = {"names": "Persona " + "María " * 12, "version": 2}
    await desk.office.take_in(event("directory.person.upserted", {"person_id": "p-two", **longest}))
    whole = await desk.made(*BOTH)

    assert "p-two" == (await readers_of(desk.by, whole))[0][0]


async def test_whom_the_law_names_are_looked_by_too(desk: Desk) -> None:
    desk = reaching(desk)
    longest = {"names": "Persona " + "María " * 12, "version": 2}
    await desk.office.take_in(event("directory.person.upserted", {"person_id": "p-two", **longest}))
    [example, *_] = SCHEMAS.by_name[LEGAL].document["examples"]
    body = CommunicationBody(kind=LEGAL, data=example, to=("owners@copropiedad:ph-a",))
    row = await acts.make_communication(desk.by, body)
    whole = await acts.plan_communication(desk.by, row.id)
    refs = [ref for ref, _ in await readers_of(desk.by, whole)]
    assert "p-two" == refs[0]
    seen = [await look_at(desk.by, row.id, LEGAL, "p-two", channel) for channel in channels_of(whole)]

    assert {"p-two", "p-mute"} == {one.person for one in await plan_people_sheet(desk.by, row.id)}
    assert dict.fromkeys(["email", "sms", BOARD], "") == {one.channel: one.problem for one in seen}
    # They are no part of what a release binds: intake reads again who they are.
    assert whole.plan is not None
    await desk.send(whole)
    assert [LEGAL] == [part.name for part in await desk.publish()]


async def test_nobody_of_another_building_or_plan_is_looked_by(desk: Desk) -> None:
    whole = await desk.made(*BOTH)
    there = dataclasses.replace(desk.by, reach=dict.fromkeys(desk.by.reach, frozenset({"ph-b"})))

    async def looked(by: Desk, whole: CommunicationWhole, ref: str) -> None:
        with pytest.raises(NoSuch):
            await look_at(by.by, whole.row.id, whole.row.kind, ref, "email")

    await looked(desk, whole, "p-b")
    await looked(desk, whole, "p-nobody")
    await looked(dataclasses.replace(desk, by=there), whole, "p-tenant")
    with pytest.raises(NoSuch):
        await acts.show_communication(there, whole.row.id)


SERVICE: Final = "agua potable, agua caliente y bombas de presión de los tanques, " + "y ascensor " * 9
OUTSIDE: Final = frozenset("áíóúÁÍÓÚ“”’–…€")
PRICE: Final = 40


def billed(text: str) -> int:
    """Count the parts of a text as an operator's rate card says."""
    if OUTSIDE.isdisjoint(text):
        return 1 if len(text) <= 160 else ceil(len(text) / 153)
    return 1 if len(text) <= 70 else ceil(len(text) / 67)


def reaching(desk: Desk) -> Desk:
    """Give the desk the channels and the texts with which the office sends."""
    dry = DryRuns(desk.by.db, desk.office.rules, lambda: CHANNELS)
    return replace(
        desk, by=operator(desk.by.db, now=desk.office.clock, publisher=desk.publisher, dry_run=dry)
    )


async def test_the_sum_equals_an_independent_count_of_segments(desk: Desk) -> None:
    desk = reaching(desk)
    await desk.office.take_in(
        *(somebody(f"p-sms{n}", mobile(f"+57300123456{n}")) for n in range(3)),
        *(member(f"p-sms{n}", "unit:a1", "resident") for n in range(3)),
    )
    data = {"service": SERVICE.strip(), "since": desk.office.clock().isoformat()}
    body = CommunicationBody(kind="building.outage.reported", data=data, to=BOTH)
    row = await acts.make_communication(desk.by, body)
    whole = await acts.plan_communication(desk.by, row.id)
    await desk.send(whole)
    await desk.publish()
    await desk.office.deliver()

    texts = [outgoing.rendered.text for outgoing in desk.office.channels["sms"].sent]
    counted = sum(map(billed, texts))
    assert 4 == len(texts)
    assert counted > 4  # some of them are of several parts
    assert whole.plan is not None
    assert whole.plan.shown is not None
    assert whole.plan.shown.cost is not None
    spent = await people.cost_communication(desk.by, row.id)
    assert (counted, {"sms": counted * PRICE}) == (spent.sms_parts, spent.pesos)
    planned = whole.plan.shown.cost
    assert (counted, {"sms": counted * PRICE}, False) == (planned.sms_parts, planned.pesos, planned.at_most)


async def test_a_lead_that_is_missed_is_said(desk: Desk) -> None:
    desk = reaching(desk)
    soon = desk.office.clock() + timedelta(hours=30)
    data = {
        "affected_services": ["agua"],
        "contact": "Portería",
        "starts_at": soon.isoformat(),
        "ends_at": (soon + timedelta(hours=4)).isoformat(),
    }
    body = CommunicationBody(
        kind="maintenance.scheduled.announced", data=data, to=("residents@copropiedad:ph-a",)
    )
    row = await acts.make_communication(desk.by, body)
    whole = await acts.plan_communication(desk.by, row.id)

    assert whole.plan is not None
    assert whole.plan.shown is not None
    assert {"notice_lead": soon - timedelta(hours=72)} == whole.plan.shown.missed
