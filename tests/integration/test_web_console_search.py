"""The search as operators use it: one box for names, places, numbers and ids."""

from collections.abc import AsyncIterator
from urllib.parse import urlencode

import pytest
import pytest_asyncio

from hub.model import EVERYWHERE, Account, Grant, Office
from tests.contract.stores import open_stores
from tests.contract.values import clock, event, membership, message, person, stored, unit
from tests.integration.chromium import Browser
from tests.integration.console_hub import ConsoleHub, console_hub
from tests.integration.console_user import main_text
from tests.integration.guarded_hub import Answer
from tests.integration.judged import judged_once
from tests.integration.test_web_console import type_key
from tests.integration.two_buildings import MARKS
from tests.servers import Servers

pytestmark = pytest.mark.asyncio(loop_scope="module")
HERE, THERE = (f"ph-{mark}" for mark in MARKS)
CASE = stored(
    event(
        "pqrs.received",
        id="evt-gotera",
        data={"pqrs_id": "PQ-9", "radicado": "PQ-2026-000901", "subject": "Gotera en el baño"},
    ),
    case="pqrs_id:PQ-9",
    copropiedad_id=HERE,
)
RADICADO = {"radicado": "PQ-2026-000901", "copropiedad_id": HERE}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hub(servers: Servers) -> AsyncIterator[ConsoleHub]:
    """A hub in whose first building María Peña lives, with a case."""
    async with console_hub(servers) as made:
        async with open_stores(made.hub.database_url) as stores:
            async with stores.intake.transaction() as transaction:
                await transaction.apply_directory(
                    [
                        person("p-maria", names="María Peña"),
                        unit("u-301", HERE, tower="2", label="Apto 301"),
                        membership("p-maria", f"unit:u-{MARKS[0]}", "owner", since="2026-01-01"),
                    ]
                )
                await transaction.add_events([CASE])
                await transaction.save_clocks([clock("pqrs_id:PQ-9", context=RADICADO)])
            await stores.add(message(CASE, person="p-maria"))
        yield made


async def asked(hub: ConsoleHub, who: Account, typed: str, **more: str) -> Answer:
    cookies = await hub.cookies_of(who)
    return await hub.hub.send("GET", f"/search?{urlencode({'q': typed, **more})}", cookies, at="console")


async def viewer(hub: ConsoleHub, place: str, office: Office = Office.VIEWER) -> Account:
    return await hub.registry.account(f"eva-{place}", Grant(office=office, copropiedad_id=place))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("maria", "p-maria"),
        ("torre 2 apto 301", "u-301"),
        ("gotera baño", f"/events/{CASE.key}"),
        ("gotera baño", "/cases/pqrs_id%3APQ-9"),
        (f"u-{MARKS[0]}", f"Apto u-{MARKS[0]}"),
        (HERE, f">{HERE}</a>"),
        ("pqrs recibida", "/messages?event=pqrs.received"),
    ],
)
async def test_thing_is_found_by_what_is_known_of_it(hub: ConsoleHub, typed: str, found: str) -> None:
    answer = await asked(hub, hub.account, typed)

    assert answer.status == 200
    assert found in answer.text.partition("<main")[2]


async def test_person_is_found_by_the_end_of_a_number(hub: ConsoleHub) -> None:
    assert "p-alfa" in (await asked(hub, hub.account, "111 1111")).text


async def test_names_are_masked_until_they_are_asked_for_and_that_is_audited(hub: ConsoleHub) -> None:
    """By an office that answers for the data, and not to the people."""
    grant = Grant(office=Office.PRIVACY_OFFICER, copropiedad_id=EVERYWHERE)
    luz = await hub.registry.account("luz", grant)
    masked = await asked(hub, luz, "maria")
    whole = await asked(hub, luz, "maria", whole="true")
    empty = await asked(hub, luz, "  ")
    noted = "SELECT person, detail FROM audit WHERE action = 'search' AND who = 'account:luz' ORDER BY at"
    notes = await hub.database.rows(noted)

    assert ("M*** P***" in masked.text, "María Peña" in masked.text) == (True, False)
    assert "María Peña" in whole.text
    assert "Qué se puede escribir" in empty.text
    assert [(row["person"], row["detail"]["whole"]) for row in notes] == [(None, False), ("p-maria", True)]
    assert "maria" not in str([row["detail"] for row in notes]).lower()


async def test_without_privacy_nobody_is_found_by_name_and_the_page_says_so(hub: ConsoleHub) -> None:
    reader = await viewer(hub, HERE)
    by_name, by_ref = await asked(hub, reader, "maria"), await asked(hub, reader, "p-maria")
    whole = await asked(hub, reader, "p-maria", whole="true")

    assert "solo busca quien atiende a las personas" in by_name.text
    assert "p-maria" not in by_name.text
    assert ("M*** P***" in by_ref.text, "Ver datos completos" in by_ref.text) == (True, False)
    assert whole.status == 403


async def test_group_that_is_cut_says_so_and_leads_to_more(hub: ConsoleHub) -> None:
    async with open_stores(hub.hub.database_url) as stores, stores.intake.transaction() as transaction:
        await transaction.apply_directory([person(f"p-ruiz-{n}", names="Ana Ruiz") for n in range(7)])
    few = await asked(hub, hub.account, "ruiz")
    many = await asked(hub, hub.account, "ruiz", limit="20")

    assert ("Hay más de 5" in few.text, "limit=20" in few.text) == (True, True)
    assert "Hay más" not in many.text


async def test_search_is_typed_and_its_first_result_opened_by_keys_alone(
    browser: Browser, hub: ConsoleHub
) -> None:
    await hub.sign_in(browser)
    await hub.open(browser, "/")
    await type_key(browser, "/")
    for key in "PQ-2026-000901":
        await type_key(browser, key)
    await browser.press("Enter")
    await browser.until("location.pathname === '/search' && document.readyState === 'complete'")
    said, kept = await main_text(browser), await browser.run("document.getElementById('q').value")
    wrong = await judged_once(browser, "search by keys")
    await type_key(browser, "j")
    await browser.press("Enter")

    assert await browser.until("location.pathname === '/cases/pqrs_id%3APQ-9'")
    assert ("Un resultado" in said, kept) == (True, "PQ-2026-000901")
    assert not wrong
    assert browser.complaints == []
