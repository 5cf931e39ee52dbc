"""`hub db backup` and `hub db restore`: a copy is proven, and no hub starts on a failed one."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest

from hub.storage import migrations
from hub.storage.backup import without_password
from tests.command_line import Ended, command
from tests.made_up_migrations import LAST, OWN
from tests.servers import APP, OWNER, as_user, execute

ROWS: Final = """
INSERT INTO copropiedad (id, version, name) VALUES ('ph-1', 1, 'Altos del Rosal');
INSERT INTO audit (id, at, who, action, subject, detail)
VALUES (gen_random_uuid(), now(), 'ana', 'test', 'ph-1', '{}');
"""


PEOPLE: Final = """
INSERT INTO person (id, version, removed, digital_access, name, locale)
VALUES ('p-1', 1, false, true, 'María Peña', 'es'), ('p-2', 1, false, true, 'Pedro', 'es');
INSERT INTO membership (id, version, removed, person_id, role, scope_kind, scope_id)
VALUES ('m-2', 1, false, 'p-2', 'owner', 'unit', 'u-1');
"""
MORE: Final = "VALUES ('p-2', 'ana', 'r', '{}', '{}'), ('p-3', 'ana', 'r', '{}', '{}')"
MADE: Final = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
FOR_EVERYBODY: Final = """
SELECT count(*) FROM pg_proc
WHERE prosecdef AND (proacl IS NULL OR EXISTS (SELECT FROM aclexplode(proacl) WHERE grantee = 0))
"""
"""Functions in the owner's name that anybody may call."""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "hub.dump"


async def hub(database: str, *arguments: str | Path) -> Ended:
    """Give a command of an installation with two users of the database."""
    environ = {
        "HUB_DATABASE_URL": as_user(database, APP),
        "HUB_DATABASE_OWNER_URL": as_user(database, OWNER),
    }
    return await command(environ, *map(str, arguments))


async def copied(database: str, copy: Path, statement: str = "") -> None:
    if statement:
        await execute(database, statement)
    done = await hub(database, "db", "backup", copy)
    assert 0 == done.code, done.err


def with_one_that_is_off(database: str) -> str:
    """Return the address with another host before it."""
    return database.replace("@", "@127.0.0.1:1,")


async def ask(database: str, question: str) -> Any:
    connection = await asyncpg.connect(database)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


def read(file: Path) -> bytes:
    return file.read_bytes()


def write(file: Path, content: bytes) -> None:
    file.write_bytes(content)


def manifest(copy: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(copy.with_name("hub.dump.json").read_bytes())
    return read


def rewrite(copy: Path, **changes: Any) -> None:
    copy.with_name("hub.dump.json").write_text(json.dumps({**manifest(copy), **changes}))


async def test_copy_is_restored_with_its_rows_paused_and_with_the_rights_of_the_roles(
    database: str, empty: str, copy: Path
) -> None:
    await execute(database, ROWS)
    await copied(with_one_that_is_off(database), copy)
    await execute(database, "DELETE FROM copropiedad")
    done = await hub(with_one_that_is_off(empty), "db", "restore", copy)
    listed = json.loads((await hub(empty, "pause", "--json")).out)["items"]
    status = await hub(empty, "db", "status")
    rights = as_user(empty, APP)

    assert 0 == done.code, done.err
    assert "Altos del Rosal" == await ask(rights, "SELECT name FROM copropiedad")
    assert ["all"] == [row["subject"] for row in listed]
    assert listed[0]["since"] == manifest(copy)["at"]
    assert 0 == status.code
    assert 0 == await ask(empty, FOR_EVERYBODY)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await execute(rights, "DELETE FROM audit")


async def test_pause_of_the_copy_that_was_to_end_does_not_end_that_of_the_restore(
    database: str, empty: str, copy: Path
) -> None:
    ends = "INSERT INTO pause (subject, by, reason, ends_at) VALUES ('all', 'ana', '', now() + '1s')"
    await copied(database, copy, ends)
    done = await hub(empty, "db", "restore", copy)
    found = await ask(empty, "SELECT ends_at IS NULL AND by <> 'ana' FROM pause WHERE subject = 'all'")

    assert 0 == done.code, done.err
    assert found


async def test_who_was_erased_after_the_copy_is_erased_again(database: str, empty: str, copy: Path) -> None:
    listed = copy.with_name("erasures.json")
    await copied(database, copy, PEOPLE)
    erased = await hub(database, "person", "erase", "p-1", "--reason", "reclamo 14", "--yes")
    kept = await hub(database, "person", "erasures", "--since", manifest(copy)["at"], "--out", listed)
    await execute(database, "INSERT INTO erasure (person, asked_by, reason, words, marks) " + MORE)
    more = await hub(
        database, "person", "erasures", "--since", manifest(copy)["at"], "--out", copy.with_name("more")
    )
    await hub(empty, "db", "restore", copy)
    back = await ask(empty, "SELECT name FROM person WHERE id = 'p-1'")
    again = await hub(empty, "person", "erase-again", listed)
    refused = await hub(empty, "person", "erase-again", copy.with_name("more"), "--json")

    assert [0, 0, 0, 0, 1] == [done.code for done in (erased, kept, more, again, refused)], refused.err
    assert "María" not in listed.read_text(encoding="utf-8")
    assert "María Peña" == back
    assert "" == await ask(empty, "SELECT name FROM person WHERE id = 'p-1'")
    assert {"erased": ["p-1"], "unknown": ["p-3"], "kept": {"p-2": ["membership"]}} == json.loads(refused.out)
    assert "p-2: No se suprime" in refused.err
    assert "Pedro" == await ask(empty, "SELECT name FROM person WHERE id = 'p-2'")


async def test_copies_and_restores_are_in_the_audit(database: str, empty: str, copy: Path) -> None:
    await copied(database, copy)
    await hub(empty, "db", "restore", copy)
    actions = "SELECT string_agg(action, ' ' ORDER BY at) FROM audit"

    assert "db.backup" == await ask(database, actions)
    assert "db.backup db.restore" == await ask(empty, actions)


async def test_copy_is_readable_by_its_owner_alone_and_says_what_it_has(database: str, copy: Path) -> None:
    await copied(database, copy, ROWS)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in copy.parent.iterdir()}

    assert {0o600} == modes
    assert ["hub.dump", "hub.dump.json"] == sorted(path.name for path in copy.parent.iterdir())
    assert (1, migrations.HEAD) == (manifest(copy)["rows"]["copropiedad"], manifest(copy)["revision"])
    assert len(read(copy)) == manifest(copy)["size"]


