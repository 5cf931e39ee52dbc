"""DNS checks of outgoing mail (SPF, DKIM, DMARC, MX), with all queries concurrent."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final, TypeVar

from dns.asyncresolver import Resolver
from dns.exception import DNSException
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.TXT import TXT
from dns.resolver import NXDOMAIN, NoAnswer

from hub.channels.registry import sender_address
from hub.channels.urls import parse_smtp
from hub.cli.check.finding import Finding, bad, ok, warn
from hub.parts.company import CompanyRules
from hub.policy.senders import domain_of
from hub.settings import PROVIDERS, Settings

_ANYBODY: Final = re.compile(r"(?:^| )\+?all(?: |$)", re.IGNORECASE)
_POLICIES: Final[Mapping[str, str]] = {
    "none": "solo observa",
    "quarantine": "lo que no esté autorizado va a no deseado",
    "reject": "lo que no esté autorizado se rechaza",
}


Record = TypeVar("Record", TXT, MX)

PATIENCE: Final = 2.5
"""Seconds per query: less than a check has, so that the other answers are still reported."""

_RESERVED: Final = (".example", ".test", ".invalid", ".localhost", ".local")
"""Reserved names without public DNS (RFC 2606, RFC 6762)."""


async def mail_domain(settings: Settings) -> list[Finding]:
    """Check the domains that the hub sends mail from; no findings without an SMTP provider."""
    if not any(url.scheme in {"smtp", "smtps"} for url in settings.providers.get("email", ())):
        return []
    try:
        resolver = Resolver()
    except (DNSException, OSError):
        return [unanswered("DNS", "nada: este equipo no tiene servidor de nombres")]
    return await ask(settings, resolver)


async def ask(settings: Settings, resolver: Resolver) -> list[Finding]:
    """Run all DNS checks with this resolver."""
    resolver.lifetime = PATIENCE
    policy = await asyncio.to_thread(lambda: CompanyRules(settings).policy)
    domain = domain_of(sender_address(settings, policy))
    others = [other for other in policy.senders.domains if other != domain]
    names = (domain, settings.mail_domain or "", *others)
    reserved = [name for name in names if f".{name}".endswith(_RESERVED)]
    if reserved:
        what = f"{reserved[0]} es un dominio de ejemplo: nadie puede responder a lo que se envíe."
        return [warn(what, "Escriba el dominio de la empresa en ?from= y HUB_MAIL_DOMAIN.")]
    return list(await asyncio.gather(*_questions(settings, [domain, *others], resolver)))


def _questions(
    settings: Settings, domains: Sequence[str], resolver: Resolver
) -> Iterator[Awaitable[Finding]]:
    """Ask about the domain of bounces, and about each that stands in the From of a mail."""
    bounces = settings.mail_domain or domains[0]
    for domain in (bounces, *domains[1:]):
        yield _check("SPF", domain, partial(_texts, resolver, domain), spf)
    selectors = list(_selectors(settings))
    for domain in domains:
        for selector in selectors:
            name = f"{selector}._domainkey.{domain}"
            yield _check("DKIM", name, partial(_texts, resolver, name), dkim)
        if not selectors:
            yield _known(without_selector(domain))
        yield _check("DMARC", domain, partial(_policies, resolver, domain), dmarc)
    if settings.mail_domain:
        yield _check("MX", bounces, lambda: _hosts(resolver, bounces), mx)


async def _known(finding: Finding) -> Finding:
    return finding


async def _check(
    what: str,
    name: str,
    query: Callable[[], Awaitable[Sequence[str]]],
    judge: Callable[[str, Sequence[str]], Finding],
) -> Finding:
    try:
        async with asyncio.timeout(PATIENCE):
            return judge(name, await query())
    except (DNSException, OSError, TimeoutError):
        return unanswered(what, name)


async def _texts(resolver: Resolver, name: str) -> Sequence[str]:
    """Return the TXT records, each with its strings joined."""
    records = await _records(resolver, name, TXT)
    return [b"".join(record.strings).decode("utf-8", "replace") for record in records]


async def _policies(resolver: Resolver, domain: str) -> Sequence[str]:
    """Return the DMARC records of the domain, else of its nearest parent that has any (RFC 9989)."""
    labels = domain.split(".")
    for start in range(len(labels) - 1):
        texts = await _texts(resolver, f"_dmarc.{'.'.join(labels[start:])}")
        if any(map(is_dmarc, texts)):
            return texts
    return []


async def _hosts(resolver: Resolver, name: str) -> Sequence[str]:
    hosts = [(record.preference, str(record.exchange)) for record in await _records(resolver, name, MX)]
    return [host for _, host in sorted(hosts)]


async def _records(resolver: Resolver, name: str, kind: type[Record]) -> list[Record]:
    try:
        answer = await resolver.resolve(name, kind.__name__, search=False)
    except (NXDOMAIN, NoAnswer):
        return []
    return [record for record in answer if isinstance(record, kind)]


def _selectors(settings: Settings) -> Iterator[str]:
    for url in settings.providers.get("email", ()):
        if url.scheme in {"smtp", "smtps"}:
            selector = parse_smtp(url.reveal(), setting=PROVIDERS["email"]).dkim
            if selector:
                yield selector


def spf(domain: str, texts: Sequence[str]) -> Finding:
    """Judge the TXT records of the envelope sender's domain (RFC 7208)."""
    records = [text for text in texts if re.match(r"v=spf1(?: |$)", text, re.IGNORECASE)]
    if not records:
        to_do = f"Publique en {domain} un TXT como: v=spf1 include:SU-PROVEEDOR -all"
        return warn(f"SPF: {domain} no dice qué servidores envían en su nombre.", to_do)
    if len(records) > 1:
        return bad(f"SPF: {domain} tiene {len(records)} registros, y así no vale ninguno.", "Deje uno.")
    if _ANYBODY.search(records[0]):
        to_do = "Termine el registro en -all o ~all."
        return bad(f"SPF: {domain} autoriza a cualquiera (+all).", to_do)
    return ok(f"SPF: {domain} {records[0]}")


