"""Posters: the events that put one up, its end, its words, and the data that it never shows."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import pytest
from jinja2 import meta
from msgspec.structs import replace

from hub.access.keyring import KeyRing, Purpose
from hub.access.poster_links import PATH, PosterLinks
from hub.business_time.dates import day_end
from hub.catalog import BY_NAME, CATALOG
from hub.errors import TemplateFailure
from hub.intake.decode import IntakeContext
from hub.messages.planning.plan import Rules
from hub.messages.planning.posters import (
    HANGS,
    HANGS_AFTER_THE_END,
    ON_BOARD,
    boards_of,
    hangs_until,
    in_places,
    posters_of,
    valid_until,
)
from hub.model import Print, StoredEvent, type_of
from hub.model.ids import poster_id
from hub.model.posters import HungPoster, PosterSource, PosterState
from hub.operations.explain.sentences_es import on_boards
from hub.operations.template_check import _PARSER
from hub.rendering.board import OF_A_PERSON, PERSONAL_FIELDS, PRIVATE, code_of
from hub.rendering.lint import judge
from hub.rendering.source import Source, read
from hub.rendering.templates import BUILT_IN
from hub.settings import Secret
from tests.for_each import for_each
from tests.unit.factories import CHANNELS, POLICY, SCHEMAS, event, stored
from tests.unit.test_templates import TEMPLATES, examples, longest, schema, sparse

BOARDS: Final = boards_of(BY_NAME)
OF_NOBODY_NAMED: Final = (
    *("pqrs.received", "pqrs.info_requested", "pqrs.term_extended", "pqrs.transferred", "pqrs.responded"),
)
"""On a board only where the petitioner has not said who they are: `test_nameless_petitions.py`."""
ON_WALLS: Final = [
    (kind.name, audience.template)
    for kind in CATALOG
    for audience in kind.audiences
    if audience.print in ON_BOARD
]
WORDS: Final = 80
LONGEST: Final = 130
"""Words of a poster whose publisher fills every field."""
NAMING: Final = re.compile(
    r"(^|_)(name|names|email|phone|person|ref|contacted|signed|payer|owner|tenant|visitor|agent|client|cop|by|"
    r"sender|number|units?)(_|$)"
)
"""Names of fields that may hold somebody's identity, property or debts."""
NOBODYS: Final = frozenset({"answer_by", "copropiedad_ref"})
RING: Final = KeyRing([Secret("a-secret-of-these-tests-" + "x" * 32)])
LINKS: Final = PosterLinks(public_url="https://hub.example.co", ring=RING)
LINK: Final = LINKS.of(uuid4())
"""For tests of what else is on a poster: each link has a code of its own, which is slow to draw."""
AT: Final = datetime(2026, 3, 9, 13, 5, tzinfo=UTC)


def happened(name: str, **data: Any) -> StoredEvent:
    """Return an event as its first example says it, without the fields that are None here."""
    without = tuple(field for field, value in data.items() if value is None)
    return stored(event(name, data, at=AT, without=without))


def poster(
    name: str, audience: int, data: dict[str, Any], building: str | None = "Altos del Rosal"
) -> PosterSource:
    return PosterSource(
        id=uuid4(), audience=audience, event=name, event_id="e-1", time=AT, data=data, building=building
    )


def source_of(name: str) -> Source:
    folder = BUILT_IN / "es"
    return read((folder / f"{name}.j2").read_text(), lambda part: (folder / part).read_text())


def test_events_of_the_table_have_posters_and_no_others() -> None:
    assert {name for name, _ in ON_WALLS} == {
        "admin.assembly.cancelled",
        "admin.assembly.convened",
        "admin.assembly.second_call",
        "admin.circular.issued",
        "admin.correction.issued",
        "admin.decision.published",
        "admin.invitation.issued",
        "admin.visit.scheduled",
        "admin.vote.opened",
        "building.outage.reported",
        "emergency.declared",
        "emergency.updated",
        "maintenance.scheduled.announced",
        "maintenance.scheduled.cancelled",
        "maintenance.scheduled.changed",
        "policy.updated",
        *OF_NOBODY_NAMED,
    }
    assert {type_of(name) for name, _ in ON_WALLS} == BOARDS.keys()


