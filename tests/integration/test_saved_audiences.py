"""Audiences with a name, on a real database: who sees them, who replaces them, what they may hold."""

from __future__ import annotations

import dataclasses

import pytest

from hub.desk.audiences import acts as audiences
from hub.desk.audiences.acts import SaveAudienceBody
from hub.desk.communications import acts
from hub.errors import InvalidAudience, NoSuch
from hub.model.pages import ListQuery
from tests.integration.test_communications import BOTH, Desk, desk

__all__ = ["desk"]


async def test_same_name_again_replaces_only_ones_own(desk: Desk) -> None:
    colleague = dataclasses.replace(desk.by, who="account:beto")
    first = await audiences.save_audience(desk.by, SaveAudienceBody(name=" Consejo ", to=BOTH))
    theirs = await audiences.save_audience(colleague, SaveAudienceBody(name="Consejo", to=BOTH[:1]))
    again = await audiences.save_audience(
        desk.by, SaveAudienceBody(name="Consejo", to=("person:p-two",), without=("person:p-mute",))
    )

    assert ("Consejo", first.id) == (again.name, again.id)
    assert (("person:p-two",), ("person:p-mute",)) == (again.to, again.without)
    assert {again.id, theirs.id} == {
        row.id for row in (await audiences.list_audiences(desk.by, ListQuery())).items
    }


async def test_who_works_elsewhere_neither_sees_nor_makes_nor_forgets_it(desk: Desk) -> None:
    there = dataclasses.replace(
        desk.by, reach=dict.fromkeys(desk.by.reach, frozenset({"ph-b"})), who="account:beto"
    )
    saved = await audiences.save_audience(desk.by, SaveAudienceBody(name="Dueños", to=BOTH))

    assert [] == (await audiences.list_audiences(there, ListQuery())).items
    with pytest.raises(NoSuch):
        await audiences.forget_audience(there, saved.id)
    with pytest.raises(InvalidAudience):
        await audiences.save_audience(there, SaveAudienceBody(name="Dueños", to=BOTH))
    assert [saved] == (await audiences.list_audiences(desk.by, ListQuery())).items


async def test_a_communication_keeps_its_people_when_their_audience_is_forgotten(desk: Desk) -> None:
    saved = await audiences.save_audience(desk.by, SaveAudienceBody(name="Torre", to=BOTH))
    whole = await desk.made(*saved.to)
    await audiences.forget_audience(desk.by, saved.id)

    assert [] == (await audiences.list_audiences(desk.by, ListQuery())).items
    assert BOTH == tuple((await acts.show_communication(desk.by, whole.row.id)).to)


async def test_the_audit_names_neither_the_audience_nor_its_people(desk: Desk) -> None:
    saved = await audiences.save_audience(
        desk.by, SaveAudienceBody(name="Deudores", to=("person:p-two",), without=BOTH)
    )
    await audiences.forget_audience(desk.by, saved.id)
    rows = await desk.by.db.rows(
        "SELECT action, audit::text AS whole FROM audit WHERE action LIKE 'audience.%' ORDER BY id"
    )

    assert ["audience.save", "audience.forget"] == [row["action"] for row in rows]
    assert [] == [word for word in ("Deudores", "p-two") for row in rows if word in row["whole"]]
