"""Notices of the administration to a copropiedad: votes, assemblies, circulars, visits, sanctions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from hub.catalog import BY_NAME
from hub.model import Event, Message, Purpose, State
from tests.unit.factories import (
    HOUR,
    MONDAY,
    SECOND,
    email,
    event,
    home,
    local,
    member,
    mobile,
    somebody,
)
from tests.unit.hub_in_memory import MemoryHub, memory_hub
from tests.unit.test_templates import BUILDING, TEMPLATES, context, examples, on_paper

ALTOS: Final = "ph-altos-del-rosal"
MARIA, LUIS, ROSA, TENANT = "p-maria-pena", "p-luis-rojas", "p-rosa", "p-inquilino"
CLOSES: Final = local("2026-03-20 18:00")
DAY: Final = timedelta(days=1)
OPENED: Final = event("admin.vote.opened")


def pending(*people: str, at: datetime = MONDAY + HOUR) -> Event:
    named = {"pending": [{"ref": ref} for ref in people]}
    return event("admin.vote.pending", named, at=at, id=f"pending:{at.isoformat()}")


@pytest.fixture
async def hub() -> MemoryHub:
    made = memory_hub(MONDAY)
    await made.take_in(
        home("t1-101"),
        home("t1-102"),
        *(
            somebody(ref, email(f"{ref}@example.com"), mobile(f"+57300123450{number}"))
            for number, ref in enumerate((MARIA, LUIS, ROSA, TENANT))
        ),
        member(MARIA, "unit:t1-101", "owner"),
        member(LUIS, "unit:t1-102", "owner"),
        member(TENANT, "unit:t1-102", "tenant"),
        member(ROSA, f"copropiedad:{ALTOS}", "council"),
    )
    return made


def reminded(hub: MemoryHub, of: Event) -> list[tuple[str, State, datetime | None]]:
    found = [message for message in hub.of(of) if message.occasion != "initial"]
    return sorted((message.person, message.state, message.next_at) for message in found)


def people(messages: Sequence[Message], occasion: str = "initial") -> set[str]:
    return {message.person for message in messages if message.occasion == occasion}


async def test_all_owners_are_reminded_a_day_before_a_vote_closes(hub: MemoryHub) -> None:
    await hub.take_in(OPENED)

    waits = (State.HELD, CLOSES - DAY)
    assert [(LUIS, *waits), (MARIA, *waits)] == reminded(hub, OPENED)
    assert {CLOSES} == {message.ends_at for message in hub.of(OPENED)}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_only_people_without_a_vote_are_reminded_where_the_publisher_names_them(
    hub: MemoryHub, order: tuple[int, int]
) -> None:
    hub.clock.advance(2 * HOUR)
    told = (OPENED, pending(LUIS))
    for number in order:
        await hub.take_in(told[number])

    assert [(LUIS, State.CANCELLED, None), (MARIA, State.CANCELLED, None)] == reminded(hub, OPENED)
    assert [(LUIS, State.HELD, CLOSES - DAY)] == reminded(hub, pending(LUIS))
    assert set() == people(hub.of(pending(LUIS))), "nobody is notified now"


async def test_the_newest_list_of_who_has_not_voted_counts(hub: MemoryHub) -> None:
    hub.clock.advance(3 * HOUR)
    first, second = pending(MARIA, LUIS), pending(MARIA, at=MONDAY + 2 * HOUR)
    await hub.take_in(OPENED)
    await hub.take_in(second)
    await hub.take_in(first)

    assert {State.CANCELLED} == {state for _, state, _ in reminded(hub, first)}
    assert [(MARIA, State.HELD, CLOSES - DAY)] == reminded(hub, second)


async def test_a_vote_that_is_closed_early_reminds_nobody(hub: MemoryHub) -> None:
    hub.clock.advance(2 * HOUR)
    await hub.take_in(OPENED, event("admin.vote.closed", at=MONDAY + HOUR))

    assert {State.CANCELLED} == {state for _, state, _ in reminded(hub, OPENED)}


async def test_a_vote_that_is_over_asks_nobody_to_vote(hub: MemoryHub) -> None:
    hub.clock.advance(CLOSES - MONDAY + SECOND)
    late = event("admin.vote.opened", at=CLOSES - HOUR)
    await hub.take_in(late)

    assert {(State.EXPIRED, "too_old")} == {(message.state, message.reason) for message in hub.of(late)}


SECOND_CALL: Final = event("admin.assembly.second_call", at=MONDAY + HOUR)
"""It starts on 31 March 2026 at 20:00."""
STARTS: Final = local("2026-03-31 20:00")


async def test_second_call_ends_the_reminders_of_the_first_and_has_its_own(hub: MemoryHub) -> None:
    first = event("admin.assembly.convened")
    await hub.take_in(first)
    before = {state for _, state, _ in reminded(hub, first)}
    hub.clock.advance(2 * HOUR)
    await hub.take_in(SECOND_CALL)

    assert ({State.HELD}, {State.CANCELLED}) == (before, {state for _, state, _ in reminded(hub, first)})
    own = [message for message in hub.of(SECOND_CALL) if message.occasion != "initial"]
    assert {(MARIA, "reminder"), (LUIS, "reminder")} == {(one.person, one.variant) for one in own}
    assert {STARTS - DAY, STARTS - 2 * HOUR} == {message.next_at for message in own}


async def test_second_call_is_sent_once_as_the_law_requires(hub: MemoryHub) -> None:
    hub.clock.advance(HOUR)
    await hub.take_in(SECOND_CALL)
    now = [message for message in hub.of(SECOND_CALL) if message.occasion == "initial"]

    assert {Purpose.LEGAL} == {message.purpose for message in now}
    assert [(LUIS, "email"), (LUIS, "sms"), (MARIA, "email"), (MARIA, "sms"), (ROSA, "email")] == sorted(
        (message.person, message.channel) for message in now if message.state is State.QUEUED
    )


async def test_a_cancelled_assembly_ends_the_reminders_of_the_second_call(hub: MemoryHub) -> None:
    hub.clock.advance(3 * HOUR)
    await hub.take_in(SECOND_CALL, event("admin.assembly.cancelled", at=MONDAY + 2 * HOUR))

    assert {State.CANCELLED} == {state for _, state, _ in reminded(hub, SECOND_CALL)}


@pytest.mark.parametrize("form", ["email", "print", "council/email"])
def test_second_call_says_what_the_law_requires(form: str) -> None:
    text = TEMPLATES.preview("admin.assembly.second_call", SECOND_CALL.data)[form].text

    assert "martes 31 de marzo de 2026 a las 8:00" in text
    assert "artículo 41 de la Ley 675 de 2001" in text
    assert "70 %" in text
    assert "artículo 46" in text


@pytest.mark.parametrize(
    ("audience", "told"),
    [("owners", {MARIA, LUIS}), ("residents", {TENANT}), ("both", {MARIA, LUIS, TENANT})],
)
async def test_a_circular_reaches_whom_its_publisher_chose(
    hub: MemoryHub, audience: str, told: set[str]
) -> None:
    circular = event("admin.circular.issued", {"audience": audience})
    await hub.take_in(circular)

    assert told == people(hub.of(circular))


async def test_nothing_of_a_circular_leaves_after_it_is_of_use(hub: MemoryHub) -> None:
    soon = event("admin.circular.issued", {"valid_until": (MONDAY + HOUR).isoformat()})
    open_end = event("admin.circular.issued", without=("valid_until",), id="open")
    await hub.take_in(soon, open_end)

    assert {MONDAY + HOUR} == {message.expires_at for message in hub.of(soon)}
    assert {None} == {message.ends_at for message in hub.of(open_end)}


VISIT: Final = event("admin.visit.scheduled")
INVITATION: Final = event("admin.invitation.issued")
TRAINING: Final = event("staff.training.scheduled")


async def test_the_council_is_reminded_of_a_visit_and_a_moved_one_replaces_it(hub: MemoryHub) -> None:
    moved = event(
        "admin.visit.scheduled", {"starts_at": "2026-03-20T10:00:00-05:00"}, at=MONDAY + HOUR, id="2"
    )
    hub.clock.advance(2 * HOUR)
    await hub.take_in(VISIT)
    await hub.take_in(moved)

    assert [(ROSA, State.CANCELLED, None)] == reminded(hub, VISIT)
    assert [(ROSA, State.HELD, local("2026-03-19 10:00"))] == reminded(hub, moved)


async def test_people_are_reminded_of_an_invitation_and_a_moved_one_replaces_it(hub: MemoryHub) -> None:
    moved = event(
        "admin.invitation.issued", {"starts_at": "2026-03-20T10:00:00-05:00"}, at=MONDAY + HOUR, id="2"
    )
    hub.clock.advance(2 * HOUR)
    await hub.take_in(INVITATION, moved)

    assert {State.CANCELLED} == {state for _, state, _ in reminded(hub, INVITATION)}
    assert {(State.HELD, local("2026-03-19 10:00"))} == {(state, at) for _, state, at in reminded(hub, moved)}
    assert people(hub.of(INVITATION)) == people(hub.of(moved)) != set()


async def test_all_staff_is_reminded_of_a_training(hub: MemoryHub) -> None:
    await hub.take_in(
        somebody("p-laura", email("laura@example.com")), member("p-laura", "company", "staff", duty="service")
    )
    await hub.take_in(TRAINING)

    assert {"p-laura"} == people(hub.of(TRAINING))
    assert {(State.HELD, local("2026-03-18 08:00"))} == {
        (state, at) for _, state, at in reminded(hub, TRAINING)
    }


SANCTION: Final = "admin.sanction.notified"


async def test_a_sanction_is_told_to_the_person_and_nobody_else(hub: MemoryHub) -> None:
    one = event(SANCTION, {"unit_id": "t1-101"})
    await hub.take_in(one)

    assert [(MARIA, "email")] == hub.recipients(one)
    assert {Purpose.LEGAL} == {message.purpose for message in hub.of(one)}


def test_a_case_of_a_sanction_is_no_case_of_personal_data() -> None:
    assert BY_NAME[SANCTION].realm != BY_NAME["privacy.claim.received"].realm


def test_what_a_telephone_shows_of_a_sanction_tells_nothing_of_it() -> None:
    """A lock screen shows a mail's subject, its preheader and its first words; there is no push or text."""
    secrets = {"rule_ref": "REGLA-SECRETA", "facts": "HECHO-SECRETO", "case_id": "CASO-SECRETO"}
    forms = TEMPLATES.preview(SANCTION, examples(SANCTION)[0] | secrets)
    words = forms["email"]
    shown = words.html.partition('class="cabecera"')[0] + words.subject + words.text[:60]

    assert {"email", "inbox", "print"} == forms.keys()
    assert "SECRET" not in shown
    assert "sanci" not in shown.lower()
    assert "REGLA-SECRETA" in words.text


