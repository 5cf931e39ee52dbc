"""Words and links of pages of the console, read without a browser."""

import html
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from hub.contact_rules.consents import consents_of
from hub.model import ClockState
from hub.model.ids import uuid8
from tests.contract.stores import open_stores
from tests.contract.values import clock, consent, letter, membership, membership_removed, now
from tests.integration import guarded_hub
from tests.integration.console_hub import ConsoleHub, console_hub
from tests.servers import Servers

LISTS: Final = {
    "/messages": "m-",
    "/messages/unreached": "",
    "/cases": "c-",
    "/dead": "d-",
    "/cases?view=all": "c-",
    "/people": "p-",
    "/letters": "l-",
    "/letters/batches": "b-",
    "/posters": "r-",
    "/surveys": "s-",
    "/audit": "n-",
    "/bulk": "",
}
"""List → how the ids of its rows begin."""
_UNPRINTED: Final = {
    **dict.fromkeys(("list", "sheet", "page", "event"), "En un lote por imprimir"),
    "api": "Está en un lote que nadie ha impreso.",
}
CASE_OF_TOWN: Final = "pqrs_id:CASE-alfa"
OLD: Final = {
    "/clocks": "/cases?kind=promises",
    "/clocks?state=breached&area=cartera": "/cases?view=overdue&area=cartera",
    "/clocks?name=first_reply&state=at_risk": "/cases?view=at_risk&promise=first_reply",
    "/clocks?state=met": "/cases?view=all&state=closed",
    "/clocks?format=csv": "/cases?kind=promises&format=csv",
    "/replies?kind=reply&view=open": "/cases?kind=replies",
    "/replies?view=mine&copropiedad=ph-alfa": "/cases?kind=replies&view=mine&copropiedad=ph-alfa",
    "/replies?view=emergency": "/cases?kind=emergencies",
}
"""Address of before → the view that it leads to."""
NEXT: Final = re.compile(r'<a href="([^"]+)" rel="next">Ver (?:anteriores|más)</a>')
TAG: Final = re.compile(r"<[^>]+>")
GAP: Final = re.compile(r"\s+")


async def main_of(hub: ConsoleHub, path: str) -> str:
    answer = await hub.ask(hub.path(path))
    assert answer.status == 200, f"{path}: {answer.status}"
    return answer.text.partition("<main")[2].partition("</main>")[0]


async def words_of(hub: ConsoleHub, path: str) -> str:
    """The words of a page, as one line."""
    return GAP.sub(" ", html.unescape(TAG.sub(" ", await main_of(hub, path))))


def rows_in(page: str) -> list[str]:
    return re.findall(r'<(?:tr|li)[^>]* id="([^"]+)"', page)


async def test_each_list_goes_on_to_its_end(hub: ConsoleHub) -> None:
    """Both buildings are alike, so each list has two rows at least."""
    await hub.ask("/audit?person=p-alfa")
    await hub.ask("/audit?person=p-beta")
    for path in LISTS:
        all_rows = [row for row in rows_in(await main_of(hub, path)) if row.startswith(LISTS[path])]
        first = await main_of(hub, f"{path}{'&' if '?' in path else '?'}limit=1")
        following = NEXT.search(first)
        assert following is not None, f"{path} ends with its first row"
        second = await main_of(hub, html.unescape(following[1]))

        seen = [row for page in (first, second) for row in rows_in(page) if row in all_rows]
        assert len(set(seen)) == len(seen) == 2, f"{path}: {seen} of {all_rows}"
        assert "Ver lo más nuevo" in second or "Volver al comienzo" in second, path


@pytest.mark.parametrize("formula", ['=HYPERLINK("http://evil.example","x")', "+1+1", "-2", "@SUM(A1)"])
async def test_formula_that_somebody_wrote_is_a_word_in_a_sheet(hub: ConsoleHub, formula: str) -> None:
    await hub.database.rows("UPDATE letter SET subject = $1", formula)
    async with open_stores(hub.hub.database_url) as stores, stores.intake.transaction() as transaction:
        await transaction.add_dead_letters([letter(b"{a formula", reason=formula, received_at=now())])
    sheets = [(await hub.ask(f"/{name}?format=csv")).text for name in ("letters", "dead")]

    quoted = formula.replace('"', '""')
    for sheet in sheets:
        assert f"'{quoted}" in sheet
        assert f";{quoted}" not in sheet
        assert f'"{quoted}' not in sheet


async def test_matters_stand_as_they_are_due_and_emergencies_above_them(hub: ConsoleHub) -> None:
    soon = datetime.now(UTC)
    made = {
        "late": {"state": ClockState.BREACHED, "due_at": soon - timedelta(hours=3), "level": 3},
        "risk": {"state": ClockState.AT_RISK, "due_at": soon + timedelta(minutes=1), "level": 2},
        "later": {"state": ClockState.OPEN, "due_at": soon + timedelta(days=9), "level": 1},
    }
    fire = clock(
        "emergency_id:fire", name="emergency_ack", context={"copropiedad_id": "ph-alfa"}, due_at=soon
    )
    # The first one due of a case stands for it.
    second = clock(
        "pqrs_id:late",
        name="legal_term",
        context={"copropiedad_id": "ph-alfa"},
        due_at=soon + timedelta(days=5),
    )
    async with open_stores(hub.hub.database_url) as stores, stores.intake.transaction() as transaction:
        of_pqrs = [
            clock(f"pqrs_id:{name}", context={"copropiedad_id": "ph-alfa"}, **of) for name, of in made.items()
        ]
        await transaction.save_clocks([fire, second, *of_pqrs])
    keys = {
        view: re.findall(r'name="case:([^"]+)"', await main_of(hub, f"/cases?copropiedad=ph-alfa&{view}"))
        for view in (
            "view=open",
            "view=overdue",
            "view=at_risk",
            "level=3",
            "kind=emergencies",
            "view=mine",
        )
    }

    assert keys == {
        "view=open": [*("emergency_id:fire", "pqrs_id:late", "pqrs_id:risk", "pqrs_id:later"), CASE_OF_TOWN],
        "view=overdue": ["pqrs_id:late"],
        "view=at_risk": ["pqrs_id:risk"],
        "level=3": ["pqrs_id:late"],
        "kind=emergencies": ["emergency_id:fire"],
        "view=mine": [],
    }


