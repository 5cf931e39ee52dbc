"""The outside address is called while all is well, and only then."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import chain, repeat

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from hub.health import heartbeat
from hub.settings import SecretUrl
from hub.tasks import cancel
from tests.acceptance.harness import until
from tests.providers.http import Behaviour, HttpServer, answering, drop, hang

SOON = timedelta(milliseconds=20)
PATIENCE = timedelta(milliseconds=200)
WORD = "a-word-that-is-a-secret"


class Listener(HttpServer):
    """Counts GETs of one path, and complains of everything else."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def routes(self) -> Sequence[web.RouteDef]:
        return [web.get(f"/{WORD}", self._count_call)]

    @property
    def url(self) -> SecretUrl:
        return SecretUrl(f"{self.base}/{WORD}")

    async def _count_call(self, request: web.Request) -> web.StreamResponse:
        self.require("no body", holds=not request.can_read_body)
        self.require("no cookie", holds=not request.cookies)
        self.calls += 1
        return await self.scripted(request) or web.Response(text="OK")


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    async with Listener() as opened:
        yield opened
    assert [] == opened.violations


@asynccontextmanager
async def pinging(url: SecretUrl, well: Iterator[bool]) -> AsyncIterator[None]:
    task = asyncio.create_task(heartbeat.run(url, lambda: next(well), every=SOON, patience=PATIENCE))
    try:
        yield
    finally:
        await cancel(task)


async def test_while_all_is_well_it_is_called_again_and_again(listener: Listener) -> None:
    async with pinging(listener.url, repeat(True)):
        await until(lambda: listener.calls >= 3, "three pings")


async def test_it_is_not_called_while_something_is_wrong(listener: Listener) -> None:
    asked: list[bool] = []

    def well() -> Iterator[bool]:
        for answer in chain(repeat(False, 5), repeat(True)):
            asked.append(answer)
            if answer is False:
                assert listener.calls == 0
            yield answer

    async with pinging(listener.url, well()):
        await until(lambda: listener.calls >= 1, "the ping after the repair")

    assert [False] * 5 == asked[:5]


@pytest.mark.parametrize(
    "behaviour", [answering(500), answering(302, headers={"Location": "/else"}), drop, hang]
)
async def test_next_ping_comes_after_any_answer_and_the_word_is_not_logged(
    listener: Listener, behaviour: Behaviour
) -> None:
    # Twice: the client itself asks again where a connection was lost.
    listener.script += [behaviour] * 2
    with capture_logs() as logs:
        async with pinging(listener.url, repeat(True)):
            await until(lambda: listener.calls >= 3, "the pings after it")

    assert {"heartbeat.refused", "heartbeat.unheard"} & {line["event"] for line in logs}
    assert WORD not in str(logs)


async def test_nobody_there_is_only_logged() -> None:
    with capture_logs() as logs:
        async with pinging(SecretUrl(f"http://127.0.0.1:1/{WORD}"), repeat(True)):
            await until(lambda: len(logs) >= 2, "two tries")

    assert {"heartbeat.unheard"} == {line["event"] for line in logs}
    assert WORD not in str(logs)
