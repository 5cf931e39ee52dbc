"""Every route, called by everybody about two buildings: without a right nobody enters or leaves a trace."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final, get_args
from urllib.parse import parse_qs

import pytest
import pytest_asyncio
from aiohttp import hdrs
from msgspec.structs import fields

from hub.web.auth.csrf import SAFE_METHODS
from hub.web.requests import shapes_of
from hub.web.route import TABLE, Route
from tests.integration.access_table import AT_THE_END, METRICS_LISTENER, MORE, ROWS, Door, Row, Where
from tests.integration.guarded_hub import AT_ONCE, PRIVATE, SPOKEN, Answer, GuardedHub, guarded_hub
from tests.integration.identities import ALL, BOOTSTRAP, OFFICES, Identity
from tests.integration.printed_once import printed_once
from tests.integration.two_buildings import MARKS, NOWHERE
from tests.servers import Servers

pytestmark: Final = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]
"""Every route by every identity: a minute of one core, and more where others compute."""

LIKES: Final = 3
"""Of so many callers who are alike one asks at each route."""
OF_OFFICES: Final = frozenset(" ".join(OFFICES.values()).split())
"""What somebody of all offices may do: all that people may."""
HOW: Final = "write its row into ROWS of tests/integration/access_table.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    route: str
    row: Row
    who: Identity
    mark: str

    @property
    def is_elsewhere(self) -> bool:
        """Whether somebody of building A asks for a row of another one."""
        return self.who.only_here and self.row.where is Where.OWN and self.mark != MARKS[0]

    @property
    def is_once(self) -> bool:
        """Whether it is of building B, or of none: so each question is asked once."""
        return self.mark == MARKS[1] or not asks_for_a_building(self.row)

    @property
    def question(self) -> str:
        body = f" {self.row.form or ''}" if self.row.body is None else f" {json.dumps(self.row.body)}"
        return f"{self.route}{self.row.tail}{body}, by {self.who.name}"

    def __str__(self) -> str:
        return f"{self.question}, of {self.mark}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hub(servers: Servers) -> AsyncIterator[GuardedHub]:
    """One hub for all tests here; the last one changes what there is."""
    with printed_once():
        async with (
            servers.declared_vhost() as amqp_url,
            servers.redis_database() as redis_url,
            servers.database() as database,
            guarded_hub(amqp_url, redis_url, database) as hub,
        ):
            yield hub


def is_change(route: str) -> bool:
    return route.partition(" ")[0] not in SAFE_METHODS


def refusal(asked: Try) -> int | None:
    """The status with which the table refuses somebody, for any rows; None lets in."""
    row, who = asked.row, asked.who
    if row.needs is Door.SIGNED:
        return row.status
    if not who.opens_open or (is_change(asked.route) and not who.may_change):
        return 403
    if row.needs is Door.OPEN:
        return None
    if not who.is_known:
        return 401
    if row.needs is Door.PERSON:
        return 403
    return None if _may_enter(row, who) and (asked.is_elsewhere or _may_ask(row, who)) else 403


def _may_enter(row: Row, who: Identity) -> bool:
    if row.needs is Door.HOME:
        return who.is_session or "read" in who.scopes
    if row.needs is Door.SESSION:
        return who.is_session
    return bool(row.scopes & who.scopes) and not (who.only_here and row.where is Where.EVERYWHERE)


def _may_ask(row: Row, who: Identity) -> bool:
    """Another building does not even answer this: for the caller it has nothing."""
    return not row.also or row.also in who.scopes


def asks_for_a_building(row: Row) -> bool:
    words = (
        *("MARK", "MESSAGE", "MAIL", "CLOCK", "POSTER", "REPLY", "SUPPR", "BATCH", "DEAD", "SIGNS", "RUN"),
        *("DRAFT", "MODEL", "USED", "REGISTERED"),
    )
    return any(word in row.question for word in words)


def tries(hub: GuardedHub, marks: Iterable[str] = MARKS) -> Iterator[Try]:
    for number, (route, row) in enumerate((*ROWS.items(), *MORE)):
        if row.needs is Door.SIGN_IN:
            continue
        asked = [mark for mark in marks if mark == MARKS[0] or asks_for_a_building(row)]
        for place, who in enumerate(hub.identities):
            if has_likes(who, row) and (number + place) % LIKES:
                continue
            found = [Try(route=route, row=row, who=who, mark=mark) for mark in asked]
            if found and (is_outside(who) or is_refused_everywhere(found[0])):
                found = [found[(number + place) % len(found)]]
            yield from found


def has_likes(who: Identity, row: Row) -> bool:
    """
    A caller who is refused as others are, or may do all that another one may.

    The guard tells them apart before it knows the route: of these every third asks here, the next third at
    the next route. Who has nothing at all asks everywhere, and so do the first two who may do everything, and
    of the sessions that open nothing yet the one without an office.
    """
    if is_outside(who):
        return who.name not in {"nobody", "session, no token"}
    if not who.scopes and who.is_session:
        return row.needs not in {Door.HOME, Door.SESSION} and who.name != "account without office"
    if who.scopes == {"publish"}:
        return "publish" not in row.scopes and who.name != "key: publish"
    is_all = who.scopes in (ALL, OF_OFFICES) and not who.only_here
    return is_all and who.name not in {BOOTSTRAP.name, "all everywhere"}


def is_outside(who: Identity) -> bool:
    """
    A caller who is refused as such, whatever the building is: without a credential that opens anything, or
    with a change that another site could have made.

    There are many of them: each asks about one building, and the next one about the other.
    """
    return not who.is_known or is_spoiled(who)


def is_refused_everywhere(asked: Try) -> bool:
    """Whether no building makes a difference: to who may see all of them, the two are alike."""
    return not asked.who.only_here and refusal(asked) is not None


async def answers(hub: GuardedHub, asked: Iterable[Try]) -> list[tuple[Try, Answer]]:
    """Ask all, some at a time."""
    waiting = iter(list(asked))

    async def work() -> list[tuple[Try, Answer]]:
        return [(one, await hub.ask(one.route, one.row, one.who, one.mark)) for one in waiting]

    return list(chain(*await asyncio.gather(*(work() for _ in range(AT_ONCE)))))


def is_spoiled(who: Identity) -> bool:
    """A session that reads like any other."""
    return who.is_session and not who.may_change


def faults(answered: Iterable[tuple[Try, Answer]]) -> list[str]:
    """Faults that no answer may have, for any caller."""
    found = []
    for one, answer in answered:
        hidden = hidden_from(one)
        if answer.status >= 500:
            found.append(f"{one}: {answer.status}")
        found += [f"{one}: shows {word}" for word in hidden if word in answer.text]
    return found


def hidden_from(one: Try) -> tuple[str, ...]:
    """
    Return what no answer shows to this caller: who must answer people sees names and words.

    The number for which one asks by an act of its own is shown by that act; the mail address is not.
    """
    if "privacy" in one.who.scopes:
        return ()
    if "operate" not in one.who.scopes:
        return (*PRIVATE, *SPOKEN)
    is_asked_for = one.route == "POST /api/people/{ref}/contact"
    return tuple(word for word in PRIVATE if not (is_asked_for and word.isdigit()))


async def test_every_route_has_a_row_and_every_row_a_route(hub: GuardedHub) -> None:
    served = hub.routes("guarded")

    assert dict.fromkeys(served - ROWS.keys(), HOW) == {}, "routes without a row"
    assert ROWS.keys() - served == set(), "rows without a route"
    assert hub.routes("metrics") == METRICS_LISTENER


async def test_every_act_of_a_page_is_tried(hub: GuardedHub) -> None:
    """A page whose form does several things by its `act` has a row for each of them."""
    table: Mapping[tuple[str, str], Route] = hub.applications["guarded"][TABLE]
    acts = {(f"{method} {path}", act) for (method, path), route in table.items() for act in acts_of(route)}
    rows = (*ROWS.items(), *MORE)
    tried = {(route, act) for route, row in rows for act in parse_qs(row.form or "").get("act", [])}

    assert acts == tried, HOW


def acts_of(route: Route) -> tuple[str, ...]:
    """The words that the `act` of a route's form may be."""
    form = shapes_of(route.handler).get("form")
    found = {field.name: field.type for field in fields(form)} if form is not None else {}
    return get_args(found.get("act"))


