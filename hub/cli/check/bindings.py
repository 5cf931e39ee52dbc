"""Bindings: whose events are taken from RabbitMQ."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from hub.access.api_keys import bindings_of
from hub.cli.check.finding import Finding, counted, ok, warn
from hub.model import ApiKey

_NO_BINDING: Final = (
    "Ninguna llave ata una fuente a un usuario de RabbitMQ: quien publique cambia el directorio y lo demás.",
    "Dé a cada sistema la suya: `hub keys create NOMBRE --scope publish --source URN --amqp-user USUARIO`.",
)


def bindings(server: str, live: Iterable[ApiKey]) -> Finding:
    """Say whether sources that no key binds are taken, or refused because a key binds some user."""
    users = {user for user, _ in bindings_of(live)}
    if not users:
        return warn(server, *_NO_BINDING)
    bound = counted(len(users), "usuario tiene", "usuarios tienen")
    return ok(server, f"{bound} su fuente en RabbitMQ; lo que llegue con una fuente sin llave se rechaza.")
