"""A correction at the providers: it answers the mail that left, and replaces the push on the phone."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from hub.channels.email.channel import EmailChannel
from hub.channels.push.fcm import FcmChannel
from hub.channels.push.oauth import read_service_account
from hub.channels.urls import SmtpEndpoint
from hub.messages.delivery.deps import DeliveryDeps
from hub.messages.delivery.pausing import Pauses
from hub.model import CORRECTION, HUB_SOURCE, RECALL, Event
from hub.model.ids import event_key
from hub.parts.company import CompanyRules
from hub.parts.renderer import renderer
from hub.settings import load
from hub.storage import Database, PostgresPauses
from hub.testing import MemoryThrottle, SettableClock
from tests.integration.working_hub import WorkingHub
from tests.providers.fcm import FcmServer
from tests.providers.smtp import SmtpServer
from tests.unit.budget_events import PLACE, town
from tests.unit.factories import MONDAY, POLICY, device, email, event, home, member, somebody

SOON: Final = timedelta(seconds=10)
CIRCULAR: Final = event("admin.circular.issued", {"copropiedad_id": PLACE, "valid_until": None})


class Company(WorkingHub):
    """Its mails go to a mail server, its pushes to FCM."""

    def __init__(self, database: Database, smtp: SmtpServer, fcm: FcmServer, folder: Path) -> None:
        self.smtp, self.fcm, self.clock = smtp, fcm, SettableClock(MONDAY)
        rules = CompanyRules(load({"HUB_MODE": "live", "HUB_EMAIL_URL": f"smtp://127.0.0.1:{smtp.port}"}))
        account = read_service_account(fcm.credentials(folder), setting="HUB_PUSH_URL")
        self.email = EmailChannel(
            SmtpEndpoint(host="127.0.0.1", port=smtp.port),
            sender="avisos@hub.example.co",
            compose=rules.compose,
            timeout=SOON,
        )
        self.push = FcmChannel(fcm.base, account, timeout=SOON, now=self.clock)
        deps = DeliveryDeps(
            channels={"email": self.email, "push": self.push},
            render=renderer(rules),
            policy=POLICY,
            throttle=MemoryThrottle(lambda: self.clock().timestamp()),
            now=self.clock,
            pauses=Pauses(PostgresPauses(database)),
        )
        super().__init__(database, deps)

    async def tells(self, *events: Event) -> tuple[dict[str, Any], dict[str, Any]]:
        """Take these in and deliver; return address → mail and device → push that came of it."""
        before = len(self.smtp.mails), len(self.fcm.pushes)
        await self.take_in(*events)
        await self.deliver()
        mails, pushes = self.smtp.mails[before[0] :], self.fcm.pushes[before[1] :]
        return {one.recipient: one.message for one in mails}, {one["token"]: one for one in pushes}


@pytest.fixture
async def company(opened: Database, tmp_path: Path) -> AsyncIterator[Company]:
    async with AsyncExitStack() as stack:
        smtp = await stack.enter_async_context(SmtpServer())
        fcm = await stack.enter_async_context(FcmServer())
        made = Company(opened, smtp, fcm, tmp_path)
        stack.push_async_callback(made.email.aclose)
        stack.push_async_callback(made.push.aclose)
        await made.take_in(*town(), home("102", copropiedad=PLACE))
        await made.take_in(somebody("p-luis", email("luis@example.com"), device("a"), device("b")))
        await made.take_in(member("p-luis", "unit:102", "resident"))
        yield made
    assert [] == [*smtp.violations, *fcm.violations]


def corrected(wrong: Event) -> tuple[Event, Event]:
    """The recall of an event and the correction that goes to those who had it."""
    named = {"source": wrong.source, "id": wrong.id}
    data = {
        "copropiedad_id": PLACE,
        "references": {**named, "key": str(event_key(wrong))},
        "channels": ["email", "push"],
    }
    return event(RECALL, named, source=HUB_SOURCE), event(CORRECTION, data, source=HUB_SOURCE)


async def test_a_correction_is_in_the_thread_of_the_mail_and_replaces_the_push(company: Company) -> None:
    mails, pushes = await company.tells(CIRCULAR)
    answers, replacing = await company.tells(*corrected(CIRCULAR))

    assert "luis@example.com" in mails
    assert mails.keys() == answers.keys()
    for address, mail in mails.items():
        answer = answers[address]
        assert mail["Message-ID"] == answer["In-Reply-To"] == answer["References"] != answer["Message-ID"]
        assert answer["Subject"].startswith("Corrección: ")
    assert 2 == len(pushes)
    assert {token: tags(one) for token, one in pushes.items()} == {
        token: tags(one) for token, one in replacing.items()
    }


async def test_whoever_has_another_address_by_now_is_in_no_thread_but_hears_it(company: Company) -> None:
    mails, _ = await company.tells(CIRCULAR)
    moved = somebody("p-luis", email("otro@example.com", id="cp-other"), version=2)
    answers, _ = await company.tells(moved, *corrected(CIRCULAR))

    assert answers["otro@example.com"]["In-Reply-To"] not in {mail["Message-ID"] for mail in mails.values()}


def tags(push: dict[str, Any]) -> set[str]:
    return {
        push["android"]["notification"]["tag"],
        push["apns"]["headers"]["apns-collapse-id"],
        push["webpush"]["notification"]["tag"],
    }
