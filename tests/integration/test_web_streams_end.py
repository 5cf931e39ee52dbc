"""Streams of open pages end within seconds once their session has, on real servers; others go on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final, NamedTuple, TypeAlias

from aiohttp import ClientResponse, hdrs

from hub.access import sessions
from hub.model import Account, Grant, Office
from hub.web.auth.csrf import FETCH_SITE
from hub.web.auth.session_streams import EVERY
from tests.integration.console_hub import COOKIE, ConsoleHub

PERSON: Final = "p-alfa"
STREAMS: Final = ("/live?topics=messages", "/inbox/changes")
WITHIN: Final = 3 * EVERY
"""Seconds: a look may have begun just before, and another one follows."""


class Inside(NamedTuple):
    """Somebody who has signed in, with the cookie's value."""

    account: Account
    token: str


Way: TypeAlias = Callable[[ConsoleHub, Inside], Awaitable[object]]


async def sign_out(hub: ConsoleHub, inside: Inside) -> None:
    form = {"csrf": sessions.csrf_of(inside.token)}
    headers = {hdrs.COOKIE: f"{COOKIE}={inside.token}", FETCH_SITE: "same-origin"}
    answer = await hub.hub.send("POST", "/sign-out", headers, form, at="console")
    assert answer.status == 303


async def disable(hub: ConsoleHub, inside: Inside) -> None:
    await hub.registry.accounts.disable(inside.account.id, now=datetime.now(UTC))


async def change_password(hub: ConsoleHub, inside: Inside) -> None:
    await hub.registry.accounts.set_password(inside.account.id, "new", must_change=False)


async def end_after_twelve_hours(hub: ConsoleHub, inside: Inside) -> None:
    await hub.database.rows("UPDATE session SET ends_at = now() WHERE account_id = $1", inside.account.id)


async def leave_unused(hub: ConsoleHub, inside: Inside) -> None:
    await hub.database.rows(
        "UPDATE session SET seen_at = seen_at - $2::interval WHERE account_id = $1",
        inside.account.id,
        sessions.IDLE,
    )


WAYS: Final[tuple[Way, ...]] = (
    sign_out,
    disable,
    change_password,
    end_after_twelve_hours,
    leave_unused,
)


async def begun(hub: ConsoleHub, name: str) -> Inside:
    account = await hub.registry.account(name, Grant(office=Office.OPERATOR))
    assert await hub.registry.accounts.set_person(account.id, PERSON)
    session, token = sessions.begin(account.id, now=datetime.now(UTC))
    await hub.registry.sessions.open(session)
    return Inside(account, token)


@asynccontextmanager
async def stream(hub: ConsoleHub, path: str, token: str) -> AsyncIterator[ClientResponse]:
    headers = {hdrs.COOKIE: f"{COOKIE}={token}"}
    async with hub.hub.client.get(f"{hub.url}{path}", headers=headers) as answer:
        assert answer.status == 200
        assert (await answer.content.readline()).startswith(b"retry:")
        yield answer


async def is_open(answer: ClientResponse) -> bool:
    """Return whether it goes on for as long as an ended one may."""
    try:
        await asyncio.wait_for(ended(answer), WITHIN)
    except TimeoutError:
        return True
    return False


async def ended(answer: ClientResponse) -> None:
    while await answer.content.readline():
        pass


async def left(hub: ConsoleHub, inside: Inside, way: Way) -> list[bool]:
    """Return which of that person's streams go on after they have left in that way."""
    async with stream(hub, STREAMS[0], inside.token) as live, stream(hub, STREAMS[1], inside.token) as inbox:
        await way(hub, inside)
        return list(await asyncio.gather(is_open(live), is_open(inbox)))


async def test_streams_end_with_their_session_and_no_other_does(hub: ConsoleHub) -> None:
    luis = await begun(hub, "luis.paz")
    leaving = {way: await begun(hub, way.__name__) for way in WAYS}
    async with stream(hub, STREAMS[0], luis.token) as others:
        going = [left(hub, inside, way) for way, inside in leaving.items()]
        other, *went_on = await asyncio.gather(is_open(others), *going)

    assert dict(zip(leaving, went_on, strict=True)) == {way: [False, False] for way in WAYS}
    assert other
