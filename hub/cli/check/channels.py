"""Checks of the channels: configured and reachable. They send no message."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from hub.channels.email.connection import Opener
from hub.channels.push.oauth import read_service_account
from hub.channels.registry import BUILDERS
from hub.channels.sms.hooks import Use
from hub.channels.sms.spec import load_spec
from hub.channels.sms.spec_loader import panels, read_hooks, unsigned
from hub.channels.urls import (
    SmtpEndpoint,
    parse_fcm,
    parse_folder,
    parse_generic,
    parse_smtp,
    parse_twilio,
    parse_whatsapp,
    read_rate,
)
from hub.cli.check.finding import Finding, bad, ok, warn
from hub.errors import ConfigurationError, HubError, TransientFailure
from hub.settings import PROVIDERS, Mode, SecretUrl, Settings
from hub.tls import client_context

_PATIENCE: Final = timedelta(seconds=2.5)

_NAMES: Final[Mapping[str, str]] = {
    "email": "Correo",
    "sms": "SMS",
    "push": "Notificación móvil",
    "whatsapp": "WhatsApp",
    "voice": "Llamada",
}
_EXAMPLES: Final[Mapping[str, str]] = {
    "email": "smtp://usuario:clave@servidor:587",
    "sms": "twilio+https://SID:TOKEN@api.twilio.com?from=+57…",
    "push": "fcm+https://fcm.googleapis.com?credentials=ARCHIVO",
    "whatsapp": "whatsapp+https://TOKEN@graph.facebook.com?phone=ID&secret=CLAVE&verify=PALABRA",
}
_BRINGS: Final[Mapping[Use, str]] = {Use.RECEIPTS: "informa entregas", Use.REPLIES: "entrega respuestas"}
_FORGES: Final[Mapping[Use, str]] = {
    Use.RECEIPTS: "inventar entregas",
    Use.REPLIES: "escribir BAJA, INICIAR o TOMO a nombre de cualquiera",
}
_SIGN: Final = "Pídale al proveedor que firme sus llamadas, y descríbalo en `hmac` (docs/sms-providers.md)."


async def channels(settings: Settings) -> list[Finding]:
    """Check every channel concurrently."""
    if settings.mode is Mode.CAPTURE:
        return await _captured(settings)
    looks = [_channel(name, settings.providers.get(name, ())) for name in BUILDERS]
    checked = await asyncio.gather(*looks)
    return [*chain.from_iterable(checked), *_panels(settings), *_not_built(settings)]


async def _captured(settings: Settings) -> list[Finding]:
    folder = _folder(settings.capture_dir)
    catcher = settings.capture_smtp
    if catcher is None:
        return [folder]
    endpoint = SmtpEndpoint(host=catcher.host, port=catcher.port, starttls="never")
    return [folder, await _try("Correo capturado", str(catcher), _greet(endpoint))]


async def _channel(name: str, urls: tuple[SecretUrl, ...]) -> list[Finding]:
    setting = PROVIDERS[name]
    if not urls:
        what = f"{_NAMES[name]}: sin configurar; sus mensajes pasan al siguiente canal."
        return [warn(what, f"Defina {setting}={_EXAMPLES[name]}")]
    names = [_NAMES[name], *(f"{_NAMES[name]} {number}" for number in range(2, len(urls) + 1))]
    return await asyncio.gather(
        *(_provider(name, shown, url) for shown, url in zip(names, urls, strict=True))
    )


async def _provider(name: str, shown: str, url: SecretUrl) -> Finding:
    setting = PROVIDERS[name]
    try:
        read_rate(url.reveal(), setting=setting)
        look = _LOOKS[url.scheme](setting, url.reveal())
    except KeyError:
        known = ", ".join(f"{scheme}://" for scheme in BUILDERS[name])
        return bad(f"{shown}: dirección desconocida.", f"{setting} empieza por {known}.")
    except ConfigurationError as error:
        return bad(f"{shown}: {error}", f"Corrija {setting}.")
    return await _try(shown, url.shown, look)


def _panels(settings: Settings) -> Iterator[Finding]:
    """Remind of the addresses to enter in a provider's panel, if a message cannot carry them."""
    try:
        hooks = read_hooks(settings)
    except ConfigurationError as error:
        yield bad(f"SMS: {error}", f"Corrija {PROVIDERS['sms']}.")
        return
    for name, use in panels(hooks):
        # Without the address itself: anybody with it can post there, unless the calls are signed.
        yield ok(f"SMS: {name} {_BRINGS[use]}; su dirección la da `hub secrets hooks`.")
    for name, use in unsigned(hooks):
        what = f"SMS: {name} {_BRINGS[use]} sin firma: quien tenga la dirección puede {_FORGES[use]}."
        yield warn(what, _SIGN)


