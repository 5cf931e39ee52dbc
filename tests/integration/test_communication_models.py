"""Words that are sent again: models of communications, and copies of old ones."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from hub.desk.communications import acts
from hub.desk.communications.rows import CommunicationBody
from hub.desk.models import acts as models
from hub.desk.models.acts import SaveModelBody
from hub.errors import NoSuch, OtherState
from hub.model.pages import ListQuery
from tests.integration.test_communications import BODY, BOTH, Desk, desk

__all__ = ["desk"]
OUTAGE = {"service": "agua", "starts_at": "2026-03-10T08:00:00-05:00", "zones": ["tower:1"]}
"""An outage as somebody wrote it: its hour is of that day."""


async def test_copy_keeps_words_and_people_and_no_day(desk: Desk) -> None:
    body = CommunicationBody(
        kind="building.outage.reported", data=OUTAGE, to=(*BOTH, "person:p-b"), starts_at=desk.by.now
    )
    row = await acts.make_communication(desk.by, body)
    again = await acts.show_communication(desk.by, (await acts.copy_communication(desk.by, row.id)).id)

    assert row.id != again.row.id
    assert {"service": "agua", "zones": ["tower:1"]} == again.data
    assert (body.to, None) == (tuple(again.to), again.starts_at)


async def test_model_begins_a_draft_without_single_people_or_days(desk: Desk) -> None:
    body = CommunicationBody(
        kind="building.outage.reported", data=OUTAGE, to=(*BOTH, "person:p-tenant"), without=("person:p-two",)
    )
    row = await acts.make_communication(desk.by, body)
    saved = await models.save_model(
        desk.by, SaveModelBody(name=" Corte de agua de martes ", communication=row.id)
    )
    begun = await acts.show_communication(desk.by, (await acts.begin_communication(desk.by, saved.id)).id)

    assert "Corte de agua de martes" == saved.name
    assert {"service": "agua", "zones": ["tower:1"]} == begun.data
    assert (BOTH, ()) == (tuple(begun.to), tuple(begun.without))


async def test_same_name_again_replaces_a_model_and_that_of_another_place_stays(desk: Desk) -> None:
    """Nor does who works elsewhere see it, begin from it or forget it."""
    there = dataclasses.replace(
        desk.by, reach=dict.fromkeys(desk.by.reach, frozenset({"ph-b"})), who="account:beto"
    )
    row = await acts.make_communication(desk.by, CommunicationBody(data=BODY, to=BOTH))
    theirs = await acts.make_communication(
        there, CommunicationBody(data=BODY, to=("owners@copropiedad:ph-b",))
    )
    first = await models.save_model(desk.by, SaveModelBody(name="Tanque", communication=row.id))
    desk.office.clock.advance(timedelta(minutes=1))
    second = await models.save_model(desk.by, SaveModelBody(name="Tanque", communication=row.id))

    assert (first.id, [second]) == (second.id, (await models.list_models(desk.by, ListQuery())).items)
    assert first.at < second.at
    with pytest.raises(OtherState):
        await models.save_model(there, SaveModelBody(name="Tanque", communication=theirs.id))
    assert [] == (await models.list_models(there, ListQuery())).items
    for act in (acts.begin_communication, models.forget_model):
        with pytest.raises(NoSuch):
            await act(there, first.id)
    await models.forget_model(desk.by, first.id)
    assert [] == (await models.list_models(desk.by, ListQuery())).items