async def test_who_may_not_enter_is_refused_as_the_table_says_and_leaves_no_trace(hub: GuardedHub) -> None:
    forbidden = [one for one in tries(hub) if refusal(one)]
    before = await hub.state()
    answered = await answers(hub, forbidden)

    assert [] == [
        f"{one}: {answer.status}, not {refusal(one)}"
        for one, answer in answered
        if answer.status != refusal(one)
    ]
    assert [] == faults(answered)
    assert [] == [str(one) for one, answer in answered if answer.gives_cookie]
    assert before == await hub.state()


async def test_another_building_is_answered_like_one_that_does_not_exist(hub: GuardedHub) -> None:
    """For each caller who may do something in building A, about building B."""
    there = MARKS[1]
    asked = [one for one in tries(hub, [there, NOWHERE]) if one.is_elsewhere and not refusal(one)]
    before = await hub.state(without="audit")
    answered = await answers(hub, asked)
    theirs, nobodys = (
        {one.question: said(hub, one, answer) for one, answer in answered if one.mark == mark}
        for mark in (there, NOWHERE)
    )

    assert theirs.keys() == nobodys.keys()
    assert [] == [
        (asked, theirs[asked], nobodys[asked]) for asked in theirs if theirs[asked] != nobodys[asked]
    ]
    assert [] == [f"{one}: {answer.status}" for one, answer in answered if answer.status != one.row.elsewhere]
    assert [] == faults(answered)
    assert before == await hub.state(without="audit")


def said(hub: GuardedHub, one: Try, answer: Answer) -> tuple[int, str]:
    return answer.status, hub.buildings[one.mark].taken_from(answer.text)


