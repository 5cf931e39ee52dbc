"""`hub check` against servers that are there, are not there, and are not right."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from hub.cli.check import servers
from hub.cli.check.command import examine
from hub.cli.check.connections import connections
from hub.cli.check.finding import Finding
from hub.consumers.publisher import BrokerPublisher
from hub.consumers.topology import QUEUES
from hub.model import Lane
from hub.ports import Ticket
from hub.settings import load
from hub.storage import Database, PostgresAccounts, PostgresIntake, RedisAppointments
from hub.storage.keys import PostgresKeys
from tests.contract.test_accounts import made
from tests.contract.test_key_store import CRM
from tests.contract.test_key_store import made as made_key
from tests.contract.values import membership, person
from tests.integration.broker_damage import declare_anew, delete_exchange
from tests.integration.test_broker_publisher import publishing
from tests.providers.aggregator import EXAMPLE

GOOD = "9f2c61d7a0b84e35c1fd7e6a2b90483d5e17fac6b2d80943"
SMTP_GREETING = b"220 mail.example ESMTP\r\n"


@pytest.fixture
def environ(amqp_url: str, redis_url: str, database: str, tmp_path: Path) -> dict[str, str]:
    return {
        "HUB_AMQP_URL": amqp_url,
        "HUB_REDIS_URL": redis_url,
        "HUB_DATABASE_URL": database,
        "HUB_CAPTURE_DIR": str(tmp_path / "outbox"),
        "HUB_HTTP": f"127.0.0.1:{free_port()}",
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def look(environ: Mapping[str, str], area: str) -> list[Finding]:
    return [finding for finding in await examine(load(environ)) if finding.area == area]


def printed(findings: list[Finding]) -> str:
    return "\n".join(f"{finding.state}: {finding.what} {finding.to_do}" for finding in findings)


async def test_with_everything_there_nothing_is_bad(environ: dict[str, str]) -> None:
    findings = await examine(load(environ))

    assert [finding for finding in findings if finding.state == "bad"] == []
    assert [finding.area for finding in findings if finding.area in {"RabbitMQ", "Redis", "PostgreSQL"}]


async def test_no_secret_is_ever_shown(environ: dict[str, str]) -> None:
    environ |= {
        "HUB_API_KEY": "topsecret" * 4,
        "HUB_SECRET": "topsecret2",
        "HUB_MODE": "live",
        "HUB_EMAIL_URL": f"smtp://me:topsecret@127.0.0.1:{free_port()}",
        "HUB_SMS_URL": f"twilio+http://SID:topsecret@127.0.0.1:{free_port()}?from=+573001234567",
        "HUB_WHATSAPP_URL": f"whatsapp+http://topsecret@127.0.0.1:{free_port()}?phone=1&secret=topsecret3",
    }

    findings = await examine(load(environ))

    assert "topsecret" not in printed(findings)
    assert not any(
        part in printed(findings) for part in (environ["HUB_AMQP_URL"], environ["HUB_DATABASE_URL"])
    )


async def test_queues_that_are_not_there_yet_are_made_by_running(
    environ: dict[str, str], new_amqp_url: str
) -> None:
    environ["HUB_AMQP_URL"] = new_amqp_url

    assert f"warn: Hay 0 de las {len(QUEUES)} colas del hub." in printed(await look(environ, "RabbitMQ"))


async def test_what_waits_in_a_queue_that_nobody_serves_is_reported(environ: dict[str, str]) -> None:
    publisher = BrokerPublisher(environ["HUB_AMQP_URL"], "test")
    await publisher.tickets([Ticket(channel="sms", lane=Lane.URGENT, ids=())])
    await publisher.aclose()

    words = printed(await look(environ, "RabbitMQ"))

    assert "warn: 1 mensaje en cola, y nadie atiende hub.messages.sms.urgent." in words


async def test_a_wrong_password_is_distinguished_from_a_server_that_is_off(environ: dict[str, str]) -> None:
    wrong = environ["HUB_AMQP_URL"].replace("amqp://hub:", "amqp://hub:x")

    words = printed(await look({**environ, "HUB_AMQP_URL": wrong}, "RabbitMQ"))

    assert "bad: No responde: amqp://127.0.0.1:" in words
    assert "Auth" in words


@pytest.mark.parametrize(
    ("setting", "area"),
    [("HUB_AMQP_URL", "RabbitMQ"), ("HUB_REDIS_URL", "Redis"), ("HUB_DATABASE_URL", "PostgreSQL")],
)
async def test_a_server_that_is_off_does_not_hide_the_others(
    environ: dict[str, str], setting: str, area: str
) -> None:
    scheme = environ[setting].partition("://")[0]

    findings = await examine(load({**environ, setting: f"{scheme}://127.0.0.1:{free_port()}/"}))

    assert {finding.area for finding in findings if finding.state == "bad"} == {area}


@pytest.fixture
async def deaf() -> AsyncIterator[int]:
    """A server that takes connections and never says anything."""
    closing = asyncio.Event()

    async def listen(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await closing.wait()
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    closing.set()
    server.close()
    await server.wait_closed()


async def test_a_server_that_hangs_is_given_up_after_three_seconds(
    environ: dict[str, str], deaf: int
) -> None:
    began = asyncio.get_running_loop().time()

    words = printed(
        await look({**environ, "HUB_DATABASE_URL": f"postgresql://127.0.0.1:{deaf}/hub"}, "PostgreSQL")
    )

    assert "No respondió en 3 segundos: postgresql://127.0.0.1" in words
    assert asyncio.get_running_loop().time() - began < 6


async def test_of_several_hosts_one_is_enough_and_those_that_are_off_are_named(
    environ: dict[str, str],
) -> None:
    """Also of those that only one of them can be: the hub asks for a primary."""
    off = f"127.0.0.1:{free_port()}"
    for setting in ("HUB_AMQP_URL", "HUB_DATABASE_URL"):
        environ[setting] = environ[setting].replace("@", f"@{off},")
    environ["HUB_DATABASE_URL"] += "?target_session_attrs=read-write"

    words = printed(await examine(load(environ)))

    assert f"warn: No contesta amqp://{off}; el hub trabaja con otro" in words
    assert f"warn: No contesta postgresql://{off}; el hub trabaja con otro" in words
    assert f"en amqp://{off},127.0.0.1:" in words
    assert "bad:" not in words


async def test_a_database_without_schema_names_the_command(
    environ: dict[str, str], servers: object, database: str
) -> None:
    del servers
    empty = f"{database.rpartition('/')[0]}/postgres"

    words = printed(await look({**environ, "HUB_DATABASE_URL": empty}, "PostgreSQL"))

    assert "bad: Falta el esquema" in words
    assert "Ejecute `hub db upgrade`." in words


@pytest.mark.parametrize("url", ["https://hub.example.co", "http://127.0.0.1:8080", "http://localhost"])
async def test_an_address_that_nobody_can_listen_to_is_no_warning(environ: dict[str, str], url: str) -> None:
    given = {**environ, "HUB_API_KEY": GOOD, "HUB_PUBLIC_URL": url}

    assert "sin cifrar" not in printed(await look(given, "Acceso"))


async def test_missing_accounts_are_reported_where_one_is_needed(environ: dict[str, str]) -> None:
    keyed = {**environ, "HUB_API_KEY": GOOD}
    free = printed(await look(environ, "PostgreSQL"))
    before = printed(await look(keyed, "PostgreSQL"))
    async with Database(environ["HUB_DATABASE_URL"]) as database:
        await PostgresAccounts(database).add(made("ana"))
    after = printed(await look(keyed, "PostgreSQL"))

    assert "warn: Nadie tiene cuenta: a la página solo se entra con HUB_API_KEY." in before
    assert ["Nadie tiene cuenta" in words for words in (free, after)] == [False, False]


async def test_a_hub_in_which_anybody_may_flood_emergencies_is_reported(
    environ: dict[str, str], tmp_path: Path
) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('[intake.rate]\nurgent = { rate = "none" }\n')

    limited = printed(await look(environ, "Política"))
    unlimited = printed(await look({**environ, "HUB_POLICY": str(policy)}, "Política"))

    assert "límite" not in limited
    assert "warn: Nadie tiene límite en la cola urgente" in unlimited


async def test_a_chain_of_which_nothing_is_outside_is_reported(
    environ: dict[str, str], tmp_path: Path
) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('[evidence]\nnotify = ["sellos@notaria.example.co"]\n')

    alone = printed(await look(environ, "Política"))
    witnessed = printed(await look({**environ, "HUB_POLICY": str(policy)}, "Política"))

    assert "warn: La huella de cada día no sale de la empresa" in alone
    assert "`[evidence] notify`" in alone
    assert "huella" not in witnessed


async def test_a_company_without_a_privacy_officer_is_warned(environ: dict[str, str]) -> None:
    async with Database(environ["HUB_DATABASE_URL"]) as database:
        before = printed(await look(environ, "PostgreSQL"))
        async with PostgresIntake(database).transaction() as transaction:
            officer = membership("p-1", "company", "staff", duty="privacy_officer")
            await transaction.apply_directory([person("p-1"), officer])

    assert "warn: Nadie de toda la empresa es privacy_officer" in before
    assert "privacy_officer" not in printed(await look(environ, "PostgreSQL"))


async def test_incidents_that_only_the_company_would_get_are_reported(
    environ: dict[str, str], tmp_path: Path
) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('[monitor]\nnotify = ["guardia@example.co"]\n')

    nobody = printed(await look(environ, "PostgreSQL"))
    named = printed(await look({**environ, "HUB_POLICY": str(policy)}, "PostgreSQL"))

    assert "warn: Sin nadie con el cargo ops, las averías van al correo de la empresa. Dé el cargo" in nobody
    assert "cargo ops" not in named


async def test_appointments_that_were_armed_are_no_warning(environ: dict[str, str]) -> None:
    before = printed(await look(environ, "Redis"))
    appointments = RedisAppointments(environ["HUB_REDIS_URL"])
    await appointments.begin_epoch()
    await appointments.aclose()

    after = printed(await look(environ, "Redis"))

    assert "Las citas aún no están puestas." in before
    assert "citas" not in after


@pytest.mark.parametrize(
    ("info", "words"),
    [
        ({"aof_enabled": 0}, "Sin AOF"),
        ({"aof_enabled": 1, "maxmemory_policy": "allkeys-lru"}, "maxmemory-policy allkeys-lru"),
    ],
)
def test_a_redis_that_may_forget_is_a_warning(info: dict[str, object], words: str) -> None:
    [finding] = servers.keeping(info, armed=True)

    assert (finding.state, words in finding.what) == ("warn", True)


@pytest.fixture
async def mail_server() -> AsyncIterator[int]:
    """As much of an SMTP server as a greeting needs."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(SMTP_GREETING)
        while line := await reader.readline():
            last = line.upper().startswith(b"QUIT")
            writer.write(b"221 bye\r\n" if last else b"250 mail.example\r\n")
            if last:
                break
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()


