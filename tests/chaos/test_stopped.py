"""A hub gets SIGTERM in the middle of its work."""

import pytest

from tests.acceptance.harness import until
from tests.chaos.scenario import Scenario, replied

EVENTS = 600

pytestmark = [pytest.mark.chaos]


async def test_sigterm_during_a_batch_loses_and_doubles_nothing(trial: Scenario) -> None:
    await trial.publish([replied(number) for number in range(EVENTS)])
    first = trial.house.hub()
    await first.start()
    await until(lambda: bool(trial.house.smtp.mails), "the first mail")
    status = await first.stop()
    out_by_then = len(trial.house.smtp.mails)
    async with trial.hub():
        await trial.settles()
    verdict = await trial.verdict()

    assert 0 == status
    assert out_by_then < EVENTS, "the first hub was stopped too late to prove anything"
    assert [] == verdict.complaints
    assert EVENTS <= verdict.received
    assert 0 == verdict.unknown