@pytest.mark.parametrize(
    ("name", "data", "until"),
    [
        # The end that the event names.
        ("maintenance.scheduled.announced", {}, "2026-03-12T13:00:00-05:00"),
        ("admin.vote.opened", {}, "2026-03-20T18:00:00-05:00"),
        ("admin.circular.issued", {}, "2026-03-19T11:00:00-05:00"),
        # The end of the day on which it happens.
        ("admin.assembly.convened", {}, "2026-03-27T00:00:00-05:00"),
        ("admin.visit.scheduled", {}, "2026-03-19T00:00:00-05:00"),
        ("maintenance.scheduled.cancelled", {}, "2026-03-13T00:00:00-05:00"),
        # A while after it comes into force, or after it was said.
        ("admin.decision.published", {}, "2026-05-02T00:00:00-05:00"),
        ("admin.decision.published", {"effective_on": None}, AT + HANGS),
        ("admin.circular.issued", {"valid_until": None}, AT + HANGS),
        ("building.outage.reported", {}, AT + HANGS),
        ("emergency.declared", {}, AT + HANGS),
        ("emergency.updated", {"status": "update"}, AT + HANGS),
        # Events that only announce an end.
        ("emergency.updated", {"status": "cleared"}, AT + HANGS_AFTER_THE_END),
        ("maintenance.scheduled.cancelled", {"starts_at": None}, AT + HANGS_AFTER_THE_END),
        ("admin.assembly.cancelled", {"starts_at": None}, AT + HANGS_AFTER_THE_END),
    ],
)
def test_a_poster_hangs_until_its_notice_is_over(
    name: str, data: dict[str, Any], until: str | datetime
) -> None:
    end = until if isinstance(until, datetime) else datetime.fromisoformat(until)

    assert end == hangs_until(BY_NAME[name], happened(name, **data).event)


@pytest.mark.parametrize("name", ["emergency.declared", "emergency.updated"])
@pytest.mark.parametrize("data", [{}, {"status": "cleared"}])
def test_poster_of_a_drill_ends_with_its_day(name: str, data: dict[str, Any]) -> None:
    """With the drill itself, if that is cleared before: its update ends it."""
    drill = happened(name, drill=True, **data).event
    danger = happened(name, drill=False, **data).event

    assert day_end(drill.time) == hangs_until(BY_NAME[name], drill)
    assert hangs_until(BY_NAME[name], danger) > drill.time + timedelta(days=2)


@pytest.mark.parametrize(
    ("name", "later", "ends"),
    [
        ("maintenance.scheduled.announced", "maintenance.scheduled.announced", True),
        ("maintenance.scheduled.announced", "maintenance.scheduled.changed", True),
        ("maintenance.scheduled.announced", "maintenance.scheduled.cancelled", True),
        ("maintenance.scheduled.changed", "maintenance.scheduled.completed", True),
        ("building.outage.reported", "building.outage.restored", True),
        ("emergency.declared", "emergency.updated", True),
        ("emergency.declared", "emergency.acknowledged", False),
        ("admin.assembly.convened", "admin.assembly.cancelled", True),
        ("admin.assembly.convened", "admin.assembly.second_call", True),
        ("admin.assembly.convened", "admin.assembly.held", False),
        ("admin.vote.opened", "admin.vote.closed", True),
        ("admin.vote.opened", "admin.vote.pending", False),
        ("policy.updated", "policy.updated", True),
        ("admin.visit.scheduled", "realestate.visit.cancelled", False),
    ],
)
def test_a_later_event_of_its_case_ends_a_poster(name: str, later: str, *, ends: bool) -> None:
    assert {ends} == {type_of(later) in board.ended_by for board in BOARDS[type_of(name)]}


