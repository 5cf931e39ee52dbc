"""Accounts as commands against a real database, and a sign-in with the printed password."""

from datetime import UTC, datetime, timedelta

import pytest

from hub.access.api_keys import opens
from hub.access.attempts import Refused, SignInDeps
from hub.access.keyring import KeyRing
from hub.access.lockout import FAILURES
from hub.access.passwords import ONE_TIME, Passwords
from hub.access.sign_in import sign_in
from hub.doors.terminal import local_time
from hub.model import Scope, SecondFactor
from hub.storage import (
    Database,
    PostgresAccounts,
    PostgresAudit,
    PostgresDirectoryHistory,
    PostgresKeys,
    PostgresSecondFactors,
    PostgresSessions,
)
from tests.command_line import hub, printed
from tests.contract.values import copropiedad, now

ANA = ("ana.ruiz", "--name", "Ana Ruiz", "--office", "operator")
ROOT = ("root", "--name", "Raíz", "--office", "administrator", "--everywhere")


def deps(database: Database) -> SignInDeps:
    return SignInDeps(
        accounts=PostgresAccounts(database),
        sessions=PostgresSessions(database),
        factors=PostgresSecondFactors(database),
        audit=PostgresAudit(database),
        passwords=Passwords(),
        ring=KeyRing([]),
        now=lambda: datetime.now(UTC),
    )


async def test_account_is_created_signs_in_is_changed_and_audited(environ: dict[str, str]) -> None:
    async with Database(environ["HUB_DATABASE_URL"]) as database:
        for ref in ("ph-1", "ph-2"):
            await PostgresDirectoryHistory(database).write(copropiedad(ref))
        where = ("--copropiedad", "ph-1", "--copropiedad", "ph-2")
        _, made, _ = await hub(environ, "accounts", "create", *ANA, *where)
        again, _, complaint = await hub(environ, "accounts", "create", *ANA, *where)
        opened = await sign_in(deps(database), "ana.ruiz", made["password"])
        _, taken, _ = await hub(
            environ, "accounts", "take", "ana.ruiz", "--office", "operator", "--copropiedad", "ph-2"
        )
        left = await database.rows("SELECT FROM session")
        for _ in range(FAILURES):
            last = await sign_in(deps(database), "ana.ruiz", "guess")
        _, locked, _ = await hub(environ, "accounts", "list")
        _, unlocked, _ = await hub(environ, "accounts", "unlock", "ANA.RUIZ")
        _, reset, _ = await hub(environ, "accounts", "reset", "ana.ruiz")
        old = await sign_in(deps(database), "ana.ruiz", made["password"])
        new = await sign_in(deps(database), "ana.ruiz", reset["password"])
        screen, _ = await printed(environ, "accounts", "list")
        shown, advice = await printed(environ, "accounts", "reset", "ana.ruiz")
        [ends] = await database.rows("SELECT password_until AS at FROM account")
        _, notes, _ = await hub(environ, "audit")

    assert (again, "is taken" in complaint) == (1, True)
    assert isinstance(opened, str)
    assert [grant["copropiedad_id"] for grant in taken["grants"]] == ["ph-1"]
    assert left == []
    assert isinstance(last, Refused)
    assert [row["state"] for row in locked["items"]] == ["locked"]
    assert unlocked["state"] == "active"
    assert (isinstance(old, Refused), isinstance(new, str)) == (True, True)
    assert "operator:ph-1" in screen
    # Each of the two says until when the password opens, in Bogotá's time.
    until = datetime.fromisoformat(reset["password_until"])
    assert timedelta(hours=71) < until - datetime.now(UTC) <= ONE_TIME
    assert local_time(until) in screen
    assert f"abre hasta {local_time(ends['at'])}" in advice
    assert len(shown.strip()) == 19
    output = screen + str(notes) + str(locked)
    assert not any(secret in output for secret in (made["password"], reset["password"], "$argon2"))
    assert [row["action"].removeprefix("account.") for row in reversed(notes["items"])] == [
        *("create", "sign_in", "take", *["refused"] * (FAILURES - 1), "lock"),
        *("unlock", "reset", "refused", "sign_in", "reset"),
    ]


async def test_the_command_line_appoints_a_manager_and_gives_any_key(environ: dict[str, str]) -> None:
    _, manager, _ = await hub(
        environ, "accounts", "create", "ana", "--name", "Ana", "--office", "manager", "--everywhere"
    )
    _, reset, _ = await hub(environ, "accounts", "reset", "ana")
    _, key, _ = await hub(environ, "keys", "create", "todo", *(f"--scope={scope}" for scope in Scope))

    assert manager["grants"] == [{"office": "manager", "copropiedad_id": "*"}]
    assert reset["must_change"]
    assert sorted(key["scopes"]) == sorted(Scope)


