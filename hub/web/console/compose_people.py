"""A draft's people on its page: the count, lists, saved audiences, and the people of its plan."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from aiohttp import web

from hub.desk.audiences.acts import forget_audience, save_audience, saved_audiences
from hub.desk.audiences.rows import SaveAudienceBody
from hub.desk.communications import acts, people
from hub.desk.communications.files import (
    FileBody,
    FilePlaceBody,
    attach_file,
    drop_file,
    show_files,
    takes_files,
)
from hub.desk.communications.people import WRONG_ES, ListBody, PlanPeopleQuery, PlanPersonRow
from hub.desk.communications.rows import CommunicationRow, CommunicationWhole, SaveBody
from hub.desk.communications.tried import try_communication
from hub.doors.act import OPERATE
from hub.doors.api import operator_of
from hub.doors.operator import Operator
from hub.errors import InvalidAudience, NoSuch, NotOffered, TooLarge
from hub.model.communications import Side, Whom
from hub.operations.communications.counted import Counted
from hub.operations.communications.kinds import BY_EVENT
from hub.operations.communications.lists import with_lists
from hub.operations.communications.presets import Boxes
from hub.rendering.labels_es import CHANNELS
from hub.rendering.outcomes_es import REASONS
from hub.web.bodies import files_of
from hub.web.console.shell import console_page, sheet_of_rows
from hub.web.requests import FormQuery, read_id

PEOPLE: Final = "/communications/{id}/plan/people"
_SIDES: Final[Mapping[str, Side]] = {"list": Side.TO, "except": Side.WITHOUT}
_MOST_TERMS: Final = 500
_SHEET: Final[Mapping[str, Callable[[PlanPersonRow], object]]] = {
    "Persona": lambda row: row.person,
    "Nombre": lambda row: row.name,
    "Unidades": lambda row: ", ".join(row.units),
    "Copropiedad": lambda row: row.building,
    "Por dónde": lambda row: ", ".join(CHANNELS.get(one, one) for one in row.channels),
    "Queda fuera": lambda row: REASONS.get(row.left_out, row.left_out) if row.left_out else "",
}


class PeopleQuery(FormQuery, PlanPeopleQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: str = ""


async def show_people(request: web.Request, query: PeopleQuery) -> web.StreamResponse:
    """Show who is in a plan and by which channel, or only who is left out; as a sheet all of them."""
    by, communication = operator_of(request, OPERATE), read_id(request, acts.COMMUNICATION)
    whole = await acts.show_communication(by, communication)
    if query.format == "csv":
        rows = await people.plan_people_sheet(by, communication, left_out=query.left_out)
        return sheet_of_rows("personas", _SHEET, rows)
    page = await people.list_plan_people(by, communication, query)
    return console_page(
        "desk/communications/people.html",
        request,
        here="/communications",
        whole=whole,
        page=page,
        left_out=query.left_out,
        path=PEOPLE.format(id=whole.row.id),
        reasons=REASONS,
    )


async def shown_people(by: Operator, whole: CommunicationWhole, *, most: int | None) -> Mapping[str, Any]:
    """Return what the page shows of the people of a draft: count, lists, audiences."""
    listed = await people.show_list(by, whole.row.id)
    counted, too_many = None, False
    if BY_EVENT[whole.row.kind].asks_whom and not whole.is_planned and (whole.to or listed.rows):
        counted, too_many = await _counted(by, whole, most)
    return {
        "counted": counted,
        "too_many": too_many,
        "lists": [(side, [row for row in listed.rows if row.side == side]) for side in Side],
        "audiences": await saved_audiences(by),
        "wrongs": WRONG_ES,
        "files": (await show_files(by, whole.row.id)).files if takes_files(by, whole.row.kind) else None,
    }


async def _counted(by: Operator, whole: CommunicationWhole, most: int | None) -> tuple[Counted | None, bool]:
    try:
        return await people.counted_at_most(by, whole.row.id, most), False
    except TooLarge:
        return None, True
    except InvalidAudience:
        return None, False  # the page says so when it is planned


async def _give(request: web.Request, by: Operator, row: CommunicationRow, fields: Mapping[str, str]) -> None:
    """Resolve the list that was typed, and those of the files."""
    side = _SIDES[fields["go"]]
    texts = [fields.get(f"list.{side}", ""), *(_text(file.content) for file in files_of(request))]
    await people.give_list(by, row.id, ListBody(text="\n".join(texts), side=side, version=row.version))


async def _forget_list(
    request: web.Request,  # noqa: ARG001 - one of several steps
    by: Operator,
    row: CommunicationRow,
    fields: Mapping[str, str],
) -> None:
    side = _SIDES[fields["go"].removeprefix("no-")]
    await people.give_list(by, row.id, ListBody(side=side, version=row.version))


async def _use(
    request: web.Request,  # noqa: ARG001 - one of several steps
    by: Operator,
    row: CommunicationRow,
    fields: Mapping[str, str],
) -> None:
    """Put a saved audience in the place of the people that were chosen."""
    named = {str(one.id): one for one in await saved_audiences(by)}
    audience = named.get(fields.get("audience", ""))
    if audience is None:
        raise NoSuch("audience")
    whole = await acts.show_communication(by, row.id)
    body = SaveBody(
        kind=row.kind,
        data=whole.data,
        to=audience.to,
        without=audience.without,
        starts_at=whole.starts_at,
        version=row.version,
    )
    await acts.save_communication(by, row.id, body)


async def _keep(
    request: web.Request,  # noqa: ARG001 - one of several steps
    by: Operator,
    row: CommunicationRow,
    fields: Mapping[str, str],
) -> None:
    """Save the people of this draft, those of its lists too, under a name."""
    whole, listed = await acts.show_communication(by, row.id), await people.show_list(by, row.id)
    whom = with_lists(Whom(to=tuple(whole.to), without=tuple(whole.without)), listed.rows)
    if not whom.to or max(len(whom.to), len(whom.without)) > _MOST_TERMS:
        raise NotOffered("Choose somebody, and lists of at most 250 units.")
    name = fields.get("audience_name", "").strip() or row.title
    await save_audience(by, SaveAudienceBody(name=name[:60], to=whom.to, without=whom.without))


async def _forget(
    request: web.Request,  # noqa: ARG001 - one of several steps
    by: Operator,
    row: CommunicationRow,  # noqa: ARG001
    fields: Mapping[str, str],
) -> None:
    named = {str(one.id): one for one in await saved_audiences(by)}
    if audience := named.get(fields.get("audience", "")):
        await forget_audience(by, audience.id)


async def _try(
    request: web.Request,  # noqa: ARG001 - one of several steps
    by: Operator,
    row: CommunicationRow,
    fields: Mapping[str, str],  # noqa: ARG001
) -> None:
    await try_communication(by, row.id)


async def _attach(
    request: web.Request,
    by: Operator,
    row: CommunicationRow,
    fields: Mapping[str, str],  # noqa: ARG001 - one of several steps
) -> None:
    """Attach the files of the form, one by one."""
    version = row.version
    for file in files_of(request):
        body = FileBody(version=version, file=file.content, file_name=file.name)
        version = (await attach_file(by, row.id, body)).version


async def _drop(
    request: web.Request,  # noqa: ARG001 - one of several steps
    by: Operator,
    row: CommunicationRow,
    fields: Mapping[str, str],
) -> None:
    place = int(fields["go"].removeprefix("drop-"))
    await drop_file(by, row.id, FilePlaceBody(version=row.version, place=place))


def _text(content: bytes) -> str:
    """Read a sheet as spreadsheets save it: in UTF-8, or as Windows does."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def pressed_boxes(fields: Mapping[str, str]) -> Boxes:
    """Read the boxes: `place.ID` or one `place`, `tower.NAME`, `group.WORD`, and terms, one a line."""
    return Boxes(
        places=_named(fields, "place.") or tuple(filter(None, [fields.get("place", "")])),
        towers=_named(fields, "tower."),
        groups=_named(fields, "group."),
        more=_lines(fields.get("more", "")),
        without=_lines(fields.get("without", "")),
    )