def test_a_poster_is_asked_for_each_audience_and_not_for_each_person() -> None:
    works = happened("maintenance.scheduled.announced")
    [asked] = posters_of(works, BY_NAME[works.event.name], BOARDS[works.event.type], now=AT)
    [urgent] = posters_of(
        gas := happened("emergency.declared"), BY_NAME[gas.event.name], BOARDS[gas.event.type], now=AT
    )

    assert (asked.zones, asked.urgent, asked.audience) == (("tower:1",), False, 0)
    assert (urgent.zones, urgent.urgent, urgent.audience) == ((), True, 1)


@pytest.mark.parametrize("quiet", [True, "true"])
def test_an_event_that_is_only_recorded_has_no_poster(quiet: object) -> None:
    works = happened("maintenance.scheduled.announced")
    works = replace(works, event=replace(works.event, extensions={"quiet": quiet}))

    assert [] == posters_of(works, BY_NAME[works.event.name], BOARDS[works.event.type], now=AT)


def test_poster_of_what_its_publisher_lets_expire_hangs_until_then_and_not_at_all_after() -> None:
    circular = happened("admin.circular.issued", audience="both")
    ends = circular.event.time + timedelta(hours=6)
    circular = replace(circular, event=replace(circular.event, extensions={"expirytime": ends.isoformat()}))
    kind, boards = BY_NAME["admin.circular.issued"], BOARDS[circular.event.type]

    assert [ends] == [one.hangs_until for one in posters_of(circular, kind, boards, now=circular.event.time)]
    assert [] == posters_of(circular, kind, boards, now=ends)


@for_each([name for name, _ in ON_WALLS])
def test_history_that_comes_late_has_no_poster(name: str) -> None:
    old = happened(name)

    assert [] == posters_of(old, BY_NAME[name], BOARDS[old.event.type], now=AT + timedelta(days=400))


def test_what_is_for_everyone_hangs_in_each_copropiedad() -> None:
    new = happened("policy.updated")
    new = replace(new, copropiedad_id=None)
    [asked] = posters_of(new, BY_NAME["policy.updated"], BOARDS[new.event.type], now=AT)
    placed = list(in_places(asked, ["ph-1", "ph-2"]))
    ids = {poster_id(one.event_key, one.audience, one.copropiedad_id or "") for one in placed}

    assert ["ph-1", "ph-2"] == [one.copropiedad_id for one in placed]
    assert len(ids) == 2


@pytest.mark.parametrize(("audience", "number"), [("both", 1), ("residents", 1), ("owners", 0)])
def test_a_circular_for_the_owners_alone_hangs_nowhere(audience: str, number: int) -> None:
    circular = happened("admin.circular.issued", audience=audience)

    asked = posters_of(
        circular, BY_NAME["admin.circular.issued"], BOARDS[circular.event.type], now=circular.event.time
    )

    assert number == len(asked)


def test_what_names_no_place_and_is_not_for_everyone_hangs_nowhere() -> None:
    lost = replace(happened("emergency.declared"), copropiedad_id=None)

    assert [] == posters_of(lost, BY_NAME["emergency.declared"], BOARDS[lost.event.type], now=AT)


def test_events_without_a_board_cost_intake_nothing() -> None:
    context = IntakeContext(schemas=SCHEMAS, catalog=BY_NAME, rules=Rules(channels=CHANNELS, policy=POLICY))

    assert BOARDS == context.boards
    assert type_of("admin.payment.received") not in context.boards


@for_each(ON_WALLS)
def test_each_board_audience_has_a_poster_in_spanish(name: str, variant: str | None) -> None:
    assert "board" in TEMPLATES.words["es", name, variant].channels()


@for_each(ON_WALLS)
def test_no_poster_uses_what_belongs_to_a_person(name: str, variant: str | None) -> None:
    """`board` refuses personal fields: no block and no layout may even name one."""
    source = source_of(name)
    prefix = f"{variant}_" if variant else ""
    for block in ("board_title", "board"):
        written = source.with_prelude(source.blocks[f"{prefix}{block}"])
        assert not PRIVATE & meta.find_undeclared_variables(_PARSER.parse(written))
    layout = (BUILT_IN / "layouts" / "poster.html").read_text()
    assert not PRIVATE & meta.find_undeclared_variables(_PARSER.parse(layout))


