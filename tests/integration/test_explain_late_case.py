"""A petition that comes in too late for its receipt: the words of explain and of the case."""

from datetime import timedelta

from hub.model import own_event
from hub.operations.cases import lookup
from hub.operations.cases.schemas import CaseThreadAnswer
from hub.operations.cases.thread import ThreadPage, Threads
from hub.operations.explain.explain import explain
from hub.storage import Database, PostgresCases, PostgresExplain
from tests.actors import actor
from tests.integration.constancias import CASE, NUMBER, petition
from tests.integration.test_evidence import Office
from tests.unit.budget_events import PLACE, town
from tests.unit.factories import MONDAY, POLICY, event

WEEK = timedelta(days=7)


async def test_petitioner_of_a_late_petition_was_told_by_its_escalation(opened: Database) -> None:
    office = Office(opened)
    await office.take_in(*town())
    office.clock.advance(WEEK)
    await office.take_in(petition("pqrs.received", minutes=0))
    await office.deliver()
    before, warned = await explained(opened), (await the_case(opened)).summary
    await escalate(office)
    after, calm = await explained(opened), await the_case(opened)

    assert "Qué hacer: comuníquese con la persona y responda el caso; un aviso nuevo abriría otro." in before
    assert any(sentence.startswith("Atención: un acuse") for sentence in warned)
    assert "Este aviso no le llegó; se le escribió después sobre el mismo caso." == after[1]
    assert any("«PQRS escalada»" in sentence and "enviado el lunes" in sentence for sentence in after)
    assert not any("evento nuevo" in sentence for sentence in after)
    assert not any("Atención" in sentence for sentence in calm.summary)
    assert any("Se le escribió después" in more for entry in calm.entries for more in entry.more)


async def explained(database: Database) -> list[str]:
    return list((await explain(PostgresExplain(database), "pqrs.received-901", "p-maria")).sentences)


async def the_case(database: Database) -> CaseThreadAnswer:
    store = PostgresCases(database)
    [case] = await lookup.find(store, NUMBER)
    threads = Threads(store=store, calendar=POLICY.calendar)
    return await threads.look(actor(now=MONDAY + WEEK), case, ThreadPage())


async def escalate(office: Office) -> None:
    [clock] = await office.database.rows("SELECT id FROM clock WHERE name = 'first_reply'")
    data = {
        **event("pqrs.escalated").data,
        **petition("pqrs.received", minutes=0).data,
        "clock_id": str(clock["id"]),
        "case": CASE,
        "copropiedad_id": PLACE,
    }
    office.clock.advance(timedelta(minutes=5))
    await office.take_in(own_event("pqrs.escalated", f"{clock['id']}:breach:1", data, time=office.clock()))
    await office.deliver()
