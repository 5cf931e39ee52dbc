"""The head of the seals goes to the addresses of the policy, by mail, and to nobody else."""

from __future__ import annotations

import dataclasses
from datetime import date

from msgspec.structs import replace

from hub.access.document_keys import current_fingerprint, document_keys
from hub.access.keyring import KeyRing
from hub.messages.planning.plan import Rules
from hub.model.evidence import Seal
from hub.policy.policy import EvidencePolicy
from hub.settings import Secret
from hub.timers.sealing import HEAD as HEAD_EVENT
from hub.timers.sealing import event_of
from tests.unit.factories import CHANNELS, DESK, MONDAY, POLICY
from tests.unit.hub_in_memory import memory_hub
from tests.unit.test_templates import TEMPLATES, context

HEAD = Seal(number=7, minute=MONDAY, count=1, root=bytes(32), previous=bytes(32), digest=bytes(32))


async def test_the_head_of_a_day_is_mailed_to_the_addresses_of_the_policy() -> None:
    hub = memory_hub()
    policy = replace(POLICY, evidence=EvidencePolicy(notify=("sellos@notaria.example.co",)))
    hub.context = dataclasses.replace(DESK, rules=Rules(channels=CHANNELS, policy=policy))
    told = event_of(HEAD, date(2026, 3, 8), MONDAY, key="7b" * 32)
    await hub.take_in(told)

    assert [(message.channel, message.address) for message in hub.of(told)] == [
        ("email", "sellos@notaria.example.co")
    ]


def test_the_mail_has_the_fingerprint_of_the_key_that_signs_constancias() -> None:
    ring = KeyRing([Secret("una frase bastante larga que nadie adivina 0123456789")])
    told = event_of(HEAD, date(2026, 3, 8), MONDAY, key=current_fingerprint(ring))
    without = event_of(HEAD, date(2026, 3, 8), MONDAY, key=current_fingerprint(KeyRing([])))
    mails = [
        TEMPLATES.render(HEAD_EVENT, "email", context(HEAD_EVENT, one.data), variant=None)
        for one in (told, without)
    ]

    assert [True, False] == [document_keys(ring)[0].fingerprint in mail.text for mail in mails]
    assert [True, False] == ["La llave es la huella" in mail.text for mail in mails]
    assert [True, False] == ["key" in one.data for one in (told, without)]
