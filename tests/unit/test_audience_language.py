"""The language of audiences: reading, meaning, and errors."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path
from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hub.catalog import CATALOG
from hub.cloudevents.schemas import Schemas
from hub.errors import InvalidAudience
from hub.people.audience import EVERY_ROLE, RESIDENTS, STAFF, Group, asked, parse, write
from hub.people.audience.language import needs_event
from hub.people.audience.names import DUTIES, FILTERS, PLACES, SHORT, WORDS

ROOT: Final = Path(__file__).parents[2]
MISSION: Final = json.loads((ROOT / "tests/vectors/events.json").read_text())
TEXTS: Final = sorted(
    {word for kind in MISSION["events"] for audience in kind["audiences"] for word in audience["who"]}
    | {word for kind in CATALOG for audience in kind.audiences for word in audience.who}
)
EXAMPLES: Final = [
    *(word.example for word in WORDS.values()),
    *(filter_.example for filter_ in FILTERS.values()),
    *PLACES.values(),
]

IDS: Final = st.from_regex(r"[a-zñA-Z0-9_:@.-][a-zñA-Z0-9_:@/. -]{0,20}", fullmatch=True).map(str.strip)
PLACE: Final = st.sampled_from(["", "@zone", "@unit", "@copropiedad"]) | st.builds(
    "@{}:{}{}".format, st.sampled_from(["unit", "copropiedad", "tower"]), IDS, st.just("/1")
)
WHOLE: Final = st.sampled_from(["", "@copropiedad"]) | IDS.map("@copropiedad:{}".format)
FILTER: Final = st.sampled_from(["", " & opted_in:commercial", " & opted_in:survey"])
TERMS: Final = st.one_of(
    st.builds(
        "{}{}{}".format,
        st.sampled_from(["residents", "owners", "everyone", "role:tenant", "council"]),
        PLACE,
        FILTER,
    ),
    st.builds("{}{}{}".format, st.sampled_from(["staff:service", "staff:all", "level:2"]), WHOLE, FILTER),
    st.builds("area:{}{}".format, IDS.filter(lambda text: "@" not in text), FILTER),
    IDS.map("person:{}".format),
    st.sampled_from(TEXTS),
)


@pytest.mark.parametrize("word", TEXTS)
def test_every_word_of_the_catalogue_and_of_the_table_of_events_is_read(word: str) -> None:
    term = parse(word)

    assert term == parse(write(term))


def test_only_data_fields_of_the_table_are_parties() -> None:
    parties = [word for word in TEXTS if parse(word).word == "party"]

    assert set(parties) == {word for word in TEXTS if ":" not in word} - {*SHORT, "everyone"}


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_example_is_read(text: str) -> None:
    assert write(parse(write(parse(text)))) == write(parse(text))


@given(TERMS)
@example("person:a@b/c:d")
@example("opted_in:commercial@tower:a/b/c")
def test_written_term_is_read_back_as_the_same(text: str) -> None:
    term = parse(text)

    assert term == parse(write(term))


@given(
    st.text()
    | st.text("@&:/ abcdefghijklmnopqrstuvwxyz_\x00é", max_size=30)
    | TERMS.map(lambda text: text[::-1])
)
@example("")
@example("&")
@example("a:@b & c")
@example("tower:x/y")
@example("zone:" * 40)
@example("unit:copropiedad:zone:residents")
def test_any_text_is_read_or_refused_with_invalid_audience(text: str) -> None:
    reason = refusal(text)

    assert reason is None or re.match(r"audience: read .*, expected ", reason, re.DOTALL)
    assert reason is not None or parse(text) == parse(write(parse(text)))


def refusal(text: str) -> str | None:
    try:
        parse(text)
    except InvalidAudience as refused:
        return str(refused)
    return None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("residents@unit:u-1", Group(roles=RESIDENTS, unit_id="u-1")),
        ("owners@copropiedad:ph-1", Group(roles=("owner",), copropiedad_id="ph-1")),
        ("residents@tower:ph-1/2", Group(roles=RESIDENTS, copropiedad_id="ph-1", towers=("2",))),
        ("council@copropiedad:ph-1", Group(roles=("council",), copropiedad_id="ph-1")),
        ("role:tenant", Group(roles=("tenant",), everywhere=True)),
        ("role:payer@unit:u-1", Group(roles=("payer",), unit_id="u-1")),
        ("everyone", Group(roles=EVERY_ROLE, everywhere=True)),
        ("everyone@unit:u-1", Group(roles=EVERY_ROLE, unit_id="u-1")),
        ("everyone@copropiedad:ph-1", Group(roles=EVERY_ROLE, copropiedad_id="ph-1")),
        ("person:p-1", Group(person="p-1")),
        ("person:ana@x", Group(person="ana@x")),
        ("staff:on_call@copropiedad:ph-1", Group(duty="on_call", copropiedad_id="ph-1")),
        ("staff:direction", Group(duty="direction")),
        ("staff:service & area:aseo", Group(duty="service", service_area="aseo")),
        ("staff:all", Group(roles=STAFF, everywhere=True)),
        ("area:aseo", Group(roles=STAFF, everywhere=True, service_area="aseo")),
        ("area:aseo@copropiedad:ph-1", Group(roles=STAFF, copropiedad_id="ph-1", service_area="aseo")),
        ("level:3@copropiedad:ph-1", Group(level=3, copropiedad_id="ph-1")),
        ("opted_in:commercial", Group(roles=EVERY_ROLE, everywhere=True, opted_in="commercial")),
        (
            " owners @ copropiedad: ph-1  &  opted_in:commercial ",
            Group(roles=("owner",), copropiedad_id="ph-1", opted_in="commercial"),
        ),
        ("person:p-1 & opted_in:survey", Group(person="p-1", opted_in="survey")),
    ],
)
def test_term_without_an_event_names_its_place(text: str, expected: Group) -> None:
    assert [expected] == asked([text])


def test_several_terms_are_a_union_without_duplicates() -> None:
    groups = asked(["owners@copropiedad:ph-1", "staff:all", "owners@copropiedad: ph-1", "role:staff"])

    assert [Group(roles=("owner",), copropiedad_id="ph-1"), Group(roles=STAFF, everywhere=True)] == groups


@pytest.mark.parametrize(
    "text",
    [
        "owner",
        "petitioner",
        "clock_holder",
        "level:to_level",
        "unit:residents",
        "residents@zone",
        "address:monitor",
    ],
)
def test_term_that_needs_an_event_is_refused_without_one(text: str) -> None:
    assert needs_event(parse(text))
    with pytest.raises(InvalidAudience, match="expected what needs no event"):
        asked([text])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("residentes@unit:u-1", "read 'residentes', expected residents, owners, .*mean 'residents'"),
        (
            "residents@torre:ph-1/1",
            "read 'torre', expected unit, copropiedad, tower, zone behind 'residents'",
        ),
        ("residents@tower:ph-1", "read 'ph-1', expected tower:COPROPIEDAD/TOWER as in"),
        ("residents@zone:1", "expected no id behind 'zone'"),
        ("residents:all", "read 'all', expected nothing behind 'residents'"),
        ("staff:oncall", "read 'oncall', expected staff:DUTY, one of service.*mean 'on_call'"),
        ("staff:service@unit:u-1", "read 'unit', expected copropiedad behind 'staff'"),
        ("absentees", "expected a place behind 'absentees', as in 'absentees@copropiedad"),
        ("absentees@unit:u-1", "read 'unit', expected copropiedad behind 'absentees'"),
        ("role:dueño", "read 'dueño', expected role:ROLE, one of owner"),
        ("level:5", "read '5', expected level:LEVEL"),
        (
            "unit:altos-t1-101",
            "read 'altos-t1-101', expected residents, .* or WHO@unit:ID as in 'residents@unit",
        ),
        (
            "owners & optedin:commercial",
            "read 'optedin', expected opted_in, area behind the &; did you mean 'opted_in'",
        ),
        ("owners & opted_in:comercial", "read 'comercial', expected opted_in:PURPOSE.*mean 'commercial'"),
        ("owners & area:aseo", "read 'area:aseo', expected staff:all"),
        ("petitioner & opted_in:survey", "read 'opted_in:survey', expected everyone"),
        ("opted_in:survey & opted_in:commercial", "'opted_in' once"),
        ("petitioner@unit:u-1", "read 'petitioner', expected residents"),
        ("x" * 300 + "@unit", f"read '{'x' * 40}…'"),
        ("person:", "read '', expected person:ID"),
        ("", "read '', expected residents"),
    ],
)
def test_error_names_the_word_read_the_words_expected_and_a_near_one(text: str, message: str) -> None:
    with pytest.raises(InvalidAudience, match=message):
        parse(text)


def test_the_duties_are_those_of_memberships_and_the_direction() -> None:
    properties = Schemas.load().by_name["directory.membership.upserted"].document["properties"]

    assert set(DUTIES) == {*properties["duty"]["enum"], "direction"} - {None}
    assert set(EVERY_ROLE) == set(properties["role"]["enum"])


def table(header: str) -> list[tuple[str, str]]:
    """The first two cells of the rows below this header row of the page, in code."""
    lines = (ROOT / "docs/audiences.md").read_text().split(header, 1)[1].splitlines()[2:]
    cells = [line.split(" | ") for line in itertools.takewhile(lambda line: line.startswith("|"), lines)]
    return [(name.strip("|` "), text.strip("`")) for name, text, *_ in cells]


def test_documentation_has_every_word() -> None:
    words = {name: word.example for name, word in WORDS.items()}
    filters = {name: each.example for name, each in FILTERS.items()}

    assert [*words.items(), *filters.items()] == table("| word | example | who |")
    assert [*PLACES.items(), ("none", "role:tenant")] == table("| place | example | where |")


def test_documentation_has_every_short_form() -> None:
    listed = re.findall(r"`(\w+)` is `([^`]+)`", (ROOT / "docs/audiences.md").read_text())

    assert {short: full for short, full in SHORT.items() if ":" not in short}.items() <= set(listed)


@pytest.mark.parametrize(
    ("short", "whole"),
    [
        ("owners of ph-x", "owners@copropiedad:ph-x"),
        ("residents  of ph-x/T 1", "residents  of ph-x/T 1"),
        ("residents of ph-x/1", "residents@tower:ph-x/1"),
        ("role:tenant of ph-x", "role:tenant@copropiedad:ph-x"),
        ("owners of ph-x & opted_in:commercial", "owners@copropiedad:ph-x & opted_in:commercial"),
        ("person:duke of york", "person:duke of york"),
    ],
)
def test_people_of_a_place_may_be_written_as_one_says_it(short: str, whole: str) -> None:
    """Nothing else is taken for it: neither a person's id nor a place with a space."""
    if whole == short and not short.startswith("person:"):
        with pytest.raises(InvalidAudience):
            parse(short)
    else:
        assert parse(whole) == parse(short)
        assert whole == write(parse(short))