def _not_built(settings: Settings) -> Iterator[Finding]:
    for name in settings.configured.keys() - BUILDERS.keys():
        yield warn(f"{_NAMES[name]}: esta versión no lo tiene todavía.", f"Quite {PROVIDERS[name]}.")


async def _try(name: str, place: str, look: Awaitable[str]) -> Finding:
    try:
        async with asyncio.timeout(_PATIENCE.total_seconds()):
            return ok(f"{name}: {place} {await look}.")
    except TransientFailure as error:
        why = f"{error.reason} {error.code}".strip()
    except HubError as error:
        why = str(error)
    except (OSError, TimeoutError) as error:
        why = type(error).__name__ if isinstance(error, ssl.SSLError) else "no responde"
    return bad(f"{name}: {place}: {why}", "Revise la dirección, la clave y la red.")


async def _greet(endpoint: SmtpEndpoint) -> str:
    offers = await Opener(endpoint, connect=_PATIENCE, command=_PATIENCE).verify()
    return f"saluda{' con TLS' if offers['tls'] else ' sin TLS'}"


async def _reach(url: str) -> str:
    """Connect, with TLS if the URL asks for it, and disconnect."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    context = await asyncio.to_thread(client_context) if secure else None
    port = parts.port or (443 if secure else 80)
    _, writer = await asyncio.open_connection(parts.hostname, port, ssl=context)
    writer.close()
    return "responde"


def _smtp(setting: str, url: str) -> Awaitable[str]:
    return _greet(parse_smtp(url, setting=setting))


def _twilio(setting: str, url: str) -> Awaitable[str]:
    return _reach(parse_twilio(url, setting=setting).base)


def _described(setting: str, url: str) -> Awaitable[str]:
    endpoint = parse_generic(url, setting=setting)
    load_spec(endpoint.spec, setting=setting)
    return _reach(endpoint.base)


async def _whatsapp(setting: str, url: str) -> str:
    endpoint = parse_whatsapp(url, setting=setting)
    blind = "" if endpoint.secret else "; sin ?secret= no se sabe qué llega"
    return f"{await _reach(endpoint.base)}{blind}"


def _fcm(setting: str, url: str) -> Awaitable[str]:
    endpoint = parse_fcm(url, setting=setting)
    account = read_service_account(endpoint.credentials, setting=setting)
    return _reach_both(endpoint.base, account.token_uri)


async def _reach_both(base: str, tokens: str) -> str:
    await asyncio.gather(_reach(base), _reach(tokens))
    return "responde, con su servicio de credenciales"


async def _write(folder: Path) -> str:
    if not _is_writable(folder):
        raise ConfigurationError("no se puede escribir ahí")
    return "recibe los mensajes como archivos"


_LOOKS: Final[Mapping[str, Callable[[str, str], Awaitable[str]]]] = {
    "smtp": _smtp,
    "smtps": _smtp,
    "twilio+https": _twilio,
    "twilio+http": _twilio,
    "http+https": _described,
    "http+http": _described,
    "whatsapp+https": _whatsapp,
    "whatsapp+http": _whatsapp,
    "fcm+https": _fcm,
    "fcm+http": _fcm,
    "file": lambda setting, url: _write(parse_folder(url, setting=setting)),
}
"""Scheme of a provider's URL → its check."""


def _folder(folder: Path) -> Finding:
    if _is_writable(folder):
        return ok(f"Los mensajes quedan como archivos en {folder}.")
    return bad(f"No se puede escribir en {folder}.", "Dé permisos o cambie HUB_CAPTURE_DIR.")


def _is_writable(folder: Path) -> bool:
    """Whether the folder is writable, or can be created."""
    place = folder.absolute()
    while not place.exists() and place != place.parent:
        place = place.parent
    return place.is_dir() and os.access(place, os.W_OK | os.X_OK)
