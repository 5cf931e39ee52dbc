"""Codes that people read to staff: which message has one."""

from __future__ import annotations

from collections.abc import Sequence

from hub.desk.genuine.rows import GenuineList, GenuineRow
from hub.doors.operator import Operator
from hub.errors import UnknownCode
from hub.operations.genuine import find


async def show_genuine(by: Operator, code: str) -> GenuineList:
    """Find the message of a code that a person reads from a letter or a text; the look is audited."""
    rows = await look_up(by, code)
    if not rows:
        raise UnknownCode
    return GenuineList(items=[*rows], next=None)


async def look_up(by: Operator, code: str) -> Sequence[GenuineRow]:
    """Return the messages of a code within reach: none, one, or by a rare chance two."""
    places = by.places
    found = await find(code, by.stores.company.genuine_codes, by.stores.genuine, by.now)
    rows = [GenuineRow.of(one) for one in found if places is None or one.copropiedad_id in places]
    for row in rows:
        await by.audit("genuine.look", f"message:{row.message_id}", person=row.person)
    return rows
