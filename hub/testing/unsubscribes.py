"""Refusals that come by a mail's own link, over the memory store's tables."""

from __future__ import annotations

from uuid import UUID

from hub.contact_rules.consents import revoked_by_link
from hub.model import Message, Revocation
from hub.testing import consents
from hub.testing.tables import OptOut, Statements, Tables


class MemoryUnsubscribes(Statements):
    """`hub.ports.UnsubscribeStore`."""

    async def recipient(self, message_id: UUID, purpose: str) -> tuple[str, bool] | None:
        tables = await self._statement("recipient")
        mail = _mail(tables, message_id, purpose)
        if mail is None:
            return None
        return mail.person, _is_refused(tables, mail)

    async def unsubscribe(self, revocation: Revocation) -> bool:
        tables = await self._statement("unsubscribe")
        mail = _mail(tables, revocation.message_id, revocation.purpose)
        if mail is None or _is_refused(tables, mail):
            return False
        key = mail.address.lower(), revocation.purpose
        known = tables.opt_outs.get(key)
        if known is None or known.lifted or known.person is None:
            tables.opt_outs[key] = OptOut(since=revocation.at, person=mail.person, reason="opted_out")
        consents.add(tables, [revoked_by_link(revocation, mail.person)], revocation.at)
        return True


def _is_refused(tables: Tables, mail: Message) -> bool:
    known = tables.opt_outs.get((mail.address.lower(), mail.purpose))
    mine = (mail.person, mail.purpose)
    said = [one for one in tables.consents.values() if (one.person, one.purpose) == mine]
    last = max(said, key=lambda one: (one.at, not one.granted), default=None)
    stands = known is not None and not known.lifted
    return stands and last is not None and not last.granted and not last.channels


def _mail(tables: Tables, message_id: UUID, purpose: str) -> Message | None:
    row = tables.messages.get(message_id)
    return row.message if row and (row.message.channel, row.message.purpose) == ("email", purpose) else None