async def test_last_administrator_is_kept_with_a_hint(environ: dict[str, str]) -> None:
    await hub(environ, "accounts", "create", *ROOT)
    refused, _, complaint = await hub(environ, "accounts", "disable", "root")
    await hub(environ, "accounts", "create", "otra", *ROOT[1:])
    _, disabled, _ = await hub(environ, "accounts", "disable", "root")
    _, enabled, _ = await hub(environ, "accounts", "enable", "root")

    assert refused == 1
    assert "make another administrator" in complaint
    assert (disabled["state"], enabled["state"]) == ("disabled", "active")


@pytest.mark.parametrize(
    "where",
    [
        (),
        ("--copropiedad", ""),
        ("--copropiedad", "ph-1", "--everywhere"),
        ("--copropiedad", "ph-1", "--copropiedad", ""),
    ],
    ids=str,
)
async def test_missing_place_is_refused_and_never_means_everywhere(
    environ: dict[str, str], where: tuple[str, ...]
) -> None:
    code, _, complaint = await hub(environ, "accounts", "create", *ANA, *where)
    _, listed, _ = await hub(environ, "accounts", "list")

    assert code == 2
    assert "--everywhere" in complaint
    assert listed["items"] == []


async def test_second_factor_is_listed_and_forgotten(environ: dict[str, str], opened: Database) -> None:
    await hub(environ, "accounts", "create", *ROOT)
    account = await PostgresAccounts(opened).named("root")
    assert account is not None
    factor = SecondFactor(sealed="a:b:c", last_step=0, enrolled_at=datetime.now(UTC), codes_left=1)
    await PostgresSecondFactors(opened).enrol(account.id, factor, [b"code"], again=False)
    _, before, _ = await hub(environ, "accounts", "list")
    code, forgotten, _ = await hub(environ, "accounts", "forget-factor", "ROOT")
    audited = await opened.rows("SELECT action FROM audit ORDER BY at")
    codes = await opened.rows("SELECT FROM recovery_code")

    assert [row["second_factor"] for row in before["items"]] == [True]
    assert (code, forgotten["second_factor"], codes) == (0, False, [])
    assert [row["action"] for row in audited] == ["account.create", "account.forget_factor"]


async def test_unknown_copropiedad_is_refused(environ: dict[str, str]) -> None:
    code, _, complaint = await hub(environ, "accounts", "create", *ANA, "--copropiedad", "ph-9")

    assert (code, "ph-9" in complaint) == (1, True)


CRM = "urn:coproservicios:crm"


async def test_a_key_is_made_rotated_revoked_and_all_of_it_is_noted(
    environ: dict[str, str], opened: Database
) -> None:
    given = ("--scope", "publish", "--source", CRM, "--event", "pqrs.received", "--amqp-user", "crm")
    _, made, _ = await hub(environ, "keys", "create", "crm", *given)
    again, _, complaint = await hub(environ, "keys", "create", "crm", "--scope", "read")
    _, rotated, _ = await hub(environ, "keys", "rotate", "crm", "--old-ends", "2099-01-01T00:00")
    _, listed, _ = await hub(environ, "keys", "list")
    live = {key.prefix: key for key in await PostgresKeys(opened).live_keys()}
    _, revoked, _ = await hub(environ, "keys", "revoke", made["prefix"])
    _, notes, _ = await hub(environ, "audit")
    screen, _ = await printed(environ, "keys", "list")

    assert again == 1
    assert "a live key is called crm" in complaint
    assert all(opens(live[key["prefix"]], key["token"], now=now()) for key in (made, rotated))
    assert [row["source"] for row in listed["items"]] == [CRM, CRM]
    assert [row["expires_at"] for row in listed["items"]] == [None, "2099-01-01T05:00:00Z"]
    assert revoked == {"revoked": 1}
    assert [row["action"] for row in notes["items"]] == [
        "key.revoke",
        "key.rotate",
        "key.create",
        "key.create",
    ]
    assert all(row["who"].startswith("cli:") for row in notes["items"])
    assert made["token"].split("_", 2)[2] not in screen + str(notes) + str(listed)
    assert "revoked" in screen


async def test_a_key_that_makes_no_sense_is_refused_with_a_reason(environ: dict[str, str]) -> None:
    code, _, complaint = await hub(environ, "keys", "create", "crm", "--scope", "read", "--event", "x")
    missing, _, _ = await hub(environ, "keys", "revoke", "nobody")

    assert (code, missing) == (1, 1)
    assert "name it" in complaint


async def test_pauses_by_command_are_audited_without_personal_data(environ: dict[str, str]) -> None:
    await hub(environ, "pause", "sms", "--reason", "twice")
    await hub(environ, "resume", "sms")
    await hub(environ, "suppressions", "add", "maria@example.com", "--channel", "email")
    _, notes, _ = await hub(environ, "audit")

    assert "maria" not in str(notes)
    assert [(row["action"], row["subject"]) for row in notes["items"]] == [
        ("suppression.add", "channel:email"),
        ("resume", "channel:sms"),
        ("pause", "channel:sms"),
    ]