@pytest.mark.parametrize("form", ["email", "print"])
def test_a_sanction_says_how_and_until_when_to_defend_oneself(form: str) -> None:
    text = TEMPLATES.preview(SANCTION, on_paper(examples(SANCTION)[0]))[form].text

    assert "viernes 20 de marzo de 2026 a las 5:00" in text
    assert "jueves 26 de marzo de 2026 a las 5:00" in text
    assert "artículo 60 de la Ley 675 de 2001" in text
    assert "Todavía no hay ninguna decisión" in text


@pytest.mark.parametrize("form", ["email", "print"])
def test_changed_terms_show_the_old_beside_the_new_and_from_when(form: str) -> None:
    data = on_paper(examples("service.terms.changed")[0])
    text = TEMPLATES.preview("service.terms.changed", data)[form].text.replace("\N{NO-BREAK SPACE}", " ")

    assert (
        "Qué cambia: Valor mensual de la administración\n"
        "Hoy: $ 4.200.000\n"
        "Nuevo: $ 4.415.000\n"
        "Rige desde: viernes 1 de mayo de 2026\n"
    ) in text


async def test_a_promise_to_pay_has_a_receipt_and_is_not_collected(hub: MemoryHub) -> None:
    promised = event("admin.payment.promised")
    await hub.take_in(promised)

    assert {Purpose.TRANSACTIONAL} == {one.purpose for one in hub.of(promised)}
    assert not hub.store.tables.clocks
    forms = TEMPLATES.preview("admin.payment.promised", promised.data)
    assert "PP-2026-000001" in forms["email"].text


