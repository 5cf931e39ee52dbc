"""Looks of a planned communication: what is shown before is what arrives after; whose names are shown."""

from __future__ import annotations

import dataclasses

import pytest

from hub.desk.communications import acts
from hub.desk.communications.people import plan_people_sheet
from hub.desk.communications.reading import channels_of, look_at, readers_of
from hub.desk.communications.rows import CommunicationBody, CommunicationWhole
from hub.errors import NoSuch
from hub.messages.planning.reach import LETTER
from hub.operations.communications.looks import BOARD
from tests.integration.test_communication_cost import reaching
from tests.integration.test_communications import BOTH, Desk, desk
from tests.unit.factories import SCHEMAS, event

__all__ = ["desk"]

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
