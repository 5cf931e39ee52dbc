"""Every page that a resident or the public opens, in each of its states, opened in a browser."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final, TypeAlias
from uuid import uuid4

from hub.model import EVERYWHERE, Escalation, EscalationStatus, Grant, Message, Office, Stance, State
from hub.model.residents import AnswerWay, OwnConversation, OwnWords, SentLine
from hub.model.surveys import SurveyAnswer
from hub.storage import Database, PostgresResidents
from tests.contract.values import HOUR, NOON, clock, person
from tests.doubled import away
from tests.integration import (
    residents,
    test_web_ack_link,
    test_web_genuine,
    test_web_posters,
    test_web_survey,
    test_web_unsubscribe,
)
from tests.integration.chromium import Browser
from tests.integration.looks import NARROW
from tests.integration.portal import MARIA, open_portal
from tests.integration.test_web_access import GUARDED
from tests.integration.test_web_browser_sign_in import enter
from tests.integration.test_web_resident_own import world_of_maria
from tests.integration.test_web_resident_sign_in import DAY, code_of, door, world_with_person
from tests.integration.web_doubles import World, browsing
from tests.integration.web_visitor import give_account
from tests.unit.test_mail_layout import mails

Opened: TypeAlias = AbstractAsyncContextManager[None]
Opener: TypeAlias = Callable[[Browser], Opened]
StoredOpener: TypeAlias = Callable[[Browser, str], Opened]
"""The same for a page of a database's rows, with the URL of one."""
FILL: Final = """
(field => {{ (field.tagName ? field : [...field].find(one => one.checked) ?? field[0]).value = {value!r} }})(
  document.querySelector({by!r}).form.elements[{name!r}])
"""
"""Changes the value of the chosen one of a group: a value that no browser offers can be sent."""
PRESS: Final = "(button => {{ button.form.noValidate = true; button.form.requestSubmit(button) }})({0})"
ANSWER: Final = SurveyAnswer(score=4, at=test_web_survey.NOW - DAY, comment="Tardaron mucho.")
MAILS: Final = ("pqrs.received", "admin.assembly.convened", "emergency.declared", "survey.requested")


async def visit(browser: Browser, url: str) -> None:
    await browser.go(url, width=NARROW)
    await browser.until(f"location.href === {url!r} && document.readyState === 'complete'")


async def send(browser: Browser, by: str = "main button", **fields: str) -> None:
    """Press the button as a browser without a will of its own: it checks no field before."""
    for name, value in fields.items():
        await browser.run(FILL.format(by=by, name=name, value=value))
    await browser.run("window.here = true")
    await browser.run(PRESS.format(f"document.querySelector({by!r})"))
    await browser.until("window.here === undefined && document.readyState === 'complete'")


def at(
    made: Callable[[], tuple[World, str]], *, press: bool = False, by: str = "main button", **fields: str
) -> Opener:
    """Return what opens a path of a world, and presses its button."""

    @asynccontextmanager
    async def opened(browser: Browser) -> AsyncIterator[None]:
        world, where = made()
        async with browsing(world) as client:
            await visit(browser, str(client.make_url(where)))
            if press:
                await send(browser, by, **fields)
            yield

    return opened


def message_link(more: str = "", *, days: int = 1) -> Callable[[], tuple[World, str]]:
    def made() -> tuple[World, str]:
        world, mail = world_with_person()
        return world, residents.path(mail.id, ends_at=world.now() + timedelta(days=days)) + more

    return made


def without_contact() -> tuple[World, str]:
    world, mail = residents.world_with_mail()
    return world, door(world, mail)


def opened_too_often() -> tuple[World, str]:
    world, where = message_link()()
    message_id = next(iter(world.residents.received))
    services = world.services()
    while services.resident_rate.admits(message_id):
        pass
    world.services = lambda: services  # type: ignore[method-assign]
    return world, where


def store_away() -> tuple[World, str]:
    world, where = message_link()()
    world.residents = PostgresResidents(away())  # type: ignore[assignment]
    return world, where


