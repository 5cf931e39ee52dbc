"""¿Es de verdad?: the words of a code's page, and the facts that nobody learns or changes by it."""

import random
import re
import time
from dataclasses import replace
from statistics import median
from typing import Any, Final
from urllib.parse import urlencode

import pytest
from aiohttp import hdrs
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from hub.access.check_rate import FREE, REPORTS
from hub.access.genuine_codes import ALPHABET, LENGTH, GenuineCodes
from hub.access.keyring import KeyRing
from hub.model.genuine import GenuineMessage
from hub.settings import Secret
from tests.contract.values import HOUR, NOON, event, message, stored
from tests.integration.residents import HUB, press
from tests.integration.test_web_access import BEARER, GUARDED
from tests.integration.web_doubles import World, ask, browsing

SECRET: Final = "a-secret-that-nobody-guesses-and-long-enough"
CODES: Final = GenuineCodes(public_url=HUB, ring=KeyRing([Secret(SECRET)]), channels=("sms",))
SETTINGS: Final = {"HUB_SECRET": SECRET, "HUB_PUBLIC_URL": HUB, "HUB_TRUSTED_PROXIES": "127.0.0.1"}
HTML: Final = {hdrs.ACCEPT: "text/html"}
COMMENT: Final = "Me piden pagar a otra cuenta <b>ya</b>"
PERSONAL: Final = ("María Peña", "maria@example.com", "p-1", "Apto 101", "T1-101", "PQ-1")


def sent(channel: str = "sms", **fields: Any) -> tuple[World, str]:
    """Return a world in which a message has left, and the path of its code."""
    world = World(environ={**GUARDED, **SETTINGS})
    of = stored(event("admin.invoice.issued"), copropiedad_id="ph-1", unit_id="T1-101")
    left = message(of, channel=channel, units=("Apto 101",))
    found = GenuineMessage(
        key_id=CODES.ring.ids[0], message=left, event=of, sent_at=NOON + HOUR, building="Altos del Rosal"
    )
    world.genuine.sent[left.id] = replace(found, **fields)
    return world, f"/v/{CODES.code(left.id)}"


def some_code(seed: int) -> str:
    # Some texts of ten signs are no number of a code: these would not be looked up at all.
    draw = random.Random(seed)
    return "".join(["K", *draw.choices(ALPHABET, k=LENGTH - 1)])


async def test_genuine_message_says_what_and_when_and_for_which_building() -> None:
    world, path = sent()
    reply = await ask(world, path)

    assert 200 == reply.status
    assert "Este código es de un mensaje nuestro" in reply.text
    assert "Un mensaje de texto (SMS)" in reply.text
    assert "lunes 9 de marzo de 2026 a la 1:00 p. m." in reply.text.replace("\u00a0", " ")
    assert "Altos del Rosal" in reply.text
    assert "Administración" in reply.text
    assert "noindex, nofollow" == reply.headers["X-Robots-Tag"]


async def test_page_has_nothing_of_the_person() -> None:
    world, path = sent()
    pages = [await ask(world, path), await press(world, path)]

    assert not [word for word in PERSONAL for page in pages if word in page.text]


async def test_opening_the_page_changes_nothing_and_needs_no_script() -> None:
    world, path = sent()
    for _ in range(50):
        reply = await ask(world, path)

    assert ([], {}) == (world.publisher.events, world.genuine.reported)
    assert "<script" not in reply.text
    assert '<html lang="es-CO">' in reply.text
    assert re.search(r'<label for="comment">.*?<textarea id="comment"', reply.text, re.DOTALL)


async def test_recalled_message_says_so() -> None:
    world, path = sent(recalled_at=NOON + 2 * HOUR)
    text = (await ask(world, path)).text

    assert "Es de un mensaje nuestro que ya no vale" in text
    assert "Lo retiramos el" in text


async def test_typed_code_leads_to_its_page_and_nothing_else_is_repeated() -> None:
    world, path = sent()
    code = path.rpartition("/")[2]
    typed = urlencode({"codigo": f"{code[:5].lower()} {code[5:]}"})
    led = await ask(world, f"/v?{typed}")
    wrong = await ask(world, "/v?" + urlencode({"codigo": "//evil.example/<script>"}))

    assert (303, path) == (led.status, led.headers[hdrs.LOCATION])
    assert (303, "/v/-") == (wrong.status, wrong.headers[hdrs.LOCATION])
    assert "¿Es de verdad este mensaje?" in (await ask(world, "/v")).text


