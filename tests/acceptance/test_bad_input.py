"""Bad input to a working hub: each piece has its reason, nobody is harmed by another's, nothing is lost."""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.acceptance.conftest import House
from tests.acceptance.harness import event, until
from tests.acceptance.one_hub import home, running
from tests.acceptance.publisher_queue import Lasting, burst, envelope, reply

__all__ = ["home", "running"]

pytestmark = pytest.mark.asyncio(loop_scope="module")

LIMIT = 1_048_576
KEPT = 65_536
STRUCTURED = "application/cloudevents+json"


async def test_an_event_of_exactly_the_limit_is_taken_in(home: Lasting) -> None:
    await home.publish_raw(of_size(LIMIT, "justa"), "pqrs.replied")
    mail = await home.mail("justa@example.co")

    assert "PQ-justa" in mail.message["Subject"]


async def test_a_larger_event_is_a_dead_letter_with_its_first_64_kib(home: Lasting) -> None:
    body = of_size(LIMIT + 1, "pasada")
    await home.publish_raw(body, "prueba.pasada")
    letter = await home.refused("prueba.pasada")

    assert f"more than {LIMIT} bytes" in letter["reason"]
    assert (KEPT, body[:KEPT].decode()) == (letter["size"], letter["body"])
    assert [] == home.mails("pasada@example.co")


BINARY = {
    "cloudEvents_specversion": "1.0",
    "cloudEvents_id": "b-1",
    "cloudEvents_source": "urn:test:publisher",
    "cloudEvents_type": "co.coproservicios.pqrs.replied.v1",
    "cloudEvents_time": "2026-03-09T13:05:00Z",
}
FINE = envelope("pqrs.replied", reply("marcada"))
DATA = json.dumps(reply("marcada")).encode()
MARK = b"Revisamos"
UNREADABLE: Mapping[str, tuple[bytes, str | None, Mapping[str, Any], str | None, str]] = {
    "nothing": (b"", STRUCTURED, {}, None, "expected JSON"),
    "half": (FINE[:-9], STRUCTURED, {}, None, "expected JSON"),
    "words": (b"hola", STRUCTURED, {}, None, "expected JSON"),
    "list": (b"[]", STRUCTURED, {}, None, "expected a JSON object"),
    "deep": (b"[" * 50_000, STRUCTURED, {}, None, "expected"),
    "latin-1": (FINE.replace(MARK, b"a\xf1o"), STRUCTURED, {}, None, "expected"),
    "nul-byte": (FINE.replace(MARK, b"R\x00"), STRUCTURED, {}, None, "expected JSON"),
    "nul-escaped": (FINE.replace(MARK, b"R\\u0000"), STRUCTURED, {}, "data.summary", "NUL"),
    "nul-in-key": (FINE.replace(b'"summary"', b'"a\\u0000"'), STRUCTURED, {}, "data.a?", "NUL"),
    "surrogate-escaped": (FINE.replace(MARK, b"R\\ud800"), STRUCTURED, {}, None, "surrogate"),
    "surrogate-raw": (FINE.replace(MARK, b"R\xed\xa0\x80"), STRUCTURED, {}, None, "expected"),
    "no-attributes": (DATA, "application/json", {}, "specversion", "required"),
    "binary-nothing": (b"", "application/json", BINARY, "data", "expected a JSON object"),
    "binary-half": (DATA[:-9], "application/json", BINARY, "data", "expected JSON"),
    "binary-nul": (DATA.replace(MARK, b"R\\u0000"), "application/json", BINARY, "data.summary", "NUL"),
    "binary-surrogate": (DATA.replace(MARK, b"R\\udfff"), "application/json", BINARY, "data", "surrogate"),
    "binary-text": (DATA, "text/plain", BINARY, "data", "expected a JSON object"),
    "header-surrogate": (
        DATA,
        "application/json",
        {**BINARY, "cloudEvents_id": bytearray(b"\xed\xa0\x80")},
        "id",
        "UTF-8",
    ),
    "header-nul": (DATA, "application/json", {**BINARY, "cloudEvents_subject": "a\0"}, "subject", "control"),
    "no-schema": (
        envelope("pqrs.replied", {"petitioner": {"name": "Vecina Marcada"}}),
        STRUCTURED,
        {},
        "data.pqrs_id",
        "required",
    ),
}


