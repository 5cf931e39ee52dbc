"""The page on which staff corrects a person: name, contacts, roles; with a question before the change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, Final

from aiohttp import web
from msgspec import Meta, Struct

from hub.desk.people import corrections
from hub.desk.people.queries import PeopleList
from hub.desk.people.rows import PersonCorrection, RoleBody, RoleEndBody
from hub.doors.act import OPERATE
from hub.doors.api import operator_of
from hub.errors import ChangedMeanwhile, HubError, InvalidEntry, KeptElsewhere
from hub.model import Role, Word
from hub.people.importing.entries import StoredEntry
from hub.rendering import labels_es
from hub.rendering.page_links import person_path
from hub.web.auth.caller import places_with
from hub.web.console.list_filter import buildings_of
from hub.web.console.people import PATH
from hub.web.console.shell import console_page, done
from hub.web.responses import refusal_of

CORRECT: Final = f"{PATH}/{{ref}}/correct"
ROLES: Final = f"{PATH}/{{ref}}/roles"
END_ROLE: Final = f"{ROLES}/end"
_REFUSED: Final = (InvalidEntry, KeptElsewhere, ChangedMeanwhile)
_SEPARATOR: Final = ";"
_MEANWHILE: Final = "Alguien más cambió a esta persona mientras tanto: mire los datos otra vez."


class CorrectionForm(Struct, frozen=True, kw_only=True):
    """Several addresses or numbers are written with a semicolon between; without `sure` the page asks."""

    seen: Annotated[int, Meta(ge=0)]
    name: Annotated[str, Meta(max_length=200)] = ""
    emails: Annotated[str, Meta(max_length=1700)] = ""
    phones: Annotated[str, Meta(max_length=300)] = ""
    digital: bool = False
    sure: bool = False

    def correction(self) -> PersonCorrection:
        if not self.name.strip():
            raise InvalidEntry("Falta el nombre.")
        return PersonCorrection(
            seen=self.seen,
            name=" ".join(self.name.split()),
            emails=_several(self.emails),
            phones=_several(self.phones),
            digital_access=self.digital,
        )


class RoleForm(Struct, frozen=True, kw_only=True):
    role: Role
    unit: Word = ""
    copropiedad: Word | None = None


async def correct(request: web.Request, form: CorrectionForm) -> web.StreamResponse:
    """Correct a person; ask first, with what was and what will be."""
    by, ref = operator_of(request, OPERATE), request.match_info["ref"]
    try:
        correction = form.correction()
        if form.sure:
            await corrections.correct_person(by, ref, correction)
            return done(person_path(ref), "corrected")
        before = await corrections.to_correct(by, ref)
        changes = corrections.changed_by(before, correction)
    except _REFUSED as error:
        return await show(request, wrong=error, typed=form)
    if not changes:
        return done(person_path(ref), "nothing_corrected")
    return console_page(
        "desk/people/correct_sure.html",
        request,
        here=PATH,
        path=f"{person_path(ref)}/correct",
        name=before.data["names"],
        rows=_differences(before, correction),
        keep={
            **{name: getattr(form, name) for name in ("seen", "name", "emails", "phones")},
            **({"digital": "true"} if form.digital else {}),
            "sure": "true",
        },
        moves="contact_points" in changes,
    )


async def add_role(request: web.Request, form: RoleForm) -> web.StreamResponse:
    """Give a person a role of a unit."""
    body = RoleBody(role=form.role, unit=form.unit, copropiedad=form.copropiedad)
    return await _recorded(request, corrections.add_role, body, "role_added")


async def end_role(request: web.Request, form: RoleEndBody) -> web.StreamResponse:
    """End a role of a person."""
    return await _recorded(request, corrections.end_role, form, "role_ended")


async def _recorded(
    request: web.Request, act: Callable[..., Awaitable[object]], body: Struct, word: str
) -> web.StreamResponse:
    ref = request.match_info["ref"]
    try:
        await act(operator_of(request, OPERATE), ref, body)
    except _REFUSED as error:
        return await show(request, wrong=error)
    return done(f"{person_path(ref)}/correct", word)


async def show(
    request: web.Request, *, wrong: HubError | None = None, typed: CorrectionForm | None = None
) -> web.StreamResponse:
    """Show the data of a person that staff may correct, and who corrects the others."""
    by, ref = operator_of(request, OPERATE), request.match_info["ref"]
    try:
        entry = await corrections.to_correct(by, ref)
    except KeptElsewhere as error:
        return console_page(
            "desk/people/correct_elsewhere.html",
            request,
            here=PATH,
            status=200 if wrong is None else refusal_of(error).status,
            path=person_path(ref),
            system=error.source.rpartition(":")[2],
            may_claim=places_with(request, *OPERATE) is None,
        )
    await by.audit("person.correct.look", f"person:{ref}", person=ref)
    return console_page(
        "desk/people/correct.html",
        request,
        here=PATH,
        status=200 if wrong is None else refusal_of(wrong).status,
        path=person_path(ref),
        entry=entry,
        given=typed or _given(entry),
        wrong="" if wrong is None else _MEANWHILE if isinstance(wrong, ChangedMeanwhile) else str(wrong),
        # The other roles are of the sheet or of their system.
        roles=[
            term
            for term in await PeopleList(by.db).terms(ref, by.places)
            if term.ended_at is None and term.unit and term.role in corrections.ROLES_BY_HAND
        ],
        offered=[(role, labels_es.ROLES[role]) for role in sorted(corrections.ROLES_BY_HAND)],
        buildings=await buildings_of(request),
    )


def _given(entry: StoredEntry) -> CorrectionForm:
    return CorrectionForm(
        seen=entry.version,
        name=str(entry.data["names"]),
        emails=_joined(entry, "email"),
        phones=_joined(entry, "phone"),
        digital=entry.data.get("digital_access") is not False,
    )


def _joined(entry: StoredEntry, kind: str) -> str:
    points: Sequence[Any] = entry.data.get("contact_points") or ()
    return f"{_SEPARATOR} ".join(point["value"] for point in points if point["kind"] == kind)


def _several(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(_SEPARATOR) if part.strip())


def _differences(entry: StoredEntry, correction: PersonCorrection) -> Sequence[tuple[str, str, str]]:
    """Return title, what stands there, and what will, of each field that differs."""
    was = _given(entry)
    both = (
        ("Nombre", was.name, correction.name or ""),
        ("Correo", was.emails, f"{_SEPARATOR} ".join(correction.emails or ())),
        ("Teléfono", was.phones, f"{_SEPARATOR} ".join(correction.phones or ())),
        ("Medios digitales", _yes(digital=was.digital), _yes(digital=correction.digital_access is True)),
    )
    return [(title, before, after) for title, before, after in both if before != after]


def _yes(*, digital: bool) -> str:
    return "sí" if digital else "no, solo carta"
