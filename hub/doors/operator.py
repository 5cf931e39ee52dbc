"""Operators: people, systems and shells at the desk, with all that an act gets. Only a door makes one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from typing import TypeVar

from hub.access.actor import Actor, PageLooks
from hub.access.look import Read, look
from hub.access.sight import Duty, Sight
from hub.errors import NoSuch, PrivacyNeeded
from hub.model import NOWHERE, Json, PropertyScope, Reach, Scope, union
from hub.model.actors import ACCOUNT, SHELL, named_by
from hub.parts.stores import Stores
from hub.storage.database import Database

T = TypeVar("T")
Ref = TypeVar("Ref")


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """
    The author of an act: `account:ana`, `key:crm` or `cli:ana`, with their scopes in each place.

    `needs` are the scopes of which the act wants one; in `places` the operator has it.
    """

    who: str
    reach: Reach
    needs: Collection[Scope]
    stores: Stores
    named: str = ""
    """The person in whose name a system acts, as it states; a session and a shell act for themselves."""
    source: str | None = None
    """The only source that they may publish for; None: any."""
    event_types: frozenset[str] = frozenset()
    """The only types of events that they may publish; empty: all."""
    cases_of: frozenset[str] = frozenset()
    """The other sources to whose cases they may add."""
    looks: PageLooks | None = None
    """The looks of an open page, which repeats them by itself; a program and a command have no page."""

    @property
    def db(self) -> Database:
        return self.stores.database

    @property
    def now(self) -> datetime:
        return self.stores.now()

    @property
    def places(self) -> PropertyScope:
        """Return the copropiedades where the operator may act; None is everywhere."""
        return self.places_with(*self.needs)

    def places_with(self, *scopes: Scope) -> PropertyScope:
        """Return the copropiedades where the operator has one of the scopes; None is everywhere."""
        return reduce(union, (self.reach[scope] for scope in scopes if scope in self.reach), NOWHERE)

    @property
    def sight(self) -> Sight:
        """Return what the operator sees of people, and where."""
        return Sight(self.reach)

    def may(self, scope: Scope) -> bool:
        """Return whether the operator has the scope anywhere."""
        return self.places_with(scope) != NOWHERE

    @property
    def actor(self) -> Actor:
        """Return the actor for a use case below the desk, which audits itself."""
        return Actor(
            who=self.who,
            notes=self.stores.audit,
            now=self.now,
            places=self.places,
            named=self.named,
            looks=self.looks,
        )

    def for_whom(self, name: str) -> Operator:
        """Return this operator with the person whom a system names; a session and a shell name nobody."""
        return self if self.who.startswith((ACCOUNT, SHELL)) else replace(self, named=name)

    @property
    def by(self) -> str:
        """Return the name that a changed row keeps of its author."""
        return named_by(self.who, self.named)

    async def audit(self, action: str, subject: str, *, person: str | None = None, **detail: Json) -> None:
        """Record an act before it is done, with the person it is about. Raises StorageUnavailable."""
        await self.actor.note(action, subject, person=person, **detail)

    async def audit_look(
        self, action: str, subject: str, *, person: str | None = None, **detail: Json
    ) -> None:
        """Record a look, unless an open page repeats by itself one that is in the audit already."""
        await self.actor.note_look(action, subject, person=person, **detail)

    def places_shown(self, *, whole: bool) -> PropertyScope:
        """Return the places of the rows to show; whole rows need `privacy` too. Raises PrivacyNeeded."""
        if not whole:
            return self.places
        private = self.sight.with_duty(Duty.PRIVATE)
        if private == NOWHERE:
            raise PrivacyNeeded
        read = self.places
        return read if private is None else private if read is None else read & private

    async def look(self, read: Read[Ref, T], ref: Ref, noun: str, *, whole: bool) -> T:
        """Return a record as the operator may see it; audit the look. Raises NoSuch, PrivacyNeeded."""
        return found(noun, await look(self.actor, read, ref, noun=noun, sight=self.sight, whole=whole))


def found(noun: str, record: T | None) -> T:
    """Return the record. Raises NoSuch if the operator reaches none."""
    if record is None:
        raise NoSuch(noun)
    return record
