"""Checks that need no server: the program, its mode, access, the policy, the texts."""

from __future__ import annotations

import asyncio
import platform
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from typing import Final
from urllib.parse import urlsplit

from hub.access.secret_strength import LENGTH, doubled, is_example, is_guessable
from hub.business_time import ColombianHolidays
from hub.cli.check.contact import of_links
from hub.cli.check.finding import Finding, bad, ok, warn
from hub.model import Lane
from hub.operations.gallery import TemplateRow
from hub.operations.template_check import letters_by_hand
from hub.parts.company import CompanyRules
from hub.parts.texts import gallery_of
from hub.policy.documents import DocumentPolicy
from hub.policy.residents import ResidentPolicy
from hub.rendering.titles_es import EVENTS
from hub.settings import Mode, Secret, Settings, is_loopback

_VIRGIN_OF_CHIQUINQUIRA: Final = date(2026, 7, 13)
"""The first holiday of Ley 2578 de 2026; with a holiday table that lacks it promises fall due a day early."""


async def program(_: Settings) -> list[Finding]:
    """Check the versions, and that the holidays follow this year's law."""
    versions = f"hub {version('hub')}, Python {platform.python_version()}"
    findings = [ok(versions)]
    if _VIRGIN_OF_CHIQUINQUIRA not in ColombianHolidays():
        what = f"A los festivos les falta la Ley 2578 de 2026 (holidays {version('holidays')})."
        findings.append(bad(what, "Actualice la librería holidays a 0.99 o posterior."))
    return findings


async def mode(settings: Settings) -> list[Finding]:
    """Check whether people can be reached."""
    return [_MODES[settings.mode](settings), *_ignored(settings)]


def _capture(settings: Settings) -> Finding:
    mail = f"; los correos van a {settings.capture_smtp}" if settings.capture_smtp else ""
    return ok(f"Captura: nadie real recibe mensajes; quedan en {settings.capture_dir}{mail}.")


def _allowlist(settings: Settings) -> Finding:
    count = len(settings.allow_recipients)
    some = "recibe mensajes el destinatario" if count == 1 else f"reciben mensajes los {count} destinatarios"
    return ok(f"Prueba: solo {some} de HUB_ALLOW_RECIPIENTS.")


def _live(_: Settings) -> Finding:
    return ok("En vivo: los mensajes llegan a personas reales.")


_MODES: Final = {Mode.CAPTURE: _capture, Mode.ALLOWLIST: _allowlist, Mode.LIVE: _live}


def _ignored(settings: Settings) -> Iterator[Finding]:
    if settings.ignored_providers:
        what = f"En captura no se usa: {', '.join(settings.ignored_providers)}."
        yield warn(what, "Para usarlos, defina HUB_MODE=allowlist o HUB_MODE=live.")


async def access(settings: Settings) -> list[Finding]:
    """Check HUB_API_KEY, and the secrets that sign links."""
    return [
        _api_key(settings),
        *_in_clear(settings),
        *_proxies(settings),
        *_open_mail(settings),
        *_secrets(settings),
    ]


def _api_key(settings: Settings) -> Finding:
    if settings.api_key is None:
        what = f"Sin clave: solo este equipo puede entrar por http://{settings.http}."
        if settings.mode is not Mode.LIVE:
            return ok(what)
        return warn(what, "Defina HUB_API_KEY para que otros equipos puedan entrar.")
    if is_guessable(settings.api_key):
        return warn(f"HUB_API_KEY: {_why(settings.api_key)}.", "Use la que da `hub secrets new`.")
    return ok("HUB_API_KEY protege todo menos /health.")


def _in_clear(settings: Settings) -> Iterator[Finding]:
    """Warn if people sign in over an unencrypted network."""
    url = urlsplit(settings.public_url)
    if settings.api_key is None or url.scheme == "https" or is_loopback(url.hostname or ""):
        return
    what = f"HUB_PUBLIC_URL es http ({url.netloc}): contraseñas y sesiones viajan sin cifrar."
    yield warn(what, "Ponga TLS delante y HUB_PUBLIC_URL=https://…")


def _proxies(settings: Settings) -> Iterator[Finding]:
    """Warn if TLS ends in front of the hub, at a proxy that it does not know: the hub itself has none."""
    if settings.api_key and settings.public_url.startswith("https:") and not settings.trusted_proxies:
        what = "HUB_TRUSTED_PROXIES está vacía: detrás del proxy todos comparten una dirección."
        to_do = "Ponga ahí la dirección del proxy; si no, quien adivina claves frena a los demás."
        yield warn(what, to_do)


def _open_mail(settings: Settings) -> Iterator[Finding]:
    """Warn if others than a mail server in front can bring mail."""
    if settings.mail is not None and not settings.mail.is_loopback:
        what = f"HUB_MAIL={settings.mail} recibe correo de otros equipos, sin TLS, filtros ni límites."
        yield warn(what, "Deje llegar ahí solo al servidor de correo de la empresa.")


