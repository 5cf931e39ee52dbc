"""Purposes, and what each allows: a literal table, which `docs/data-protection.md` prints."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from hub.model import Purpose


class PurposeRules(Struct, frozen=True, kw_only=True):
    """
    The rules for messages of one purpose.

    `needs_consent`: without an express, earlier and provable consent for the channel nothing leaves.
    `revocable`: a BAJA, a complaint or the link of a mail ends it at once.
    `may_switch_off`: a person may ask for none of it.
    `quiet_hours`: the hours in which a person wants no messages count.
    `limited`: one contact a day and one channel a week (Ley 2300 de 2023, art. 3).
    `excludable`: the register of excluded numbers is consulted first (Ley 2300 de 2023, art. 5).
    `digestible`: what is not urgent may wait for a daily or weekly digest.
    `despite_do_not_contact`: it leaves even to a person whom staff has marked as not to be contacted.
    `why_es`: the reason, for the person.
    """

    needs_consent: bool = False
    revocable: bool = False
    may_switch_off: bool = False
    quiet_hours: bool = False
    limited: bool = False
    excludable: bool = False
    digestible: bool = False
    despite_do_not_contact: bool = False
    why_es: str


PURPOSES: Final[Mapping[Purpose, PurposeRules]] = MappingProxyType(
    {
        Purpose.EMERGENCY: PurposeRules(
            despite_do_not_contact=True,
            why_es="Avisa de un peligro para la vida o los bienes. Por eso no se puede desactivar.",
        ),
        Purpose.LEGAL: PurposeRules(
            despite_do_not_contact=True,
            why_es="La ley obliga a enviar este aviso. Por eso no se puede desactivar.",
        ),
        Purpose.TRANSACTIONAL: PurposeRules(
            why_es="Responde a algo que usted pidió o hizo. Usted elige por qué canal le llega.",
        ),
        Purpose.SERVICE: PurposeRules(
            may_switch_off=True,
            quiet_hours=True,
            digestible=True,
            why_es="Informa sobre el servicio en su copropiedad. Usted elige el canal y las horas.",
        ),
        Purpose.SURVEY: PurposeRules(
            needs_consent=True,
            revocable=True,
            may_switch_off=True,
            quiet_hours=True,
            why_es="Le pregunta su opinión. Solo le llega si usted autorizó las encuestas. Puede retirar esa "
            "autorización cuando quiera.",
        ),
        Purpose.COLLECTION: PurposeRules(
            needs_consent=True,
            quiet_hours=True,
            limited=True,
            why_es="Recuerda una deuda. Solo le llega por un canal que usted autorizó para eso.",
        ),
        Purpose.COMMERCIAL: PurposeRules(
            needs_consent=True,
            revocable=True,
            may_switch_off=True,
            quiet_hours=True,
            limited=True,
            excludable=True,
            why_es="Ofrece servicios. Solo le llega si usted lo autorizó. Puede retirar esa "
            "autorización cuando quiera.",
        ),
        Purpose.INTERNAL: PurposeRules(
            despite_do_not_contact=True,
            why_es="Es un aviso de trabajo para el personal. Respeta su horario de trabajo.",
        ),
    }
)

TO_STAFF: Final = frozenset({Purpose.INTERNAL, Purpose.EMERGENCY})
"""Purposes of messages that call staff. An emergency goes to residents as well."""
NEED_CONSENT: Final = frozenset(purpose for purpose, rules in PURPOSES.items() if rules.needs_consent)
"""Purposes whose messages leave only while their channel is consented to."""
REVOCABLE: Final = tuple(sorted(purpose.value for purpose, rules in PURPOSES.items() if rules.revocable))
"""Purposes that a BAJA revokes. Collection, legal duties and emergencies continue."""
DIGESTIBLE: Final = frozenset(purpose for purpose, rules in PURPOSES.items() if rules.digestible)
"""Purposes whose messages may wait for a digest."""
LIMITED: Final = frozenset(purpose for purpose, rules in PURPOSES.items() if rules.limited)
"""Purposes whose messages are contacts that Ley 2300 de 2023 limits."""
EXCLUDABLE: Final = frozenset(purpose for purpose, rules in PURPOSES.items() if rules.excludable)
"""Purposes for which the register of excluded numbers is consulted."""