@pytest.mark.parametrize("case", UNREADABLE)
async def test_body_that_is_no_event_is_kept_as_it_came_with_its_correction(home: Lasting, case: str) -> None:
    body, content_type, headers, at, why = UNREADABLE[case]
    home.secrets |= {"marcada", "Marcada", "Revisamos"}
    await home.publish_raw(body, f"prueba.{case}", content_type or "", headers)
    letter = await home.refused(f"prueba.{case}")
    kept = letter["body"].encode() if "body" in letter else base64.b64decode(letter["body_base64"])

    assert why in letter["reason"]
    assert (at, body) == (letter["field"], kept)
    assert "Marcada" not in letter["reason"]


async def test_unknown_type_goes_to_the_normal_lane_and_names_similar_types(home: Lasting) -> None:
    await home.publish("pqrs.recieved", reply("confusa"))
    letter = await home.refused("pqrs.recieved")

    assert ("type", "co.coproservicios.pqrs.recieved.v1") == (letter["field"], letter["event_type"])
    assert "co.coproservicios.pqrs.received.v1" in letter["reason"]


@pytest.mark.parametrize("name", ["pqrs.escalated", "sla.at_risk", "sla.breached"])
async def test_what_only_the_hub_says_is_refused_from_anybody_else(home: Lasting, name: str) -> None:
    await home.publish(name, reply("impostora"))
    letter = await home.refused(name)

    assert ("type", "type: only the hub itself publishes this") == (letter["field"], letter["reason"])


async def test_two_hundred_bad_ones_harm_none_of_two_hundred_good_ones(home: Lasting) -> None:
    good = {f"sana{number}": envelope("pqrs.replied", reply(f"sana{number}")) for number in range(200)}
    bad = {f"mala.{number}": bad_one(number) for number in range(200)}
    mixed = {
        name: part
        for (who, body), (key, broken) in zip(good.items(), bad.items(), strict=True)
        for name, part in ((who, (body, "pqrs.replied")), (key, (broken, key)))
    }
    home.secrets |= {"Vecina Sana", "Vecina Mala", "Revisamos lo suyo"}
    await burst(home, mixed)
    await until(lambda: sum("sana" in mail.recipient for mail in home.house.smtp.mails) >= 200, "200 mails")
    await until(lambda: sum(key_of(one).startswith("mala.") for one in home.notices) >= 200, "200 reasons")

    recipients = [mail.recipient for mail in home.house.smtp.mails]
    reasons = {
        key_of(notice): notice["data"]["reason"]
        for notice in home.notices
        if key_of(notice).startswith("mala.")
    }
    assert sorted(f"{who}@example.co" for who in good) == sorted(who for who in recipients if "sana" in who)
    assert [] == [who for who in recipients if "mala" in who]
    assert [] == [key for key in bad if WHY[int(key.partition(".")[2]) % 4] not in reasons[key]]


WHY = ("data.radicado: required", "expected JSON", "time: expected at most 5 minutes", "type: unknown")


def bad_one(number: int) -> bytes:
    """Make it bad in one of the ways that `WHY` lists."""
    data = reply(f"mala{number}")
    future = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    match number % 4:
        case 0:
            return envelope("pqrs.replied", {name: data[name] for name in data if name != "radicado"})
        case 1:
            return envelope("pqrs.replied", data)[:-1]
        case 2:
            return envelope("pqrs.replied", data, time=future)
        case _:
            return envelope("pqrs.unheard", data)


def key_of(notice: Mapping[str, Any]) -> str:
    return str(notice["data"]["routing_key"])


async def test_a_subscriber_gets_refusals_and_never_rejections(home: Lasting) -> None:
    rejected = await home.publish("event.rejected", {"reason": "dos puentes en círculo"})
    await home.publish_raw(b"{", "event.rejected")
    bad = await home.publish("pqrs.replied", {**reply("oyente"), "radicado": 7}, id="oyente-1")
    await until(lambda: any(item["data"]["event_id"] == bad for item in home.notices), "event.rejected")
    notice = next(item for item in home.notices if item["data"]["event_id"] == bad)
    # Rejections came before, and in the same lane.
    kept = await home.ask("/api/dead?limit=3")
    letters = [await home.ask(f"/api/dead/{row['id']}") for row in kept["items"]]

    assert ("co.coproservicios.event.rejected.v1", "urn:hub") == (notice["type"], notice["source"])
    assert ("data.radicado", "oyente-1", "urn:test:publisher") == (
        notice["data"]["field"],
        notice["data"]["event_id"],
        notice["data"]["event_source"],
    )
    assert "oyente" not in notice["data"]["reason"]
    assert {rejected, None, bad} == {letter["event_id"] for letter in letters}
    assert [] == home.notices_of("event.rejected")


