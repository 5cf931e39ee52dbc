"""Shared world of the tests of the residents' pages: one mail about an overdue case."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from aiohttp import hdrs

from hub.access.keyring import KeyRing
from hub.access.resident_links import ResidentLinks
from hub.messages.delivery.evidence import pack
from hub.model import Attempt, Brand, Clock, ClockState, Evidence, Message
from hub.model.evidence import Call, SaidMessage
from hub.model.residents import CaseEvent, ResidentMessage
from hub.settings import Secret
from tests.contract.values import message
from tests.integration.test_web_access import GUARDED
from tests.integration.web_doubles import POLICY, Reply, World, ask
from tests.unit.clock_factory import scheduled

SECRET: Final = "a-secret-that-nobody-guesses-and-long-enough"
HUB: Final = "https://hub.example.co"
BUILDING: Final = "Conjunto Altos del Rosal"
LONG_AGO: Final = timedelta(days=9)
"""Before which a first reply is overdue, whatever holidays there were: those of Holy Week take five days."""
TEXT: Final = "Buenas tardes, María:\n\nRecibimos su petición <b>sobre la piscina</b>."


@dataclass
class KeptWords:
    """The part of `PostgresEvidence` that a page asks: messages whose bytes were kept."""

    messages: dict[UUID, SaidMessage] = field(default_factory=dict)

    async def said(self, message_id: UUID) -> SaidMessage | None:
        return self.messages.get(message_id)

    async def versions(self, digests: Collection[bytes]) -> Mapping[bytes, bytes]:  # noqa: ARG002 - the port's signature
        return {}

    async def document(self, sha256: bytes) -> bytes | None:  # noqa: ARG002 - the same
        return None


def links(secret: str = SECRET) -> ResidentLinks:
    lifetime = POLICY.residents.link_lifetime
    return ResidentLinks(public_url=HUB, ring=KeyRing([Secret(secret)]), lifetime=lifetime)


def path(mail: UUID, made: ResidentLinks | None = None, *, ends_at: datetime) -> str:
    return (made or links()).to(mail, ends_at).removeprefix(HUB)


def overdue(now: datetime) -> Clock:
    """Return a first reply that level 1 has let pass."""
    clock = scheduled(POLICY.clocks["first_reply"], now - LONG_AGO, policy=POLICY)
    fired = next(place for place, step in enumerate(clock.steps) if step.kind.value == "escalate") + 1
    context = {"radicado": "PQ-2026-7"}
    return replace(clock, fired=fired, level=2, state=ClockState.BREACHED, context=context)


def world_with_mail(*clocks: Clock, text: str = TEXT, **settings: str) -> tuple[World, Message]:
    """Return a world in which somebody has got a mail about a case with these clocks."""
    common = {"HUB_SECRET": SECRET, "HUB_PUBLIC_URL": HUB, "HUB_TRUSTED_PROXIES": "127.0.0.1"}
    world = World(environ={**GUARDED, **common, **settings})
    now, mail = world.now(), message()
    brand = {"color": "#7a1f5c", "name": BUILDING}
    world.residents.received[mail.id] = ResidentMessage(
        message_id=mail.id,
        person=mail.person,
        case="pqrs_id:PQ-1",
        building=BUILDING,
        brand=Brand(digest=b"1", data=brand),
        clocks=clocks or (overdue(now),),
        events=[CaseEvent(name="pqrs.received", at=now - LONG_AGO)],
    )
    world.evidence = KeptWords({mail.id: _said(mail, text, now)})  # type: ignore[assignment]
    return world, mail


def _said(mail: Message, text: str, now: datetime) -> SaidMessage:
    content = f"Subject: Su petición\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}".encode()
    evidence = Evidence(digest=sha256(content).digest(), facts=None, content=pack(content))
    accepted = Attempt(
        message_id=mail.id, at=now, outcome="accepted", provider="smtp", reference="1", evidence=evidence
    )
    return SaidMessage(
        message=mail, event_time=now, source="urn:crm", data={}, calls=(Call(attempt=accepted),)
    )


async def press(world: World, where: str, *, origin: str | None = HUB, **given: Any) -> Reply:
    """Send a form, as a browser does."""
    headers = {hdrs.CONTENT_TYPE: "application/x-www-form-urlencoded"}
    headers |= {hdrs.ORIGIN: origin} if origin else {}
    return await ask(world, where, method=hdrs.METH_POST, body=urlencode(given).encode(), headers=headers)
