"""The page where staff writes to many, as a browser asks for it that sends what no button of it would."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from hub.model import EVERYWHERE, Grant, Office
from tests.contract.stores import open_stores
from tests.contract.values import membership, person, unit
from tests.integration.console_hub import ConsoleHub, console_hub
from tests.integration.guarded_hub import Answer
from tests.integration.two_buildings import MARKS
from tests.servers import Servers
from tests.unit.factories import event

pytestmark = pytest.mark.asyncio(loop_scope="module")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PLACE = "ph-altos"
NEIGHBOURS = 51
"""One more than one person alone may write to."""
COLLEAGUES = {"luz": PLACE, "beto": EVERYWHERE, "carla": f"ph-{MARKS[0]}"}
"""Account and person → where they answer people; all may read everywhere."""
OPTION = re.compile(r'<option value="(\w*)"(?: selected)?>([^<]+)')
WAITS = re.compile(r'<a href="/approvals">([^<]+)')


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hub(servers: Servers) -> AsyncIterator[ConsoleHub]:
    async with console_hub(servers) as made:
        yield made


async def pressed(hub: ConsoleHub, cookies: dict[str, str], path: str, fields: str) -> Answer:
    page = await hub.hub.send("GET", "/communications/new", cookies, at="console")
    csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert csrf is not None
    return await hub.hub.send("POST", path, {**cookies, **FORM}, f"csrf={csrf[1]}&{fields}", at="console")


@pytest.mark.parametrize(
    ("version", "status"), [("1", 303), ("", 303), ("7", 409), ("one", 400), ("1.5", 400)]
)
async def test_a_draft_is_saved_only_from_the_version_that_was_read(
    hub: ConsoleHub, version: str, status: int
) -> None:
    writer = await hub.registry.account(
        f"writer{version or 0}", Grant(office=Office.OPERATOR, copropiedad_id=f"ph-{MARKS[0]}")
    )
    cookies = dict(await hub.cookies_of(writer))
    begun = await pressed(hub, cookies, "/communications/new", "kind=admin.circular.issued")
    draft = begun.headers["Location"].partition("?")[0]
    saved = await pressed(hub, cookies, f"{draft}/compose", f"title=Agua&version={version}")

    assert (303, status) == (begun.status, saved.status)


async def test_whoever_asks_for_a_release_names_one_who_may_and_sees_how_many_wait(hub: ConsoleHub) -> None:
    await neighbours(hub)
    luz, beto, carla = [await colleague(hub, name, place) for name, place in COLLEAGUES.items()]
    begun = await pressed(hub, luz, "/communications/new", "kind=admin.circular.issued")
    draft = begun.headers["Location"].partition("?")[0]
    words = f"data.title=Agua&data.body_markdown=Hola&place.{PLACE}=1&group.owners=1"
    await pressed(hub, luz, f"{draft}/compose", f"{words}&go=look")
    digest = digest_in((await hub.hub.send("GET", draft, luz, at="console")).text)
    asks = await pressed(hub, luz, f"{draft}/compose", f"{words}&digest={digest}&go=send")
    refused = await pressed(hub, luz, f"{draft}/press", f"digest={digest}&typed=Altos&approver=carla")
    again = await pressed(hub, luz, f"{draft}/press", f"digest={digest}&typed=&approver=beto")
    sent = await pressed(hub, luz, f"{draft}/press", f"digest={digest}&typed=Altos&approver=beto")
    asked = await hub.database.rows("SELECT approver FROM approval WHERE verdict IS NULL")
    lists = [await hub.hub.send("GET", "/communications", who, at="console") for who in (luz, beto, carla)]

    assert [("", "Cualquiera que pueda"), ("beto", "beto")] == OPTION.findall(asks.text)
    assert (404, 422, 303) == (refused.status, again.status, sent.status)
    assert '<option value="beto" selected>' in again.text
    assert ["account:beto"] == [row["approver"] for row in asked]
    assert [[], ["1 comunicación espera su aprobación"], []] == [WAITS.findall(one.text) for one in lists]


@pytest.mark.parametrize(
    ("hour", "words"),
    [
        ("", "Escriba el día y la hora"),
        ("12/03/2036 08:00", "Escriba el día y la hora"),
        ("2020-03-12T08:00", "Esa hora ya pasó"),
    ],
)
async def test_an_hour_that_is_over_or_nobody_can_read_is_never_now(
    hub: ConsoleHub, hour: str, words: str
) -> None:
    cookies = dict(await hub.cookies_of(hub.account))
    begun = await pressed(hub, cookies, "/communications/new", "kind=admin.circular.issued")
    draft = begun.headers["Location"].partition("?")[0]
    typed = f"data.title=Agua&data.body_markdown=Hola&when=later&starts_at={hour}"
    saved = await pressed(hub, cookies, f"{draft}/compose", f"{typed}&go=look")

    field = re.search(r"<input[^>]+name=\"starts_at\"[^>]+>", saved.text)
    assert field is not None
    assert (422, True, True) == (saved.status, words in saved.text, "aria-invalid" in field[0])
    assert re.search(r'value="later" checked', saved.text)


async def test_all_copropiedades_or_none_are_chosen_by_a_button_without_scripts(hub: ConsoleHub) -> None:
    names = [f"ph-many-{number}" for number in range(12)]
    directory = [
        event("directory.copropiedad.upserted", {"copropiedad_id": name, "name": name}) for name in names
    ]
    async with open_stores(hub.hub.database_url) as stores, stores.intake.transaction() as transaction:
        await transaction.apply_directory(directory)
    cookies = dict(await hub.cookies_of(hub.account))
    begun = await pressed(hub, cookies, "/communications/new", "kind=admin.circular.issued")
    draft = begun.headers["Location"].partition("?")[0]
    chosen = []
    for button in ("all", "none"):
        answer = await pressed(
            hub, cookies, f"{draft}/compose", f"data.title=Agua&group.owners=1&go={button}"
        )
        page = await hub.hub.send("GET", draft, cookies, at="console")
        chosen.append(set(re.findall(r'name="place\.([\w-]+)" value="[^"]+" checked', page.text)))
        assert f"{draft}#quien" == answer.headers["Location"]

    assert chosen[0] >= {*names, *(f"ph-{mark}" for mark in MARKS)}
    assert not chosen[1]


async def neighbours(hub: ConsoleHub) -> None:
    """Let more people live in a building than one person alone may write to."""
    refs = [f"p-altos-{number}" for number in range(NEIGHBOURS)]
    directory = [
        event("directory.copropiedad.upserted", {"copropiedad_id": PLACE, "name": "Altos"}),
        *(unit(f"u-{ref}", PLACE, label=ref) for ref in refs),
        *(person(ref) for ref in (*refs, *COLLEAGUES)),
        *(membership(ref, f"unit:u-{ref}", "owner") for ref in refs),
    ]
    async with open_stores(hub.hub.database_url) as stores, stores.intake.transaction() as transaction:
        await transaction.apply_directory(directory)


async def colleague(hub: ConsoleHub, name: str, place: str) -> dict[str, str]:
    """Let somebody of the directory answer people there; return the headers of their browser."""
    grants = Grant(office=Office.OPERATOR, copropiedad_id=place), Grant(office=Office.VIEWER)
    account = await hub.registry.account(name, *grants)
    await hub.registry.accounts.set_person(account.id, name)
    return dict(await hub.cookies_of(account))


def digest_in(page: str) -> str:
    found = re.search(r'name="digest" value="([^"]+)"', page)
    assert found is not None
    return found[1]
