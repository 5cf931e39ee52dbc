"""Communications are found by any of their words, within the operator's places."""

from __future__ import annotations

import dataclasses

from hub.desk.communications import acts
from hub.desk.communications.rows import CommunicationBody
from hub.desk.search.acts import find
from hub.desk.search.rows import SearchItem, SearchQuery
from hub.doors.operator import Operator
from tests.integration.test_communications import Desk, desk

__all__ = ["desk"]


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
