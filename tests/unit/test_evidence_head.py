"""The head of the seals goes to the addresses of the policy, by mail, and to nobody else."""

from __future__ import annotations

import dataclasses
from datetime import date

from msgspec.structs import replace

from hub.messages.planning.plan import Rules
from hub.model.evidence import Seal
from hub.policy.policy import EvidencePolicy
from hub.timers.sealing import event_of
from tests.unit.factories import CHANNELS, DESK, MONDAY, POLICY
from tests.unit.hub_in_memory import memory_hub

HEAD = Seal(number=7, minute=MONDAY, count=1, root=bytes(32), previous=bytes(32), digest=bytes(32))


async def test_the_head_of_a_day_is_mailed_to_the_addresses_of_the_policy() -> None:
    hub = memory_hub()
    policy = replace(POLICY, evidence=EvidencePolicy(notify=("sellos@notaria.example.co",)))
    hub.context = dataclasses.replace(DESK, rules=Rules(channels=CHANNELS, policy=policy))
    told = event_of(HEAD, date(2026, 3, 8), MONDAY)
    await hub.take_in(told)

    assert [(message.channel, message.address) for message in hub.of(told)] == [
        ("email", "sellos@notaria.example.co")
    ]