async def test_providers_are_greeted_and_nothing_is_sent(
    environ: dict[str, str], mail_server: int, deaf: int, tmp_path: Path
) -> None:
    environ |= {
        "HUB_MODE": "live",
        "HUB_EMAIL_URL": f"smtp://127.0.0.1:{mail_server}?starttls=never smtp://127.0.0.1:1",
        "HUB_SMS_URL": f"twilio+http://SID:TOKEN@127.0.0.1:{deaf}?from=+573001234567",
        "HUB_PUSH_URL": f"file://{tmp_path}",
        "HUB_VOICE_URL": "http://127.0.0.1:1",
    }

    words = printed(await look(environ, "Canales"))

    assert f"ok: Correo: smtp://127.0.0.1:{mail_server} saluda sin TLS." in words
    assert "bad: Correo 2: smtp://127.0.0.1:1: connect_failed" in words
    assert f"ok: SMS: twilio+http://127.0.0.1:{deaf} responde." in words
    assert f"ok: Notificación móvil: file://{tmp_path} recibe los mensajes como archivos." in words
    assert "warn: Llamada: esta versión no lo tiene todavía." in words


async def test_a_described_provider_is_reached_and_its_panel_is_shown_without_the_address(
    environ: dict[str, str], deaf: int
) -> None:
    environ |= {
        "HUB_MODE": "live",
        "HUB_SECRET": "a secret",
        "HUB_SMS_URL": f"http+http://USER:topsecret@127.0.0.1:{deaf}?spec={EXAMPLE}",
    }

    words = printed(await look(environ, "Canales"))

    assert f"ok: SMS: http+http://127.0.0.1:{deaf} responde." in words
    assert "ok: SMS: mensajeria entrega respuestas; su dirección la da `hub secrets hooks`." in words
    assert "?key=" not in words
    assert "informa entregas" not in words
    assert "topsecret" not in words


