"""Accounts of the demonstration, an office each, and the page of one of its residents."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from hub.app.operators import open_operator
from hub.desk.accounts import acts
from hub.desk.accounts.rows import ALL, AccountBody, AccountMade, GrantBody
from hub.doors.act import ADMIN
from hub.doors.operator import Operator
from hub.local.server import write_private
from hub.model import Office
from hub.ports import MessageFilter

STAFF: Final[Mapping[Office, str]] = {
    Office.OPERATOR: "laura-quintero",
    Office.MANAGER: "patricia-mejia",
    Office.PRIVACY_OFFICER: "lina-marulanda",
    Office.ADMINISTRATOR: "tatiana-forero",
    Office.VIEWER: "wilson-duarte",
}
"""Who of the demonstration's staff has which office, everywhere."""
SHOWN: Final = MessageFilter(person="p-maria-pena", channel="email", event="pqrs.responded")
"""A message of the demonstration whose page shows a whole case."""
_LOOKS: Final = 25
_PAUSE: Final = 0.2  # seconds: what the demonstration publishes is taken in a moment later

Accounts = Mapping[Office, tuple[str, str]]
"""Office → name and password."""


def kept(file: Path) -> Accounts:
    """Return the accounts that an earlier start has made; none before the first."""
    try:
        found = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    return {Office(office): (name, password) for office, (name, password) in found.items()}


async def make(file: Path, environ: Mapping[str, str]) -> None:
    """
    Make the accounts, each with the inbox of its person; random passwords, which `file` keeps.

    They need not be changed at the first sign-in: only this machine's demonstration knows them.
    """
    async with open_operator(ADMIN, environ) as by:
        made = {office: await _account(by, office, slug) for office, slug in STAFF.items()}
    write_private(file, json.dumps({office: (each.name, each.password) for office, each in made.items()}))


async def _account(by: Operator, office: Office, slug: str) -> AccountMade:
    store, name = by.stores.accounts, slug.replace("-", ".")
    grants = [GrantBody(office=office, copropiedad_id=ALL)]
    account = AccountBody(name=name, display_name=slug.replace("-", " ").title(), grants=grants)
    is_left_over = await store.named(name) is not None
    made = await (acts.reset(by, name) if is_left_over else acts.create(by, account))
    known = await store.named(name)
    assert known is not None  # made a moment ago
    await store.set_password(known.id, await by.stores.passwords.hash(made.password), must_change=False)
    for _ in range(_LOOKS):
        if await store.set_person(known.id, f"p-{slug}"):
            break
        await asyncio.sleep(_PAUSE)
    return made


async def resident_page(environ: Mapping[str, str]) -> str | None:
    """Make the link of a resident's mail, as the mail has it; None where mails have none."""
    async with open_operator(ADMIN, environ) as by:
        links = by.stores.company.resident_links
        for _ in range(_LOOKS if links.usable else 0):
            if found := (await by.stores.log.messages(SHOWN, after=None, limit=1)).items:
                return links.to(found[0].id, by.now + links.lifetime)
            await asyncio.sleep(_PAUSE)
    return None
