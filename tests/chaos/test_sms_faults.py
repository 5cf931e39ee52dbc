"""An SMS provider fails while many messages are being sent."""

import time

import pytest
from aiohttp import web

from tests.chaos.judge import Judgement
from tests.chaos.scenario import Scenario, texted
from tests.providers.http import answering
from tests.providers.journal import read
from tests.providers.twilio import refusal_body

EVENTS = 40
TIMES = 7
PATIENCE = 2.0

pytestmark = [pytest.mark.chaos]


async def test_an_error_of_the_provider_loses_nobody_and_doubles_nobody(trial: Scenario) -> None:
    trial.house.twilio.script.extend([answering(500)] * TIMES)
    verdict = await judged(trial)

    assert [] == verdict.complaints
    assert 0 == verdict.unknown


async def test_retry_after_of_the_provider_is_kept_and_nobody_is_lost(trial: Scenario) -> None:
    asked: dict[str, list[float]] = {}
    too_many = answering(
        429, refusal_body(429, 20429, "Too Many Requests"), {"Retry-After": f"{PATIENCE:.0f}"}
    )

    async def patience(request: web.Request) -> web.StreamResponse:
        asked.setdefault(str((await request.post())["To"]), []).append(time.time())
        return await too_many(request)

    trial.house.twilio.script.extend([patience] * TIMES)
    verdict = await judged(trial)
    answered = {one.to: at for one, at in zip(trial.house.twilio.texts, times(trial), strict=True)}

    assert [] == verdict.complaints
    assert 0 == verdict.unknown
    assert all(answered[who] - refusals[-1] >= PATIENCE for who, refusals in asked.items())


async def test_text_accepted_without_an_answer_repeats_under_one_reference(trial: Scenario) -> None:
    trial.house.twilio.script.extend([trial.house.twilio.accept_then_hang] * TIMES)
    verdict = await judged(trial)

    assert [] == verdict.complaints
    assert TIMES == verdict.unknown


async def judged(trial: Scenario) -> Judgement:
    await trial.publish([texted(number) for number in range(EVENTS)])
    async with trial.hub():
        await trial.settles()
    return await trial.verdict()


def times(trial: Scenario) -> list[float]:
    """Return when each text was accepted, in the order of the texts."""
    return [
        acceptance.at for path in trial.providers for acceptance in read(path) if acceptance.channel == "sms"
    ]
