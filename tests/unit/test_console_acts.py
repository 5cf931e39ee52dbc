"""Everything that a page of the console does, an operation of the API does: a literal table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, get_args, get_type_hints

from hub.model.bulk import BulkKind
from hub.web.requests import shapes_of
from hub.web.route import Route
from hub.web.routes import ROUTES

ACTS: Final[dict[str, str]] = {
    "POST /dead/{id}/replay": "POST /api/dead/{id}/replay",
    "POST /dead/{id}/mend": "POST /api/dead/{id}/mend",
    "POST /dead/{id}/discard": "POST /api/dead/{id}/discard",
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
    "POST /clocks/{id}/acknowledge": "POST /api/clocks/{id}/acknowledge",
    "POST /replies/{id}/assign": "POST /api/replies/{id}/assign",
    "POST /replies/{id}/answer": "POST /api/replies/{id}/answer",
    "POST /replies/{id}/close": "POST /api/replies/{id}/close",
    "POST /people/{ref}/mark": "POST /api/people/{ref}/do-not-contact",
    "POST /people/{ref}/unmark": "DELETE /api/people/{ref}/do-not-contact",
    "POST /people/{ref}/preferences": "PUT /api/people/{ref}/preferences",
    "POST /people/{ref}/lift": "POST /api/suppressions/lift",
    "POST /people/{ref}/rectify": "POST /api/people/{ref}/rectify",
    "POST /people/{ref}/erase": "POST /api/people/{ref}/erase",
    "POST /letters/batches": "POST /api/letters/batches",
    "POST /letters/batches/{id}/printed": "POST /api/letters/batches/{id}/printed",
    "POST /letters/batches/{id}/cancel": "POST /api/letters/batches/{id}/cancel",
    "POST /letters/batches/{id}/delivered": "POST /api/letters/batches/{id}/delivered",
    "POST /letters/{id}/posted": "POST /api/letters/{id}/posted",
    "POST /letters/{id}/done": "POST /api/letters/{id}/done",
    "POST /posters/{id}/printed": "POST /api/posters/{id}/printed",
    "POST /posters/{id}/hung": "POST /api/posters/{id}/hung",
    "POST /posters/{id}/taken-down": "POST /api/posters/{id}/taken-down",
    "POST /surveys/start": "POST /api/surveys",
    "POST /accounts": "POST /api/accounts",
    "POST /accounts/{name}/grant": "POST /api/accounts/{name}/grant",
    "POST /accounts/{name}/take": "POST /api/accounts/{name}/take",
    "POST /accounts/{name}/reset": "POST /api/accounts/{name}/reset",
    "POST /accounts/{name}/disable": "POST /api/accounts/{name}/disable",
    "POST /accounts/{name}/enable": "POST /api/accounts/{name}/enable",
    "POST /accounts/{name}/unlock": "POST /api/accounts/{name}/unlock",
    "POST /accounts/{name}/second-factor": "DELETE /api/accounts/{name}/second-factor",
    "POST /accounts/{name}/person": "POST /api/accounts/{name}/person",
    "POST /keys": "POST /api/keys",
    "POST /keys/{name}/rotate": "POST /api/keys/{name}/rotate",
    "POST /keys/{name}/revoke": "POST /api/keys/{name}/revoke",
    "POST /webhooks": "POST /api/webhooks",
    "POST /webhooks/results": "POST /api/results",
    "POST /webhooks/results/off": "DELETE /api/results",
    "POST /webhooks/{id}/test": "POST /api/webhooks/{id}/test",
    "POST /webhooks/{id}/on": "POST /api/webhooks/{id}/on",
    "POST /webhooks/{id}/rotate": "POST /api/webhooks/{id}/rotate",
    "POST /webhooks/{id}/remove": "DELETE /api/webhooks/{id}",
}
"""Act of a page → the operation that does the same. A page with several acts names each by its word."""
OF_ONES_OWN: Final[dict[str, str]] = {
    "POST /sign-out": "a session is a browser's",
    "POST /account": "a password is typed by whoever has it",
    "POST /account/second-factor": "a second factor belongs to a person at a browser",
    "POST /account/recovery-codes": "so do its codes",
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
