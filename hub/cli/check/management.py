"""Rights of RabbitMQ's users, from its management API, judged by those that docs/security.md gives."""

from __future__ import annotations

import re
import shlex
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar
from urllib.parse import quote, unquote, urlsplit

import aiohttp
import msgspec
from yarl import URL

from hub.catalog import CATALOG
from hub.cli.check.finding import Finding, bad, counted, ok, warn
from hub.client.connection import user_of, vhost_of
from hub.consumers.topology import DOMAIN_EVENTS, EVENTS_OUT, EXCHANGES, QUEUES, SET_UP
from hub.model.events import CANARY
from hub.settings import SecretUrl, Settings
from hub.tls import http_context

_NOTHING: Final = "^$"
_NAMES: Final = (*(exchange.name for exchange in (*EXCHANGES, SET_UP)), *QUEUES, f"{CANARY}.x")
_DEFAULT_EXCHANGE: Final = "amq.default"
"""A user who may write there reaches every queue by its name: the queues of tickets, too."""
_RAISING: Final = {
    "administrator": "darse más derechos",
    "policymaker": "desviar o vaciar las colas del hub con una política",
    "impersonator": "publicar con el nombre de otro usuario, también el del hub",
}
"""Tag → the rights of its holder beside those in the virtual host."""
_OWN_EVENTS: Final = [kind.name for kind in CATALOG if kind.hub_emitted]
_REFUSALS: Final = r"^(event\.rejected|hub\.event\.unreached|clock\.extension\.[a-z]+)$"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRights:
    """One user's regular expressions in the hub's virtual host; of topics by exchange."""

    user: str
    configure: str = _NOTHING
    write: str = _NOTHING
    read: str = _NOTHING
    topics: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Exchange → the keys that may be written there, and read."""
    tags: frozenset[str] = frozenset()

    @property
    def is_publisher(self) -> bool:
        return _matches(self.write, DOMAIN_EVENTS)

    @property
    def is_subscriber(self) -> bool:
        return _matches(self.read, EVENTS_OUT)


def judge(vhost: str, others: Sequence[UserRights]) -> Iterator[Finding]:
    """Judge every user of the virtual host but the hub's own."""
    for rights in others:
        yield from _excess(vhost, rights)
        yield from _tags(rights)
        yield from _topics(vhost, rights)


def guest() -> Finding:
    what = "Existe el usuario guest, con la clave que todos conocen si nadie la cambió."
    return warn(what, "Ejecute `rabbitmqctl delete_user guest`.")


def _excess(vhost: str, rights: UserRights) -> Iterator[Finding]:
    verbs = {
        "configurar (y así borrar)": _matched(rights.configure),
        "escribir en": _matched(rights.write, more=(_DEFAULT_EXCHANGE,), but=DOMAIN_EVENTS),
        "leer": _matched(rights.read, but=EVENTS_OUT),
    }
    excess = [f"{verb} {_some(names)}" for verb, names in verbs.items() if names]
    if rights.is_publisher and rights.is_subscriber:
        excess.append(f"atar {EVENTS_OUT} a {DOMAIN_EVENTS}, y cada aviso volvería como evento")
    if excess:
        to_do = _command("set_permissions", "-p", vhost, rights.user, *_mended(rights))
        yield bad(f"El usuario {rights.user} puede {'; '.join(excess)}.", to_do)


def _mended(rights: UserRights) -> tuple[str, str, str]:
    """Return the rights that this user may have: their own stay; of the hub's, those of the documentation."""
    own = _NOTHING if _matched(rights.configure) else rights.configure or _NOTHING
    write, read = rights.write or _NOTHING, rights.read or _NOTHING
    if _matched(write, more=(_DEFAULT_EXCHANGE,), but=DOMAIN_EVENTS):
        write = _joined(own, DOMAIN_EVENTS) if rights.is_publisher else own
    if _matched(read, but=EVENTS_OUT) or (rights.is_publisher and rights.is_subscriber):
        read = _joined(own, EVENTS_OUT) if rights.is_subscriber and not rights.is_publisher else own
    return own, write, read


def _tags(rights: UserRights) -> Iterator[Finding]:
    if raising := [_RAISING[tag] for tag in sorted(rights.tags & _RAISING.keys())]:
        what = f"El usuario {rights.user} puede {' y '.join(raising)}: lo dicen sus etiquetas."
        yield bad(what, _command("set_user_tags", rights.user))


def _topics(vhost: str, rights: UserRights) -> Iterator[Finding]:
    write, _ = rights.topics.get(DOMAIN_EVENTS, (".*", ""))
    _, read = rights.topics.get(EVENTS_OUT, ("", ".*"))
    if rights.is_publisher and any(_matches(write, name) for name in _OWN_EVENTS):
        events = r"^(EVENTO\.UNO|EVENTO\.DOS)$"
        to_do = _command("set_topic_permissions", "-p", vhost, rights.user, DOMAIN_EVENTS, events, _NOTHING)
        what = f"El usuario {rights.user} puede publicar cualquier evento: nada limita sus llaves."
        yield warn(what, f"{to_do} Nombre ahí los eventos que publica.")
    if rights.is_subscriber and any(
        _matches(read, name) for name in _OWN_EVENTS if not _matches(_REFUSALS, name)
    ):
        to_do = _command("set_topic_permissions", "-p", vhost, rights.user, EVENTS_OUT, _NOTHING, _REFUSALS)
        yield warn(f"El usuario {rights.user} recibe todos los avisos, no solo los rechazos.", to_do)


def _matches(pattern: str, name: str) -> bool:
    """Match as RabbitMQ does: anywhere in the name, and nothing with an empty pattern; in doubt, yes."""
    try:
        return bool(pattern) and re.search(pattern, name) is not None
    except re.error:
        return True


def _matched(pattern: str, *, more: Sequence[str] = (), but: str = "") -> list[str]:
    return [name for name in (*_NAMES, *more) if name != but and _matches(pattern, name)]


def _some(names: Sequence[str]) -> str:
    rest = f" y {len(names) - 1} más" if len(names) > 1 else ""
    return f"{names[0]}{rest}"


def _joined(own: str, name: str) -> str:
    exact = f"^{re.escape(name)}$"
    return exact if own == _NOTHING else f"{own}|{exact}"


def _command(*words: str) -> str:
    return f"Ejecute `{shlex.join(('rabbitmqctl', *words))}`."
