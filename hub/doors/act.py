"""
Acts, lists and reads as a noun declares them; the doors follow from the declarations.

    NOUN = Noun(
        name="posters",
        lists=(List(list_posters, "/posters", row=PosterRow, title="Carteles", ...),),
        acts=(Act(mark_poster_hung, "/posters/{id}/hung", label="Ya se colgó", ...),),
    )

Each takes a function of the noun. Its first parameter is the operator; then come the gaps of the path by
name, then `body` or `query`, a Struct. Its docstring is the summary of the route and the help of the command.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from http import HTTPMethod
from inspect import cleandoc
from typing import Any, Final, get_args, get_type_hints

from msgspec import Struct

from hub.doors.operator import Operator
from hub.errors import HubError
from hub.model import Scope
from hub.model.pages import page_of

GAP: Final = re.compile(r"{(\w+)}")
_NO_GAPS: Final = frozenset({"query", "body", "return"})


class Where(StrEnum):
    """The treatment by a route of a caller who reaches some copropiedades but not all."""

    PLACES = "places"
    """Filtered: the caller sees and changes only rows of those copropiedades."""
    COMPANY = "company"
    """Not about a copropiedad: the same for everybody."""
    EVERYWHERE = "everywhere"
    """Only for callers who reach all copropiedades."""
    PERSON = "person"
    """Only for the token of one person, whose inbox it is."""


PUBLISH: Final = frozenset({Scope.PUBLISH})
READ: Final = frozenset({Scope.READ})
OPERATE: Final = frozenset({Scope.OPERATE})
PRIVACY: Final = frozenset({Scope.PRIVACY})
ADMIN: Final = frozenset({Scope.ADMIN})
INBOX: Final = frozenset({Scope.INBOX})


@dataclass(frozen=True, slots=True)
class File:
    """A file as an answer: its content, its name, and its media type."""

    content: bytes
    name: str
    kind: str = "application/pdf"


@dataclass(frozen=True, slots=True)
class Sheet(File):
    """A spreadsheet as an answer: a CSV file."""

    kind: str = "text/csv"


@dataclass(frozen=True, kw_only=True)
class Question:
    """The question of a page before an act: the act, its consequences, and the button to press."""

    title: str
    lead: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    follows: str = ""
    press: str = ""
    """The word of the button; empty: there is nothing to do, and `follows` says why."""
    kept: Mapping[str, str] = field(default_factory=dict)
    """Fields that go with the button: the state that the operator has seen."""
    fields: Sequence[Mapping[str, object]] = ()
    """Fields to fill in, as the macro `inputs` has them."""


@dataclass(frozen=True, kw_only=True)
class Once:
    """A secret on the page that answers its making: no address and no store has it in clear."""

    title: str
    what: str
    """The thing that it opens."""
    secret: str
    to_do: str
    back: str
    """The page that follows."""
    back_label: str
    until: datetime | None = None


@dataclass(frozen=True)
class Declared:
    """A function `do` of a noun at `path`, for a caller with one of the scopes `needs`."""

    do: Callable[..., Awaitable[Any]]
    path: str
    _: KW_ONLY
    needs: frozenset[Scope] = READ
    where: Where = Where.PLACES
    refuses: tuple[type[HubError], ...] = ()
    """Errors besides those that each route has: an id that is not there, a value that is not right."""
    api: bool = True
    """Whether programs have it too, under /api."""
    command: str | None = None
    """Its word at the command line, by default the last of the path; empty: it has no command."""
    section: str = ""
    """The page of the navigation under which it stands, by default its own list."""
    more: Callable[[Operator], Awaitable[Mapping[str, Any]]] | None = None
    """Makes the other values of its template."""

    @property
    def name(self) -> str:
        return self.do.__name__

    @cached_property
    def hints(self) -> Mapping[str, Any]:
        """Parameter → type, and `return`."""
        return get_type_hints(self.do)

    @cached_property
    def gaps(self) -> Mapping[str, tuple[str, Any]]:
        """Gap of the path → the parameter that takes it, and its type; they stand in the same order."""
        taken = [name for name in self.hints if name not in _NO_GAPS][1:]
        names = GAP.findall(self.path)
        return {name: (of, self.hints[of]) for name, of in zip(names, taken, strict=True)}

    @property
    def summary(self) -> str:
        return cleandoc(self.do.__doc__ or "").partition("\n")[0]

    @property
    def answer(self) -> Any:
        return self.hints["return"]

    @property
    def word(self) -> str:
        return self.path.rpartition("/")[2] if self.command is None else self.command


@dataclass(frozen=True)
class Act(Declared):
    """
    Something that an operator does. Its function audits itself before it changes anything.

    With a `label` the console has a button for it: on the page of the row where `offered` says so, with the
    sentence `done` once it is pressed. With `asks` the button leads to a page that asks first.
    """

    needs: frozenset[Scope] = frozenset({Scope.OPERATE})
    method: str = HTTPMethod.POST
    status: int = 200
    label: str = ""
    done: str = ""
    unchanged: str = ""
    """The sentence instead, on the page of the row, where the result's `changed` is false."""
    asks: Callable[..., Awaitable[Question]] | None = None
    """Takes the operator, the gaps, and a `query` where it has one."""
    offered: Callable[[Any], bool] = lambda _: True
    """Whether a row has the button. It guards nothing: the function itself refuses what may not be."""
    style: str = "line"
    """The class of its button."""
    leads_to: str = ""
    """The page that follows, by default the one of the row."""
    says: Callable[[Any], str] | None = None
    """The line that the command prints of the result; without it, the result's fields."""
    warns: str = ""
    """The line beside it, on stderr, which no pipe gets."""
    fails: Callable[[Any], bool] = lambda _: False
    """Whether the command ends with 1 after this result."""
    at: str = ""
    """Where its button is in the console, by default its path."""
    form: Callable[[Operator, Any], Struct] | None = None
    """Makes the body of the fields of the console's `form`, where they are not the same."""
    once: Callable[[Any], Once] | None = None
    """The secret that the page shows which follows."""
    keeps: bool = False
    """Whether its form comes back with what was typed, and the reason above, whatever refuses it."""
    shown: bool = False
    """Whether the page that follows is always the row's own, with the result."""

    @property
    def address(self) -> str:
        return self.at or self.path

    @property
    def before(self) -> str:
        """The page that has its button."""
        return self.leads_to or self.address.rpartition("/")[0] or self.path

    @property
    def body(self) -> type[Struct] | None:
        return self.hints.get("body")


