"""Everything that a page of the console does, an operation of the API does: a literal table."""

from __future__ import annotations

import builtins
import dis
from collections.abc import Iterator
from typing import Final, get_args, get_type_hints

from msgspec import Struct

from hub.desk.cases.noun import NOUN, REPLIES
from hub.desk.nouns import NOUNS
from hub.doors.act import List
from hub.doors.cells import cells_of
from hub.model.bulk import BulkKind
from hub.web.requests import shapes_of
from hub.web.route import Route
from hub.web.routes import ROUTES

PRESSED: Final = frozenset(route.path for route in ROUTES if route.form)
DECLARED: Final[dict[str, str]] = {
    f"POST {act.address}": f"{act.method} /api{act.path}"
    for noun in NOUNS
    for act in noun.acts
    if act.api and act.address in PRESSED
}
"""Button and operation of one declaration: both call the same function."""
ACTS: Final[dict[str, str]] = DECLARED | {
    "POST /dead/{id}/mend": "POST /api/dead/{id}/mend",
    "POST /channels/pause": "PUT /api/pauses/{name}",
    "POST /channels/resume": "DELETE /api/pauses/{name}",
    "POST /messages/{id}/resend": "POST /api/messages/{id}/redrive",
    "POST /messages/{id}/cancel": "POST /api/messages/{id}/cancel",
    "POST /messages/{id}/bounced": "POST /api/messages/{id}/bounced",
    "POST /messages/{id}/arrived": "POST /api/messages/{id}/arrived",
    "POST /bulk/{kind}": "POST /api/bulk",
    "POST /bulk/runs/{id}/cancel": "POST /api/bulk/{id}/cancel",
    "POST /cases/{key}/reply": "POST /api/cases/{key}/reply",
    "POST /cases/{key}/close": "POST /api/cases/{key}/close",
    "POST /cases/{key}/take-on": "POST /api/cases/{key}/take-on",
    "POST /cases/{key}/release": "POST /api/cases/{key}/release",
    "POST /matters/take-on": "POST /api/cases/{key}/take-on",
    "POST /matters/release": "POST /api/cases/{key}/release",
    "POST /matters/close": "POST /api/cases/{key}/close",
    "POST /matters/hand-over": "POST /api/cases/{key}/hand-over",
    "POST /clocks/{id}/acknowledge": "POST /api/clocks/{id}/acknowledge",
    "POST /replies/{id}/assign": "POST /api/replies/{id}/assign",
    "POST /replies/{id}/answer": "POST /api/replies/{id}/answer",
    "POST /replies/{id}/close": "POST /api/replies/{id}/close",
    "POST /people/{ref}/contact": "POST /api/people/{ref}/contact",
    "POST /people/{ref}/lift": "POST /api/suppressions/lift",
    "POST /people/{ref}/erase": "POST /api/people/{ref}/erase",
    "POST /letters/batches": "POST /api/letters/batches",
    "POST /surveys/start": "POST /api/surveys",
    "POST /communications/new": "POST /api/communications",
    "POST /communications/{id}/copy": "POST /api/communications/{id}/copy",
    "POST /communications/{id}/compose": "POST /api/communications/{id}/save",
    "POST /communications/{id}/press": "POST /api/communications/{id}/send",
}
"""Act of a page → the operation that does the same. A page with several acts names each by its word."""
OF_ONES_OWN: Final[dict[str, str]] = {
    "POST /sign-out": "a session is a browser's",
    "POST /account": "a password is typed by whoever has it",
    "POST /account/second-factor": "a second factor belongs to a person at a browser",
    "POST /account/recovery-codes": "so do its codes",
    "POST /communications/preview": "it only draws what somebody types, who has no page at the API",
    "POST /inbox": "of who has signed in; a program has a token of a person, and /api/inbox",
}
"""Acts that only a page has, with the reason: none is an operator's work. `docs/console.md` names them."""
OTHER_PLACES: Final[frozenset[str]] = frozenset()
"""Acts of a page with several, whose operation wants a caller who reaches everywhere."""


def acts_of(route: Route) -> Iterator[str]:
    """Yield what the forms of a route do."""
    name = f"{route.method} {route.path}"
    form = shapes_of(route.handler).get("form")
    words = get_args(get_type_hints(form)["act"]) if form and "act" in form.__struct_fields__ else ()
    yield from (f"{name} {word}" for word in words)
    if not words:
        yield name


def forms() -> dict[str, Route]:
    """Return the acts of pages behind the sign-in. A resident's own pages are none of the console."""
    found = [route for route in ROUTES if route.form and route.needs is not None]
    return {act: route for route in found for act in acts_of(route)}


def test_each_act_of_a_page_is_in_the_table() -> None:
    assert forms().keys() == ACTS.keys() | OF_ONES_OWN.keys()


def test_operation_is_for_the_same_callers() -> None:
    operations = {f"{route.method} {route.path}": route for route in ROUTES if route.is_api}
    pages = forms()
    differing = {
        act
        for act, operation in ACTS.items()
        if (pages[act].needs, pages[act].where) != (operations[operation].needs, operations[operation].where)
    }

    assert differing == OTHER_PLACES


def test_each_bulk_action_is_one_of_the_api() -> None:
    """Both take their kind from the same list."""
    body = shapes_of(
        next(route.handler for route in ROUTES if route.path == "/api/bulk" and route.method == "POST")
    )

    assert get_type_hints(body["body"])["kind"] is BulkKind


def test_form_with_words_at_a_case_comes_back_with_them() -> None:
    """Whoever has typed a page would have to type it again."""
    typed = {"words", "reason", "subject", "until"}
    lost = [
        act.name
        for act in (*NOUN.acts, *REPLIES.acts)
        if act.label and act.body and typed & set(act.body.__struct_fields__) and not act.keeps
    ]

    assert [] == lost


def test_what_makes_a_cell_knows_its_names() -> None:
    """A lambda beside a type sees no name of its module: the page would fail once it has a row."""
    declared = [one for noun in NOUNS for one in noun.all]
    shapes = {one.answer for one in declared} | {one.row for one in declared if isinstance(one, List)}
    rows = [shape for shape in shapes if isinstance(shape, type) and issubclass(shape, Struct)]
    made = [(row, cell.value) for row in rows for cell in cells_of(row).values() if cell.value]
    unknown = [
        f"{row.__name__}: {step.argval}"
        for row, value in made
        for step in dis.get_instructions(value)
        if step.opname == "LOAD_GLOBAL" and not {step.argval} & {*value.__globals__, *vars(builtins)}
    ]

    assert len(made) > 10
    assert [] == unknown
