"""`hub secrets` on a real database: the uses of each key of HUB_SECRET."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from prometheus_client import REGISTRY

from hub.access.keyring import KeyRing, Purpose, Sealed
from hub.channels.sms.hooks import Addresses, Use
from hub.cli.check.command import examine
from hub.model import Grant, Office, SecondFactor, State
from hub.parts.company import METRIC, count
from hub.settings import Secret, load
from hub.storage import Database, PostgresAccounts, PostgresSecondFactors
from hub.storage.secrets import MAIL_LASTS, TEXT_LASTS, PostgresSecrets
from tests.command_line import hub
from tests.contract.stores import open_stores
from tests.contract.test_accounts import made
from tests.contract.values import event, message, stored
from tests.providers.aggregator import EXAMPLE

NEW, OLD = "9f2c61d7a0b84e35c1fd7e6a2b90483d5e17", "71e0d94c2b6f8a35e1c07d9b4f6a82c350de"
RING = KeyRing([Secret(NEW), Secret(OLD)])
PERSON = """
INSERT INTO person (id, version, removed, digital_access, name, locale, document_hash)
VALUES ($1, 1, false, true, 'N', 'es', $2)
"""


@pytest.fixture
def environ(database: str) -> dict[str, str]:
    return {
        "PATH": "/usr/bin:/bin",
        "HUB_DATABASE_URL": database,
        "HUB_AMQP_URL": "amqp://127.0.0.1:1/",
        "HUB_REDIS_URL": "redis://127.0.0.1:1/",
        "HUB_SECRET": f"{NEW} {OLD}",
        "HUB_MODE": "live",
        "HUB_MAIL_DOMAIN": "respuestas.example.co",
        "HUB_SMS_URL": f"http+https://u:p@api.example?spec={EXAMPLE}",
        "HUB_PUBLIC_URL": "https://hub.example",
    }


async def add_documents(url: str) -> None:
    """Documents: two under the old key, one under a removed key, one of another system."""
    gone = KeyRing([Secret("gone")])
    hashes = [
        *(RING.document_hashes(number)[1] for number in ("1", "2")),
        *gone.document_hashes("3"),
        "sha256:of-another-system",
    ]
    async with Database(url) as database:
        for place, each in enumerate(hashes):
            await database.rows(PERSON, f"p-{place}", each)


async def test_each_key_is_listed_with_the_documents_that_need_it(environ: dict[str, str]) -> None:
    await add_documents(environ["HUB_DATABASE_URL"])

    code, stdout, err = await hub(environ, "secrets", "list")

    assert (code, err) == (0, "")
    assert stdout["keys"] == [
        {"id": RING.ids[0], "signs": True, "documents": 0, "factors": 0},
        {"id": RING.ids[1], "signs": False, "documents": 2, "factors": 0},
    ]
    assert (stdout["documents_lost"], stdout["panels"]) == (1, ["mensajeria"])
    assert NEW not in str(stdout)


async def add_factors(url: str) -> None:
    """Second factors: one under each key, one under a removed key, and one that must still be enrolled."""
    rings = KeyRing([Secret(NEW)]), KeyRing([Secret(OLD)]), KeyRing([Secret("gone")]), None
    async with Database(url) as database:
        for place, ring in enumerate(rings):
            account = made(f"ana{place}", Grant(office=Office.MANAGER))
            await PostgresAccounts(database).add(account)
            if ring is not None:
                sealed = ring.seal(Sealed.SECOND_FACTOR, b"x", str(account.id))
                factor = SecondFactor(
                    sealed=sealed, last_step=0, enrolled_at=account.created_at, codes_left=0
                )
                await PostgresSecondFactors(database).enrol(account.id, factor, [], again=False)


async def test_second_factors_are_counted_by_the_key_that_they_need(environ: dict[str, str]) -> None:
    await add_factors(environ["HUB_DATABASE_URL"])
    _, stdout, _ = await hub(environ, "secrets", "list")
    whats = [finding.what for finding in await examine(load(environ))]

    assert [key["factors"] for key in stdout["keys"]] == [1, 1]
    assert stdout["factors_lost"] == 1
    assert "1 segundo factor tiene una clave que no está en HUB_SECRET." in whats
    assert any(what.startswith("1 cuenta entra todavía solo con contraseña") for what in whats)


async def test_check_warns_of_a_key_removed_too_early(environ: dict[str, str]) -> None:
    await add_documents(environ["HUB_DATABASE_URL"])

    whats = [finding.what for finding in await examine(load({**environ, "HUB_SECRET": NEW}))]

    assert "El documento de 3 personas tiene una clave que no está en HUB_SECRET." in whats


async def test_mails_and_texts_that_may_still_come_back_are_counted(database: str) -> None:
    now = datetime.now(UTC)
    second = timedelta(seconds=1)
    ages = {"email": (MAIL_LASTS - second, MAIL_LASTS + second), "sms": (TEXT_LASTS - second, MAIL_LASTS / 2)}
    async with open_stores(database) as stores:
        for channel, each in ages.items():
            for age in each:
                of = stored(event(time=now - age))
                await stores.add_events(of)
                await stores.add(message(of, channel=channel, state=State.SENT))
    async with Database(database) as opened:
        out = await PostgresSecrets(opened).under_way(now)

    assert (out.mails, out.texts) == (1, 1)


async def test_without_a_database_the_keys_are_listed_all_the_same(environ: dict[str, str]) -> None:
    away = {**environ, "HUB_DATABASE_URL": "postgresql://127.0.0.1:1/hub"}

    code, stdout, _ = await hub(away, "secrets", "list")

    assert code == 0
    assert [(key["id"], key["documents"]) for key in stdout["keys"]] == [(key, None) for key in RING.ids]


async def test_the_addresses_of_panels_are_signed_with_the_first_key(environ: dict[str, str]) -> None:
    _, stdout, _ = await hub(environ, "secrets", "hooks")

    [item] = stdout["items"]
    [key] = parse_qs(urlsplit(item["address"]).query)["key"]
    only_new = Addresses(public_url="", ring=KeyRing([Secret(NEW)]))
    assert (item["provider"], item["use"]) == ("mensajeria", "replies")
    assert only_new.signs_fixed(key, "mensajeria", Use.REPLIES)


def test_what_was_verified_is_counted_by_purpose_and_key() -> None:
    labels = {"purpose": str(Purpose.MAIL), "key": RING.ids[1]}
    before = REGISTRY.get_sample_value(METRIC, labels) or 0
    ring = KeyRing([Secret(NEW), Secret(OLD)], count)

    ring.verify(Purpose.MAIL, KeyRing([Secret(OLD)]).sign(Purpose.MAIL, "a"), "a")
    ring.verify(Purpose.MAIL, "nothing", "a")

    assert REGISTRY.get_sample_value(METRIC, labels) == before + 1
