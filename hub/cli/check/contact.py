"""Checks of the law on contact: the register of excluded numbers, and links that prove something."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from hub.access.keyring import KeyRing
from hub.catalog import CATALOG
from hub.cli.check.finding import Finding, bad, ok, warn
from hub.contact_rules.purposes import EXCLUDABLE
from hub.model.exclusions import ExclusionList
from hub.policy import Policy
from hub.settings import Settings
from hub.storage import Database, PostgresExclusions
from hub.storage.exclusions import in_force

_LOAD: Final = "Descargue la lista de hoy y cárguela: `hub exclusions load ARCHIVO --date AAAA-MM-DD`."
_NOBODY: Final = "nobody@example.invalid"
"""An address to look up only to learn whether anything can be looked up."""


def of_links(settings: Settings, policy: Policy) -> Iterator[Finding]:
    """Warn if messages cannot lead to the residents' page, or carry no code although the policy says so."""
    usable = bool(settings.secrets) and bool(settings.links_url)
    to_do = "Defina HUB_SECRET y HUB_PUBLIC_URL=https://…"
    if usable and settings.links_url.startswith("http:"):
        yield warn("Los enlaces de los mensajes abren solo en este equipo.", to_do)
    if not usable:
        what = "Los residentes no tienen página: sus mensajes salen sin el enlace a ella."
        yield warn(what, to_do)
    if not usable and policy.codes.channels:
        what = f"`[codes]` pide un código en {', '.join(policy.codes.channels)}, y ningún mensaje lo lleva."
        yield warn(what, f"{to_do} O deje vacío `[codes] channels`.")


async def exclusions(settings: Settings, database: Database, policy: Policy, now: datetime) -> list[Finding]:
    """Check that commercial messages have a list to be looked up in."""
    registry = PostgresExclusions(database, KeyRing(settings.secrets))
    loaded = await in_force(database)
    readable = loaded is None or (await registry.check(_NOBODY, "email", now)).list_date is not None
    return [judged(loaded, policy, now, readable=readable)]


def judged(loaded: ExclusionList | None, policy: Policy, now: datetime, *, readable: bool = True) -> Finding:
    """Judge the list in force; not `readable` is one whose key is gone."""
    rules, today = policy.exclusions, policy.calendar.day_of(now)
    if loaded is None:
        kinds = sum(any(one.purpose in EXCLUDABLE for one in kind.audiences) for kind in CATALOG)
        what = f"Sin lista de números excluidos, los mensajes de {kinds} eventos comerciales esperan."
        return warn(what, _LOAD)
    which = f"La lista de números excluidos es del {loaded.list_date}"
    if not readable:
        what = f"{which}, y su clave no está en HUB_SECRET: los mensajes comerciales esperan."
        return bad(what, _LOAD)
    if not rules.holds(loaded.list_date, today):
        return warn(f"{which} y ya no sirve: los mensajes comerciales esperan.", _LOAD)
    if rules.is_due(loaded.list_date, today):
        return warn(f"{which} y sirve hasta el {loaded.list_date + rules.max_age}.", _LOAD)
    return ok(f"{which}: {loaded.addresses} datos.")
