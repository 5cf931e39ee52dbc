"""Cases among colleagues, on a real database: notes, mentions, and handing over."""

from asyncio import gather
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, Final

import pytest

from hub.access.colleague_calls import CALLED
from hub.business_time.dates import as_day, day_start
from hub.desk.cases import acts, colleagues, snoozes
from hub.desk.cases.queries import asleep_until
from hub.desk.cases.rows import HandOverBody, NoteBody, SnoozeBody, TakeBody
from hub.desk.matters.queries import counts, matters
from hub.desk.matters.rows import MattersQuery, MatterView
from hub.desk.views import acts as views
from hub.desk.views.rows import SaveViewBody
from hub.doors.operator import Operator
from hub.errors import HeldByAnother, NoSuch, NotOffered, UnknownAccount
from hub.model import Grant, Office
from hub.model.pages import ListQuery
from hub.operations.cases.acts import CaseTaken
from hub.operations.cases.entries import entries_of
from hub.operations.cases.schemas import ThreadEntry, ThreadKind
from hub.rendering.filters import fecha
from hub.storage import Database
from hub.testing import MemoryPublisher
from tests.contract.stores import open_stores, stores_in
from tests.contract.values import NOON, clock, event, person, stored
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


async def runs(by: Operator, case: str, **fields: Any) -> None:
    """Let a promise run in a case."""
    await stores_in(by.db).save_clocks(clock(case, **fields))


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


async def test_case_is_handed_over_to_nobody_who_may_not_answer_there(ana: Operator) -> None:
    for to in ("beto", "solo.mira", "nadie"):
        with pytest.raises(UnknownAccount):
            await colleagues.hand_over_case(ana, CASE, HandOverBody(to=to, reason="x"))

    assert (None, [], []) == (await ana.stores.casework.assignee(CASE), calls(ana), await audited(ana))


async def in_view(by: Operator, view: MatterView) -> list[str]:
    asked = MattersQuery(view=view)
    found = await matters(by.db, asked, who=by.who, places=None, now=by.now)
    return [row.case for row in found.items]


async def test_case_sleeps_out_of_the_views_until_its_person_writes_and_its_terms_go_on(
    ana: Operator,
) -> None:
    """Ley 1755 de 2015, art. 14: nothing that staff does to its list stops the term."""
    await runs(ana, CASE, due_at=ana.now + timedelta(days=9))
    [before] = await ana.db.rows("SELECT to_jsonb(clock) AS clock FROM clock")
    tomorrow = as_day(ana.now) + timedelta(days=1)
    await snoozes.snooze_case(ana, CASE, SnoozeBody(until=tomorrow))
    asleep = await in_view(ana, MatterView.OPEN), await in_view(ana, MatterView.ASLEEP)
    counted = (await counts(ana.db, who=ana.who, places=None, now=ana.now)).open
    [after] = await ana.db.rows("SELECT to_jsonb(clock) AS clock FROM clock")
    await ana.db.rows(
        "INSERT INTO reply (id, kind, channel, provider, reference, address, text, subject, at, thread, "
        "revokes, acknowledge) "
        "VALUES (gen_random_uuid(), 'reply', 'email', 'm', 'r', 'a@b.co', 'x', '', now(), $1, false, false)",
        CASE,
    )
    awake = await in_view(ana, MatterView.OPEN), await in_view(ana, MatterView.ASLEEP)
    *_, shown = await thread(ana)

    assert ([], [CASE], 0) == (*asleep, counted)
    assert before == after
    assert ([CASE], []) == awake
    assert ThreadKind.SNOOZED == shown.kind
    assert f"pospone el caso hasta el {fecha(day_start(tomorrow))}" in shown.sentence.replace("\xa0", " ")


async def test_case_whose_promise_falls_due_meanwhile_is_awake_and_an_emergency_never_sleeps(
    ana: Operator,
) -> None:
    await runs(ana, CASE, due_at=ana.now + timedelta(seconds=1))
    await snoozes.snooze_case(ana, CASE, SnoozeBody(until=as_day(ana.now) + timedelta(days=1)))
    asleep = await asleep_until(ana.db, CASE)
    await ana.db.rows("UPDATE case_snooze SET at = at - interval '1 minute'")
    await ana.db.rows("UPDATE clock SET due_at = now() - interval '1 second'")
    woken = await asleep_until(ana.db, CASE)
    await ana.db.rows("UPDATE clock SET name = 'emergency_ack'")
    with pytest.raises(NotOffered, match="does not wait"):
        await snoozes.snooze_case(ana, CASE, SnoozeBody(until=as_day(ana.now) + timedelta(days=1)))

    assert (True, None) == (asleep is not None, woken)


async def test_case_sleeps_until_a_day_that_is_neither_past_nor_far(ana: Operator) -> None:
    for days in (0, 91):
        with pytest.raises(NotOffered, match="after today"):
            await snoozes.snooze_case(ana, CASE, SnoozeBody(until=as_day(ana.now) + timedelta(days=days)))


