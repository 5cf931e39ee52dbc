"""Words that are sent again: models of communications, and copies of old ones."""

import dataclasses
from datetime import timedelta

import pytest

from hub.desk.audiences import acts as audiences
from hub.desk.audiences.acts import SaveAudienceBody
from hub.desk.communications import acts
from hub.desk.communications.rows import CommunicationBody
from hub.desk.models import acts as models
from hub.desk.models.acts import SaveModelBody
from hub.desk.search.acts import find
from hub.desk.search.rows import SearchItem, SearchQuery
from hub.doors.operator import Operator
from hub.errors import InvalidAudience, NoSuch, OtherState
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


async def found(by: Operator, words: str) -> list[SearchItem]:
    answer = await find(by, SearchQuery(q=words))
    return [item for group in answer.groups if group.kind == "communications" for item in group.items]


async def test_any_word_of_a_communication_finds_it_as_it_is_typed(desk: Desk) -> None:
    """Signs of Markdown, points, ends of lines and accents are no part of a word."""
    data = {"title": "Lavado del tanque", "body_markdown": "El **jueves**,\nla *presión* baja. " + "x" * 3000}
    row = await acts.make_communication(
        desk.by, CommunicationBody(data=data, to=("owners@copropiedad:ph-a",))
    )
    for words in ("jueves", "presion baja", "PRESIÓN", "lavado tanque", "tanq"):
        [item] = await found(desk.by, words)
        assert (str(row.id), "Lavado del tanque", "ph-a") == (item.id, item.title, item.copropiedad)
    assert [] == await found(desk.by, "viernes")


async def test_communication_of_another_place_is_not_found(desk: Desk) -> None:
    body = CommunicationBody(data={"title": "Lavado del tanque"}, to=("owners@copropiedad:ph-a",))
    await acts.make_communication(desk.by, body)
    nowhere = await acts.make_communication(desk.by, CommunicationBody(data=body.data))
    there = dataclasses.replace(
        desk.by, reach=dict.fromkeys(desk.by.reach, frozenset({"ph-b"})), who="account:beto"
    )
    own = await acts.make_communication(there, CommunicationBody(data=body.data))

    assert [str(own.id)] == [item.id for item in await found(there, "tanque")]
    assert {str(nowhere.id), str(own.id)} < {item.id for item in await found(desk.by, "tanque")}
