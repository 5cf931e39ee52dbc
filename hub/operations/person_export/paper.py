"""The export as pages of a document: everything in Spanish words."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from hub.model import Json
from hub.model.given_files import HandedFile
from hub.model.preferences import PreferenceChange
from hub.operations.cases.events_es import title
from hub.operations.cases.summary_es import promise
from hub.operations.constancia.schemas import ConsentLine, ProvenMessage
from hub.operations.constancia.summary_es import outcome_of
from hub.operations.person_export.schemas import MarkLine, PersonExport
from hub.rendering import filters, labels_es, outcomes_es
from hub.rendering.paper import make_pdf
from hub.rendering.wishes_es import wishes
from hub.sla.ack_links import without_link
from hub.storage.person_export import SuppressionLine

TEMPLATE: Final = "person.typ"
_PURPOSES: Final[Mapping[str, str]] = {
    "data_treatment": "tratamiento de datos",
    "commercial": "mensajes comerciales",
    "survey": "encuestas",
    "collection": "cobranza",
    "service": "mensajes de servicio",
}
_WAYS: Final[Mapping[str, str]] = {
    "page": "en su página",
    "api": "por otro sistema",
    "cli": "por la administración",
}
_POINTS: Final[Mapping[str, str]] = {"email": "Correo", "phone": "Teléfono", "push": "Aplicación"}


async def as_pdf(export: PersonExport) -> bytes:
    """Make the document, beside the loop."""
    return await make_pdf(TEMPLATE, await asyncio.to_thread(pages, export), export.made_at)


def pages(export: PersonExport) -> dict[str, Json]:
    """Return the parts for the template; each is a title, an explanation, and rows of label and text."""
    identity: Mapping[str, Any] = export.identity or {}
    parts = [
        ("Quién es usted para nosotros", "", list(_identity(export, identity))),
        ("Sus unidades y papeles", "Con la fecha en que empezaron.", list(_roles(export))),
        ("Lo que autorizó y lo que no", "Con su prueba.", list(map(_consent, export.consents))),
        ("Lo que prefiere", "Cada cambio, con quién lo hizo.", list(map(_preference, export.preferences))),
        ("Marcas de no contactarle", "Las pone la administración.", list(map(_mark, export.marks))),
        ("Direcciones a las que no escribimos", "Por canal.", list(map(_suppression, export.suppressions))),
        (
            "Contactos que cuentan para el límite",
            "Ley 2300 de 2023.",
            [
                [one.day.isoformat(), labels_es.CHANNELS.get(one.channel, one.channel)]
                for one in export.contacts
            ],
        ),
        ("Sus casos y nuestros plazos", "", list(_cases(export))),
        ("Lo que respondió", "", list(_replies(export))),
        ("Los archivos que envió", "Van en la copia digital.", list(map(_file, export.files))),
        ("Encuestas que contestó", "", list(_surveys(export))),
        (
            "Los mensajes para usted",
            "Con sus palabras, y qué pasó con cada uno.",
            list(_messages(export.messages)),
        ),
        ("Entradas a su página", "Los códigos de hoy y la página abierta.", list(_openings(export))),
        (
            "Quién ha visto o cambiado sus datos",
            "",
            [[filters.fecha_hora(line.at), f"{line.who}: {line.action}"] for line in export.audit],
        ),
    ]
    return {
        "title": "Sus datos",
        "subject": str(identity.get("name") or export.person),
        "number": export.person,
        "company": export.company,
        "made_at": filters.fecha_hora(export.made_at),
        "parts": [{"title": name, "about": about, "rows": rows} for name, about, rows in parts],
    }


def _identity(export: PersonExport, identity: Mapping[str, Any]) -> Iterator[list[str]]:
    yield ["Referencia", export.person]
    if not identity:
        yield ["Directorio", "Ya no está en el directorio."]
        return
    yield ["Nombre", str(identity["name"])]
    for point in identity["contact_points"]:
        checked = " (verificado)" if point.get("verified") else ""
        yield [_POINTS.get(point["kind"], point["kind"]), f"{point['value']}{checked}"]
    for version in export.versions:
        names = version.data.get("names", "")
        yield [filters.fecha(version.since), f"{names}, según {version.source or 'el directorio'}"]


def _roles(export: PersonExport) -> Iterator[list[str]]:
    for role in export.roles:
        until = f" hasta el {filters.fecha(role.until)}" if role.until else ""
        what = "terminó" if role.removed else labels_es.ROLES.get(role.role, role.role)
        yield [filters.fecha(role.since), f"{what}, {role.scope}{until}"]


def _consent(line: ConsentLine) -> list[str]:
    answer = "sí" if line.granted else "no"
    by = ", ".join(labels_es.CHANNELS.get(channel, channel) for channel in line.channels)
    how = line.method and labels_es.METHODS.get(line.method, line.method)
    proof = ", ".join(filter(None, (how, line.text_version, line.evidence_hash)))
    said = f"{_PURPOSES.get(line.purpose, line.purpose)}: {answer}{f', por {by}' if by else ''}"
    return [filters.fecha_hora(line.at), f"{said}{f' ({proof})' if proof else ''}"]


def _preference(change: PreferenceChange) -> list[str]:
    said = "; ".join(wishes(change.wishes)) or "todo como lo hace la administración"
    by = _WAYS.get(change.way, change.way)
    return [filters.fecha_hora(change.at), f"{said} ({change.by}, {by})"]


def _mark(mark: MarkLine) -> list[str]:
    end = mark.ended_at or mark.until
    until = f", hasta el {filters.fecha_hora(end)}" if end else ""
    if mark.reason is None:
        return [filters.fecha_hora(mark.since), f"Pregunte por qué a la administración{until}."]
    why = labels_es.MARKS.get(mark.reason, mark.reason)
    return [filters.fecha_hora(mark.since), f"{why}{until}. {mark.note or ''}".strip()]


def _suppression(line: SuppressionLine) -> list[str]:
    by = labels_es.CHANNELS.get(line.channel, line.channel)
    why = outcomes_es.reason_in_words(line.reason) or line.reason
    end = line.lifted_at or line.expires_at
    until = f", hasta el {filters.fecha_hora(end)}" if end else ""
    return [filters.fecha_hora(line.since), f"{line.address}, por {by}{until}. {why}."]


def _openings(export: PersonExport) -> Iterator[list[str]]:
    for opening in export.openings:
        what = "Se abrió su página" if opening.shown is None else f"Se envió un código {opening.shown}"
        yield [filters.fecha_hora(opening.at), what]


def _cases(export: PersonExport) -> Iterator[list[str]]:
    for case in export.cases:
        number = case.radicado or case.case
        if case.name is None or case.due_at is None:
            yield [number, case.subject or ""]
            continue
        end = f"terminó el {filters.fecha_hora(case.ended_at)}" if case.ended_at else "sigue abierto"
        due = f"vence el {filters.fecha_hora(case.due_at)}"
        yield [number, f"{case.subject or ''} {promise(case.name)}: {due}; {end}.".strip()]


def _replies(export: PersonExport) -> Iterator[list[str]]:
    for entry in export.thread:
        if entry.reply is not None:
            yield [filters.fecha_hora(entry.at), entry.reply.text or ""]


def _file(file: HandedFile) -> list[str]:
    return [file.name, "No se guardó." if file.sha256 is None else f"SHA-256 {file.sha256}"]


def _surveys(export: PersonExport) -> Iterator[list[str]]:
    for survey in export.surveys:
        score, comment = survey.data.get("score"), survey.data.get("comment") or ""
        yield [filters.fecha(survey.at), f"Nota {score}. {comment}".strip()]


def _messages(messages: Sequence[ProvenMessage]) -> Iterator[list[str]]:
    for message in messages:
        by = labels_es.CHANNELS.get(message.channel, message.channel)
        said = next((row.said for row in message.rows if row.said is not None), None)
        words = "" if said is None else "\n".join(filter(None, (said.subject, said.text or said.why)))
        label, means = outcome_of(message)
        to = f", a {message.address}" if message.address else ""
        head = f"{title(message.event)}, por {by}{to}\n{label}: {means}."
        # Paper is passed on: the link of an escalation acts for the person who was called.
        yield [filters.fecha_hora(message.created_at), f"{head}\n{without_link(words)}".strip()]