async def test_old_addresses_of_lists_lead_to_their_views(hub: ConsoleHub) -> None:
    led = {path: (await hub.ask(path)).headers["Location"] for path in OLD}
    shown = [(await hub.ask(path)).status for path in led.values()]

    assert led == OLD
    assert set(shown) == {200}


async def test_case_has_its_letter_in_the_thread(hub: ConsoleHub) -> None:
    thread = await words_of(hub, "/cases/pqrs_id:CASE-MARK")
    links = await main_of(hub, "/cases/pqrs_id:CASE-MARK")

    assert re.search(r"Carta Fallido A Persona alfa, «PQRS recibida», por carta", thread)
    assert hub.path("/messages/MESSAGE") in links


async def test_person_has_roles_over_time_consents_with_proof_and_what_was_sent(hub: ConsoleHub) -> None:
    async with open_stores(hub.hub.database_url) as stores, stores.intake.transaction() as transaction:
        await transaction.apply_directory(
            [membership("p-alfa", "copropiedad:ph-alfa", "council"), membership_removed("m-alfa", 2)]
        )
        said = consent("p-alfa", "survey", evidence_hash="a" * 64, time=now())
        await transaction.add_consents(consents_of(said, uuid8(now(), "a no")))
    page = await words_of(hub, "/people/p-alfa")
    links = await main_of(hub, "/people/p-alfa")

    roles = page.partition("Unidades y quiénes más")[2].partition("Sus derechos")[0]
    consents = page.partition("Lo que ha autorizado, con su prueba")[2].partition("Unidades y quiénes más")[0]
    sent = page.partition("Lo que se le envió, y qué pasó")[2].partition("Ver todos sus mensajes")[0]
    assert re.search(r"Propietario[^,]* desde [^,]*, hasta ", roles)
    assert re.search(r"[Cc]onsej[^,]* desde ", roles)
    assert "texto 2026-1" in consents
    assert f"prueba {'a' * 64}" in consents
    assert "PQRS recibida" in sent
    assert "Impreso" in sent
    assert "Final" in sent, "a letter that failed is not tried again"
    assert hub.path("/messages/MESSAGE") in links


BAD_TEXT: Final = (
    "{% block subject %}Recibimos su caso{% endblock %}"
    "{% block body %}Hola. Mire [haga clic aquí](http://bit.ly/x) y nada más.{% endblock %}"
    "{% block sms %}recibido{% endblock %}"
)


async def test_gallery_names_what_is_wrong_with_a_text_of_the_company(
    servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "es").mkdir()
    (tmp_path / "es/pqrs.received.j2").write_text(BAD_TEXT, encoding="utf-8")
    monkeypatch.setitem(_environ(), "HUB_TEMPLATES", str(tmp_path))
    async with console_hub(servers) as hub:
        page = await words_of(hub, "/templates/pqrs.received?channel=email")

        assert "Nada que corregir" not in page
        assert "haga clic aquí" in page
        assert "es/pqrs.received.j2" in page


def _environ() -> dict[str, Any]:
    return guarded_hub.ENVIRON


async def test_letter_that_nobody_has_handed_over_has_a_state_of_its_own_and_was_not_sent(
    hub: ConsoleHub,
) -> None:
    letter_id = hub.building.ids["MESSAGE"]
    await hub.database.rows("UPDATE message SET state = 'sent', reason = NULL WHERE id = $1", letter_id)
    listed = f"/messages?person=p-alfa&channel=print{'{}'}"
    said = {
        "list": await words_of(hub, listed.format("")),
        "sheet": (await hub.ask(listed.format("&format=csv"))).text,
        "page": await words_of(hub, "/messages/MESSAGE"),
        "search": await words_of(hub, f"/search?q={letter_id}"),
        "event": await words_of(hub, "/events/event-alfa"),
        "api": (await hub.ask(f"/api/messages/{letter_id}")).text,
    }
    sent = await main_of(hub, "/messages?state=sent&person=p-alfa")
    left = await main_of(hub, "/messages?only=left&person=p-alfa")
    now = await words_of(hub, "/messages?copropiedad=ph-alfa")
    [row] = await hub.database.rows(
        "SELECT count(*) FROM message"
        " WHERE state = 'sent' AND channel <> 'print' AND copropiedad_id = 'ph-alfa'"
    )

    assert "Carta por entregar" in said.pop("search"), "a search knows of a letter that it is one"
    assert [] == [name for name, text in said.items() if _UNPRINTED[name] not in text]
    assert [] == [name for name, text in said.items() if "proveedor lo aceptó" in text]
    assert str(letter_id) not in sent + left
    assert f"{row['count']} enviados" in now
    assert "1 carta por entregar" in now
