"""Contacts before a PQRS are promised a reply, by the real catalogue."""

from __future__ import annotations

from typing import Final

import pytest

from hub import sla
from hub.catalog import BY_NAME
from hub.model import ClockState
from tests.unit.factories import HOUR, MONDAY, POLICY, event, local

OPENERS: Final = (
    "support.email.received",
    "support.form.received",
    "support.counter.received",
    "support.chat.missed",
    "support.call.missed",
)


@pytest.mark.parametrize("name", OPENERS)
def test_every_contact_is_promised_a_reply_in_24_business_hours(name: str) -> None:
    [clock] = sla.replay("thread_id:t-1", [event(name, {"thread_id": "t-1"})], BY_NAME, POLICY)

    assert ("first_reply", ClockState.OPEN) == (clock.name, clock.state)
    assert local("2026-03-11 14:05") == clock.due_at


@pytest.mark.parametrize("name", OPENERS)
def test_a_reply_to_the_conversation_keeps_the_promise(name: str) -> None:
    contacts = [
        event(name, {"thread_id": "t-1"}),
        event("support.replied", {"thread_id": "t-1"}, at=MONDAY + HOUR),
    ]
    [clock] = sla.replay("thread_id:t-1", contacts, BY_NAME, POLICY)

    assert ClockState.MET is clock.state


def test_automatic_mail_starts_no_clock() -> None:
    machine = event("support.email.received", {"auto_submitted": True})

    assert [] == sla.replay("thread_id:t-1", [machine], BY_NAME, POLICY)
