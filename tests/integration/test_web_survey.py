"""The page of a survey: it is one person's, signed, and only its button changes anything."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import pytest
from aiohttp import hdrs
from structlog.testing import capture_logs

from hub.access.keyring import KeyRing
from hub.access.survey_links import SurveyLinks
from hub.model.surveys import Survey, SurveyAnswer
from hub.settings import Secret
from tests.integration.residents import HUB, press
from tests.integration.test_web_access import GUARDED
from tests.integration.web_doubles import POLICY, World, ask, browsing

SECRET: Final = "a-secret-that-nobody-guesses-and-long-enough"
DAY: Final = timedelta(days=1)
NOW: Final = datetime.now(UTC)
COMMENT: Final = "Ñandú: no contestan <b>nunca</b>"


def links(secret: str = SECRET) -> SurveyLinks:
    return SurveyLinks(public_url=HUB, ring=KeyRing([Secret(secret)]), rules=POLICY.surveys)


def asked(**fields: Any) -> tuple[World, Survey]:
    """Return a world in which `p-ana` has got a survey."""
    settings = {"HUB_SECRET": SECRET, "HUB_PUBLIC_URL": HUB, "HUB_TRUSTED_PROXIES": "127.0.0.1"}
    world = World(environ={**GUARDED, **settings})
    values = {"kind": "post_servicio", "service_area": "mantenimiento", "radicado": "PQ-7", **fields}
    values = {"asked_at": NOW - DAY, "building": "Altos del Rosal", **values}
    survey = Survey(message_id=uuid4(), survey_id="enc-1", person="p-ana", **values)
    world.surveys.received[survey.message_id] = survey
    return world, survey


def path(survey: Survey, made: SurveyLinks | None = None, *, ends_at: datetime = NOW + 20 * DAY) -> str:
    return (made or links()).to(survey.message_id, ends_at).removeprefix(HUB)


async def test_a_scanner_that_opens_the_link_changes_nothing() -> None:
    world, survey = asked()
    reply = await ask(world, path(survey))

    assert (200, []) == (reply.status, world.publisher.events)
    assert '<form method="post">' in reply.text


async def test_page_needs_no_script_and_names_each_field() -> None:
    world, survey = asked()
    text = (await ask(world, path(survey))).text

    assert "<script" not in text
    assert '<html lang="es-CO">' in text
    assert 11 == len(re.findall(r'<label><input type="radio" name="score" id="score-\d+"', text))
    assert re.search(r"<fieldset[^>]*>\s*<legend>Después de este servicio", text)
    assert '<label for="comment">' in text
    assert "PQ-7" in text
    assert "p-ana" not in text


@pytest.mark.parametrize(
    ("kind", "question"),
    [
        ("semestral", "¿Qué tan probable es que nos recomiende a un familiar o a un amigo?"),
        ("post_servicio", "Después de este servicio, ¿qué tan probable es que nos recomiende?"),
        ("asamblea", "¿Cómo califica la asamblea de Altos del Rosal?"),
    ],
)
async def test_each_kind_has_its_question(kind: str, question: str) -> None:
    world, survey = asked(kind=kind)

    assert f"<legend>{question}</legend>" in (await ask(world, path(survey))).text


async def test_button_publishes_the_answer_in_the_name_of_the_person() -> None:
    world, survey = asked(copropiedad_id="ph-1", unit_id="u-1")
    reply = await press(world, path(survey), score="9", comment="  Todo bien 👨\u200d👩\u200d👧.\x00  ")
    (answer,) = world.publisher.events

    assert (200, "survey.answered", "urn:hub") == (reply.status, answer.name, answer.source)
    assert {
        "survey_id": "enc-1",
        "kind": "post_servicio",
        "score": 9,
        "comment": "Todo bien 👨\u200d👩\u200d👧.",
        "service_area": "mantenimiento",
        "person_id": "p-ana",
        "copropiedad_id": "ph-1",
        "unit_id": "u-1",
    } == answer.data
    assert "9 de 10" in reply.text
    assert "se comunicará con usted" not in reply.text


async def test_detractor_reads_that_somebody_calls() -> None:
    world, survey = asked()

    assert "se comunicará con usted" in (await press(world, path(survey), score="6")).text


async def test_button_pressed_twice_is_one_answer() -> None:
    world, survey = asked()
    for _ in range(2):
        await press(world, path(survey), score="8")

    assert 1 == len({event.id for event in world.publisher.events})


def with_answers(world: World, survey: Survey, *answers: SurveyAnswer) -> None:
    world.surveys.received[survey.message_id] = replace(survey, answers=answers)


async def test_answer_may_be_changed_for_seven_days_and_back() -> None:
    world, survey = asked()
    first = SurveyAnswer(score=9, at=NOW - 6 * DAY, comment=COMMENT)
    with_answers(world, survey, first, SurveyAnswer(score=3, at=NOW - 5 * DAY))
    shown = await ask(world, path(survey))
    await press(world, path(survey), score="9", comment=COMMENT)
    await press(world, path(survey), score="3")

    assert 'value="3" required checked' in shown.text
    # The third answer is the first one again: it is new. The last one repeats the answer in force: it is
    # none.
    assert [(9, COMMENT)] == [
        (event.data["score"], event.data["comment"]) for event in world.publisher.events
    ]


async def test_own_comment_is_shown_as_text() -> None:
    world, survey = asked()
    with_answers(world, survey, SurveyAnswer(score=3, at=NOW - DAY, comment=COMMENT))

    assert "no contestan &lt;b&gt;nunca&lt;/b&gt;" in (await ask(world, path(survey))).text


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"answers": (SurveyAnswer(score=9, at=NOW - 8 * DAY),)}, 200, "Ya tenemos su respuesta"),
        ({"expires_at": NOW - DAY}, 410, "Esta encuesta ya cerró"),
        ({"asked_at": NOW - 15 * DAY}, 410, "Esta encuesta ya cerró"),
    ],
    ids=["answered long ago", "its day has passed", "the policy's time has passed"],
)
async def test_closed_survey_says_so_and_takes_nothing(
    fields: dict[str, Any], status: int, words: str
) -> None:
    world, survey = asked(**fields)
    for reply in (await ask(world, path(survey)), await press(world, path(survey), score="1")):
        assert (status, []) == (reply.status, world.publisher.events)
        assert words in reply.text
        assert "<form" not in reply.text


@pytest.mark.parametrize(
    "where",
    [
        lambda survey: path(survey, links("the secret of somebody else, as long")),
        lambda survey: path(survey).replace(survey.message_id.hex, uuid4().hex),
        lambda survey: re.sub(r"\.[0-9a-f]+\.", f".{int((NOW + 90 * DAY).timestamp()):x}.", path(survey)),
        lambda _: "/s/x",
        lambda _: f"/s/{'9' * 4000}",
        lambda _: "/s/%00.%00.%00",
    ],
    ids=["another key", "another message", "a longer life", "short", "long", "no text"],
)
async def test_forged_link_opens_nothing(where: Any) -> None:
    world, survey = asked()
    for reply in (await ask(world, where(survey)), await press(world, where(survey), score="1")):
        assert (403, []) == (reply.status, world.publisher.events)
        assert "No reconocemos este enlace" in reply.text


async def test_link_that_has_ended_shows_nothing_of_the_survey() -> None:
    world, survey = asked()
    reply = await ask(world, path(survey, ends_at=NOW - DAY))

    assert 410 == reply.status
    assert not any(word in reply.text for word in ("PQ-7", "Altos del Rosal", "<form"))


@pytest.mark.parametrize("given", [{}, {"score": "11"}, {"score": "-1"}, {"score": "7.5"}, {"score": "٣"}])
async def test_answer_without_a_score_is_asked_for_again_and_keeps_its_comment(given: dict[str, str]) -> None:
    world, survey = asked()
    reply = await press(world, path(survey), comment=COMMENT, **given)

    assert (422, []) == (reply.status, world.publisher.events)
    assert "Falta su calificación" in reply.text
    assert "no contestan" in reply.text


@pytest.mark.parametrize("origin", ["https://evil.example", None], ids=["another site", "no browser"])
async def test_other_sites_answer_nothing(origin: str | None) -> None:
    world, survey = asked()
    reply = await press(world, path(survey), origin=origin, score="1")

    assert (403, []) == (reply.status, world.publisher.events)


async def test_link_that_is_used_too_often_is_refused_and_no_other() -> None:
    world, survey = asked()
    other = replace(survey, message_id=uuid4())
    world.surveys.received[other.message_id] = other
    async with browsing(world) as client:
        statuses = [
            (await client.post(path(used), data={"score": "7"}, headers={hdrs.ORIGIN: HUB})).status
            for used in (*[survey] * 20, other)
        ]

    assert (200, 429, 200) == (statuses[0], statuses[-2], statuses[-1])


async def test_page_is_kept_by_nobody_and_found_by_no_search() -> None:
    world, survey = asked()
    reply = await ask(world, path(survey))

    assert ("no-store", "noindex, nofollow", "same-origin") == (
        reply.headers[hdrs.CACHE_CONTROL],
        reply.headers["X-Robots-Tag"],
        reply.headers["Referrer-Policy"],
    )


async def test_comment_is_in_no_log() -> None:
    world, survey = asked()
    with capture_logs() as logged:
        await press(world, path(survey), score="1", comment="Secreto-77")

    assert 1 == len(world.publisher.events)
    assert "Secreto-77" not in str(logged)