def dkim(name: str, texts: Sequence[str]) -> Finding:
    """Judge the TXT records of `SELECTOR._domainkey.DOMAIN` (RFC 6376)."""
    keys = [tags for text in texts if "p" in (tags := _tags(text)) and tags.get("v", "DKIM1") == "DKIM1"]
    if not keys:
        to_do = "Publique la clave que da quien firma sus correos."
        return warn(f"DKIM: {name} no tiene clave.", to_do)
    if not keys[0]["p"]:
        return bad(f"DKIM: la clave de {name} está revocada (p= vacío).", "Use otro selector.")
    return ok(f"DKIM: {name} tiene su clave.")


def without_selector(domain: str) -> Finding:
    """Warn that DKIM cannot be checked: only the signer knows the selector, which is part of the DNS name."""
    what = f"DKIM: no se sabe con qué selector se firman los correos de {domain}."
    return warn(what, "Agregue ?dkim=SELECTOR a HUB_EMAIL_URL para revisarlo aquí.")


def is_dmarc(text: str) -> bool:
    return _tags(text).get("v") == "DMARC1"


def dmarc(domain: str, texts: Sequence[str]) -> Finding:
    """Judge the TXT records of `_dmarc.DOMAIN` (RFC 7489)."""
    records = [_tags(text) for text in texts if is_dmarc(text)]
    if not records:
        what = f"DMARC: {domain} no dice qué hacer con lo que se envíe en su nombre sin permiso."
        to_do = f"Publique en _dmarc.{domain} un TXT como: v=DMARC1; p=quarantine; rua=mailto:…"
        return warn(what, to_do)
    policy = records[0].get("p", "")
    if len(records) > 1 or policy not in _POLICIES:
        to_do = "Deje uno, con p=none|quarantine|reject."
        return bad(f"DMARC: el registro de {domain} no vale.", to_do)
    return ok(f"DMARC: {domain} p={policy}, {_POLICIES[policy]}.")


def mx(domain: str, hosts: Sequence[str]) -> Finding:
    """Judge the MX hosts of HUB_MAIL_DOMAIN."""
    if not any(host.strip(".") for host in hosts):
        what = f"MX: nadie recibe el correo de {domain}: rebotes y respuestas se pierden."
        to_do = f"Publique un MX de {domain} hacia el servidor de correo que lo pasa a HUB_MAIL."
        return bad(what, to_do)
    return ok(f"MX: el correo de {domain} llega a {', '.join(host.rstrip('.') for host in hosts)}.")


def unanswered(what: str, name: str) -> Finding:
    """Warn that the DNS did not answer: the records may be right."""
    return warn(f"{what}: el DNS no respondió sobre {name}.", "Revise la red o el DNS y repita.")


def _tags(text: str) -> dict[str, str]:
    """Read `v=…; p=…`; white space has no meaning (RFC 6376, 3.2)."""
    pairs = (part.partition("=") for part in text.split(";") if "=" in part)
    return {name.strip(): "".join(value.split()) for name, _, value in pairs}