def _named(fields: Mapping[str, str], prefix: str) -> tuple[str, ...]:
    return tuple(
        name.removeprefix(prefix) for name, value in fields.items() if name.startswith(prefix) and value
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


Step = Callable[[web.Request, Operator, CommunicationRow, Mapping[str, str]], Awaitable[None]]
STEPS: Final[Mapping[str, Step]] = {
    "list": _give,
    "except": _give,
    "no-list": _forget_list,
    "no-except": _forget_list,
    "use": _use,
    "keep": _keep,
    "forget": _forget,
    "try": _try,
    "attach": _attach,
    **{f"drop-{place}": _drop for place in range(1, 100)},
}
"""What a button of the form does once all is saved."""
SAID: Final[Mapping[str, str]] = {
    "list": people.give_list.__name__,
    "except": people.give_list.__name__,
    "keep": save_audience.__name__,
    "forget": forget_audience.__name__,
    "attach": attach_file.__name__,
    "try": try_communication.__name__,
}
"""Button → the act that the page names afterwards."""
WHERE: Final[Mapping[str, str]] = {
    **dict.fromkeys(("list", "except", "no-list", "no-except", "use", "keep", "forget"), "#quien"),
    "attach": "#f-files",
}
REFUSED: Final[Mapping[str, str]] = {
    "try": "Su cuenta no está unida a una persona del directorio: no hay a quién mandarle la prueba.",
    "keep": "Escoja primero a quiénes; una lista de cientos de unidades no se guarda con nombre.",
    "attach": "No caben más archivos, o esta clase de comunicación no lleva documentos.",
}
"""Button → what to say where it is not offered."""