@pytest.mark.parametrize(
    "code",
    ["-", "K7F2M9QDTX", "ZZZZZZZZZZ", "%3Cscript%3E", "..%2f..%2fetc", "K" * 5000, "%00", "%C3%B1" * 10],
)
async def test_all_words_that_are_no_code_have_one_answer_with_the_next_step(code: str) -> None:
    world, _ = sent()
    unknown, asked = await ask(world, f"/v/{some_code(1)}"), await ask(world, f"/v/{code}")

    assert 403 == asked.status == unknown.status
    assert without_nonce(unknown.text) == without_nonce(asked.text)
    assert "No pague y no dé datos ni claves" in asked.text
    assert 'Llámenos: <span class="whole">(601) 000 0000</span>' in asked.text


def without_nonce(text: str) -> str:
    return re.sub(r'nonce="[^"]*"', "", text)


async def test_code_next_to_a_real_one_is_answered_like_any_other() -> None:
    world, path = sent()
    sign = ALPHABET[(ALPHABET.index(path[-1]) + 1) % len(ALPHABET)]
    near, far = await ask(world, path[:-1] + sign), await ask(world, f"/v/{some_code(2)}")

    assert (403, without_nonce(far.text)) == (near.status, without_nonce(near.text))


async def test_button_tells_staff_once_for_each_message() -> None:
    world, path = sent()
    first = await press(world, path, comment=f"  {COMMENT}\x00\n ")
    for comment in ("", "otra cosa"):
        await press(world, path, comment=comment)
    events = world.publisher.events

    assert 200 == first.status
    assert "Gracias por avisarnos" in first.text
    assert "<b>" not in first.text
    assert 1 == len({(one.source, one.id, one.time) for one in events})
    assert ("notification.unrecognised", "urn:hub") == (events[0].name, events[0].source)
    assert {
        "message_id": str(next(iter(world.genuine.sent))),
        "about": "admin.invoice.issued",
        "channel": "sms",
        "sent_at": (NOON + HOUR).isoformat(),
        "comment": COMMENT,
        "person_name": "María Peña",
        "person_units": "Apto 101",
        "thread_id": "pqrs_id:PQ-1",
        "copropiedad_id": "ph-1",
        "unit_id": "T1-101",
    } == {name: value for name, value in events[0].data.items() if name != "about_id"}


async def test_unknown_code_reports_nothing() -> None:
    world, _ = sent()

    assert 403 == (await press(world, f"/v/{some_code(3)}", comment="x")).status
    assert [] == world.publisher.events


@pytest.mark.parametrize("origin", ["https://evil.example", None])
async def test_another_site_presses_no_button(origin: str | None) -> None:
    world, path = sent()

    assert 403 == (await press(world, path, origin=origin)).status
    assert [] == world.publisher.events


async def test_long_comment_is_cut_and_one_without_end_refused() -> None:
    world, path = sent()

    assert 200 == (await press(world, path, comment="ñ" * 2000)).status
    assert 500 == len(world.publisher.events[0].data["comment"])
    assert 413 == (await press(world, path, comment="x" * 70_000)).status


async def test_guesses_of_one_address_end_before_they_are_looked_up() -> None:
    world, path = sent()
    async with browsing(world) as client:

        async def opened(where: str, address: str) -> int:
            headers = {hdrs.X_FORWARDED_FOR: address, **HTML}
            async with client.get(where, headers=headers) as answer:
                return answer.status

        wrong = [await opened(f"/v/{some_code(number)}", "203.0.113.9") for number in range(FREE)]
        asked = world.genuine.asked
        # Also a right one: a guess that is answered would still be a guess.
        refused = [await opened(where, "203.0.113.9") for where in (path, f"/v/{some_code(99)}")]
        others = await opened(path, "203.0.113.10")

    assert ({403}, [429, 429], 200) == (set(wrong), refused, others)
    assert asked + 1 == world.genuine.asked


