"""`hub db`: the schema of the database."""

from __future__ import annotations

import typer

from hub.cli.common import AsJson, print_done, settings
from hub.storage import migrations

app = typer.Typer(no_args_is_help=True)


@app.command()
async def upgrade(as_json: AsJson = False) -> None:
    """
    Bring the schema up to date. Safe to repeat, also from several machines at once.

    With HUB_DATABASE_OWNER_URL that user does it, and gives the user of HUB_DATABASE_URL its rights.
    """
    roles, owner = settings().database_url, settings().database_owner_url
    if owner is None:
        await migrations.upgrade(roles.reveal())
    else:
        await migrations.upgrade(owner.reveal(), roles_url=roles.reveal())
    _show(migrations.HEAD, migrations.HEAD, as_json=as_json)


@app.command()
async def status(as_json: AsJson = False) -> None:
    """Show which schema the database has and which one this hub needs; exit 1 when they differ."""
    current = await migrations.current(settings().database_url.reveal())
    _show(current, migrations.HEAD, as_json=as_json)
    if current != migrations.HEAD:
        raise typer.Exit(1)


def _show(current: str | None, needed: str, *, as_json: bool) -> None:
    if current == needed:
        sentence = f"The schema is up to date ({current})."
    else:
        sentence = f"The schema is {current or 'missing'}; this hub needs {needed}: run `hub db upgrade`."
    done = {"revision": current, "needed": needed, "current": current == needed}
    print_done(done, sentence, as_json=as_json)