async def test_sign_in_is_no_door_for_who_has_no_password(hub: GuardedHub) -> None:
    """A caller who is inside already goes on, and a form may be looked at; nobody gets a cookie."""
    doors = [(route, row) for route, row in ROWS.items() if row.needs is Door.SIGN_IN]
    guarded = [who for who in hub.identities if who.is_guarded]
    for route, row in doors:
        answered = await asyncio.gather(*(hub.ask(route, row, who) for who in guarded))
        for who, answer in zip(guarded, answered, strict=True):
            passes = {303} if who.is_known else set() if is_change(route) else {200}
            assert answer.status in {401, 403} | passes, f"{route}, by {who.name}"
            assert not answer.gives_cookie, f"{route}, by {who.name}"


async def test_metrics_listener_knows_only_the_hubs_own_key(hub: GuardedHub) -> None:
    for route in sorted(METRICS_LISTENER):
        for who in hub.identities:
            if who.is_guarded:
                status = (await hub.ask(route, ROWS[route], who, at="metrics")).status
                is_open = who is BOOTSTRAP or ROWS[route].needs is Door.OPEN
                assert (status == 200) == is_open, f"{route}, by {who.name}: {status}"
                assert is_open or status == 401


async def test_who_may_enter_does_and_sees_its_own_building_alone(hub: GuardedHub) -> None:
    allowed = [
        one
        for one in tries(hub)
        if not refusal(one) and (one.mark == MARKS[0] or one.who is BOOTSTRAP) and not is_spoiled(one.who)
    ]
    reads = [one for one in allowed if not is_change(one.route)]
    changes = [one for one in allowed if is_change(one.route)]
    first = [one for one in changes if one.who is BOOTSTRAP and one.is_once and one.row.turn < AT_THE_END]
    answered = await answers(hub, reads)
    succeeded = [(one, answer) for one, answer in answered if one.who is BOOTSTRAP]
    succeeded += [(one, await hub.ask(one.route, one.row, one.who, one.mark)) for one in first]
    for turn in range(AT_THE_END + 1):
        answered += await answers(hub, [one for one in changes if one.row.turn == turn])

    assert [] == [
        f"{one}: {answer.status} {answer.text}"
        for one, answer in succeeded
        if answer.status != one.row.status
    ]
    assert [] == [f"{one}: {answer.status}" for one, answer in answered if answer.status in {401, 403}]
    assert [] == faults(answered)
    assert [] == await undocumented(hub, succeeded)
    assert [] == await found_nothing(hub, succeeded), "what nobody finds proves nothing"
    seen = [
        f"{one}: {word}"
        for one, answer in answered
        for word in hub.words_of_b
        if one.who.only_here and stands_in(word, answer.text)
    ]
    assert [] == seen
    assert [] == unseen(answered, "privacy", (*PRIVATE, *SPOKEN)), "what nobody sees proves nothing"
    # The HTML of a letter is a paper as it is printed, which stays with `privacy`.
    of_a = [word for word in SPOKEN if MARKS[0] in word and not word.startswith("html")]
    assert [] == unseen(answered, "operate", of_a, without="privacy"), "who must answer sees who it is"


def stands_in(word: str, text: str) -> bool:
    """Return whether a text has the word: not as a part of a token by chance, such as that of a link."""
    return word in text and bool(re.search(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])", text))


async def undocumented(hub: GuardedHub, answered: Iterable[tuple[Try, Answer]]) -> list[str]:
    """Return the answers of the API of another media type than its document says."""
    paths = json.loads((await hub.ask("GET /openapi.json", ROWS["GET /openapi.json"], BOOTSTRAP)).text)[
        "paths"
    ]
    found = []
    for one, answer in answered:
        method, _, path = one.route.partition(" ")
        said = paths.get(path, {}).get(method.lower(), {}).get("responses", {}).get(str(answer.status))
        kind = answer.headers.get(hdrs.CONTENT_TYPE, "").partition(";")[0]
        if said is not None and kind not in said.get("content", {"": None}):
            found.append(f"{one}: {kind}, not {[*said.get('content', {})]}")
    return found


def unseen(
    answered: Iterable[tuple[Try, Answer]], scope: str, words: Iterable[str], *, without: str = ""
) -> list[str]:
    """Return those of the words that no caller with this scope, and not the other one, is shown."""
    shown = "".join(
        answer.text for one, answer in answered if scope in one.who.scopes and without not in one.who.scopes
    )
    return [word for word in words if word not in shown]


async def found_nothing(hub: GuardedHub, answered: Iterable[tuple[Try, Answer]]) -> list[str]:
    """Looks at building B, or at all, that show nothing of B to a caller who may see it."""
    looks = [
        (one, answer)
        for one, answer in answered
        if one.is_once and one.row.finds and one.row.where is Where.OWN and not is_change(one.route)
    ]
    nowhere = await answers(
        hub, [replace(one, mark=NOWHERE) for one, _ in looks if asks_for_a_building(one.row)]
    )
    nothing = {one.question: said(hub, one, answer) for one, answer in nowhere}
    return [
        str(one)
        for one, answer in looks
        if said(hub, one, answer) == nothing.get(one.question)
        or (one.question not in nothing and not any(word in answer.text for word in hub.words_of_b))
    ]