async def test_no_file_is_overwritten_and_a_failed_copy_leaves_none(
    database: str, empty: str, copy: Path
) -> None:
    write(copy, b"yesterday's")
    there = await hub(database, "db", "backup", copy)
    nothing = await hub(empty, "db", "backup", copy.with_name("new.dump"))

    assert (1, 1) == (there.code, nothing.code)
    assert "name a new file" in there.err
    assert "nothing to copy" in nothing.err
    assert ["hub.dump"] == [path.name for path in copy.parent.iterdir()]
    assert b"yesterday's" == read(copy)


async def test_restore_overwrites_nothing(database: str, copy: Path) -> None:
    await copied(database, copy, ROWS)
    done = await hub(database, "db", "restore", copy)

    assert 1 == done.code
    assert "not empty" in done.err
    assert 1 == await ask(database, "SELECT count(*) FROM copropiedad")


@pytest.mark.parametrize("damage", ["changed", "cut", "no manifest", "no json", "newer"])
async def test_file_that_is_not_what_its_manifest_says_is_refused(
    database: str, empty: str, copy: Path, damage: str
) -> None:
    await copied(database, copy)
    content = read(copy)
    if damage == "changed":
        write(copy, content[:-1] + bytes([content[-1] ^ 1]))
    elif damage == "cut":
        write(copy, content[:-1])
    elif damage == "no manifest":
        copy.with_name("hub.dump.json").unlink()
    elif damage == "no json":
        copy.with_name("hub.dump.json").write_text("{}")
    else:
        rewrite(copy, revision="9999")
    done = await hub(empty, "db", "restore", copy)

    assert 1 == done.code
    assert 0 == await ask(empty, MADE), "nothing is written before the file is proven"


async def test_copy_without_all_its_rows_is_a_database_on_which_no_hub_starts(
    database: str, empty: str, copy: Path
) -> None:
    await copied(database, copy, ROWS)
    rewrite(copy, rows={**manifest(copy)["rows"], "copropiedad": 2})
    done = await hub(empty, "db", "restore", copy)
    status = await hub(empty, "db", "status")

    assert 1 == done.code
    assert "copropiedad" in done.err
    assert (1, None) == (status.code, await migrations.current(as_user(empty, OWNER)))


@pytest.mark.usefixtures("later")
async def test_copy_of_an_older_schema_is_upgraded_after_it_is_paused(
    database: str, empty: str, copy: Path
) -> None:
    await copied(database, copy, ROWS)
    done = await hub(empty, "db", "restore", copy)

    assert 0 == done.code, done.err
    assert OWN == manifest(copy)["revision"]
    assert LAST == await migrations.current(empty)
    assert "all" == await ask(empty, "SELECT subject FROM pause")


async def test_copy_of_a_schema_before_the_baseline_is_refused_with_what_to_do(
    database: str, empty: str, copy: Path
) -> None:
    await copied(database, copy)
    rewrite(copy, revision="0059")
    done = await hub(empty, "db", "restore", copy)

    assert 1 == done.code
    assert re.search(r"schema 0059.*from 0060 on: restore it with the version that made it", done.err)
    assert 0 == await ask(empty, MADE)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://hub:s%2Fcret@db:5432/hub", "postgresql://hub@db:5432/hub"),
        (
            "postgresql://hub@db/hub?password=s%2Fcret&sslmode=require",
            "postgresql://hub@db/hub?sslmode=require",
        ),
    ],
)
def test_password_is_handed_over_in_the_environment(url: str, shown: str) -> None:
    assert (shown, {"PGPASSWORD": "s/cret"}) == without_password(url)


def test_url_without_a_password_hands_over_none() -> None:
    url = "postgresql://hub@/hub?host=%2Frun%2Fpostgresql"

    assert (url, {}) == without_password(url)


async def test_machine_without_the_client_is_told_what_to_install(
    database: str, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(copy.parent))
    done = await hub(database, "db", "backup", copy)

    assert 1 == done.code
    assert "postgresql-client" in done.err
    assert [] == list(copy.parent.iterdir())


async def test_what_the_client_complains_of_is_said_and_no_file_is_blamed(
    database: str, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = copy.parent / "programs"
    programs.mkdir()
    write(programs / "pg_dump", b"#!/bin/sh\necho 'server version: 17; pg_dump version: 15' >&2; exit 1\n")
    (programs / "pg_dump").chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    done = await hub(database, "db", "backup", copy)

    assert 1 == done.code
    assert "pg_dump failed: server version: 17; pg_dump version: 15" in done.err
    assert "cannot write" not in done.err
    assert ["programs"] == [path.name for path in copy.parent.iterdir()]


async def test_what_is_of_everything_alone_is_refused_for_a_channel(database: str) -> None:
    for option in ("--dry-run", "--cancel-older"):
        done = await hub(database, "resume", "sms", option)

        assert 2 == done.code
        assert "of `all` alone" in done.err
