"""`hub db`: the schema of the database, its back-ups, and restoring them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from hub.access import audit
from hub.app.operators import shell_user
from hub.cli.progress import silent
from hub.doors.terminal import AsJson, local_time, print_done, print_json, print_table, settings, warn
from hub.model import Json
from hub.storage import Database, PostgresAudit, migrations
from hub.storage import backup as backing_up
from hub.storage.migrations.plan import UpgradePlan

app = typer.Typer(no_args_is_help=True)

File = Annotated[Path, typer.Argument(metavar="FILE", show_default=False)]


@app.command()
async def upgrade(
    plan: Annotated[
        bool, typer.Option("--plan", help="Only say what would be locked, for what, and about how long.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """
    Bring the schema up to date. Safe to repeat, also from several machines at once.

    With HUB_DATABASE_OWNER_URL that user does it, and gives the user of HUB_DATABASE_URL its rights.

      hub db upgrade --plan
    """
    if plan:
        _show_plan(await migrations.plan(_owner_url()), as_json=as_json)
        return
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


@app.command()
async def downgrade(
    to: Annotated[str, typer.Argument(metavar="REVISION", show_default=False)],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """
    Take the schema back for an older version of the hub, after a failed upgrade. Stop the hub first.

    Says what is lost on the way, and asks. All or nothing. Where a step has no way back,
    restore the back-up that you made before the upgrade: `hub db restore`.

      hub db backup before-going-back.dump

      hub db downgrade 0060
    """
    url = _owner_url()
    lost = await migrations.losses(url, to)
    for sentence in lost:
        warn(sentence)
    if lost and not yes:
        typer.confirm(f"Go back to {to}?", abort=True, err=True)
    await migrations.downgrade(url, to)
    done = {"revision": to, "steps": len(lost)}
    print_done(done, f"The schema is {to}: start the version of the hub that needs it.", as_json=as_json)


@app.command()
async def backup(file: File, as_json: AsJson = False) -> None:
    """
    Copy the whole database into FILE, and what it must have into FILE.json. The hub may run meanwhile.

    Needs pg_dump of the server's version or a newer one. Both files have people's data: only their
    owner may read them, so encrypt them before they leave the machine. The copy has neither the
    settings and HUB_SECRET nor HUB_POLICY, HUB_TEMPLATES and the keys of providers: keep those apart.

      hub db backup /var/backups/hub-2026-11-27.dump
    """
    if await migrations.current(_owner_url()) is not None:
        # All people's data in one file is the largest look of all.
        await _noted("db.backup")
    done = await backing_up.back_up(_owner_url(), file, _progress_of(as_json=as_json))
    sentence = f"{file}: {sum(done.rows.values()):,} rows, {done.size:,} bytes, as of {local_time(done.at)}."
    print_done(done, sentence, as_json=as_json)


@app.command()
async def restore(
    file: File,
    jobs: Annotated[int, typer.Option(min=1, max=16, help="Tables at the same time.")] = 2,
    as_json: AsJson = False,
) -> None:
    """
    Restore the copy in FILE into an empty database, compare it with FILE.json, and pause everything.

    A hub on it takes events in and sends nothing: messages that waited when the copy was made have
    perhaps been sent since. `hub resume all --dry-run` says what would leave, `hub resume all` lets it.
    Redis and RabbitMQ may be empty: the hub fills them. Needs pg_restore. If it fails, no hub starts
    on what is there: drop the database and try again.

      createdb hub2

      HUB_DATABASE_URL=postgresql://…/hub2 hub db restore /var/backups/hub-2026-11-27.dump
    """
    given = settings()
    roles = given.database_url.reveal() if given.database_owner_url is not None else None
    progress = _progress_of(as_json=as_json)
    done = await backing_up.restore(_owner_url(), file, progress, roles_url=roles, jobs=jobs)
    await _noted("db.restore", copied_at=done.at.isoformat())
    sentence = (
        f"Restored as of {local_time(done.at)}, {sum(done.rows.values()):,} rows. Everything is paused: "
        "erase again who was erased since (`hub person erase-again`), start the hub, look with "
        "`hub resume all --dry-run`, then `hub resume all`."
    )
    print_done(done, sentence, as_json=as_json)


def _show_plan(plan: UpgradePlan, *, as_json: bool) -> None:
    if as_json:
        print_json(plan)
        return
    rows = [
        [item.revision, lock.table, lock.lock, lock.why, f"{lock.rows:,}", f"{lock.seconds:.1f}"]
        for item in plan.items
        for lock in item.locks
    ]
    if rows:
        print_table(["schema", "table", "lock", "for", "rows", "seconds, about"], rows)
    free = sum(not item.locks for item in plan.items)
    typer.echo(
        f"{len(plan.items)} migrations from {plan.current or 'nothing'} to {plan.needed}, "
        f"{free} of them lock nothing that is there.\nThey are one transaction: who writes waits about "
        f"{plan.writers_wait:.1f} s at most.\nIndexes are built after it for about {plan.beside:.1f} s, "
        "and nobody waits for them."
    )


def _owner_url() -> str:
    given = settings()
    return (given.database_owner_url or given.database_url).reveal()


async def _noted(action: str, **detail: Json) -> None:
    """Audit as the owner of the tables, who copies them: the user of the roles may not exist yet."""
    given = settings()
    owner = given.database_owner_url or given.database_url
    async with Database(owner.reveal(), size=1) as database:
        await audit.note(
            PostgresAudit(database), who=shell_user(), action=action, subject="database", **detail
        )


def _progress_of(*, as_json: bool) -> Callable[[str], None]:
    return silent if as_json else lambda words: typer.secho(f"{words} …", dim=True, err=True)


def _show(current: str | None, needed: str, *, as_json: bool) -> None:
    if current == needed:
        sentence = f"The schema is up to date ({current})."
    else:
        sentence = f"The schema is {current or 'missing'}; this hub needs {needed}: run `hub db upgrade`."
    done = {"revision": current, "needed": needed, "current": current == needed}
    print_done(done, sentence, as_json=as_json)
