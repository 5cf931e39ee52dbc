"""Checks of second factors: accounts that must still enrol one, and factors that open no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from hub.access.enrolment import must_enrol
from hub.access.keyring import KeyRing
from hub.cli.check.finding import Finding, counted, warn
from hub.model import Account


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
