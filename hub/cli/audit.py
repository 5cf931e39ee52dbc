"""`hub audit`, and the audit notes of commands."""

from __future__ import annotations

from typing import Annotated

import typer

from hub.app.operators import open_operator
from hub.desk.audit.acts import NotesQuery, list_notes
from hub.desk.audit.noun import SCOPES
from hub.doors.terminal import AsJson, Limit, fields, print_list
from hub.model.keys import NoteRow


async def audit(
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
    async with open_operator(SCOPES) as by:
        page = await list_notes(by, NotesQuery(person=person, limit=limit))
    columns = {**fields("at", "who", "action", "subject", "address"), "detail": _detail}
    print_list(page.items, columns, page.next, as_json=as_json)


def _detail(row: NoteRow) -> str:
    return " ".join(f"{name}={value}" for name, value in row.detail.items())
