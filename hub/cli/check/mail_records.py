"""Judging the mail records of a domain: SPF, DKIM, DMARC, MX. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from hub.cli.check.finding import Finding, bad, ok, warn

_ANYBODY: Final = re.compile(r"(?:^| )\+?all(?: |$)", re.IGNORECASE)
_POLICIES: Final[Mapping[str, str]] = {
    "none": "solo observa",
    "quarantine": "lo que no esté autorizado va a no deseado",
    "reject": "lo que no esté autorizado se rechaza",
}


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
