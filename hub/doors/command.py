"""Commands of the desk: a group for each noun, whose JSON is the answer of the API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from inspect import Parameter, Signature
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Final, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec
import typer
from msgspec import Meta, Struct

from hub.doors.act import Act, Declared, List, Noun, Read
from hub.doors.cells import Argument, Flag, Known, columns_of
from hub.doors.operator import Operator
from hub.doors.terminal import (
    AsJson,
    Columns,
    as_instant,
    as_object,
    fields,
    one_of,
    print_facts,
    print_json,
    print_list,
    print_whole,
    to_uuid,
    warn,
    write_output,
)
from hub.model import Json, Scope

T = TypeVar("T")

Open: TypeAlias = Callable[[frozenset[Scope]], AbstractAsyncContextManager[Operator]]
"""Opens the operator of the command line, for as long as a command runs."""


def group_of(noun: Noun, opened: Open) -> typer.Typer:
    """Return the commands of a noun."""
    app = typer.Typer(no_args_is_help=True)
    for declared in noun.all:
        if declared.word:
            app.command(declared.word)(command_of(declared, opened))
    return app


def command_of(declared: Declared, opened: Open) -> Callable[..., Awaitable[None]]:
    """Return the function of one command, with the arguments and options that its shapes have."""

    async def command(**given: Any) -> None:
        as_json = given.pop("as_json")
        saved = {name: given.pop(name) for name in _saves(declared)}
        async with opened(declared.needs) as by:
            result = await declared.do(by, **_arguments(declared, given))
            await _save(declared, result, saved, by, given)
        _print(declared, result, as_json=as_json)

    parameters = [
        *_gaps(declared),
        *options_of(declared),
        *_files(declared),
        option("as_json", AsJson, False),
    ]
    return signed(command, parameters, declared.do.__doc__ or "")


def signed(
    command: Callable[..., Awaitable[None]], parameters: Sequence[Parameter], words: str
) -> Callable[..., Awaitable[None]]:
    """Return the function of a command with these arguments and options, and these words as its help."""
    command.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {one.name: one.annotation for one in parameters}
    # Typer takes the indentation off: once more would take it off the examples too.
    command.__doc__ = words
    return command


def _arguments(declared: Declared, given: Mapping[str, Any]) -> dict[str, Any]:
    gaps = {of: given[of] for of, _ in declared.gaps.values()}
    for name in ("query", "body"):
        if name in declared.hints:
            chosen = {key: value for key, value in given.items() if key not in gaps}
            return {**gaps, name: shaped(chosen, declared.hints[name])}
    return gaps


def shaped(chosen: Mapping[str, Any], shape: type[T]) -> T:
    """Return the query or body that the options make; what is None was not given. Raises BadParameter."""
    given = {name: value for name, value in chosen.items() if value is not None}
    try:
        return msgspec.convert(given, shape)
    except msgspec.ValidationError as error:
        raise typer.BadParameter(str(error)) from error


def _gaps(declared: Declared) -> list[Parameter]:
    hints = get_type_hints(declared.do, include_extras=True)
    return [_argument(of, hints[of], name.upper()) for name, (of, _) in declared.gaps.items()]


def _argument(name: str, hint: Any, metavar: str) -> Parameter:
    kind, notes = _unwrapped(hint)
    argument = typer.Argument(
        metavar=_note(notes, Argument(metavar)).metavar,
        help=_said(notes).description,
        show_default=False,
        parser=to_uuid if kind is UUID else None,
    )
    return Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, annotation=Annotated[kind, argument])


def options_of(declared: Declared) -> list[Parameter]:
    shape = declared.hints.get("query") or declared.hints.get("body")
    fields = () if shape is None else msgspec.structs.fields(shape)
    # An operator at a shell acts for themselves, and names nobody; no option holds a file.
    return sorted(
        (
            _of_field(one)
            for one in fields
            if one.name != "by" and _unwrapped(one.type)[0] not in (bytes, list[bytes])
        ),
        key=lambda one: one.kind,
    )


def _of_field(one: msgspec.structs.FieldInfo) -> Parameter:
    """Make the option of a field: its description is the help, its bounds are the field's."""
    kind, notes = _unwrapped(one.type)
    if any(isinstance(note, Argument) for note in notes):
        return _argument(one.name, one.type, "")
    said = _said(notes)
    default = None if one.default is msgspec.NODEFAULT else one.default
    how: dict[str, Any] = {"help": said.description or "", "show_default": default not in (None, "")}
    if kind is int:
        how |= {"min": said.ge, "max": said.le}
    if kind in _PARSERS:
        how |= {"parser": _PARSERS[kind], "metavar": _METAVARS.get(kind, "ID")}
    if known := next((note for note in notes if isinstance(note, Known)), None):
        how |= {"parser": one_of(known.noun, known.names), "metavar": known.noun.upper()}
        how["help"] = how["help"] or known.hint
    name = _note(notes, Flag(f"--{one.name.replace('_', '-')}")).name
    names = [name, *_SHORT.get(one.name, ())]
    if kind is bool and default is not False and "/" not in name:
        names = [f"{name}/--no-{name[2:]}"]
    made = typer.Option(*names, **how)
    if one.required:
        return option(one.name, Annotated[kind, made], Parameter.empty)
    optional = kind if default is not None else kind | None
    return option(one.name, Annotated[optional, made], default)