async def test_view_is_of_its_account_alone_and_the_audit_has_none_of_its_words(ana: Operator) -> None:
    await views.save_view(ana, SaveViewBody(name="Doña Inés", query="?view=mine&after=x&copropiedad=ph-1"))
    await views.save_view(ana, SaveViewBody(name="Doña Inés", query="view=mine"))
    luz = operator(ana.db, "account:luz.mora")
    own, others = [await views.list_views(by, ListQuery()) for by in (ana, luz)]
    with pytest.raises(NoSuch):
        await views.forget_view(luz, "Doña Inés")
    await views.forget_view(ana, "Doña Inés")
    noted = await ana.db.rows("SELECT subject, detail::text FROM audit WHERE action LIKE 'view.%'")

    assert ([("Doña Inés", "view=mine")], []) == ([(one.name, one.query) for one in own.items], others.items)
    assert {("view", "{}")} == {(row["subject"], row["detail"]) for row in noted}
    assert [] == (await views.list_views(ana, ListQuery())).items


def holder_of(by: Operator) -> Operator:
    return operator(by.db, "account:luz.mora", publisher=by.stores.publisher)


async def refused(by: Operator, body: TakeBody) -> str:
    with pytest.raises(HeldByAnother) as caught:
        await acts.take_case(by, CASE, body)
    return caught.value.holder


async def test_of_two_who_take_a_case_at_once_one_has_it_and_the_other_hears_who(ana: Operator) -> None:
    took = await gather(
        *(acts.take_case(by, CASE, TakeBody()) for by in (ana, holder_of(ana))), return_exceptions=True
    )
    [first] = [one.assignee for one in took if isinstance(one, CaseTaken)]
    [late] = [one.holder for one in took if isinstance(one, HeldByAnother)]

    assert first == await ana.stores.casework.assignee(CASE)
    assert late == {"account:ana": "Ana Ruiz", "account:luz.mora": "Luz Mora"}[str(first)]
    assert ([], [ThreadKind.EVENT]) == (calls(ana), [entry.kind for entry in await thread(ana)])


@pytest.mark.parametrize(
    "body",
    [
        TakeBody(),
        TakeBody(reason="Es de mi zona."),
        TakeBody(held_by="account:beto", reason="Es de mi zona."),
        TakeBody(held_by="account:luz.mora"),
        TakeBody(held_by="account:luz.mora", reason=" \n "),
    ],
)
async def test_case_of_another_is_taken_by_nobody_who_does_not_name_that_person_and_a_reason(
    ana: Operator, body: TakeBody
) -> None:
    await acts.take_case(holder_of(ana), CASE, TakeBody())
    before = await audited(ana)

    assert "Luz Mora" == await refused(ana, body)
    assert "account:luz.mora" == await ana.stores.casework.assignee(CASE)
    assert (before, []) == (await audited(ana), calls(ana))


async def test_case_taken_from_another_says_so_in_the_thread_and_tells_that_person(ana: Operator) -> None:
    await acts.take_case(holder_of(ana), CASE, TakeBody())
    body = TakeBody(held_by="account:luz.mora", reason="Luz está de vacaciones.", form="f")
    taken = await acts.take_case(ana, CASE, body)
    again = await acts.take_case(ana, CASE, body)
    *_, shown = await thread(ana)

    assert ("account:ana", "account:ana") == (taken.assignee, again.assignee)
    assert "account:ana" == await ana.stores.casework.assignee(CASE)
    assert (ThreadKind.HANDED_OVER, "Ana Ruiz toma el caso que tenía Luz Mora.") == (
        shown.kind,
        shown.sentence,
    )
    assert shown.note is not None
    assert ("Luz está de vacaciones.", ["Le avisa a Luz Mora."]) == (shown.note.words, shown.more)
    assert [("p-luz", "taken", CASE)] == calls(ana)
    assert 2 == len(await thread(ana))


async def test_taking_what_one_has_already_changes_nothing(ana: Operator) -> None:
    await acts.take_case(ana, CASE, TakeBody())
    before = await audited(ana)
    again = await acts.take_case(ana, CASE, TakeBody(held_by="account:luz.mora"))

    assert ("account:ana", 0) == (again.assignee, again.acknowledged)
    assert before == await audited(ana)


async def test_case_that_was_released_meanwhile_is_taken_without_telling_anybody(ana: Operator) -> None:
    taken = await acts.take_case(ana, CASE, TakeBody(held_by="account:luz.mora"))

    assert ("account:ana", []) == (taken.assignee, calls(ana))


async def test_case_of_a_colleague_is_not_released(ana: Operator) -> None:
    await ana.stores.casework.assign_case(CASE, "account:luz.mora", by="account:luz.mora")
    with pytest.raises(HeldByAnother, match=r"Luz Mora"):
        await acts.release_case(ana, CASE)

    assert "account:luz.mora" == await ana.stores.casework.assignee(CASE)


async def test_case_is_not_handed_over_to_who_does_it(ana: Operator) -> None:
    with pytest.raises(NotOffered, match="take it on"):
        await colleagues.hand_over_case(ana, CASE, HandOverBody(to="ana", reason="x"))

    assert (None, []) == (await ana.stores.casework.assignee(CASE), await audited(ana))
