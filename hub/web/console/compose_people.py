"""A draft's people on its page: the count, lists, saved audiences, and the people of its plan."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from aiohttp import web

from hub.desk.audiences.acts import (
    SaveAudienceBody,
    SavedAudienceRow,
    forget_audience,
    save_audience,
    saved_audiences,
)
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
from hub.desk.communications.reading import try_communication
from hub.desk.communications.rows import CommunicationRow, CommunicationWhole, SaveBody
from hub.doors.act import OPERATE
from hub.doors.api import operator_of
from hub.doors.cells import written
from hub.doors.operator import Operator, found
from hub.errors import InvalidAudience, NotOffered, TooLarge
from hub.model.communications import Side, Whom
from hub.model.given_files import GivenFile
from hub.operations.communications.counted import Counted
from hub.operations.communications.kinds import BY_EVENT
from hub.operations.communications.lists import with_lists
from hub.operations.communications.presets import Boxes
from hub.rendering.outcomes_es import REASONS
from hub.web.console.shell import console_page, spreadsheet
from hub.web.requests import DONE, FormQuery, read_id

PEOPLE: Final = "/communications/{id}/plan/people"
_SIDES: Final[Mapping[str, Side]] = {"list": Side.TO, "except": Side.WITHOUT}
_MOST_TERMS: Final = 500


class PeopleQuery(FormQuery, PlanPeopleQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: str = ""


async def show_people(request: web.Request, query: PeopleQuery) -> web.StreamResponse:
    """Show who is in a plan and by which channel, or only who is left out; as a sheet all of them."""
    by, communication = operator_of(request, OPERATE), read_id(request, acts.COMMUNICATION)
    whole = await acts.show_communication(by, communication)
    if query.format == "csv":
        rows = await people.plan_people_sheet(by, communication, left_out=query.left_out)
        return spreadsheet("personas", *written(PlanPersonRow, rows))
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """The button that was pressed, once all that was typed is saved: `row` is the draft as it is now."""

    by: Operator
    row: CommunicationRow
    fields: Mapping[str, str]
    files: Sequence[GivenFile]

    @property
    def go(self) -> str:
        """The word of the button."""
        return self.fields["go"]

    async def audience(self) -> SavedAudienceRow | None:
        """Return the saved audience that was chosen."""
        named = {str(one.id): one for one in await saved_audiences(self.by)}
        return named.get(self.fields.get("audience", ""))


async def _give(on: Button) -> None:
    """Resolve the list that was typed, and those of the files."""
    side = _SIDES[on.go]
    texts = [on.fields.get(f"list.{side}", ""), *(_text(file.content) for file in on.files)]
    body = ListBody(text="\n".join(texts), side=side, version=on.row.version)
    await people.give_list(on.by, on.row.id, body)


async def _forget_list(on: Button) -> None:
    side = _SIDES[on.go.removeprefix("no-")]
    await people.give_list(on.by, on.row.id, ListBody(side=side, version=on.row.version))


async def _use(on: Button) -> None:
    """Put a saved audience in the place of the people that were chosen."""
    audience = found("audience", await on.audience())
    whole = await acts.show_communication(on.by, on.row.id)
    body = SaveBody(
        kind=on.row.kind,
        data=whole.data,
        to=audience.to,
        without=audience.without,
        starts_at=whole.starts_at,
        version=on.row.version,
    )
    await acts.save_communication(on.by, on.row.id, body)


async def _keep(on: Button) -> None:
    """Save the people of this draft, those of its lists too, under a name."""
    whole, listed = await acts.show_communication(on.by, on.row.id), await people.show_list(on.by, on.row.id)
    whom = with_lists(Whom(to=tuple(whole.to), without=tuple(whole.without)), listed.rows)
    if not whom.to or max(len(whom.to), len(whom.without)) > _MOST_TERMS:
        raise NotOffered("Choose somebody, and lists of at most 250 units.")
    name = on.fields.get("audience_name", "").strip() or on.row.title
    await save_audience(on.by, SaveAudienceBody(name=name[:60], to=whom.to, without=whom.without))


async def _forget(on: Button) -> None:
    if audience := await on.audience():
        await forget_audience(on.by, audience.id)


async def _try(on: Button) -> None:
    await try_communication(on.by, on.row.id)


async def _attach(on: Button) -> None:
    """Attach the files of the form, one by one."""
    version = on.row.version
    for file in on.files:
        body = FileBody(version=version, file=file.content, file_name=file.name)
        version = (await attach_file(on.by, on.row.id, body)).version


async def _drop(on: Button) -> None:
    place = int(on.go.removeprefix("drop-"))
    await drop_file(on.by, on.row.id, FilePlaceBody(version=on.row.version, place=place))


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


class Step(NamedTuple):
    """What a button does once all is saved; the page shows the place `where`, and names the act `said`."""

    do: Callable[[Button], Awaitable[None]]
    where: str = ""
    said: Callable[..., object] | None = None
    refused: str = ""
    """What to say where it is not offered."""

    def leads_to(self, path: str) -> str:
        return f"{path}?{DONE}={self.said.__name__ if self.said else ''}{self.where}"


_GIVE: Final = Step(_give, "#quien", people.give_list)
_FORGET_LIST: Final = Step(_forget_list, "#quien")
STEPS: Final[Mapping[str, Step]] = {
    "list": _GIVE,
    "except": _GIVE,
    "no-list": _FORGET_LIST,
    "no-except": _FORGET_LIST,
    "use": Step(_use, "#quien"),
    "keep": Step(
        _keep,
        "#quien",
        save_audience,
        "Escoja primero a quiénes; una lista de cientos de unidades no se guarda con nombre.",
    ),
    "forget": Step(_forget, "#quien", forget_audience),
    "try": Step(
        _try,
        said=try_communication,
        refused="Su cuenta no está unida a una persona del directorio: no hay a quién mandarle la prueba.",
    ),
    "attach": Step(
        _attach,
        "#f-files",
        attach_file,
        "No caben más archivos, o esta clase de comunicación no lleva documentos.",
    ),
    **{f"drop-{place}": Step(_drop) for place in range(1, 100)},
}
"""Button of the form → its step."""