def full_world() -> tuple[World, Message]:
    """Return a world in which María has something in each section of her page."""
    world, mail = world_of_maria(HUB_PUBLIC_URL="")
    said = [OwnWords(at=NOON, words="El plomero va el lunes.", name="Laura Quintero")]
    said.append(OwnWords(at=NOON + HOUR, words="Aquí la espero.", mine=True))
    way = AnswerWay(message_id=mail.id, channel="email", address="maria@example.com")
    world.residents.talks["p-1", "pqrs_id:PQ-1"] = OwnConversation(said=said, way=way)
    opened = {"subject": "No llegó el plomero: humedad en el cuarto", "petitioner": {"ref": "p-1"}}
    world.residents.received[mail.id] = replace(world.residents.received[mail.id], opened=opened)
    file = world.residents.files["p-1"]
    [given] = file.consents
    taken = replace(given, id=uuid4(), purpose="survey", granted=False, method="one_click", said_by=uuid4())
    stances = [*file.stances, Stance(purpose="survey", granted=False, at=NOON)]
    home = [replace(place, building=residents.BUILDING) for place in file.places]
    world.residents.files["p-1"] = replace(file, consents=[given, taken], stances=stances, places=home)
    for number, state in enumerate((State.SENT, State.FAILED, State.HELD, State.CANCELLED)):
        line = SentLine(
            id=uuid4(),
            event=("admin.invoice.issued", "emergency.declared")[number % 2],
            channel=("sms", "whatsapp", "email", "inbox")[number],
            state=state,
            created_at=NOON - number * DAY,
        )
        world.residents.received[line.id] = replace(world.residents.received[mail.id], message_id=line.id)
        world.residents.lines.append(line)
    return world, mail


def own(
    then: str = "", *, wrong_code: bool = False, asked_only: bool = False, form: str = "", **fields: str
) -> Opener:
    """Return what enters with a code and opens a path below the own page, or sends a form of it."""

    @asynccontextmanager
    async def opened(browser: Browser) -> AsyncIterator[None]:
        world, mail = full_world()
        async with browsing(world) as client:
            await visit(browser, str(client.make_url(door(world, mail))))
            await send(browser)
            if not asked_only:
                await send(browser, code="000" if wrong_code else code_of(world))
            if then:
                await visit(browser, str(client.make_url(then.format(id=mail.id))))
            if form:
                await send(browser, form, **fields)
            yield

    return opened


def code_of_message(**fields: Any) -> Callable[[], tuple[World, str]]:
    return lambda: test_web_genuine.sent(**fields)


def some_path(where: str) -> Callable[[], tuple[World, str]]:
    return lambda: (World(environ={**GUARDED, **test_web_genuine.SETTINGS}), where)


def survey(more: str = "", **fields: Any) -> Callable[[], tuple[World, str]]:
    def made() -> tuple[World, str]:
        world, of = test_web_survey.asked(**fields)
        return world, test_web_survey.path(of) + more

    return made


def unsubscribe(more: str = "", *, ahead: timedelta = timedelta(0)) -> Callable[[], tuple[World, str]]:
    def made() -> tuple[World, str]:
        world, mail = test_web_unsubscribe.surveyed()
        world.ahead = ahead
        return world, test_web_unsubscribe.path(mail) + more

    return made


def escalation(more: str = "", **fields: Any) -> Callable[[], tuple[World, str]]:
    def made() -> tuple[World, str]:
        world, received = test_web_ack_link.escalated(**fields)
        return world, test_web_ack_link.path(received) + more

    return made


