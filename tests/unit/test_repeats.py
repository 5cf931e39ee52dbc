"""The same words to one person over one channel within ten minutes are said once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from hub.errors import InvalidPolicy, TransientFailure
from hub.messages.delivery.deliver import deliver
from hub.model import CORRECTION, Claimed, Facts, Message, Purpose, Rendered, State
from hub.policy import load_policy
from hub.testing import MemoryEmail, MemorySms
from tests.unit.delivery_harness import DeliveryHarness, mail, make_harness
from tests.unit.factories import MONDAY, POLICY, SECOND

MINUTE: Final = timedelta(minutes=1)
SENT: Final = (State.SENT, None)
REPEATED: Final = (State.CANCELLED, "repeated")


def notice(occasion: str = "initial", **fields: Any) -> Message:
    return mail(occasion=occasion, **{"purpose": Purpose.SERVICE, **fields})


async def office_with(*messages: Message, email: MemoryEmail | None = None) -> DeliveryHarness:
    office = make_harness(email or MemoryEmail(), MemorySms())
    await office.agreed(*messages)
    return office


def became(office: DeliveryHarness, *messages: Message) -> list[tuple[State, str | None]]:
    return [(office.now(message).state, office.now(message).reason) for message in messages]


async def test_same_words_are_sent_once_in_one_ticket_and_in_two() -> None:
    first, second, third = notice(), notice("second"), notice("third")
    office = await office_with(first, second, third)
    await office.deliver(first, second)
    office.clock.advance(10 * MINUTE - SECOND)
    await office.deliver(third)

    assert sorted([SENT, REPEATED], key=str) == sorted(became(office, first, second), key=str)
    assert [REPEATED] == became(office, third)
    assert 1 == len(office.sent())


async def test_corrections_of_two_messages_are_both_sent_though_they_say_the_same() -> None:
    both = [notice(occasion, event=CORRECTION) for occasion in ("initial", "second")]
    office = await office_with(*both)
    await office.deliver(*both)

    assert [SENT, SENT] == became(office, *both)


async def test_after_ten_minutes_the_same_words_are_sent_again() -> None:
    first, second = notice(), notice("second")
    office = await office_with(first, second)
    await office.deliver(first)
    office.clock.advance(10 * MINUTE)
    await office.deliver(second)

    assert [SENT, SENT] == became(office, first, second)


@pytest.mark.parametrize(
    "other",
    [
        {"name": "Otra"},
        {"person": "p-2"},
        {"channel": "sms"},
        {"contact_id": "cp-9"},
    ],
    ids=["other words", "another person", "another channel", "another device"],
)
async def test_what_differs_is_sent(other: dict[str, Any]) -> None:
    first, second = notice(), notice("second", **other)
    office = await office_with(first, second)
    await office.deliver(first)
    await office.deliver(second)

    assert [SENT, SENT] == became(office, first, second)


async def test_links_and_codes_that_each_message_has_of_its_own_make_no_other_words() -> None:
    def linked(claimed: Claimed) -> Rendered:
        own = claimed.message.id.hex
        facts = Facts(
            at=MONDAY,
            own_page=f"https://hub.example.co/mi/{own}",
            unsubscribe=f"https://hub.example.co/unsubscribe/{own}",
            genuine=f"https://hub.example.co/v/{own[-10:]}",
        )
        text = f"Hola. Verifique: {own[-10:]} Ver: {facts.own_page}\n\nNo más: {facts.unsubscribe}"
        return Rendered(text=text, facts=facts)

    first, second = notice(), notice("second")
    office = await office_with(first, second)
    for message in (first, second):
        await deliver(
            [message.id],
            deps=office.deps(linked),
            store=office.store,
            publisher=office.publisher,
            appointments=office.appointments,
        )

    assert [SENT, REPEATED] == became(office, first, second)


@pytest.mark.parametrize(
    "purpose", [Purpose.EMERGENCY, Purpose.LEGAL, Purpose.TRANSACTIONAL, Purpose.INTERNAL]
)
async def test_what_saves_binds_receipts_or_climbs_is_never_merged(purpose: Purpose) -> None:
    first, second = notice(purpose=purpose), notice("second", purpose=purpose)
    office = await office_with(first, second)
    await office.deliver(first)
    calls = office.throttle.calls
    await office.deliver(second)

    assert [SENT, SENT] == became(office, first, second)
    assert 0 == calls == office.throttle.calls


async def test_own_retry_repeats_nothing() -> None:
    first = notice()
    office = await office_with(first, email=MemoryEmail(TransientFailure("unavailable")))
    await office.deliver(first)
    retry = office.now(first).next_at
    assert retry is not None
    office.clock.advance(retry - office.clock())
    await office.deliver(first)

    assert [SENT] == became(office, first)


async def test_repeat_uses_up_no_contact_and_a_broken_template_fails_alone() -> None:
    first, second = notice(purpose=Purpose.COLLECTION), notice("second", purpose=Purpose.COLLECTION)
    broken = notice("third", name="Nadie")
    office = await office_with(first, second, broken)
    await office.deliver(first)
    await office.deliver(second, broken)

    assert [SENT, REPEATED] == became(office, first, second)
    assert State.FAILED is office.now(broken).state
    assert 1 == len(office.store.tables.contact_slots)


@pytest.mark.parametrize("purpose", ["emergency", "legal"])
def test_policy_that_merges_emergencies_or_legal_messages_is_refused(purpose: str, tmp_path: Path) -> None:
    overlay = tmp_path / "policy.toml"
    overlay.write_text(f'[repeats]\npurposes = ["{purpose}"]\n')

    with pytest.raises(InvalidPolicy, match=r"repeats\.purposes"):
        load_policy(overlay)


def test_the_built_in_time_is_ten_minutes() -> None:
    assert 10 * MINUTE == POLICY.repeats.within
