"""A mail server fails while many messages are being sent."""

import pytest

from tests.chaos.judge import Judgement
from tests.chaos.scenario import Scenario, replied
from tests.providers import smtp_manners as manners
from tests.providers.smtp_conversation import Behaviour

EVENTS = 60
TIMES = 7

pytestmark = [pytest.mark.chaos]


@pytest.mark.parametrize(
    ("moment", "manner"),
    [
        ("CONNECT", manners.leaving("421 4.3.2 Shutting down")),
        ("MAIL", manners.leaving("421 4.7.0 Too many messages")),
        ("RCPT", manners.replying("451 4.7.1 Greylisted")),
        ("DOT", manners.replying("452 4.3.1 Insufficient system storage")),
    ],
    ids=["421-at-first", "421-at-mail", "451", "452"],
)
async def test_temporary_refusal_loses_nobody_and_doubles_nobody(
    trial: Scenario, moment: str, manner: Behaviour
) -> None:
    trial.house.smtp.on(moment, manners.first(TIMES, manner))
    verdict = await judged(trial)

    assert [] == verdict.complaints
    assert 0 == verdict.unknown


async def test_connection_dropped_during_data_loses_and_doubles_nobody(trial: Scenario) -> None:
    trial.house.smtp.on("CONTENT", manners.first(TIMES, manners.drop_after_part))
    verdict = await judged(trial)

    assert [] == verdict.complaints
    assert 0 == verdict.unknown


@pytest.mark.parametrize("manner", [manners.accept_then_hang, manners.accept_then_drop])
async def test_mail_accepted_without_an_answer_repeats_under_one_reference(
    trial: Scenario, manner: Behaviour
) -> None:
    trial.house.smtp.on("DOT", manners.first(TIMES, manner))
    verdict = await judged(trial)

    assert [] == verdict.complaints
    # There may be more: hanging connections delay others until their answer comes too late.
    assert TIMES <= verdict.unknown


async def judged(trial: Scenario) -> Judgement:
    await trial.publish([replied(number) for number in range(EVENTS)])
    async with trial.hub():
        await trial.settles()
    return await trial.verdict()