async def test_provider_that_does_not_sign_what_it_brings_is_reported(
    environ: dict[str, str], deaf: int, tmp_path: Path
) -> None:
    text = EXAMPLE.read_text("utf-8")
    hmac = text[text.index("[replies.hmac]") : text.index("[balance]")]
    spec = tmp_path / "x.toml"
    spec.write_text(
        text.replace(hmac, "").replace('text = "message"', 'text = "message"\nhmac = "none"'), "utf-8"
    )
    environ |= {
        "HUB_MODE": "live",
        "HUB_SECRET": GOOD,
        "HUB_SMS_URL": f"http+http://USER:topsecret@127.0.0.1:{deaf}?spec=",
    }
    signed, unsigned = [
        printed(await look({**environ, "HUB_SMS_URL": environ["HUB_SMS_URL"] + str(path)}, "Canales"))
        for path in (EXAMPLE, spec)
    ]

    assert "sin firma" not in signed
    assert "warn: SMS: mensajeria entrega respuestas sin firma: quien tenga la dirección puede" in unsigned


async def test_a_described_provider_without_a_secret_to_sign_with_is_reported(
    environ: dict[str, str], deaf: int
) -> None:
    environ |= {
        "HUB_MODE": "live",
        "HUB_SMS_URL": f"http+http://USER:topsecret@127.0.0.1:{deaf}?spec={EXAMPLE}",
    }
    environ.pop("HUB_SECRET", None)

    assert "needs HUB_SECRET" in printed(await look(environ, "Canales"))


