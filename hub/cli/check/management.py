"""Rights of users in the hub's virtual host, from RabbitMQ's management API: AMQP itself cannot tell."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import Final, TypeVar
from urllib.parse import quote, unquote, urlsplit

import aiohttp
import msgspec
from yarl import URL

from hub.cli.check.broker_rights import UserRights, guest, judge
from hub.cli.check.finding import Finding, bad, counted, ok, warn
from hub.client.connection import user_of, vhost_of
from hub.settings import SecretUrl, Settings
from hub.tls import http_context

_PATIENCE: Final = aiohttp.ClientTimeout(total=2.5)  # less than a check has, so that this reports the fault
_GUEST: Final = "guest"
_NOT_LOOKED: Final = (
    "No se miró quién puede configurar, escribir o leer: por AMQP no se puede preguntar.",
    "Defina HUB_AMQP_MANAGEMENT_URL (docs/security.md), o mire `rabbitmqctl list_permissions`.",
)


class Permission(msgspec.Struct, frozen=True):
    user: str
    configure: str
    write: str
    read: str


class TopicPermission(msgspec.Struct, frozen=True):
    user: str
    exchange: str
    write: str
    read: str


class User(msgspec.Struct, frozen=True):
    name: str
    tags: list[str]


T = TypeVar("T")


async def broker_rights(settings: Settings) -> list[Finding]:
    """Report users with more rights in the hub's virtual host than docs/security.md gives."""
    url = settings.amqp_management_url
    if url is None:
        return [warn(*_NOT_LOOKED)]
    try:
        return await _looked(settings, url)
    except aiohttp.ClientResponseError as error:
        why = _REFUSED.get(error.status, f"respondió {error.status}")
    except msgspec.MsgspecError:
        why = "lo que responde no es la API de administración de RabbitMQ"
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        why = f"no responde ({type(error).__name__})"
    to_do = "Corrija HUB_AMQP_MANAGEMENT_URL, o active `rabbitmq-plugins enable rabbitmq_management`."
    return [bad(f"Quién puede qué no se sabe: {url.place} {why}.", to_do)]


_REFUSED: Final = {
    401: "no acepta ese usuario, o le falta la etiqueta administrator",
    404: "no tiene el host virtual de HUB_AMQP_URL",
}


async def _looked(settings: Settings, url: SecretUrl) -> list[Finding]:
    amqp = settings.amqp_url.reveal()
    vhost, own = vhost_of(amqp), user_of(amqp)
    users, permissions, topics = await _ask(url, vhost)
    others = [rights for rights in _rights(users, permissions, topics) if rights.user != own]
    found = list(judge(vhost, others))
    if own != _GUEST and any(user.name == _GUEST for user in users):
        found.append(guest())
    if not found:
        whom = counted(len(others), "usuario puede", "usuarios pueden")
        return [ok(f"Además del hub, {whom} solo lo que da docs/security.md.")]
    return found


async def _ask(url: SecretUrl, vhost: str) -> tuple[list[User], list[Permission], list[TopicPermission]]:
    parts = urlsplit(url.reveal())
    account = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}".encode()
    headers = {"Authorization": f"Basic {b64encode(account).decode()}"}
    base = f"{url.place}{parts.path.rstrip('/')}/api"
    place = f"{base}/vhosts/{quote(vhost, safe='')}"
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=http_context()),
        headers=headers,
        timeout=_PATIENCE,
        raise_for_status=True,
    ) as session:
        return (
            await _get(session, f"{base}/users", list[User]),
            await _get(session, f"{place}/permissions", list[Permission]),
            await _get(session, f"{place}/topic-permissions", list[TopicPermission]),
        )


async def _get(session: aiohttp.ClientSession, url: str, kind: type[T]) -> T:
    # A redirect would take the password to another place.
    async with session.get(URL(url, encoded=True), allow_redirects=False) as answer:
        return msgspec.json.decode(await answer.read(), type=kind)


def _rights(
    users: Sequence[User], permissions: Sequence[Permission], topics: Sequence[TopicPermission]
) -> list[UserRights]:
    tags = {user.name: frozenset(user.tags) for user in users}
    return [
        UserRights(
            user=given.user,
            configure=given.configure,
            write=given.write,
            read=given.read,
            topics={
                topic.exchange: (topic.write, topic.read) for topic in topics if topic.user == given.user
            },
            tags=tags.get(given.user, frozenset()),
        )
        for given in permissions
    ]