@dataclass(frozen=True)
class Read(Declared):
    """
    One row, or a file. A row with cells has a page in the console.

    `saves` are files that the command writes: option → a field of the row, or the read that makes the file.
    """

    facts: tuple[str, ...] = ()
    """Fields that the command prints; without them all."""
    text: str = ""
    """The field that the command prints under them."""
    saves: Mapping[str, str | Declared] = field(default_factory=dict)
    label: str = ""
    """The words of the link to a file on the page of its row."""
    links: Callable[[Any], Mapping[str, str]] | None = None
    """Word → address, on the page of the row."""
    template: str = ""
    """A page of the noun's own, instead of the cells."""
    page: Callable[..., Awaitable[Any]] | None = None
    """Makes the row of that page, where it shows more than programs get."""


@dataclass(frozen=True)
class List(Declared):
    """
    Rows, newest first, page by page: `do` takes the operator and a query, whose options are the filters.

    `title` and `empty` are words of its page; `file` is the name of its sheet.
    """

    title: str = ""
    row: type[Struct] = Struct
    empty: str = ""
    file: str = ""
    about: str = ""
    """A sentence under the title."""
    sheet: Callable[..., Awaitable[Sequence[Struct]]] | None = None
    """Takes the operator and the query; the rows of its sheet, where they are not those of the page."""
    one: str = ""
    """The path of the page of a row."""
    tabs: tuple[tuple[str, str], ...] = ()
    tabs_label: str = ""
    live: str = ""
    """The topic after whose change an open page loads itself again."""
    mark: Callable[[Operator], Awaitable[object]] | None = None
    """Makes a value that differs once the topic has changed, by default the first page."""
    lines: Sequence[str] | Mapping[str, str | Callable[[Any], str]] = ()
    """Fields that the command prints, or title → field or words; by default the columns and the id."""
    template: str = ""

    @property
    def word(self) -> str:
        return "list" if self.command is None else self.command

    @property
    def query(self) -> type[Struct]:
        shape: type[Struct] = self.hints["query"]
        return shape

    @property
    def sheet_row(self) -> type[Struct]:
        shape: type[Struct] = (
            self.row if self.sheet is None else get_args(get_type_hints(self.sheet)["return"])[0]
        )
        return shape

    @property
    def answer(self) -> Any:
        return page_of(self.row)


@dataclass(frozen=True, kw_only=True)
class Noun:
    """A noun of the desk: its name, and all its lists, reads and acts."""

    name: str
    one: str
    """In English, for errors: `poster`."""
    lists: tuple[List, ...] = ()
    reads: tuple[Read, ...] = ()
    acts: tuple[Act, ...] = ()
    audited: Mapping[str, str] = field(default_factory=dict)
    """Its own words of the audit → what they mean, in Spanish."""
    examples: Mapping[type[Struct], Mapping[str, Any]] = field(default_factory=dict)
    """Bodies for the API's document. A test reads each as its shape."""

    @property
    def all(self) -> Sequence[Declared]:
        return (*self.lists, *self.reads, *self.acts)

    def of_row(self, read: Read) -> Sequence[Act]:
        """Return the acts that have a button on the page of a row."""
        return [act for act in self.acts if act.label and act.address.startswith(f"{read.path}/")]

    def files_of(self, read: Read) -> Sequence[Read]:
        return [one for one in self.reads if one.label and one.path.startswith(f"{read.path}/")]
