"""Bindings: whose events are taken from RabbitMQ; and who signs in without a second factor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from hub.access.api_keys import bindings_of
from hub.access.enrolment import must_enrol
from hub.access.keyring import KeyRing
from hub.cli.check.finding import Finding, counted, ok, warn
from hub.model import Account
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


def second_factors(
    ring: KeyRing, accounts: Sequence[Account], sealed: Mapping[str, int]
) -> Iterator[Finding]:
    """Warn of accounts that are open; `sealed` is key id → number of factors."""
    missing = sum(account.disabled_at is None and must_enrol(account, ring) for account in accounts)
    if missing:
        whose = counted(missing, "cuenta entra", "cuentas entran")
        what = f"{whose} todavía solo con contraseña, y por su cargo necesitan segundo factor."
        yield warn(what, "Lo registran al entrar; hasta entonces no ven ni hacen nada.")
    if lost := sum(count for key, count in sealed.items() if key not in ring.ids):
        whose = counted(lost, "segundo factor tiene", "segundos factores tienen")
        to_do = "Devuelva esa clave, o que entren con un código de recuperación y registren otro."
        yield warn(f"{whose} una clave que no está en HUB_SECRET.", to_do)
