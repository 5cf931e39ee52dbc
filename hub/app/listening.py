"""The address where a role listens, or the setting to change if it cannot."""

from __future__ import annotations

from contextlib import AsyncExitStack

import structlog
from aiohttp import web

from hub.errors import ConfigurationError
from hub.settings import Address
from hub.settings.values import Networks
from hub.web.connections import listening

log = structlog.get_logger()


async def listen(
    application: web.Application, address: Address, setting: str, stack: AsyncExitStack, trusted: Networks
) -> None:
    listener = listening(application, address, trusted=trusted)
    try:
        addresses = await stack.enter_async_context(listener)
    except OSError as exc:
        raise taken(setting, address, exc) from exc
    for listens_at in addresses:
        log.info("http.listening", setting=setting, url=f"http://{listens_at}/")


def taken(setting: str, address: Address, exc: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"{setting}={address} cannot be listened on ({exc.strerror}): is another hub running? "
        f"Choose another port with {setting}."
    )