_PARSERS: Final[Mapping[Any, Callable[[str], object]]] = {
    datetime: as_instant,
    UUID: to_uuid,
    dict[str, Json]: as_object,
}
_METAVARS: Final[Mapping[Any, str]] = {datetime: "TIME", dict[str, Json]: "JSON"}
_SHORT: Final[Mapping[str, Sequence[str]]] = {"limit": ("-n",)}


def _unwrapped(hint: Any) -> tuple[Any, Sequence[object]]:
    """Return the plain type of a field, without None and notes, and the notes, the innermost first."""
    notes: list[object] = []
    while True:
        if get_origin(hint) is Annotated:
            hint, *outer = get_args(hint)
            notes = [*outer, *notes]
        elif get_origin(hint) in (Union, UnionType):
            hint = next(part for part in get_args(hint) if part is not NoneType)
        elif get_origin(hint) is list:
            return list[_unwrapped(get_args(hint)[0])[0]], notes  # type: ignore[misc]
        else:
            return hint, notes


def _note(notes: Sequence[object], otherwise: T) -> T:
    """Return the innermost note of this kind."""
    return next((note for note in notes if isinstance(note, type(otherwise))), otherwise)


def _said(notes: Sequence[object]) -> Meta:
    """Return one note made of all: the bounds of a type, and the purpose of a field of that type."""
    metas = [note for note in notes if isinstance(note, Meta)]
    found = {name: [getattr(meta, name) for meta in metas] for name in ("description", "ge", "le")}
    return Meta(
        **{name: next((one for one in said if one is not None), None) for name, said in found.items()}
    )


def option(name: str, annotation: Any, default: Any) -> Parameter:
    return Parameter(name, Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


def _saves(declared: Declared) -> Mapping[str, str | Declared]:
    return declared.saves if isinstance(declared, Read) else {}


def _files(declared: Declared) -> list[Parameter]:
    return [
        option(
            name, Annotated[Path | None, typer.Option(metavar="FILE", help=f"Write its {name} there.")], None
        )
        for name in _saves(declared)
    ]


async def _save(
    declared: Declared, result: Any, saved: Mapping[str, Path | None], by: Operator, gaps: Mapping[str, Any]
) -> None:
    for name, source in _saves(declared).items():
        path = saved[name]
        if path is None:
            continue
        if isinstance(source, str):
            write_output(path, getattr(result, source).encode())
        else:
            write_output(path, (await source.do(by, **gaps)).content)


def _print(declared: Declared, result: Any, *, as_json: bool) -> None:
    if as_json:
        print_json(result)
    elif isinstance(declared, List):
        print_list(result.items, lines_of(declared), result.next, as_json=False)
    elif isinstance(declared, Read):
        facts = {name: getattr(result, name) for name in declared.facts or _fields(result)}
        if declared.text:
            print_whole(facts, getattr(result, declared.text))
        else:
            print_facts(facts, fields(*(name for name, value in facts.items() if value not in (None, ""))))
    elif isinstance(declared, Act) and declared.says is not None:
        typer.echo(declared.says(result))
        if declared.warns:
            warn(declared.warns)
    else:
        print_facts(result, fields(*_fields(result)))
    if isinstance(declared, Act) and declared.fails(result):
        raise typer.Exit(1)


def lines_of(declared: List) -> Columns:
    """Return the fields of each row that the command prints."""
    lines = declared.lines or (*columns_of(declared.row), "id")
    return lines if isinstance(lines, Mapping) else fields(*lines)


def _fields(result: Any) -> Sequence[str]:
    return result.__struct_fields__ if isinstance(result, Struct) else ()
