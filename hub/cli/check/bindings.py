"""Bindings: whose events are taken from RabbitMQ."""

from __future__ import annotations

from typing import Final

from hub.access.api_keys import bindings_of
from hub.cli.check.finding import Finding, counted, ok, warn
from hub.ports import SenderKeys

_HOW: Final = (
    "Dé a cada sistema la suya: `hub keys create NOMBRE --scope publish --source URN --amqp-user USUARIO`."
)
_NO_BINDING: Final = (
    "Ninguna llave ata una fuente a un usuario de RabbitMQ: quien publique cambia el directorio y lo demás."
)
_ALL_ENDED: Final = (
    "Las llaves que ataban una fuente a un usuario de RabbitMQ se anularon o vencieron: lo que otros "
    "sistemas publiquen por RabbitMQ se rechaza."
)


def bindings(keys: SenderKeys) -> Finding:
    """Say whether sources that no key binds are taken, or refused because a key has bound some user."""
    users = {user for user, _ in bindings_of(keys.live)}
    if not users:
        return warn(_ALL_ENDED if keys.ever_bound else _NO_BINDING, _HOW)
    bound = counted(len(users), "usuario tiene", "usuarios tienen")
    return ok(f"{bound} su fuente en RabbitMQ; lo que llegue con una fuente sin llave se rechaza.")
