"""Cases among colleagues, on a real database: notes, mentions, and handing over."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

import pytest

from hub.access.colleague_calls import CALLED
from hub.desk.cases import colleagues
from hub.desk.cases.rows import HandOverBody, NoteBody
from hub.doors.operator import Operator
from hub.errors import NoSuch, UnknownAccount
from hub.model import Grant, Office
from hub.operations.cases.entries import entries_of
from hub.operations.cases.schemas import ThreadEntry, ThreadKind
from hub.storage import Database
from hub.testing import MemoryPublisher
from tests.contract.stores import open_stores
from tests.contract.values import NOON, event, person, stored
from tests.integration.two_buildings import registry_of
from tests.operators import operator
from tests.unit.factories import SCHEMAS

CASE: Final = "pqrs_id:PQ-1"
WORDS: Final = "El sello está roto. @Luz puede dar fecha; @nadie, @solo.mira y pepe@luz.example no."


@pytest.fixture
async def ana(database: str) -> AsyncIterator[Operator]:
    """Yield an operator of a hub with a case, and with colleagues at its place and elsewhere."""
    async with open_stores(database) as stores:
        opened = event("pqrs.received", data={"pqrs_id": "PQ-1", "radicado": "PQ-2026-1"}, time=NOON)
        async with stores.intake.transaction() as transaction:
            await transaction.add_events([stored(opened, case=CASE, copropiedad_id="ph-1")])
            await transaction.apply_directory([person("p-luz"), person("p-beto")])
    async with Database(database) as opened_database:
        registry = registry_of(opened_database)
        for name, shown, office, place, ref in (
            ("luz.mora", "Luz Mora", Office.OPERATOR, "ph-1", "p-luz"),
            ("ana", "Ana Ruiz", Office.OPERATOR, "ph-1", None),
            ("solo.mira", "Eva", Office.VIEWER, "ph-1", None),
            ("beto", "Beto", Office.OPERATOR, "ph-2", "p-beto"),
        ):
            grant = Grant(office=office, copropiedad_id=place)
            made = await registry.account(name, grant, display_name=shown, is_enrolled=False)
            assert ref is None or await registry.accounts.set_person(made.id, ref)
        yield operator(opened_database, "account:ana")


async def thread(by: Operator, *, notes: bool = True) -> list[ThreadEntry]:
    [known] = await by.stores.cases.known([CASE])
    facts = await by.stores.cases.page(known, after=None, limit=100, notes=notes)
    return entries_of(facts, whole=False)


async def audited(by: Operator) -> list[tuple[str, str]]:
    rows = await by.db.rows("SELECT action, detail::text FROM audit WHERE action LIKE 'case.%' ORDER BY id")
    return [(row["action"], row["detail"]) for row in rows]


def calls(by: Operator) -> list[tuple[str, str, str]]:
    assert isinstance(by.stores.publisher, MemoryPublisher)
    for one in by.stores.publisher.events:
        SCHEMAS.check(one, now=by.now)
    return [
        (one.data["colleague"]["ref"], one.data["how"], one.data["matter"])
        for one in by.stores.publisher.events
        if one.name == CALLED
    ]


async def test_note_stands_in_the_thread_and_calls_the_colleague_without_its_words(ana: Operator) -> None:
    told = await colleagues.note_case(ana, CASE, NoteBody(words=WORDS, form="f"))
    again = await colleagues.note_case(ana, CASE, NoteBody(words=WORDS, form="f"))
    *_, shown = await thread(ana)

    assert told == again
    assert (["account:luz.mora"], ["nadie", "solo.mira"]) == (told.told, told.untold)
    assert (ThreadKind.NOTE, "Ana Ruiz escribe una nota interna.") == (shown.kind, shown.sentence)
    assert shown.note is not None
    assert WORDS == shown.note.words
    assert [
        "Le avisa a Luz Mora.",
        "Sin aviso a @nadie, @solo.mira: aquí no atiende nadie con ese nombre, o no tiene bandeja.",
    ] == shown.more
    assert {("p-luz", "mention", CASE)} == set(calls(ana))
    assert all("sello" not in str(one.data) for one in ana.stores.publisher.events)  # type: ignore[attr-defined]
    assert "sello" not in str(await audited(ana))
    assert ["case.note"] * 2 == [action for action, _ in await audited(ana)]


async def test_note_is_in_no_thread_of_who_may_not_answer(ana: Operator) -> None:
    """Ley 1581 de 2012, art. 4 (g): it is shown to who needs it; a constancia and an export never have it."""
    await colleagues.note_case(ana, CASE, NoteBody(words=WORDS))

    assert [ThreadKind.EVENT] == [entry.kind for entry in await thread(ana, notes=False)]


async def test_author_withdraws_a_note_and_nobody_else_does(ana: Operator) -> None:
    made = await colleagues.note_case(ana, CASE, NoteBody(words=WORDS))
    with pytest.raises(NoSuch):
        await colleagues.withdraw_note(operator(ana.db, "account:luz.mora"), CASE, made.id)
    await colleagues.withdraw_note(ana, CASE, made.id)
    *_, shown = await thread(ana)

    assert shown.note is not None
    assert ("", "Ana Ruiz retiró una nota interna.") == (shown.note.words, shown.sentence)


async def test_case_is_handed_over_with_its_reason_and_the_other_hears_of_it(ana: Operator) -> None:
    await colleagues.hand_over_case(ana, CASE, HandOverBody(to="luz.mora", reason="Salgo a vacaciones."))
    *_, shown = await thread(ana)

    assert "account:luz.mora" == await ana.stores.casework.assignee(CASE)
    assert (ThreadKind.HANDED_OVER, "Ana Ruiz le entrega el caso a Luz Mora.") == (shown.kind, shown.sentence)
    assert shown.note is not None
    assert "Salgo a vacaciones." == shown.note.words
    assert [("p-luz", "handed_over", CASE)] == calls(ana)


@pytest.mark.parametrize("to", ["beto", "solo.mira", "nadie"])
async def test_case_is_handed_over_to_nobody_who_may_not_answer_there(ana: Operator, to: str) -> None:
    with pytest.raises(UnknownAccount):
        await colleagues.hand_over_case(ana, CASE, HandOverBody(to=to, reason="x"))

    assert (None, [], []) == (await ana.stores.casework.assignee(CASE), calls(ana), await audited(ana))