async def test_providers_that_are_wrong_or_away_or_missing_are_reported(environ: dict[str, str]) -> None:
    environ |= {
        "HUB_MODE": "live",
        "HUB_EMAIL_URL": f"smtp://127.0.0.1:{free_port()}",
        "HUB_SMS_URL": "carrier-pigeon://loft",
    }

    words = printed(await look(environ, "Canales"))

    assert "bad: Correo: smtp://127.0.0.1:" in words
    assert "bad: SMS: dirección desconocida. HUB_SMS_URL empieza por twilio+https://" in words
    assert "warn: Notificación móvil: sin configurar" in words


@pytest.mark.parametrize(
    ("more", "area", "words"),
    [
        (
            {"HUB_SMS_URL": "twilio+https://a:b@c?from=+57"},
            "Modo",
            "warn: En captura no se usa: HUB_SMS_URL.",
        ),
        ({"HUB_MODE": "live"}, "Acceso", "warn: Sin clave"),
        ({"HUB_API_KEY": "x" * 64}, "Acceso", "warn: HUB_API_KEY: tiene un patrón"),
        ({"HUB_API_KEY": GOOD}, "Acceso", "ok: HUB_API_KEY protege"),
        (
            {"HUB_API_KEY": GOOD, "HUB_PUBLIC_URL": "https://hub.example.co"},
            "Acceso",
            "warn: HUB_TRUSTED_PROXIES está vacía",
        ),
        (
            {"HUB_API_KEY": GOOD, "HUB_PUBLIC_URL": "http://hub.example.co"},
            "Acceso",
            "warn: HUB_PUBLIC_URL es http (hub.example.co): contraseñas y sesiones viajan sin cifrar. Ponga",
        ),
        ({}, "Acceso", "warn: Falta HUB_SECRET"),
        ({"HUB_API_KEY": GOOD}, "Acceso", "warn: Sin HUB_SECRET nadie tiene segundo factor"),
        (
            {"HUB_SECRET": GOOD, "HUB_MAIL": "0.0.0.0:2525", "HUB_MAIL_DOMAIN": "respuestas.example.co"},
            "Acceso",
            "warn: HUB_MAIL=0.0.0.0:2525 recibe correo de otros equipos, sin TLS, filtros ni límites. Deje",
        ),
        ({"HUB_SECRET": f"{GOOD} una frase"}, "Acceso", "warn: La clave 2 de HUB_SECRET: tiene menos de 32"),
        ({"HUB_SECRET": f"{GOOD} {GOOD}"}, "Acceso", "warn: HUB_SECRET tiene la misma clave dos veces."),
        ({"HUB_SECRET": f"change-me-{GOOD}"}, "Acceso", "warn: La clave 1 de HUB_SECRET: parece la de un"),
        (
            {"HUB_MODE": "allowlist", "HUB_ALLOW_RECIPIENTS": "a@b.co"},
            "Modo",
            "ok: Prueba: solo recibe mensajes el destinatario de HUB_ALLOW_RECIPIENTS.",
        ),
        (
            {"HUB_MODE": "allowlist", "HUB_ALLOW_RECIPIENTS": "a@b.co c@d.co"},
            "Modo",
            "ok: Prueba: solo reciben mensajes los 2 destinatarios de",
        ),
        (
            {"HUB_CAPTURE_DIR": "/dev/null/nowhere"},
            "Canales",
            "bad: No se puede escribir en /dev/null/nowhere.",
        ),
        ({}, "Conexiones", "ok: Nada sale de este equipo sin cifrar, y ninguna clave es de fábrica."),
        (
            {"HUB_AMQP_URL": "amqp://guest:guest@127.0.0.1:1/"},
            "Conexiones",
            "warn: La clave de HUB_AMQP_URL es la de fábrica o de un ejemplo. Ejecute `rabbitmqctl change_pa",
        ),
        (
            {"HUB_DATABASE_URL": "postgresql://hub:hub@127.0.0.1:1/hub"},
            "Conexiones",
            "warn: La clave de HUB_DATABASE_URL es la de fábrica",
        ),
        (
            {"HUB_REDIS_URL": "redis://redis.example:6379/0"},
            "Conexiones",
            "warn: Redis está en otro equipo, sin clave: redis://redis.example:6379/0. Ponga `requirepass",
        ),
        (
            {
                "HUB_AMQP_URL": "amqp://u:longer@mq.example",
                "HUB_DATABASE_URL": "postgresql://u:longer@db.example/hub",
                "HUB_REDIS_URL": "rediss://u:longer@redis.example",
                "HUB_AMQP_MANAGEMENT_URL": "https://u:longer@mq.example",
            },
            "Conexiones",
            "warn: A otro equipo sin TLS: HUB_AMQP_URL, HUB_DATABASE_URL. Quien",
        ),
        (
            {"HUB_MODE": "live", "HUB_SMS_URL": "twilio+http://SID:TOKEN@sms.example?from=+573001234567"},
            "Conexiones",
            "warn: HUB_SMS_URL: twilio+http://sms.example recibe mensajes y claves sin cifrar.",
        ),
        (
            {"HUB_MODE": "live", "HUB_EMAIL_URL": "smtp://mail.example?starttls=never"},
            "Conexiones",
            "warn: HUB_EMAIL_URL: smtp://mail.example recibe mensajes y claves sin cifrar.",
        ),
        (
            {"HUB_API_KEY": GOOD, "HUB_HTTP": "0.0.0.0:1", "HUB_PUBLIC_URL": "http://127.0.0.1:1"},
            "Conexiones",
            "warn: HUB_HTTP=0.0.0.0:1 contesta a otros equipos, sin TLS ni proxy delante.",
        ),
        (
            {"HUB_AMQP_URL": "amqp://crm:longer@127.0.0.1:1,two.example/"},
            "Conexiones",
            "warn: A otro equipo sin TLS: HUB_AMQP_URL. Quien",
        ),
        ({"HUB_POLICY": "/nowhere.toml"}, "Política", "bad: the policy file /nowhere.toml cannot be read"),
    ],
)
async def test_what_the_settings_hold_is_judged(
    environ: dict[str, str], more: dict[str, str], area: str, words: str
) -> None:
    assert words in printed(await look({**environ, **more}, area))


