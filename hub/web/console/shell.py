"""The frame of the console's pages: sections, the account, the search, and a word on what was just done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeVar
from urllib.parse import urlencode

from aiohttp import hdrs, web

from hub.model import Scope
from hub.model.pages import MAX_LIMIT
from hub.rendering import labels_es, near_dates
from hub.rendering.actors_es import BOOTSTRAP_ES
from hub.rendering.spreadsheet import MEDIA_TYPE, sheet
from hub.rendering.titles_es import CLOCKS
from hub.web.auth.caller import caller_of
from hub.web.auth.csrf import FETCH_SITE
from hub.web.auth.session_cookie import SESSION
from hub.web.console.own_line import LIVE_MARK, OWN_LINE, LiveMark, OwnLine
from hub.web.console.pages import page, plain, redirect
from hub.web.requests import DONE
from hub.web.route import DONE_WORDS, TABLE
from hub.web.services import services

T = TypeVar("T")

DONE_ES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "acknowledged": "La promesa quedó asumida: aparece en el caso en unos segundos.",
        "contact": "Ya lo ve, por diez minutos. Quedó anotado quién lo vio, de quién es y desde qué página.",
        "taken_marked": "Usted tiene los casos marcados.",
        "closed_marked": "Se cerraron los casos marcados: aparece en unos segundos.",
        "handed_marked": "Los casos marcados son de la otra persona, con su razón.",
        "released_marked": "Los casos marcados quedaron sin encargado.",
        "none_marked": "No se cambió nada: no había casos marcados.",
        "surveys_started": "La encuesta va saliendo, en el horario permitido.",
        "cancelled": "Se canceló.",
        "corrected": "Quedó corregido. Si cambió un contacto, se les avisa al de antes y al nuevo.",
        "nothing_corrected": "Nada cambió: los datos ya estaban así.",
        "role_added": "Quedó con ese papel desde hoy.",
        "role_ended": "Ese papel terminó hoy.",
        "mended": "Se publicó corregido.",
        "review_asked": "Espera que otra persona la apruebe: ya se le avisa.",
        "not_restored": "No se canceló nada: la pausa no es de una copia restaurada. Cancele desde la lista.",
        "paused": "El canal quedó en pausa.",
        "paused_all": "Todo quedó en pausa: no sale nada, y las promesas no avisan.",
        "paused_event": "Ese aviso quedó en pausa; los demás salen.",
        "resent": "El mensaje sale otra vez.",
        "resumed": "El canal sigue.",
        "resumed_all": "Todo sigue: lo que esperaba va saliendo.",
        "resumed_event": "Ese aviso sale otra vez.",
        "started": "Empezó. Esta página muestra cómo va.",
    }
)


class Section(NamedTuple):
    path: str
    label: str
    icon: str
    """A symbol of `icons.svg`."""
    key: str = ""
    """The letter that leads to it after `g`."""


class Group(NamedTuple):
    label: str
    sections: tuple[Section, ...]
    icon: str = ""
    """Its icon in the bar for a thumb, which leads to its first section; else it is under *Más* alone."""

    def holds(self, path: str) -> bool:
        return any(section.path == path for section in self.sections)


GROUPS: Final = (
    Group("Hoy", (Section("/", "Hoy", "hoy", "h"),), "hoy"),
    Group(
        "Atender",
        (
            Section("/cases", "Casos", "caso", "c"),
            Section("/cases?kind=promises", "Promesas", "plazo", "v"),
            Section("/cases?kind=replies", "Respuestas", "respuesta", "r"),
            Section("/tasks", "Tareas", "si", "t"),
        ),
        "caso",
    ),
    Group(
        "Comunicar",
        (
            Section("/communications", "Comunicaciones", "comunicar", "k"),
            Section("/calendar", "Calendario", "plazo", "l"),
            Section("/letters", "Cartas y carteles", "carta", "i"),
            Section("/surveys", "Encuestas", "encuesta", "e"),
            Section("/templates", "Textos", "texto", "x"),
        ),
        "comunicar",
    ),
    Group("Emergencias", (Section("/cases?kind=emergencies", "En curso", "sirena", "m"),), "sirena"),
    Group(
        "Personas",
        (
            Section("/people", "Personas", "personas", "p"),
            Section("/buildings", "Copropiedades", "edificio", "o"),
        ),
    ),
    Group(
        "Control",
        (
            Section("/messages", "Entregas", "correo", "d"),
            Section("/dead", "Rechazados", "rechazado"),
            Section("/channels", "Canales", "canal", "a"),
            Section("/indicators", "Indicadores", "indicador"),
            Section("/audit", "Auditoría", "auditoria"),
            Section("/accounts", "Cuentas y llaves", "llave"),
        ),
    ),
)
"""The navigation, in its order. The rights on a section are in its row of the route table."""
SECTIONS: Final = tuple(section for group in GROUPS for section in group.sections)


def console_page(
    template: str,
    request: web.Request,
    *,
    here: str,
    status: int = 200,
    live: str | None = None,
    **values: Any,
) -> web.Response:
    """
    Respond with a page of the console.

    `here` is the path of its section. `live` are its topics where the row of its route cannot name them.
    """
    session, mode = request.get(SESSION), services(request).settings.mode
    account = session.account if session is not None else None
    mark = request.get(LIVE_MARK, LiveMark())
    made = page(
        template,
        request,
        here=here,
        live=mark.topics if live is None else live,
        navigation=_groups_open_to(request),
        who=account.display_name if account else BOOTSTRAP_ES,
        own=request.get(OWN_LINE, OwnLine()),
        has_account=account is not None,
        has_inbox=account is not None and account.person is not None,
        signed_in=session is not None,
        may_operate=caller_of(request).may({Scope.OPERATE}),
        mode=mode,
        mode_words=labels_es.MODES[mode],
        done=_done_words(request),
        when=near_dates.exact,
        now=services(request).now(),
        words=labels_es,
        clock_titles=CLOCKS,
        **{"csrf": session.csrf if session is not None else "", "stood": mark.stood, **values},
    )
    made.set_status(status)
    return made


def _done_words(request: web.Request) -> str:
    word = request.query.get(DONE, "") if is_own_link(request) else ""
    return DONE_ES.get(word) or request.app[DONE_WORDS].get(word, "")


def is_own_link(request: web.Request) -> bool:
    """Return whether a page of ours has led here: a link from elsewhere may not claim an act."""
    return request.headers.get(FETCH_SITE, "same-origin") == "same-origin"


def own_page(
    template: str,
    request: web.Request,
    *,
    here: str,
    status: int = 200,
    live: str = "",
    **values: Any,
) -> web.Response:
    """
    Respond with a page of one's own account, which is for everybody who has signed in.

    An account that may see no section yet, such as before the first password of its own, has no frame around
    it: not even its files are open to it.
    """
    if caller_of(request).may({Scope.READ}):
        frame = "console/base.html"
        return console_page(template, request, here=here, status=status, live=live, frame=frame, **values)
    return plain(template, request, status=status, frame="plain.html", live="", **values)


def _groups_open_to(request: web.Request) -> list[Group]:
    groups = [
        group._replace(sections=tuple(one for one in group.sections if _is_open_to(request, one)))
        for group in GROUPS
    ]
    return [group for group in groups if group.sections]


def _is_open_to(request: web.Request, section: Section) -> bool:
    needs = request.app[TABLE][hdrs.METH_GET, section.path.partition("?")[0]].needs
    return not needs or caller_of(request).may(needs)


def with_query(request: web.Request, **changes: str | None) -> str:
    """Return the path of this page with its query changed; None takes a parameter out."""
    query = {name: value for name, value in request.query.items() if value and name not in {DONE, *changes}}
    query |= {name: value for name, value in changes.items() if value is not None}
    return f"{request.path}?{urlencode(query)}" if query else request.path


def paged(request: web.Request, after: object, following: str | None) -> dict[str, Any]:
    """Return the links of a list's pager: to the page after this one, and to the first if it is another."""
    return {
        "next": with_query(request, after=following) if following else None,
        "first": with_query(request, after=None) if after else None,
    }


def sheet_of(request: web.Request) -> str:
    """Return where this list is as a sheet, from this page on: as many rows as one answer may have."""
    return with_query(request, format="csv", limit=str(MAX_LIMIT))


def done(path: str, what: str) -> web.Response:
    """Lead back to a page, which names the act: `what` is a word of `DONE_ES`."""
    return redirect(f"{path}{'&' if '?' in path else '?'}{DONE}={what}")


def sheet_of_rows(name: str, columns: Mapping[str, Callable[[T], object]], rows: Iterable[T]) -> web.Response:
    """Respond with rows as `spreadsheet` does; each title has beside it what makes its cell of a row."""
    return spreadsheet(name, list(columns), ([made(row) for made in columns.values()] for row in rows))


def spreadsheet(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> web.Response:
    """Respond with a sheet as a file; `name` is a Spanish word."""
    disposition = f'attachment; filename="{name}.csv"'
    headers = {hdrs.CONTENT_TYPE: MEDIA_TYPE, hdrs.CONTENT_DISPOSITION: disposition}
    return web.Response(body=sheet(columns, rows), headers=headers)
