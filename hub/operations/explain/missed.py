"""Why an audience did not hold somebody, in sentences; the one that explains most is told. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from hub.model import Json
from hub.operations.explain import sentences_es
from hub.operations.explain.misses import COUNTED, Miss, Near, nearest
from hub.people.audience import Group
from hub.ports import AudienceSnapshot, ExplainFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One reason: the least `rank` explains most; `pending` where the person may still be told."""

    rank: tuple[float, float]
    reason: str
    sentences: Sequence[str]
    pending: bool = False


_PLANNED: Final = "El aviso se planeó {planned}; "
_SAYS: Final[Mapping[Near, tuple[str, ...]]] = {
    Near.HEARD_LATER: (
        "No: ya {was}, pero el hub lo supo {later}.",
        _PLANNED + "la novedad llegó {at}.",
    ),
    Near.ADDED_LATER: ("No: fue agregada {to_place} {later}.", _PLANNED + "el vínculo cuenta desde {at}."),
    Near.ROLE_LATER: (
        "No: empezó a {be} {later}.",
        _PLANNED + "el vínculo cuenta desde {at}.",
    ),
    Near.ENDED: (
        "No: había dejado de {be} {earlier}.",
        _PLANNED + "el vínculo terminó {at}.",
    ),
    Near.OTHER_ROLE: ("No: es {role}; el aviso era para {roles}.",),
    Near.OTHERS_TURN: (
        "No: es {role} {of_place}, pero este aviso fue para quien estaba de turno o tenía el lugar a cargo.",
    ),
    Near.MOVED: (
        "No: era {role} {of_place}, pero cuando se planeó el aviso su unidad estaba registrada en {home}.",
    ),
    Near.UNIT_UNKNOWN: (
        "No: era {role} {of_place}, pero cuando se planeó el aviso su unidad no estaba en el directorio.",
    ),
    Near.UNCLEAR: (
        "No se sabe: según el directorio era {role} {of_place}.",
        "Puede que su unidad estuviera en otro lugar, o que una novedad llegara mientras se planeaba.",
    ),
    Near.OTHER_PLACE: ("No: es {role} {of_place}; el aviso era para {audience}.",),
    Near.OTHER_COPROPIEDAD: ("No: es {role} {of_copropiedad}; el aviso era para {audience}.",),
    Near.REMOVED: ("No: había sido retirada del directorio {earlier}.",),
    Near.NOT_YET_KNOWN: (
        "No: fue agregada al directorio {later}.",
        _PLANNED + "la persona llegó al directorio {at}.",
    ),
    Near.NO_MEMBERSHIP: (
        "No: el aviso era para {audience}; cuando se planeó, la persona no era de ese grupo.",
    ),
}
_OPEN: Final = (*COUNTED, Near.HEARD_LATER, Near.NOT_YET_KNOWN)
"""Who may still be told while pages are planned: each page looks the directory up anew."""
_SELF: Final = Near.OTHER_PLACE - 0.5
"""What an audience says of itself tells more than that somebody belongs elsewhere."""
_LEAST: Final = Near.NO_MEMBERSHIP + 1.0


def answers(kept: AudienceSnapshot, facts: ExplainFacts) -> Iterator[Answer]:
    """Answer every reason that an audience gives."""
    if kept.record.why == "condition":
        said = "No: el aviso dependía de una condición que este evento no cumple."
        yield Answer(rank=(_SELF, 1.0), reason="condition", sentences=[said])
    elif not kept.record.groups:
        said = "No: el aviso no tenía a quién hablarle."
        yield Answer(rank=(_LEAST, 1.0), reason="nobody", sentences=[said])
    for described in kept.record.groups:
        yield _party(described) if "party" in described else _group(described, kept, facts)


def _party(described: Mapping[str, Json]) -> Answer:
    who = sentences_es.PARTIES.get(described["party"], f"«{described['party']}»")
    said = f"Todavía no: el caso no ha dicho a quién avisar ({who})."
    return Answer(rank=(_SELF, 0.0), reason="waiting", sentences=[said], pending=True)


def _group(described: Mapping[str, Json], kept: AudienceSnapshot, facts: ExplainFacts) -> Answer:
    group = msgspec.convert(described, Group)
    if group.person is not None:
        said = "No: el aviso era para otra persona."
        return Answer(rank=(_LEAST, 0.0), reason="other_person", sentences=[said])
    miss = nearest(group, kept, facts)
    if miss.near in _OPEN and kept.record.why == "expanding":
        said = "Todavía no: el hub está planeando el aviso, grupo por grupo; espere un momento."
        return Answer(rank=miss.distance, reason="expanding", sentences=[said], pending=True)
    fields = _fields(miss, facts)
    told = [sentences_es.sentence(one.format_map(fields)) for one in _SAYS[miss.near]]
    return Answer(rank=miss.distance, reason=miss.near.name.lower(), sentences=told)


def _fields(miss: Miss, facts: ExplainFacts) -> Mapping[str, str]:
    """Answer what the sentences may say of a miss."""
    group, version = miss.group, miss.version
    audience = sentences_es.audience(group, facts)
    said = {
        "audience": audience,
        "roles": sentences_es.members(group) if group.roles else audience,
        "planned": sentences_es.at_time(miss.planned),
        "later": sentences_es.later(miss.planned, miss.at),
        "earlier": sentences_es.earlier(miss.planned, miss.at),
        "at": sentences_es.at_time(miss.at),
        "home": "" if miss.home is None else sentences_es.home(miss.home, facts),
    }
    if version is None:
        return said
    place = sentences_es.place(version, group, facts)
    where = sentences_es.copropiedad_of(version, facts)
    part, role = (
        f"parte {sentences_es.of(audience)}",
        f"{sentences_es.role(version.role)} {sentences_es.of(place)}",
    )
    # Of the staff before as well, perhaps, with another duty.
    of_duty = group.duty is not None or group.level is not None
    return {
        **said,
        "be": f"hacer {part}" if of_duty else f"ser {role}",
        "was": f"hacía {part}" if of_duty else f"era {role}",
        "role": sentences_es.role(version.role),
        "of_place": sentences_es.of(place),
        "to_place": sentences_es.to(place),
        "of_copropiedad": sentences_es.of(sentences_es.copropiedad(where, facts) if where else place),
    }