def _secrets(settings: Settings) -> Iterator[Finding]:
    if not settings.secrets:
        to_do = "Defina HUB_SECRET con lo que da `hub secrets new`, lo mismo en todos los procesos."
        yield warn("Falta HUB_SECRET, con el que se firman los enlaces de los mensajes.", to_do)
        if settings.api_key is not None:
            what = "Sin HUB_SECRET nadie tiene segundo factor: basta una contraseña para administrar."
            yield warn(what, "Con HUB_SECRET se pide a quien administra, gestiona o ve datos.")
    # Anyone with a signed address can test guesses offline; and spaces split a phrase into several keys.
    for place, secret in enumerate(settings.secrets, start=1):
        if is_guessable(secret):
            to_do = "Cámbiela por la que da `hub secrets new`; los espacios y las comas separan varias."
            yield warn(f"La clave {place} de HUB_SECRET: {_why(secret)}.", to_do)
    if doubled(settings.secrets):
        to_do = "Quite la repetida; para cambiar de clave ponga delante la que da `hub secrets new`."
        yield warn("HUB_SECRET tiene la misma clave dos veces.", to_do)


def _why(secret: Secret) -> str:
    if is_example(secret):
        return "parece la de un ejemplo"
    if len(secret.reveal()) < LENGTH:
        return f"tiene menos de {LENGTH} caracteres y se puede adivinar"
    return "tiene un patrón y se puede adivinar"


async def policy(settings: Settings) -> list[Finding]:
    """Check that the policy loads."""
    policy = await asyncio.to_thread(lambda: CompanyRules(settings).policy)
    origin = str(settings.policy) if settings.policy else "la incluida en el hub"
    findings = [ok(f"{policy.company.name}; {len(policy.clocks)} plazos; {origin}.")]
    if (limit := policy.intake.rate.get(Lane.URGENT)) is None or limit.rate is None:
        what = "Nadie tiene límite en la cola urgente: quien publica de más atrasa las emergencias de otros."
        findings.append(warn(what, "Póngale un límite a urgent en `[intake.rate]`."))
    if not policy.evidence.notify:
        what = "La huella de cada día no sale de la empresa: contra quien administra la base no prueba nada."
        to_do = "Ponga en `[evidence] notify` una dirección de correo que nadie de la empresa administre."
        findings.append(warn(what, to_do))
    links = of_links(settings, policy)
    return [
        *findings,
        *_documents(settings, policy.documents, policy.company.site),
        *links,
        *_buttons(settings, policy.residents),
    ]


def _documents(settings: Settings, rules: DocumentPolicy, site: str) -> Iterator[Finding]:
    """Yield the settings that are missing for messages to take their documents along, or to lead to them."""
    if not rules.hosts:
        what = "Los mensajes no llevan documentos, solo el enlace de quien los publica."
        host = urlsplit(site).hostname or "portal.example.com"
        to_do = f'Ponga en `[documents] hosts` de dónde se traen: basta la línea `hosts = ["{host}"]`.'
        yield warn(what, to_do)
    elif not (settings.secrets and settings.links_url):
        what = "Los documentos grandes o reservados salen con el enlace de quien los publica."
        to_do = "Para enlaces del hub, que vencen, defina HUB_SECRET y HUB_PUBLIC_URL=https://…"
        yield warn(what, to_do)
    else:
        yield ok(f"Documentos de {', '.join(rules.hosts)}.")


def _buttons(settings: Settings, rules: ResidentPolicy) -> Iterator[Finding]:
    """Warn that Meta refuses a message without the end of its button's address."""
    if rules.whatsapp and not (settings.secrets and settings.links_url):
        what = "Los mensajes de WhatsApp con botón se pierden: sin enlaces firmados el botón no abre nada."
        to_do = "Defina HUB_SECRET y HUB_PUBLIC_URL=https://…, o vacíe `[residents] whatsapp`."
        yield bad(what, to_do)


async def templates(settings: Settings) -> list[Finding]:
    """Check that every event has its schema, and every audience its text on each channel."""
    company = CompanyRules(settings)
    count = len(company.schemas.by_name)
    missing = [_named(row) for row in gallery_of(company).rows if row.state == "missing"]
    by_hand = list(_by_hand(company))
    if missing:
        what = f"Falta el texto de {', '.join(missing)}."
        return [bad(what, "Complete la plantilla en HUB_TEMPLATES."), *by_hand]
    return [ok(f"{count} eventos con esquema y textos completos."), *by_hand]


def _by_hand(company: CompanyRules) -> Iterator[Finding]:
    """Name the events whose letters wait for a document that the hub will not fetch."""
    found = letters_by_hand(company.templates, company.schemas.by_name, company.policy.documents)
    if found:
        names = ", ".join(f"{EVENTS[name]} ({name})" for name in found)
        what = f"Si su documento es un enlace, estas cartas no se imprimen solas: {names}."
        yield warn(what, "Agregue el PDF en la página de cada carta, o imprímalo y entréguelo.")


def _named(row: TemplateRow) -> str:
    variant = f" ({row.audience})" if row.audience else ""
    return f"{row.event}{variant} por {row.channel}"
