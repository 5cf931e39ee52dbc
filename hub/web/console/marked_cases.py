"""Marked cases of the list: an act on each, with an audit of its own; a question before those that last."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, TypeVar

from aiohttp import web
from msgspec import Struct

from hub.desk.cases import acts
from hub.desk.cases.colleagues import hand_over_case
from hub.desk.cases.replies import colleagues_at
from hub.desk.cases.rows import CloseBody, HandOverBody
from hub.doors.act import OPERATE, Question
from hub.doors.api import operator_of
from hub.doors.operator import Operator
from hub.errors import HeldByAnother, HubError
from hub.model.actors import of_account
from hub.operations.cases.acts import CLOSINGS, act_of
from hub.ports.cases import KnownCase
from hub.rendering.case_words_es import HELD_ES, MARKED_ES, NOBODY_ELSE, REFUSED_ES
from hub.rendering.page_links import CASES
from hub.web.auth.caller import places_of
from hub.web.bodies import fields_of
from hub.web.console.case_head import matter_of
from hub.web.console.shell import console_page, done
from hub.web.requests import form_of
from hub.web.services import services

MARKED: Final = "case:"
"""How the name of a row's check box begins; the key of the case follows."""
_SURE: Final = "sure"
"""The field of a form that has asked already."""
_REFUSED: Final = tuple(REFUSED_ES)
Body = TypeVar("Body", bound=Struct)
Fields = Sequence[Mapping[str, object]]
Given = Mapping[str, str]


async def take_on(request: web.Request) -> web.StreamResponse:
    """Take the marked cases on."""
    return await _each(request, "taken", lambda by, case, _: acts.take_on(by, case))


async def release(request: web.Request) -> web.StreamResponse:
    """Leave the marked cases to somebody else."""
    return await _each(request, "released", lambda by, case, _: acts.release(by, case))


async def close(request: web.Request) -> web.StreamResponse:
    """Close the marked cases, with the same words of the work that was done; ask for these first."""
    cases = await _marked(request)
    told = any((act := act_of(CLOSINGS, case.case)) is not None and act.field for case in cases)
    fields: Fields = [{**acts.WORK_DONE, "label": "Qué se hizo en todos"}] if told else ()
    return await _asked(request, "closed", fields) or await _each(request, "closed", _close)


async def hand_over(request: web.Request) -> web.StreamResponse:
    """Give the marked cases to a colleague, with one reason; ask for both first."""
    by, cases = operator_of(request, OPERATE), await _marked(request)
    places = dict.fromkeys(case.first.copropiedad_id if case.first is not None else None for case in cases)
    there = {
        one.name: one.display_name
        for place in places
        for one in await colleagues_at(by, place)
        if of_account(one.name) != by.who
    }
    if cases and not there:
        return await _page(request, Question(title=MARKED_ES["handed"].title, follows=NOBODY_ELSE))
    fields: Fields = (
        {"name": "to", "kind": "select", "label": "A quién", "options": there.items()},
        {"name": "reason", "kind": "area", "label": "Por qué", "most": 1000, "required": True},
    )
    return await _asked(request, "handed", fields) or await _each(request, "handed", _hand_over)


async def _close(by: Operator, case: KnownCase, given: Given) -> object:
    return await acts.close_case(by, case.case, body_of(given, CloseBody))


async def _hand_over(by: Operator, case: KnownCase, given: Given) -> object:
    return await hand_over_case(by, case.case, body_of(given, HandOverBody))


def body_of(given: Given, shape: type[Body]) -> Body:
    """Read what an act on one case takes. Raises Refusal (400), so that the first case refuses for all."""
    return form_of({name: given[name] for name in shape.__struct_fields__ if name in given}, shape)


async def _asked(request: web.Request, act: str, fields: Fields) -> web.Response | None:
    """Return the page that asks before an act on the marked cases; None where it has asked."""
    given, cases, words = await fields_of(request), await _marked(request), MARKED_ES[act]
    if _SURE in given or not cases:
        return None
    marked = {f"{MARKED}{case.case}": "on" for case in cases}
    return await _page(
        request,
        Question(
            title=words.title,
            facts={"Casos marcados": len(cases)},
            follows=words.follows,
            press=words.press,
            fields=fields,
            kept={**marked, "back": _back(given), "form": secrets.token_urlsafe(12), _SURE: "true"},
        ),
    )


async def _each(
    request: web.Request, act: str, do: Callable[[Operator, KnownCase, Given], Awaitable[object]]
) -> web.StreamResponse:
    """Do it to each marked case; say how many have stayed as they were, and why, or who has which."""
    by, given, cases = operator_of(request, OPERATE), await fields_of(request), await _marked(request)
    stayed: Counter[type[HubError]] = Counter()
    held = []
    for case in cases:
        try:
            await do(by, case, given)
        except HeldByAnother as why:
            held.append(HELD_ES.format(matter=matter_of(by, case), holder=why.holder))
        except _REFUSED as why:
            stayed[next(kind for kind in _REFUSED if isinstance(why, kind))] += 1
    if not stayed and not held:
        return done(_back(given), f"{act}_marked" if cases else "none_marked")
    said = [MARKED_ES[act].done.format(len(cases) - stayed.total() - len(held)), *held]
    said += [REFUSED_ES[why].format(count) for why, count in stayed.items()]
    return await _page(request, Question(title=MARKED_ES[act].title, follows=" ".join(said)))


async def _page(request: web.Request, question: Question) -> web.Response:
    back = _back(await fields_of(request))
    return console_page(
        "doors/question.html", request, here=CASES, question=question, action=request.path, back=back
    )


async def _marked(request: web.Request) -> Sequence[KnownCase]:
    fields = await fields_of(request)
    keys = [name.removeprefix(MARKED) for name in fields if name.startswith(MARKED)]
    return await services(request).cases.known(keys, places=places_of(request)) if keys else ()


def _back(given: Given) -> str:
    """Return the list from which the button was pressed; a page elsewhere leads nowhere."""
    path = given.get("back", "")
    return path if path == CASES or path.startswith(f"{CASES}?") else CASES