@pytest.mark.parametrize(
    "field", ["visitor", "decided_by", "link", "person.name", "unit_line", "units", "balance_cop"]
)
def test_a_poster_of_the_company_s_own_that_asks_for_personal_data_fails(field: str) -> None:
    from hub.rendering.compiling import Compiler  # noqa: PLC0415 - with a template of its own

    texts = Compiler("", "", "", "[[body]]", constants={}).words(
        "admin.visit.scheduled",
        read(
            f"{{% block board_title %}}A{{% endblock %}}{{% block board %}}{{{{ {field} }}}}{{% endblock %}}",
            str,
        ),
    )
    own = TEMPLATES._variables
    variables = own(_context("admin.visit.scheduled")) | {"balance_cop": 1, "decided_by": "Ana", "link": "x"}

    with pytest.raises(TemplateFailure, match=f"{field.partition('.')[0]} is missing"):
        texts[None].render("board", variables)


def _context(name: str) -> Any:
    from tests.unit.test_templates import context  # noqa: PLC0415 - its name is common

    return context(name, examples(name)[0])


@for_each(ON_WALLS)
def test_each_field_of_its_events_that_may_name_somebody_is_refused(name: str, variant: str | None) -> None:
    """A new field of such an event is either of nobody, or in the table of fields that no poster may use."""
    del variant
    suspicious = {field for field in schema(name)["properties"] if NAMING.search(field)}

    assert suspicious - NOBODYS <= PRIVATE


def test_the_tables_of_what_is_personal_overlap_in_nothing() -> None:
    fields = [field for names in PERSONAL_FIELDS.values() for field in names.split()]

    assert len(fields) == len(set(fields))
    assert not OF_A_PERSON & set(fields)


def rendered(name: str, variant: str | None) -> list[Any]:
    numbers = [
        number
        for number, audience in enumerate(BY_NAME[name].audiences)
        if audience.print in ON_BOARD and audience.template == variant
    ]
    return [
        TEMPLATES.render_board(poster(name, number, data, building), LINK if building else None)
        for number in numbers
        for data in (*examples(name), sparse(name), longest(name))
        for building in ("Altos del Rosal", None)
    ]


@for_each(ON_WALLS)
def test_a_poster_is_whole_with_every_example(name: str, variant: str | None) -> None:
    for words in rendered(name, variant):
        text = f"{words.subject}\n{words.text}"

        assert words.subject
        assert words.text.strip()
        assert 'class="cartel' in words.html
        assert not re.search(r"None|undefined|[{}]|zq\d|⟦|⟪|<!--|[^.]\.\.(?!\.)| ,|\( | \)|[ ] \w", text), (
            text
        )
        assert len(re.findall(r"\w+(?:[-.,/:@]\w+)*", text)) <= LONGEST, text
        assert "http" not in text
        assert not re.search(r"(?i)\bestimad[oa]s? (?:señor|vecin)|cordial saludo|buenos días", text)


@for_each(ON_WALLS)
def test_a_poster_is_read_in_passing(name: str, variant: str | None) -> None:
    for example in examples(name):
        words = TEMPLATES.try_out(("es", name, variant), "board", example, occasion="initial")

        assert len(re.findall(r"\w+(?:[-.,/:@]\w+)*", f"{words.subject} {words.text}")) <= WORDS
        assert [] == list(judge("board", words, urgent=False, staff=False))


@pytest.mark.parametrize("name", ["emergency.declared", "emergency.updated"])
def test_the_poster_of_a_drill_says_so(name: str) -> None:
    [number] = [n for n, one in enumerate(BY_NAME[name].audiences) if one.print is Print.BOARD]
    for status in ("update", "cleared"):
        data = examples(name)[0] | {"drill": True, "status": status}
        words = TEMPLATES.render_board(poster(name, number, data), None)

        assert words.subject.startswith("SIMULACRO")
        assert "SIMULACRO" in words.text
        assert "EMERGENCIA" not in f"{words.subject}{words.text}{words.html}"
        assert "cartel simulacro" in words.html


