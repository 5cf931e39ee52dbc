"""The figures of the benchmarks, from what was measured, and what measures them."""

from __future__ import annotations

import asyncio
import json
import math
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import ClientSession

from benchmarks.cpu import cpu_seconds, parse
from benchmarks.growth import compared, growth_of
from benchmarks.latency import Times, times_of
from benchmarks.providers import ACCOUNT, PROJECT, Providers
from benchmarks.results import Turn, as_json, cost_of, ratio_of, standings, table
from benchmarks.timed_sink import TimedSink
from hub.channels.push.oauth import read_service_account
from hub.errors import Unavailable


def turn(contestant: str, number: int, rate: float) -> Turn:
    return Turn(
        contestant=contestant, number=number, mails=1000, seconds=1000 / rate, own_cpu=0.4, all_cpu=0.6
    )


# The machine is at half its speed in round 2, at a third in round 3.
TURNS = [
    turn("hub", 1, 3000),
    turn("celery", 1, 1000),
    turn("hub", 2, 2000),
    turn("celery", 2, 500),
    turn("hub", 3, 1000),
    turn("celery", 3, 200),
]


def test_the_ratio_is_taken_within_each_round() -> None:
    # 3000/1000, 2000/500, 1000/200 = 3, 4, 5
    ratio = ratio_of("hub", TURNS)

    assert ratio is not None
    assert math.isclose(4.0, ratio)


def test_the_reference_is_once_as_fast_as_itself() -> None:
    assert ratio_of("celery", TURNS) == 1.0


def test_there_is_no_ratio_without_the_reference() -> None:
    assert ratio_of("hub", [turn("hub", 1, 3000)]) is None


def test_any_contestant_may_be_the_reference() -> None:
    ratio = ratio_of("celery", TURNS, "hub")

    assert ratio is not None
    assert math.isclose(0.25, ratio)


def test_costs_are_compared_within_each_round_too() -> None:
    dearer = [
        replace(turn("late", number, 1000), all_cpu=0.6 * share) for number, share in ((1, 1.5), (2, 1.1))
    ]
    cost = cost_of("late", [*dearer, turn("early", 1, 1000), turn("early", 2, 1000)], "early")

    assert cost is not None
    assert math.isclose(0.3, cost)


def test_a_contestant_that_was_not_measured_has_no_ratio() -> None:
    assert ratio_of("hub", [turn("celery", 1, 1000)]) is None


def test_standings_keep_first_round_order_and_count_cpu_per_thousand_mails() -> None:
    hub, celery = standings(TURNS)

    assert (hub.contestant, celery.contestant) == ("hub", "celery")
    assert [1000.0, 2000.0, 3000.0] == [round(rate) for rate in (hub.slowest, hub.median, hub.fastest)]
    assert (hub.own_cpu, hub.all_cpu) == (0.4, 0.6)


def test_the_table_has_a_line_for_each_and_says_where_there_is_no_ratio() -> None:
    head, line = table(standings([turn("floor", 1, 5678)])).splitlines()

    assert len(head) == len(line)
    assert line.split() == ["floor", "5,678", "5,678", "5,678", "–", "0.40", "0.60"]


def test_all_measurements_can_be_written_as_json() -> None:
    document = json.loads(json.dumps(as_json([turn("floor", 1, 500)])))

    assert document["standings"][0]["ratio"] is None
    assert document["turns"][0]["rate"] == 500


def costing(number: int, cpu: float, contestant: str = "hub") -> Turn:
    return Turn(contestant=contestant, number=number, mails=1000, seconds=1, own_cpu=cpu / 2, all_cpu=cpu)


def test_growth_compares_the_last_rounds_with_the_first() -> None:
    costs = [1.0, 1.1, 0.9, 5.0, 1.2, 1.3, 1.1]

    assert growth_of([costing(n, cpu) for n, cpu in enumerate(costs, 1)]) == pytest.approx(0.2)


def test_two_rounds_are_compared_with_each_other() -> None:
    assert growth_of([costing(1, 2.0), costing(2, 1.0)]) == pytest.approx(-0.5)


def test_what_is_stored_is_compared_with_the_least() -> None:
    turns = [costing(1, 1.0, "1"), costing(1, 1.1, "100"), costing(1, 3.0, "10000")]
    found = compared(turns, "growth_case_")

    assert found == pytest.approx({"growth_case_100": 0.1, "growth_case_10000": 2.0})


TICKS = os.sysconf("SC_CLK_TCK")
BUSY = "import time\nwhile time.process_time() < 0.3: pass\nprint(flush=True)\ninput()"


def test_a_name_may_hold_spaces_and_parentheses() -> None:
    stat = f"7 (a ) b (c)) S 3 7 7 0 -1 4194560 1 2 3 4 {TICKS} {2 * TICKS} {3 * TICKS} {4 * TICKS} 20 0 1 0"

    process = parse(stat)

    assert process.parent == 3
    assert process.seconds == 10.0  # 1 s user, 2 s system, and 3 s and 4 s of children that have ended


@pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc")
def test_what_a_child_uses_counts() -> None:
    before = cpu_seconds([os.getpid()]) - time.process_time()
    child = subprocess.Popen([sys.executable, "-c", BUSY], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()

    used = cpu_seconds([os.getpid()]) - time.process_time() - before
    child.communicate(b"\n", timeout=10)

    assert used > 0.25


def test_a_process_that_is_gone_has_used_nothing() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait(timeout=10)

    assert cpu_seconds([child.pid]) == 0.0


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
