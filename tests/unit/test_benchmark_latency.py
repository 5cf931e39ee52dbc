"""The figures of the benchmark of latency, and the servers that take its times."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from aiohttp import ClientSession

from benchmarks.latency import Times, times_of
from benchmarks.providers import ACCOUNT, PROJECT, Providers
from benchmarks.timed_sink import TimedSink
from hub.channels.push.oauth import read_service_account
from hub.errors import Unavailable


def test_times_are_milliseconds_in_order() -> None:
    found = times_of([0.002, 0.001, 0.003])

    assert found.p99 == pytest.approx(2.98)
    assert found == Times(messages=3, first=1, p50=2, p99=found.p99, last=3)


async def test_the_mail_server_notes_each_recipient_also_in_pieces() -> None:
    sink = TimedSink()
    await sink.start()
    since = time.monotonic()
    reader, writer = await asyncio.open_connection("127.0.0.1", sink.port)
    talk = b"EHLO x\r\nMAIL FROM:<a@x>\r\nRCPT TO:<vecino1@x>\r\nDATA\r\nhola\r\n.\r\nQUIT\r\n"
    for piece in (talk[:40], talk[40:75], talk[75:]):
        writer.write(piece)
        await writer.drain()
    answers = await asyncio.wait_for(reader.readuntil(b"221 bye\r\n"), 5)
    await sink.reaches(1, 1)
    writer.close()
    await sink.stop()

    assert b"354 go on\r\n250 2.0.0 Ok\r\n" in answers
    assert len(sink.times("vecino", since=since)) == 1
    assert sink.times("otra", since=since) == []


async def test_mails_that_do_not_come_are_said_to_be_missing() -> None:
    with pytest.raises(Unavailable, match="only 0 of 2 mails"):
        await TimedSink().reaches(2, 0.02)


async def test_the_stand_ins_note_what_they_accept_and_nothing_else(tmp_path: Path) -> None:
    async with Providers.started(tmp_path) as providers, ClientSession() as session:
        sms, push = f"http://127.0.0.1:{providers.sms.port}", f"http://127.0.0.1:{providers.push.port}"
        texted = await session.post(f"{sms}/2010-04-01/Accounts/{ACCOUNT}/Messages.json", data={"To": "+57"})
        token = await session.post(f"{push}/token", data={"assertion": "x"})
        pushed = await session.post(f"{push}/v1/projects/{PROJECT}/messages:send", json={"message": {}})
        unknown = await session.post(f"{push}/elsewhere", data=b"x")

        assert [200, 200, 200, 404] == [answer.status for answer in (texted, token, pushed, unknown)]
        assert "queued" == (await texted.json())["status"]
        assert (1, 1) == (len(providers.sms.arrived), len(providers.push.arrived))


async def test_the_service_account_of_the_stand_in_can_be_read(tmp_path: Path) -> None:
    async with Providers.started(tmp_path) as providers:
        account = read_service_account(providers.credentials, setting="HUB_PUSH_URL")

    assert PROJECT == account.project
