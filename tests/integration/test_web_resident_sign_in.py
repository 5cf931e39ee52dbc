"""A one-time code opens a person's own page: to a verified contact, for one browser, for a while, once."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import uuid4

from aiohttp import hdrs
from msgspec import structs

from hub.access.keyring import KeyRing
from hub.model import ContactPoint, Message
from hub.model.residents import KnownResident, ResidentFile
from hub.operations.residents.sign_in import REQUESTED, unsealed
from hub.settings import Secret
from tests.integration.residents import HUB, SECRET, path, press, world_with_mail
from tests.integration.web_doubles import Reply, World, ask, browsing

DAY: Final = timedelta(days=1)
RING: Final = KeyRing([Secret(SECRET)])
CONTACTS: Final = (
    ContactPoint(id="x", kind="email", value="maria@example.com"),
    ContactPoint(id="x", kind="phone", value="+573001234567"),
)
Cookies = dict[str, str]


def world_with_person(*contacts: ContactPoint, **settings: str) -> tuple[World, Message]:
    world, mail = world_with_mail(**settings)
    known = KnownResident(person="p-1", name="María Peña", contacts=contacts or CONTACTS)
    world.resident_access.residents[mail.id] = known
    world.residents.files["p-1"] = ResidentFile(
        person="p-1", name="María Peña", locale="es", contacts=(), places=(), consents=(), stances=()
    )
    return world, mail


def door(world: World, mail: Message) -> str:
    return path(mail.id, ends_at=world.now() + DAY) + "/entrar"


def cookies_of(reply: Reply, kept: Mapping[str, str] | None = None) -> Cookies:
    """Return the cookies of a browser after a reply."""
    held = dict(kept or {})
    for line in reply.headers.getall(hdrs.SET_COOKIE, []):  # type: ignore[attr-defined]
        name, _, value = line.partition(";")[0].partition("=")
        held[name] = value.strip('"')
        if not held[name]:
            del held[name]
    return held


async def send(world: World, where: str, cookies: Mapping[str, str], **given: Any) -> Reply:
    headers = {
        hdrs.CONTENT_TYPE: "application/x-www-form-urlencoded",
        hdrs.ORIGIN: HUB,
        hdrs.COOKIE: "; ".join(f"{name}={value}" for name, value in cookies.items()),
    }
    return await ask(world, where, method=hdrs.METH_POST, body=urlencode(given).encode(), headers=headers)


async def look(world: World, where: str, cookies: Mapping[str, str]) -> Reply:
    joined = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return await ask(world, where, headers={hdrs.COOKIE: joined})


def csrf(text: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', text)
    assert found
    return found[1]


def code_of(world: World) -> str:
    data = world.publisher.events[-1].data
    return unsealed(RING, data["request_id"], data["sealed_code"])


async def asked(world: World, mail: Message, contact: int = 0) -> Cookies:
    reply = await press(world, door(world, mail), contact=contact)
    assert (303, "/mi") == (reply.status, reply.headers[hdrs.LOCATION])
    return cookies_of(reply)


async def entered(world: World, cookies: Cookies, number: str) -> Reply:
    page = await look(world, "/mi", cookies)
    return await send(world, "/mi", cookies, action="code", code=number, csrf=csrf(page.text))


async def signed_in(world: World, mail: Message) -> Cookies:
    cookies = await asked(world, mail)
    reply = await entered(world, cookies, code_of(world))
    assert 303 == reply.status
    return cookies_of(reply, cookies)


async def test_page_says_masked_where_a_code_can_go_and_a_look_sends_none() -> None:
    world, mail = world_with_person()
    text = (await ask(world, door(world, mail))).text

    assert "Al correo m***@e***.com" in text
    assert "Al celular +57 *** *** 4567" in text
    assert "maria@example.com" not in text
    assert [] == world.publisher.events


async def test_code_goes_to_the_chosen_contact_alone_and_is_stored_nowhere_in_clear() -> None:
    world, mail = world_with_person()
    for place, contact in enumerate(({"email": "maria@example.com"}, {"phone": "+573001234567"})):
        await asked(world, mail, place)
        event = world.publisher.events[-1]
        code = code_of(world)

        assert (REQUESTED, {"name": "María Peña", **contact}) == (event.name, event.data["resident"])
        assert re.fullmatch(r"\d{6}", code)
        assert code not in repr(event.data)
        assert code not in repr(world.resident_access.codes)


async def test_right_code_opens_the_page_of_its_person_once() -> None:
    world, mail = world_with_person()
    waiting = await asked(world, mail)
    first = await entered(world, waiting, code_of(world))
    opened = cookies_of(first, waiting)

    assert 303 == first.status
    assert "Cerrar mi página" in (await look(world, "/mi", opened)).text
    assert ["p-1"] == [session.person for session in world.resident_access.sessions.values()]
    assert "Cerrar mi página" not in (await look(world, "/mi", waiting)).text
    assert 403 == (await send(world, "/mi", waiting, action="code", code=code_of(world), csrf="x")).status


async def test_code_may_be_typed_with_a_space() -> None:
    world, mail = world_with_person()
    waiting = await asked(world, mail)
    code = code_of(world)

    assert 303 == (await entered(world, waiting, f" {code[:3]} {code[3:]}")).status


async def test_five_wrong_tries_end_a_code_also_the_right_one_after_them() -> None:
    world, mail = world_with_person()
    waiting = await asked(world, mail)
    right = code_of(world)
    wrong = f"{(int(right) + 1) % 10**6:06}"
    page = await look(world, "/mi", waiting)
    for left in ("4 intentos", "3 intentos", "2 intentos", "un intento", "ya no funciona"):
        reply = await send(world, "/mi", waiting, action="code", code=wrong, csrf=csrf(page.text))
        assert (403, True) == (reply.status, left in reply.text)

    reply = await send(world, "/mi", waiting, action="code", code=right, csrf=csrf(page.text))
    assert (403, {}) == (reply.status, world.resident_access.sessions)


async def test_code_ends_after_ten_minutes_and_the_page_after_half_an_hour() -> None:
    world, mail = world_with_person()
    waiting = await asked(world, mail)
    world.ahead = timedelta(minutes=11)
    assert "Escriba su código" not in (await look(world, "/mi", waiting)).text

    opened = await signed_in(world, mail)
    world.ahead += timedelta(minutes=29)
    assert "Cerrar mi página" in (await look(world, "/mi", opened)).text
    world.ahead += timedelta(minutes=2)
    assert "Cerrar mi página" not in (await look(world, "/mi", opened)).text


async def test_person_gets_five_codes_a_day() -> None:
    world, mail = world_with_person()
    for _ in range(5):
        await asked(world, mail)
    reply = await press(world, door(world, mail), contact=0)

    assert (429, 5) == (reply.status, len(world.publisher.events))
    assert "Intente mañana" in reply.text


async def test_who_signs_in_may_ask_again_the_same_day() -> None:
    world, mail = world_with_person()
    for _ in range(7):
        await signed_in(world, mail)

    assert 7 == len(world.resident_access.sessions)


def another_mail(world: World, mail: Message) -> Message:
    """Return another message to the same person, with a link of its own."""
    other = structs.replace(mail, id=uuid4())
    world.resident_access.residents[other.id] = world.resident_access.residents[mail.id]
    world.residents.received[other.id] = replace(world.residents.received[mail.id], message_id=other.id)
    return other


async def asked_often(world: World, *links: Message, every: timedelta, times: int, sender: str) -> list[int]:
    """Ask one process for codes again and again; return its answers."""
    statuses: list[int] = []
    async with browsing(world) as client:
        for number in range(times):
            sent_from = sender.format(number)
            headers = {hdrs.ORIGIN: HUB, hdrs.X_FORWARDED_FOR: sent_from}
            where = door(world, links[number % len(links)])
            given = {"data": {"contact": "0"}, "headers": headers, "allow_redirects": False}
            async with client.post(where, **given) as answer:  # type: ignore[arg-type]
                statuses.append(answer.status)
            world.ahead += every
    return statuses


async def test_one_link_gets_a_code_a_minute() -> None:
    world, mail = world_with_person()
    every = timedelta(seconds=20)

    assert [303, 429, 429, 303] == await asked_often(world, mail, every=every, times=4, sender="198.51.100.7")
    assert 2 == len(world.publisher.events)


async def test_one_address_gets_three_codes_an_hour_of_a_person_by_any_links() -> None:
    world, mail = world_with_person()
    links = mail, another_mail(world, mail)
    every = timedelta(minutes=9)

    assert [303] * 3 + [429] * 4 + [303] == await asked_often(
        world, *links, every=every, times=8, sender="198.51.100.7"
    )


async def test_forwarded_link_leaves_codes_for_its_person_on_another_message() -> None:
    world, mail = world_with_person()
    every = timedelta(minutes=61)
    stranger = await asked_often(world, mail, every=every, times=8, sender="198.51.100.{}")
    assert [303] * 3 + [429] * 5 == stranger

    other = another_mail(world, mail)
    cookies = await asked(world, other)
    assert 303 == (await entered(world, cookies, code_of(world))).status


async def test_code_of_one_browser_opens_nothing_in_another() -> None:
    world, mail = world_with_person()
    await asked(world, mail)
    code = code_of(world)
    other = await asked(world, mail)

    assert 403 == (await entered(world, other, code)).status
    assert 403 == (await send(world, "/mi", {}, action="code", code=code, csrf="x")).status


async def test_planted_cookie_is_not_the_one_that_opens() -> None:
    world, mail = world_with_person()
    planted = {**(await asked(world, mail)), "__Host-hub_resident": "planted"}
    opened = cookies_of(await entered(world, planted, code_of(world)), planted)

    assert "planted" != opened["__Host-hub_resident"]
    assert "Cerrar mi página" not in (await look(world, "/mi", planted)).text


async def test_cookies_are_for_this_site_over_https_and_for_no_script() -> None:
    world, mail = world_with_person()
    reply = await press(world, door(world, mail), contact=0)
    [line] = reply.headers.getall(hdrs.SET_COOKIE)  # type: ignore[attr-defined]

    assert line.startswith("__Host-hub_resident_code=")
    for word in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=600"):
        assert word in line


async def test_page_of_a_person_with_no_verified_contact_sends_nothing() -> None:
    world, mail = world_with_mail()
    reply = await press(world, door(world, mail), contact=0)

    assert (200, []) == (reply.status, world.publisher.events)
    assert "que esté comprobado" in reply.text


async def test_contact_that_is_not_in_the_list_gets_no_code() -> None:
    world, mail = world_with_person()
    for wrong in ("2", "-1", "", "x", "9" * 30):
        assert 200 == (await press(world, door(world, mail), contact=wrong)).status

    assert [] == world.publisher.events


async def test_change_without_the_token_of_the_page_or_from_another_site_is_refused() -> None:
    world, mail = world_with_person()
    opened = await signed_in(world, mail)

    assert 403 == (await send(world, "/mi", opened, action="leave")).status
    assert 403 == (await send(world, "/mi", opened, action="leave", csrf="guess")).status
    assert 403 == (await press(world, "/mi", origin="https://evil.example", action="leave")).status
    assert 1 == len(world.resident_access.sessions)


async def test_leaving_closes_the_page() -> None:
    world, mail = world_with_person()
    opened = await signed_in(world, mail)
    page = await look(world, "/mi", opened)
    left = await send(world, "/mi", opened, action="leave", csrf=csrf(page.text))

    assert (303, {}) == (left.status, world.resident_access.sessions)
    assert "Cerrar mi página" not in (await look(world, "/mi", opened)).text


async def test_entering_is_written_down() -> None:
    world, mail = world_with_person()
    await signed_in(world, mail)

    assert ["resident.sign_in"] == [note.action for note in world.audit.rows]