async def test_slip_of_the_finger_is_no_guess() -> None:
    world, path = sent()
    async with browsing(world) as client:
        for _ in range(2 * FREE):
            async with client.get(path[:-1]) as answer:
                assert 403 == answer.status
        async with client.get(path) as answer:
            assert 200 == answer.status
    assert 1 == world.genuine.asked


async def test_right_codes_are_never_too_many_for_a_building_that_shares_an_address() -> None:
    world, path = sent()
    async with browsing(world) as client:
        for _ in range(2 * FREE):
            async with client.get(path) as answer:
                assert 200 == answer.status


async def test_reports_of_one_address_end() -> None:
    world, path = sent()
    form = {hdrs.CONTENT_TYPE: "application/x-www-form-urlencoded", hdrs.ORIGIN: HUB}
    async with browsing(world) as client:
        statuses = []
        for _ in range(REPORTS + 1):
            async with client.post(path, headers=form, data="comment=") as answer:
                statuses.append(answer.status)

    assert [*[200] * REPORTS, 429] == statuses


async def test_time_tells_nothing_of_a_code() -> None:
    world, path = sent()
    near = path[:-1] + ALPHABET[(ALPHABET.index(path[-1]) + 1) % len(ALPHABET)]
    times: dict[str, list[float]] = {near: [], f"/v/{some_code(4)}": []}
    world.environ["HUB_TRUSTED_PROXIES"] = "127.0.0.1"
    async with browsing(world) as client:
        for number in range(60):
            for where, taken in times.items():
                began = time.perf_counter()
                headers = {hdrs.X_FORWARDED_FOR: f"203.0.{number}.{len(taken) % 200}"}
                async with client.get(where, headers=headers) as answer:
                    await answer.read()
                taken.append(time.perf_counter() - began)
    one, other = (median(taken) for taken in times.values())

    assert 0.5 < one / other < 2


async def test_log_has_neither_comment_nor_person() -> None:
    world, path = sent()
    with capture_logs() as lines:
        await press(world, path, comment=COMMENT)
        await ask(world, f"/v/{some_code(5)}")

    assert not [word for word in (*PERSONAL, "otra cuenta") if word in str(lines)]


async def test_answers_are_counted() -> None:
    world, path = sent()

    def count(answer: str) -> float:
        return REGISTRY.get_sample_value("hub_genuine_checks_total", {"answer": answer}) or 0.0

    before = {answer: count(answer) for answer in ("genuine", "unknown", "reported")}
    await ask(world, path)
    await ask(world, f"/v/{some_code(6)}")
    await press(world, path)

    assert dict.fromkeys(before, 1.0) == {answer: count(answer) - before[answer] for answer in before}


async def test_code_of_another_secret_or_of_a_forgotten_message_is_unknown() -> None:
    world, _ = sent()
    [left] = world.genuine.sent
    stranger = GenuineCodes(public_url=HUB, ring=KeyRing([Secret("x" * 40)]), channels=("sms",))
    own = f"/v/{CODES.code(left)}"

    assert 403 == (await ask(world, f"/v/{stranger.code(left)}")).status
    world.genuine.sent.clear()
    assert 403 == (await ask(world, own)).status


async def test_staff_learns_from_a_code_which_message_it_is_and_the_look_is_audited() -> None:
    world, path = sent(copropiedad_id="ph-1", reported_at=NOON + 2 * HOUR)
    [left] = world.genuine.sent
    reply = await ask(world, f"/api/genuine/{path[3:8]}-{path[8:]}", headers=BEARER)

    [row] = reply.json["items"]
    found = world.genuine.sent[left]
    assert (str(left), found.message.event_id, found.message.person) == (
        row["message_id"],
        row["event_id"],
        row["person"],
    )
    assert ("Altos del Rosal", "ph-1", "sms") == (row["building"], row["copropiedad_id"], row["channel"])
    assert row["reported_at"] is not None
    assert not {"address", "name"} & row.keys()
    assert [("genuine.look", f"message:{left}")] == [(one.action, one.subject) for one in world.audit.rows]


async def test_a_code_of_nobody_says_that_the_message_is_not_ours() -> None:
    world, _ = sent()
    reply = await ask(world, f"/api/genuine/{some_code(1)}", headers=BEARER)

    assert 404 == reply.status
    assert "not from us" in reply.text
    assert [] == world.audit.rows
