"""
Facts about one person, by which the hub decides whether a message may leave.

Among them are the contacts of a week, of which Ley 2300 de 2023 allows few.
"""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from msgspec import Struct

from hub.model.consents import Consent
from hub.model.people import WorkWeek
from hub.model.preferences import Mark, Preferences

NOT_PAYER: Final = "not_payer"
"""Reason for not sending: somebody else pays for the unit by now."""


class ContactFacts(Struct, frozen=True, kw_only=True):
    """
    The facts about one person, one purpose and one channel that the contact rules judge.

    `statements` are those of the ledger about the purpose, or of them what counts: the newest grant, and the
    refusals since. `opted_out` is why the person or the address wants no such messages (a BAJA, a complaint).
    A person who `rests` is contacted only in working hours: those of `weeks`, or else the company's.
    `preferences` are the person's own, `mark` that of staff: do not contact. `pays` is false of a collection
    notice of a unit that somebody else pays for by now.

    Facts are read only for purposes whose rules need them. None of them means consent: it is absent.
    """

    statements: tuple[Consent, ...] = ()
    opted_out: str | None = None
    rests: bool = False
    weeks: tuple[WorkWeek | None, ...] = ()
    preferences: Preferences | None = None
    mark: Mark | None = None
    pays: bool = True


NO_FACTS: Final = ContactFacts()


class LastContact(Struct, frozen=True, kw_only=True):
    """A contact of a person by another message, because of which one may have to wait."""

    day: date
    channel: str
    purpose: str


class ContactSlot(Struct, frozen=True, kw_only=True):
    """
    A message that is a person's contact of one day, over one channel.

    It is `spent` unless the provider has certainly refused it for now: then the slot is kept for the
    message's own retry.
    """

    person: str
    day: date
    message_id: UUID
    channel: str
    spent: bool = True