def test_a_poster_says_until_when_the_event_says_it_holds() -> None:
    works = examples("maintenance.scheduled.announced")[0]
    call = examples("admin.assembly.convened")[0]
    words = TEMPLATES.render_board(poster("maintenance.scheduled.announced", 0, works), None)
    meeting = TEMPLATES.render_board(poster("admin.assembly.convened", 1, call), None)

    assert "Vigente hasta el jueves 12 de marzo de 2026 a la 1:00" in words.html
    assert "Vigente hasta" not in meeting.html
    assert valid_until(BY_NAME["admin.assembly.convened"], call) is None
    assert "Publicado el lunes 9 de marzo de 2026." in words.html


def test_without_a_link_the_poster_has_a_telephone_and_no_code() -> None:
    data = examples("admin.decision.published")[0]
    with_code = TEMPLATES.render_board(poster("admin.decision.published", 0, data), LINKS.of(uuid4()))
    without = TEMPLATES.render_board(poster("admin.decision.published", 0, data), None)

    assert 'class="qr"' in with_code.html
    assert 'class="qr"' not in without.html
    assert POLICY.company.phone in without.html
    assert code_of(None) == ""


@pytest.mark.parametrize(
    ("url", "ring"),
    [("http://hub.example.co", RING), ("", RING), ("https://hub.example.co", KeyRing([]))],
)
def test_no_link_without_a_secret_and_an_https_address(url: str, ring: KeyRing) -> None:
    assert PosterLinks(public_url=url, ring=ring).of(uuid4()) is None


def test_only_the_hub_s_own_token_names_a_poster() -> None:
    one = uuid4()
    link = LINKS.of(one)
    assert link is not None
    token = link.removeprefix("https://hub.example.co/b/")
    named, _, signature = token.partition(".")
    other = PosterLinks(public_url="https://hub.example.co", ring=KeyRing([Secret("y" * 40)]))
    wrong = [
        f"{named}.{RING.sign(Purpose.DOCUMENT_LINK, named)}",
        f"{named}.{signature[:-1]}0",
        f"{signature}.{named}",
        f"{named}.",
        named,
        "",
        f"{token}\u00e9",
        f"{token}.x",
        (other.of(one) or "").rpartition("/")[2],
    ]

    assert "/b/{token}" == PATH
    assert one == LINKS.read(token)
    assert {None} == {LINKS.read(given) for given in wrong if given != token}


def hanging(state: str, number: int = 1) -> list[HungPoster]:
    at = datetime(2026, 3, 9, 13, 5, tzinfo=UTC)
    hung = at if state in {"hung", "taken_down"} else None
    down = at if state == "taken_down" else None
    one = HungPoster(
        id=uuid4(), copropiedad_id="ph-1", state=PosterState(state), hung_at=hung, taken_down_at=down
    )
    return [one] * number


@pytest.mark.parametrize(
    ("posters", "said"),
    [
        ([], []),
        (hanging("to_print"), ["Cartelera: 1 aviso por imprimir."]),
        (hanging("printed"), ["Cartelera: 1 aviso impreso, por colgar."]),
        (hanging("hung"), ["Cartelera: 1 aviso colgado el lunes 9 de marzo de 2026 a las 8:05 a. m."]),
        (hanging("taken_down"), ["Cartelera: 1 aviso retirado el lunes 9 de marzo de 2026 a las 8:05 a. m."]),
        (
            [*hanging("to_print", 3), *hanging("to_take_down", 2)],
            ["Cartelera: 3 avisos por imprimir.", "Cartelera: 2 avisos por retirar."],
        ),
    ],
)
def test_who_asks_about_an_event_hears_of_its_posters(posters: list[HungPoster], said: list[str]) -> None:
    assert said == [line.replace("\N{NO-BREAK SPACE}", " ") for line in on_boards(posters)]