@pytest.mark.parametrize(
    "more",
    [
        {"HUB_DATABASE_URL": "postgresql://u:longer@db.example/hub?sslmode=verify-full"},
        {"HUB_DATABASE_URL": "postgresql:///hub"},
        {"HUB_AMQP_URL": "amqp://u:longer@127.0.0.1:1,localhost/"},
        {"HUB_REDIS_URL": "unix:///run/redis.sock"},
        {"HUB_REDIS_URL": "rediss+cluster://u:longer@one.example:1,two.example:1"},
        {"HUB_MODE": "live", "HUB_EMAIL_URL": "smtp://mail.example?starttls=always"},
        {
            "HUB_API_KEY": GOOD,
            "HUB_HTTP": "0.0.0.0:1",
            "HUB_PUBLIC_URL": "https://hub.example.co",
            "HUB_TRUSTED_PROXIES": "10.0.0.1",
        },
    ],
)
async def test_what_is_encrypted_or_local_is_no_warning(
    environ: dict[str, str], more: dict[str, str]
) -> None:
    assert "warn:" not in printed(await connections(load({**environ, **more})))


async def test_check_says_whether_unbound_sources_are_taken_or_refused(environ: dict[str, str]) -> None:
    free = printed(await look(environ, "PostgreSQL"))
    async with Database(environ["HUB_DATABASE_URL"]) as database:
        keys = PostgresKeys(database)
        await keys.add(made_key("http", source=CRM)[0])
        unbound = printed(await look(environ, "PostgreSQL"))
        await keys.add(made_key("crm", source=CRM, amqp_user="crm")[0])
        bound = printed(await look(environ, "PostgreSQL"))
        await keys.revoke("crm")
        revoked = printed(await look(environ, "PostgreSQL"))

    words = "warn: Ninguna llave ata una fuente a un usuario de RabbitMQ: quien publique cambia"
    assert [True, True, False, False] == [words in found for found in (free, unbound, bound, revoked)]
    refused = "ok: 1 usuario tiene su fuente en RabbitMQ; lo que llegue con una fuente sin llave se rechaza."
    assert [False, False, True, False] == [refused in found for found in (free, unbound, bound, revoked)]
    assert "warn: Las llaves que ataban una fuente" in revoked
    assert "`hub keys create NOMBRE --scope publish --source URN --amqp-user USUARIO`" in free