async def test_future_event_is_refused_and_its_later_replay_is_idempotent(home: Lasting) -> None:
    # The hub lets a publisher's clock run ahead five minutes: soon it will be right.
    soon = datetime.now(UTC) + timedelta(minutes=5, seconds=4)
    await home.publish_raw(envelope("pqrs.replied", reply("futura"), time=soon.isoformat()), "prueba.futura")
    letter = await home.refused("prueba.futura")
    await until(lambda: datetime.now(UTC) > soon - timedelta(minutes=5), "five minutes before its time")
    settled = [await _replay(home.house, letter["id"]) for _ in range(2)]
    await home.mail("futura@example.co")
    await home.publish("pqrs.replied", reply("siguiente"))
    await home.mail("siguiente@example.co")
    replayed = (await home.ask("/api/dead?state=replayed"))["items"]

    assert ("time", "time: expected at most 5 minutes from now") == (letter["field"], letter["reason"])
    assert [("replayed", True), ("replayed", False)] == settled
    assert [letter["id"]] == [row["id"] for row in replayed if row["id"] == letter["id"]]
    assert 1 == len(home.mails("futura@example.co"))


async def test_a_replay_of_what_was_not_corrected_is_open_again(home: Lasting) -> None:
    await home.publish_raw(b"todo mal", "prueba.terca")
    letter = await home.refused("prueba.terca")
    await _replay(home.house, letter["id"])
    await until(lambda: len(home.notices_of("prueba.terca")) == 2, "the second refusal")
    again = await home.ask(f"/api/dead/{letter['id']}")
    opened = (await home.ask("/api/dead?state=open&limit=500"))["items"]

    assert 2 == again["times"]
    assert letter["id"] in [row["id"] for row in opened]


async def test_a_binary_event_is_replayed_with_the_headers_that_it_came_with(home: Lasting) -> None:
    """AMQP has instants and bytes of its own, which JSON has not."""
    soon = (datetime.now(UTC) + timedelta(minutes=5, seconds=3)).replace(microsecond=0)
    headers = {**BINARY, "cloudEvents_id": bytearray(b"b-2"), "cloudEvents_time": soon}
    body = json.dumps(reply("binaria")).encode()
    await home.publish_raw(body, "prueba.binaria", "application/json", headers)
    letter = await home.refused("prueba.binaria")
    await until(lambda: datetime.now(UTC) > soon - timedelta(minutes=5), "five minutes before its time")
    await _replay(home.house, letter["id"])
    mail = await home.mail("binaria@example.co")

    assert "time" == letter["field"]
    assert "PQ-binaria" in mail.message["Subject"]


async def test_binary_events_that_differ_in_their_headers_are_dead_letters_of_their_own(
    home: Lasting,
) -> None:
    for number in (1, 2):
        headers = {**BINARY, "cloudEvents_id": f"igual-{number}", "cloudEvents_type": "co.example.ajena"}
        await home.publish_raw(b"{}", "prueba.igual", "application/json", headers)
    await until(lambda: len(home.notices_of("prueba.igual")) == 2, "both to be refused")
    letters = {notice["data"]["dead_letter_id"] for notice in home.notices_of("prueba.igual")}
    kept = [await home.ask(f"/api/dead/{letter}") for letter in sorted(letters)]

    assert ["igual-1", "igual-2"] == sorted(letter["event_id"] for letter in kept)


async def _replay(house: House, letter_id: str) -> tuple[str, bool]:
    answer = json.loads(await house.command("dead", "replay", letter_id, "--json"))
    (settled,) = answer["items"]
    return settled["state"], settled["changed"]


def of_size(size: int, who: str) -> bytes:
    """Make an event of that many bytes; unknown fields are allowed, so one of them is stuffed."""
    made = event("pqrs.replied", {**reply(who), "stuffing": ""})
    made["data"]["stuffing"] = "x" * (size - len(json.dumps(made).encode()))
    return json.dumps(made).encode()
