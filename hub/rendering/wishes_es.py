"""A person's wishes in Spanish words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from hub.model import DigestPeriod, Preferences
from hub.rendering.filters import lista
from hub.rendering.labels_es import CHANNELS

LANGUAGES: Final[Mapping[str, str]] = {"es": "Español", "en": "Inglés"}
KINDS: Final[Mapping[str, str]] = {
    "emergency": "Emergencias",
    "legal": "Avisos de ley",
    "transactional": "Respuestas a lo que usted pide",
    "service": "Avisos del servicio",
    "survey": "Encuestas",
    "collection": "Cobros",
    "commercial": "Ofertas",
}
"""Names of purposes for residents."""
DIGESTS: Final[Mapping[DigestPeriod, str]] = {
    DigestPeriod.DAILY: "juntos, una vez al día",
    DigestPeriod.WEEKLY: "juntos, una vez por semana",
}


def wishes(preferences: Preferences) -> Iterator[str]:
    """Yield a person's wishes, a line each; none for a person who leaves all to the company."""
    for purpose, channels in sorted(preferences.channels.items()):
        by = lista([CHANNELS.get(channel, channel) for channel in channels])
        yield f"{KINDS.get(purpose, purpose)}: {by or 'ninguno'}"
    if preferences.quiet_hours is not None:
        yield f"Horas de silencio: de {preferences.quiet_hours.since} a {preferences.quiet_hours.until}"
    if preferences.language is not None:
        yield f"Idioma: {LANGUAGES.get(preferences.language, preferences.language)}"
    if preferences.digest is not None:
        yield f"Avisos que no son urgentes: {DIGESTS[preferences.digest]}"
    if preferences.large_print is not None:
        yield f"Letra grande: {'sí' if preferences.large_print else 'no'}"
