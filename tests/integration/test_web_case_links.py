"""The link of a mail to staff leads to the promise: signed in or not yet, and for nobody else."""

import re
from email import message_from_bytes, policy
from uuid import UUID

import pytest
from aiohttp import hdrs

from hub.model import Grant, Office
from hub.storage import Database, PostgresLog
from tests.integration.test_case_texts import RADICADO, Told, escalated
from tests.integration.test_evidence import ENVIRON
from tests.integration.test_evidence import Office as Hub
from tests.integration.test_web_access import GUARDED
from tests.integration.test_web_cases import HTML
from tests.integration.web_doubles import World, browsing
from tests.integration.web_visitor import Visitor, give_account
from tests.unit.budget_events import PLACE, town
from tests.unit.factories import email, event, member, somebody

LINK = re.compile(r"https://hub\.example\.co(/clocks/[^\s\"<>)]+)")


@pytest.fixture
async def linked(opened: Database) -> Told:
    """Send the built-in texts: a receipt to the petitioner, and a notice to the desk."""
    office = Hub(opened, ENVIRON)
    petition = {"copropiedad_id": PLACE, "radicado": RADICADO, "petitioner": {"ref": "p-maria"}}
    await office.take_in(
        *town(),
        somebody("p-jefa", email("jefa@example.com")),
        member("p-jefa", "company", "staff", duty="coordinator", level=2),
        event("pqrs.received", petition),
    )
    await office.deliver()
    return Told(office, office.email.sent[0].message.id)


def links_of(linked: Told, mail: UUID) -> set[str]:
    """Return the paths of promises to which the bytes of a mail link, in its text and in its HTML."""
    whole = message_from_bytes(linked.office.email.bytes[mail], policy=policy.default)
    parts = [part for kind in ("plain", "html") if (part := whole.get_body((kind,))) is not None]
    found = [set(LINK.findall(part.get_content())) for part in parts]
    assert 2 == len(found)
    assert found[0] == found[1]
    return found[0]


def world_of(linked: Told) -> World:
    """Return a guarded hub that shows the stored rows."""
    world = World(database=linked.office.database, environ=GUARDED)
    world.log = PostgresLog(linked.office.database)  # type: ignore[assignment]
    return world


def unmarked(page: str) -> str:
    """Take out what each answer has of its own: the nonce of its style sheet."""
    return re.sub(r'nonce="[^"]+"', "", page)


async def test_link_of_a_mail_leads_to_the_promise_signed_in_or_over_the_sign_in(linked: Told) -> None:
    [path] = links_of(linked, await escalated(linked))
    world = world_of(linked)
    await give_account(world, "ana", Grant(office=Office.OPERATOR, copropiedad_id=PLACE))
    async with browsing(world) as client:
        visitor = Visitor(client)
        stranger = await visitor.ask(path, headers=HTML)
        form = stranger.headers[hdrs.LOCATION]
        signed = await visitor.sign_in("ana", path=form)
        onward = await visitor.ask(signed.headers[hdrs.LOCATION], headers=HTML)
        promise = await visitor.ask(onward.headers[hdrs.LOCATION], headers=HTML)
        again = await visitor.ask(path, headers=HTML)

    assert (303, True) == (stranger.status, form.startswith("/?next=%2Fclocks%2F"))
    assert (303, 303, path) == (signed.status, onward.status, onward.headers[hdrs.LOCATION])
    assert (200, 200) == (promise.status, again.status)
    assert RADICADO in promise.text
    assert "Por qué vence entonces" in promise.text


async def test_without_the_right_the_link_says_the_same_as_one_of_no_case(linked: Told) -> None:
    [path] = links_of(linked, await escalated(linked))
    world = world_of(linked)
    await give_account(world, "eva", Grant(office=Office.OPERATOR, copropiedad_id="ph-otra"))
    async with browsing(world) as client:
        visitor = Visitor(client)
        await visitor.sign_in("eva")
        refused = await visitor.ask(path, headers=HTML)
        unknown = await visitor.ask("/clocks/00000000-0000-8000-8000-000000000000", headers=HTML)

    assert (404, 404) == (refused.status, unknown.status)
    assert RADICADO not in refused.text
    assert unmarked(refused.text) == unmarked(unknown.text)


async def test_notice_of_a_petition_links_to_its_case(linked: Told) -> None:
    rows = await linked.office.database.rows(
        "SELECT facts ->> 'page' AS page FROM attempt JOIN message ON id = message_id WHERE variant = 'staff'"
    )

    assert {f"https://hub.example.co/cases/pqrs_id%3A{_key()}"} == {row["page"] for row in rows}


def _key() -> str:
    key: str = event("pqrs.received").data["pqrs_id"]
    return key