PAGES: Final[Mapping[str, Opener]] = {
    "message": at(message_link()),
    "message-not-answered": at(message_link(), press=True),
    "message-ended": at(message_link(days=-1)),
    "message-wrong": at(message_link("0")),
    "message-too-often": at(opened_too_often),
    "message-away": at(store_away),
    "message-refused": at(message_link(), press=True, action="x"),
    "code-to": at(message_link("/entrar")),
    "code-to-nobody": at(without_contact),
    "code-to-unchosen": at(message_link("/entrar"), press=True, contact="9"),
    "code": own(asked_only=True),
    "code-wrong": own(wrong_code=True),
    "own-closed": at(some_path("/mi")),
    "own": own(),
    "own-claimed": own(form="#kind ~ button", detail="Mi correo es otro."),
    "own-revoked": own(form="#autorizaciones ~ ul button"),
    "own-wrong": own(form="#kind ~ button", kind=""),
    "own-no-datum": own(form="#right ~ button", right=""),
    "own-wished": own(form="#preferencias ~ form button"),
    "own-wishes-wrong": own(form="#preferencias ~ form button", quiet_since="21:00", quiet_until=""),
    "own-matter": own("/mi/asuntos/{id}"),
    "own-message-not-answered": own("/mi/mensajes/{id}", form="main button"),
    "genuine-form": at(some_path("/v")),
    "genuine": at(code_of_message()),
    "genuine-recalled": at(code_of_message(recalled_at=NOON + 2 * HOUR)),
    "genuine-unknown": at(some_path("/v/-")),
    "genuine-reported": at(code_of_message(), press=True, by="button.no"),
    "survey": at(survey()),
    "survey-assembly": at(survey(kind="asamblea")),
    "survey-unmarked": at(survey(), press=True),
    "survey-changeable": at(survey(answers=(ANSWER,))),
    "survey-thanks": at(survey(answers=(ANSWER,)), press=True, score="3"),
    "survey-expired": at(survey(expires_at=test_web_survey.NOW - DAY)),
    "survey-wrong": at(survey("0")),
    "unsubscribe": at(unsubscribe()),
    "unsubscribe-done": at(unsubscribe(), press=True),
    "unsubscribe-expired": at(unsubscribe(ahead=timedelta(days=400))),
    "unsubscribe-wrong": at(unsubscribe("0")),
    "document-wrong": at(some_path("/d/x")),
    "poster-wrong": at(some_path("/b/x")),
    "take-on": at(escalation()),
    "take-on-done": at(escalation(), press=True),
    "take-on-taken": at(escalation(status=test_web_ack_link.LUIS)),
    "take-on-wrong": at(escalation("0")),
    "sign-in": at(some_path("/")),
    "sign-in-wrong": at(some_path("/"), press=True, name="ana", password="guess"),
}
"""The pages that need no database."""


def poster(*, over: bool) -> StoredOpener:
    @asynccontextmanager
    async def opened(browser: Browser, url: str) -> AsyncIterator[None]:
        async with Database(url) as database:
            world = World(environ={**GUARDED, **test_web_posters.SETTINGS}, database=database)
            made = await test_web_posters.announced(database, test_web_posters.works())
            await test_web_posters.ask(world, f"/api/posters/{made}")
            if over:
                await test_web_posters.cancelled(database)
            async with browsing(world) as client:
                await visit(browser, str(client.make_url(test_web_posters.path_of(made))))
                yield

    return opened


def inbox(*, item: bool) -> StoredOpener:
    @asynccontextmanager
    async def opened(browser: Browser, url: str) -> AsyncIterator[None]:
        async with open_portal(url) as portal:
            portal.directory.tables.directory.apply(person(MARIA))
            account = await give_account(
                portal, "maria", Grant(office=Office.OPERATOR, copropiedad_id=EVERYWHERE)
            )
            await portal.accounts.set_person(account.id, MARIA)
            await portal.receives()
            sent = await portal.receives(minutes=1, name="pqrs.escalated")
            of = Escalation(message_id=sent.id, person=MARIA, level=2, clock=clock(level=2))
            portal.escalations.received[sent.id] = EscalationStatus(
                escalation=of, is_held=True, taken=None, taker=""
            )
            await enter(browser, portal.client, "maria")
            await visit(browser, str(portal.client.make_url("/inbox")))
            if item:
                await send(browser, ".entries button")
            yield

    return opened


STORED_PAGES: Final[Mapping[str, StoredOpener]] = {
    "poster": poster(over=False),
    "poster-over": poster(over=True),
    "inbox": inbox(item=False),
    "inbox-item": inbox(item=True),
}


def mail(event: str) -> Opener:
    @asynccontextmanager
    async def opened(browser: Browser) -> AsyncIterator[None]:
        _, words = next(mails(event))
        await visit(browser, "about:blank")
        frame = (await browser.call("Page.getFrameTree"))["frameTree"]["frame"]["id"]
        await browser.call("Page.setDocumentContent", frameId=frame, html=words.html)
        yield

    return opened


MAIL_PAGES: Final[Mapping[str, Opener]] = {f"mail-{event}": mail(event) for event in MAILS}
"""Mails, as a browser shows them."""
