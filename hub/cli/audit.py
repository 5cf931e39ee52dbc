"""`hub audit`, and the audit notes of commands."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from hub.access import audit as noting
from hub.app import container as hub_app
from hub.cli.common import AsJson, Limit, local_time, print_items, print_table, settings, wait
from hub.model import Json
from hub.ports import Page


def audit(
    person: Annotated[
        str | None,
        typer.Option(metavar="REF", help="Who looked at this person's data, and who reported or changed it."),
    ] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """
    Show who looked at people's data and who changed what, newest first.

      hub audit --person p-maria-pena
    """
    page = wait(_notes(limit, person))
    if person is not None:
        wait(note("audit.person", f"person:{person}", person=person))
    if as_json:
        print_items(page.items, page.next)
        return
    rows = [
        (
            *(local_time(row["at"]), row["who"], row["action"], row["subject"]),
            " ".join(f"{name}={value}" for name, value in row["detail"].items()),
        )
        for row in page.items
    ]
    print_table(("at", "who", "action", "subject", "detail"), rows)


async def _notes(limit: int, person: str | None) -> Page:
    async with hub_app.open_audit(settings()) as store:
        return await store.notes(after=None, limit=limit, person=person)


def operator() -> str:
    """Return the operator's name as the audit has it."""
    return f"cli:{getpass.getuser()}"


async def note(action: str, subject: str, *, person: str | None = None, **detail: Json) -> None:
    """Audit what a command does, and to whose data. `detail` never contains a person's data."""
    async with hub_app.open_audit(settings()) as store:
        await noting.note(store, who=operator(), action=action, subject=subject, person=person, **detail)