async def test_a_way_that_is_missing_is_bad_and_is_left_as_it_is(environ: dict[str, str]) -> None:
    url = environ["HUB_AMQP_URL"]
    async with publishing(url) as publisher:
        await publisher.ping()
    whole = printed(await look(environ, "RabbitMQ"))
    await declare_anew(url)
    unbound = [printed(await look(environ, "RabbitMQ")) for _ in range(2)]
    await delete_exchange(url)
    deleted = [printed(await look(environ, "RabbitMQ")) for _ in range(2)]

    assert "bad:" not in whole
    assert all("bad: Los eventos no llegan: falta el enlace" in words for words in unbound)
    assert all("bad: Falta domain.events. Un `hub run` lo declara de nuevo" in words for words in deleted)


async def test_it_says_what_messages_lack_to_have_their_documents(
    environ: dict[str, str], tmp_path: Path
) -> None:
    policy = tmp_path / "documentos.toml"
    policy.write_text('[documents]\nhosts = ["portal.example.com"]\n')
    listed = {**environ, "HUB_POLICY": str(policy)}
    whole = {**listed, "HUB_SECRET": GOOD, "HUB_PUBLIC_URL": "https://hub.example.co"}
    none, linkless, all_there = [printed(await look(given, "Política")) for given in (environ, listed, whole)]

    assert "`[documents] hosts`" in none
    assert 'basta la línea `hosts = ["coproservicios.example"]`' in none
    assert "HUB_PUBLIC_URL=https://" in linkless
    assert "ok: Documentos de portal.example.com." in all_there
    assert "[documents]" not in all_there