@pytest.mark.parametrize(
    ("code", "words"),
    [("fondos_insuficientes", "no había fondos suficientes"), ("E-4471", None)],
)
def test_a_failed_payment_says_why_in_words_or_not_at_all(code: str, words: str | None) -> None:
    data = examples("admin.payment.failed")[0] | {"failure_code": code}
    forms = TEMPLATES.preview("admin.payment.failed", data)

    assert words is None or words in forms["email"].text
    assert code not in forms["email"].text + forms["push"].text
    assert "fondos" not in forms["push"].text, "others may see the telephone"


BOARD: Final = [
    "admin.assembly.second_call",
    "admin.vote.opened",
    "admin.decision.published",
    "admin.visit.scheduled",
]


@pytest.mark.parametrize("name", BOARD)
def test_what_goes_on_a_board_greets_and_names_nobody(name: str) -> None:
    told = replace(
        context(name, on_paper(examples(name)[0]), full=False), building=BUILDING, person="ANA SECRETA"
    )
    body = TEMPLATES.render(name, "print", told, variant=None).text

    assert "Ana" not in body
    assert "Cordial saludo" not in body
    assert "Laura" not in body


def reports() -> list[tuple[str, dict[str, Any]]]:
    names = ("admin.financial_report.published", "pqrs.report.published")
    return [(name, data) for name in names for data in examples(name)]


@pytest.mark.parametrize(("name", "data"), reports())
def test_a_report_is_opened_by_a_button_or_named(name: str, data: dict[str, Any]) -> None:
    for form, words in TEMPLATES.preview(name, data).items():
        if form.rpartition("/")[2] == "email":
            linked = data["document_ref"].startswith("https://")
            assert (">Ver el informe</a>" in words.html) is linked
            assert linked or data["document_ref"] in words.text
