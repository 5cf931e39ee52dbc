"""
One-time codes, each of which opens a person's own page.

    link of a message ▸ a verified contact, masked ▸ six digits by mail or text ▸ the same browser enters them

A person with only a forwarded link gets no code: it goes to a contact that the directory has verified. The
code is bound to the browser that asked for it, by a cookie. At rest there is a keyed digest of it; on its way
it is sealed.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final
from uuid import UUID

from hub.access import audit
from hub.access.code_rate import CodeRate, CodeRefusal
from hub.access.keyring import KeyRing, Purpose, Sealed
from hub.model import ContactPoint, Event, own_event
from hub.model.actors import of_person
from hub.model.residents import KnownResident, ResidentCode, ResidentSession
from hub.people.masking import mask_address
from hub.policy.residents import ResidentPolicy
from hub.ports import AuditStore, Publisher
from hub.storage import PostgresResidentAccess

REQUESTED: Final = "resident.code.requested"
DIGITS: Final = 6
_DAY: Final = timedelta(days=1)
_KINDS_ES: Final = {"email": "al correo", "phone": "al celular"}


class Asked(StrEnum):
    """The reason why no code was sent."""

    NO_CONTACT = "no_contact"
    """No verified contact, or not the one that was chosen."""
    TOO_MANY = "too_many"
    """The person has got all the codes of a day that nobody has entered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookie:
    """The cookie to which a code that was sent is bound, or that of an open page: its value and its life."""

    value: str
    lasts: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentSignIn:
    """Sends codes and opens pages."""

    store: PostgresResidentAccess
    publisher: Publisher
    notes: AuditStore
    ring: KeyRing
    rules: ResidentPolicy
    rate: CodeRate
    now: Callable[[], datetime]

    async def contacts(self, message_id: UUID) -> list[str]:
        """Return the contacts to which a code can go, masked, in the order in which `send` counts."""
        resident = await self.store.resident(message_id)
        return [] if resident is None else [masked(contact) for contact in resident.contacts]

    async def send(self, message_id: UUID, chosen: int, *, address: str) -> Cookie | Asked | CodeRefusal:
        """
        Send a code to the contact of this number, asked for from this address.

        Raises BrokerUnavailable and StorageUnavailable.
        """
        resident = await self.store.resident(message_id)
        if resident is None or not 0 <= chosen < len(resident.contacts):
            return Asked.NO_CONTACT
        contact, cookie, now = resident.contacts[chosen], secrets.token_urlsafe(32), self.now()
        most = self.rules.codes_a_day
        asked = resident.person, message_id, address, hash_of(cookie)
        if refused := self.rate.begin(*asked, most=most, now=now):
            return refused
        number = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        code = ResidentCode(
            hash=hash_of(cookie),
            person=resident.person,
            digest=self._digest(cookie, number),
            shown=masked(contact),
            created_at=now,
            ends_at=now + self.rules.code_lifetime,
        )
        if not await self.store.add_code(code, most=most, since=now - _DAY):
            return Asked.TOO_MANY
        await self.publisher.event(self._event(resident, contact, code, number))
        return Cookie(value=cookie, lasts=self.rules.code_lifetime)

    async def waiting(self, cookie: str) -> ResidentCode | None:
        """Return the code that a browser waits for; None if it has ended, was used, or tried too often."""
        code = await self.store.code(hash_of(cookie)) if cookie else None
        is_live = code is not None and self.now() < code.ends_at and code.tries < self.rules.code_tries
        return code if is_live else None

    async def enter(self, cookie: str, number: str) -> Cookie | None:
        """
        Open the page of the person to whom the code was sent; None for a wrong code, or one that has ended.

        The try is counted before it is judged, so that tries at the same time count, too. The cookie of the
        page is a new one: an attacker who has planted a cookie in this browser does not know it.
        """
        now = self.now()
        code = await self.store.try_code(hash_of(cookie), most=self.rules.code_tries, now=now)
        if code is None or not hmac.compare_digest(self._digest(cookie, tidy(number)), code.digest):
            return None
        opened = secrets.token_urlsafe(32)
        session = ResidentSession(
            hash=hash_of(opened), person=code.person, created_at=now, ends_at=now + self.rules.session
        )
        # Recorded first: without the row, no access.
        await audit.note(
            self.notes,
            who=of_person(code.person),
            action="resident.sign_in",
            subject=f"person:{code.person}",
            person=code.person,
        )
        if not await self.store.open_session(code, session):
            return None
        self.rate.entered(code.person, code.hash)
        return Cookie(value=opened, lasts=self.rules.session)

    async def session(self, cookie: str) -> ResidentSession | None:
        """Return the live session of a cookie."""
        found = await self.store.session(hash_of(cookie)) if cookie else None
        return found if found is not None and self.now() < found.ends_at else None

    async def leave(self, cookie: str) -> None:
        await self.store.end_session(hash_of(cookie))

    def _digest(self, cookie: str, number: str) -> str:
        return self.ring.sign(Purpose.RESIDENT_CODE, cookie, number)

    def _event(
        self, resident: KnownResident, contact: ContactPoint, code: ResidentCode, number: str
    ) -> Event:
        request = code.hash.hex()[:32]
        data = {
            "request_id": request,
            "sealed_code": self.ring.seal(Sealed.RESIDENT_CODE, number.encode(), request),
            "minutes": int(self.rules.code_lifetime.total_seconds() // 60),
            "resident": {"name": resident.name, contact.kind: contact.value},
        }
        return own_event(REQUESTED, f"{request}:requested", data, time=code.created_at)


def unsealed(ring: KeyRing, request: str, sealed: str) -> str:
    """Return the code of an event; empty if its key is no longer there."""
    found = ring.unseal(Sealed.RESIDENT_CODE, sealed, request)
    return "" if found is None else found.decode()


def masked(contact: ContactPoint) -> str:
    """`al correo m***@e***.com`."""
    return f"{_KINDS_ES[contact.kind]} {mask_address(contact.value)}"


def tidy(number: str) -> str:
    """Return the digits of a typed or pasted text."""
    return "".join(digit for digit in number if digit.isascii() and digit.isdigit())


def hash_of(cookie: str) -> bytes:
    return sha256(cookie.encode(errors="surrogateescape")).digest()
