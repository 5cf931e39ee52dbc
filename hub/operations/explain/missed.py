"""Reasons why a person was not in an audience, in sentences; the best explanation is shown. Pure."""

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
    """One reason. The lowest `rank` explains most; `pending` if the person may still be notified."""

    rank: tuple[float, float]
    reason: str
    sentences: Sequence[str]
    pending: bool = False


_PLANNED: Final = "El aviso se planeó {planned}; "
_TEMPLATES: Final[Mapping[Near, tuple[str, ...]]] = {
    Near.HEARD_LATER: (
        "No: ya {was}, pero el centro lo supo {later}.",
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
"""People who may still be notified while pages are planned: each page reads the directory again."""
_SELF: Final = Near.OTHER_PLACE - 0.5
"""A reason of the audience itself explains more than a membership elsewhere."""
_LEAST: Final = Near.NO_MEMBERSHIP + 1.0


def answers(kept: AudienceSnapshot, facts: ExplainFacts) -> Iterator[Answer]:
    """Yield every reason that an audience gives."""
    if kept.record.why == "condition":
        sentence = "No: el aviso dependía de una condición que este aviso no cumple."
        yield Answer(rank=(_SELF, 1.0), reason="condition", sentences=[sentence])
    elif not kept.record.groups:
        sentence = "No: el aviso no tenía a quién hablarle."
        yield Answer(rank=(_LEAST, 1.0), reason="nobody", sentences=[sentence])
    for group in kept.record.groups:
        yield _party(group) if "party" in group else _group(group, kept, facts)


def _party(group: Mapping[str, Json]) -> Answer:
    who = sentences_es.PARTIES.get(group["party"], f"«{group['party']}»")
    sentence = f"Todavía no: el caso no ha dicho a quién avisar ({who})."
    return Answer(rank=(_SELF, 0.0), reason="waiting", sentences=[sentence], pending=True)


def _group(described: Mapping[str, Json], kept: AudienceSnapshot, facts: ExplainFacts) -> Answer:
    group = msgspec.convert(described, Group)
    if group.person is not None:
        sentence = "No: el aviso era para otra persona."
        return Answer(rank=(_LEAST, 0.0), reason="other_person", sentences=[sentence])
    miss = nearest(group, kept, facts)
    if miss.near in _OPEN and kept.record.why == "expanding":
        sentence = "Todavía no: el centro está preparando el aviso, grupo por grupo; espere un momento."
        return Answer(rank=miss.distance, reason="expanding", sentences=[sentence], pending=True)
    fields = _fields(miss, facts)
    sentences = [sentences_es.sentence(template.format_map(fields)) for template in _TEMPLATES[miss.near]]
    return Answer(rank=miss.distance, reason=miss.near.name.lower(), sentences=sentences)


def _fields(miss: Miss, facts: ExplainFacts) -> Mapping[str, str]:
    """Return the fields of the sentence templates for a miss."""
    group, version = miss.group, miss.version
    audience = sentences_es.audience(group, facts)
    fields = {
        "audience": audience,
        "roles": sentences_es.members(group) if group.roles else audience,
        "planned": sentences_es.at_time(miss.planned),
        "later": sentences_es.later(miss.planned, miss.at),
        "earlier": sentences_es.earlier(miss.planned, miss.at),
        "at": sentences_es.at_time(miss.at),
        "home": "" if miss.home is None else sentences_es.home(miss.home, facts),
    }
    if version is None:
        return fields
    place = sentences_es.place(version, group, facts)
    where = sentences_es.copropiedad_of(version, facts)
    part, role = (
        f"parte {sentences_es.of(audience)}",
        f"{sentences_es.role(version.role)} {sentences_es.of(place)}",
    )
    # The person may have been staff before, with another duty.
    of_duty = group.duty is not None or group.level is not None
    return {
        **fields,
        "be": f"hacer {part}" if of_duty else f"ser {role}",
        "was": f"hacía {part}" if of_duty else f"era {role}",
        "role": sentences_es.role(version.role),
        "of_place": sentences_es.of(place),
        "to_place": sentences_es.to(place),
        "of_copropiedad": sentences_es.of(sentences_es.copropiedad(where, facts) if where else place),
    }
