"""DNS checks of outgoing mail, with all queries concurrent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from typing import Final, TypeVar

from dns.asyncresolver import Resolver
from dns.exception import DNSException
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.TXT import TXT
from dns.resolver import NXDOMAIN, NoAnswer

from hub.channels.registry import sender_address
from hub.channels.urls import parse_smtp
from hub.cli.check import mail_records as records
from hub.cli.check.finding import Finding, warn
from hub.parts.company import CompanyRules
from hub.policy.senders import domain_of
from hub.settings import PROVIDERS, Settings

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
        return [records.unanswered("DNS", "nada: este equipo no tiene servidor de nombres")]
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
        yield _check("SPF", domain, partial(_texts, resolver, domain), records.spf)
    selectors = list(_selectors(settings))
    for domain in domains:
        for selector in selectors:
            name = f"{selector}._domainkey.{domain}"
            yield _check("DKIM", name, partial(_texts, resolver, name), records.dkim)
        if not selectors:
            yield _known(records.without_selector(domain))
        yield _check("DMARC", domain, partial(_policies, resolver, domain), records.dmarc)
    if settings.mail_domain:
        yield _check("MX", bounces, lambda: _hosts(resolver, bounces), records.mx)


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
        return records.unanswered(what, name)


async def _texts(resolver: Resolver, name: str) -> Sequence[str]:
    """Return the TXT records, each with its strings joined."""
    records = await _records(resolver, name, TXT)
    return [b"".join(record.strings).decode("utf-8", "replace") for record in records]


async def _policies(resolver: Resolver, domain: str) -> Sequence[str]:
    """Return the DMARC records of the domain, else of its nearest parent that has any (RFC 9989)."""
    labels = domain.split(".")
    for start in range(len(labels) - 1):
        texts = await _texts(resolver, f"_dmarc.{'.'.join(labels[start:])}")
        if any(map(records.is_dmarc, texts)):
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
