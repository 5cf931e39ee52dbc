"""The codes by which anybody checks a message: unguessable, found at once; and the words about them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.access.check_rate import CROWD, FREE, FREE_IN_CROWD, REPORTS, WINDOW, CheckRate
from hub.access.genuine_codes import ALPHABET, LENGTH, GenuineCodes, code_of, place_of, tidy
from hub.access.keyring import SCRAMBLED, KeyRing, Purpose
from hub.model import Message
from hub.model import Purpose as Why
from hub.model.ids import uuid8
from hub.rendering.context import Context
from hub.rendering.genuine import with_check
from hub.settings import Secret
from hub.sms_text import segments
from tests.contract.values import NOON, message
from tests.unit.test_templates import TEMPLATES, context, examples

HUB: Final = "https://hub.example.co"
OLD: Final = Secret("the secret of last year, which is long")
NEW: Final = Secret("the secret of this year, which is long")
YEAR: Final = timedelta(days=365)
numbers = st.integers(0, SCRAMBLED - 1)


def codes(*secrets: Secret, channels: tuple[str, ...] = ("letter", "sms", "whatsapp")) -> GenuineCodes:
    return GenuineCodes(public_url=HUB, ring=KeyRing(secrets or (NEW,)), channels=channels)


def ids(number: int, at: datetime = NOON) -> Iterator[UUID]:
    return (uuid8(at, str(n)) for n in range(number))


def finds(made: GenuineCodes, code: str, message_id: UUID, now: datetime = NOON) -> bool:
    return any(
        sought.since <= message_id <= sought.until and message_id.int & (1 << 30) - 1 == sought.tail
        for sought in made.read(code, now)
    )


@given(numbers)
def test_scrambling_is_undone_by_the_same_key_alone(number: int) -> None:
    ring, other = KeyRing([NEW]), KeyRing([OLD])
    scrambled = ring.scramble(Purpose.GENUINE, number)

    assert 0 <= scrambled < SCRAMBLED
    assert ((ring.ids[0], number),) == ring.unscramble(Purpose.GENUINE, scrambled)
    assert number != other.unscramble(Purpose.GENUINE, scrambled)[0][1]


def test_code_has_ten_signs_without_vowels_and_finds_its_message_alone() -> None:
    made = codes()
    known = {message_id: made.code(message_id) for message_id in ids(2000)}

    assert {LENGTH} == set(map(len, known.values()))
    assert set(ALPHABET) >= set("".join(known.values()))
    assert not set("AEIOU01L") & set(ALPHABET)
    assert len(known) == len(set(known.values()))
    assert all(finds(made, code, message_id) for message_id, code in known.items())
    first, other = list(known)[:2]
    assert not finds(made, known[first], other)


def test_codes_of_neighbours_have_nothing_in_common() -> None:
    made = codes()
    one, other = made.code(UUID(int=NEAR)), made.code(UUID(int=NEAR + 1))

    assert sum(a == b for a, b in zip(one, other, strict=True)) < 4


NEAR: Final = next(ids(1)).int


def test_code_lives_with_its_key() -> None:
    message_id = next(ids(1))
    before = codes(OLD).code(message_id)

    assert finds(codes(NEW, OLD), before, message_id)
    assert not finds(codes(NEW), before, message_id)
    assert codes(NEW, OLD).code(message_id) == codes(NEW).code(message_id) != before


@pytest.mark.parametrize("age", [timedelta(0), timedelta(minutes=40), YEAR, 8 * YEAR, timedelta(minutes=-5)])
def test_code_is_found_for_eight_years_and_with_a_clock_that_is_ahead(age: timedelta) -> None:
    made, message_id = codes(), next(ids(1))

    assert finds(made, made.code(message_id), message_id, NOON + age)


def test_all_that_people_type_between_the_signs_is_left_out() -> None:
    code = codes().code(next(ids(1)))

    assert code == tidy(f" {code[:5].lower()}-{code[5:]}. ")
    assert code == tidy(f"{code[:5]} {code[5:]}\n")


@pytest.mark.parametrize(
    "typed",
    ["", "-", "K7F2M9QDT", "K7F2M9QDTXX", "A7F2M9QDTX", "K7F2M9QDT0", "ZZZZZZZZZZ", "ñ" * 10, "K" * 10_000],
)
def test_what_is_no_code_is_looked_up_nowhere(typed: str) -> None:
    assert () == codes().read(typed, NOON)


def test_guesses_are_spread_over_nine_years_and_a_thousand_million_ids() -> None:
    made, draw = codes(), random.Random(7)
    sought = [
        found for _ in range(3000) for found in made.read("".join(draw.choices(ALPHABET, k=LENGTH)), NOON)
    ]

    assert len(sought) > 2700
    assert len({found.since for found in sought}) > 2600
    assert len({found.tail for found in sought}) == len(sought)


def texted(channel: str, purpose: Why = Why.TRANSACTIONAL) -> Message:
    return message(channel=channel, purpose=purpose)


def test_emergency_and_staff_have_no_code_in_a_text_and_others_only_where_the_policy_says() -> None:
    everywhere, letters = codes(), codes(channels=("letter",))

    assert everywhere.carries(texted("sms"))
    assert not everywhere.carries(texted("sms", Why.EMERGENCY))
    assert not everywhere.carries(texted("sms", Why.INTERNAL))
    assert [letters.carries(texted(channel)) for channel in ("print", "sms", "whatsapp", "email")] == [
        True,
        False,
        False,
        False,
    ]


def test_link_has_what_people_type_and_needs_a_key_and_https() -> None:
    made = codes()
    link = made.link(texted("print")) or ""

    assert "hub.example.co/v" == place_of(link)
    assert made.code(texted("print").id) != code_of(link)  # another id
    assert f"{HUB}/v/{code_of(link)}" == link
    assert None is GenuineCodes(public_url=HUB, ring=KeyRing([]), channels=("letter",)).link(texted("print"))
    assert None is GenuineCodes(
        public_url="http://hub.example.co", ring=KeyRing([NEW]), channels=("letter",)
    ).link(texted("print"))


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_address_with_too_many_wrong_codes_waits_and_no_other_does() -> None:
    clock = Clock()
    rate = CheckRate(clock)
    for _ in range(FREE):
        assert 0 == rate.wait("192.0.2.1")
        rate.wrong("192.0.2.1")

    assert 0 < rate.wait("192.0.2.1") <= WINDOW
    assert 0 == rate.wait("192.0.2.2")
    clock.now += WINDOW
    assert 0 == rate.wait("192.0.2.1")


def test_crowd_of_addresses_leaves_each_a_few_tries() -> None:
    rate = CheckRate(Clock())
    for number in range(CROWD):
        rate.wrong(f"crowd-{number // 2}")

    assert 0 == rate.wait("honest")
    for _ in range(FREE_IN_CROWD):
        rate.wrong("honest")
    assert 0 < rate.wait("honest")
    assert 0 == rate.wait("another")


def test_reports_of_one_address_end() -> None:
    rate = CheckRate(Clock())

    assert [0] * REPORTS == [rate.report("192.0.2.1") for _ in range(REPORTS)]
    assert 0 < rate.report("192.0.2.1")
    assert 0 == rate.report("192.0.2.2")


LINK: Final = "https://hub.example.co/v/K7F2M9QDTX"
TOLD: Final = "Verifique: hub.example.co/v K7F2M9QDTX"
EVENT: Final = "admin.assembly.convened"


def told_of(event: str = EVENT) -> Context:
    return replace(context(event, examples(event)[0]), genuine=LINK)


def test_letter_has_its_code_at_the_foot_in_words_and_as_a_picture() -> None:
    letter = TEMPLATES.render(EVENT, "print", told_of(), variant=None).html
    plain = TEMPLATES.render(EVENT, "print", replace(told_of(), genuine=None), variant=None).html

    assert "¿Es de verdad esta carta?" in letter
    assert "<strong>hub.example.co/v</strong>" in letter
    assert "K7F2M 9QDTX" in letter
    assert letter.index("verificacion") < letter.index('class="recibido"')
    assert 'src="data:image/png;base64,' in letter
    assert 'verificacion">' not in plain
    assert "data:image" not in plain


@pytest.mark.parametrize(
    ("length", "has_code"), [(1, True), (120, True), (121, False), (160, False), (170, True)]
)
def test_text_has_its_code_only_where_it_costs_no_further_part(length: int, has_code: bool) -> None:
    text = "x" * length
    words = {"genuine": LINK, "genuine_word": "Verifique:", "genuine_part": False}
    made = with_check(text, words)

    assert has_code is made.endswith(TOLD)
    assert segments(text).parts == segments(made).parts
    assert text == with_check(text, {**words, "genuine": None})
    assert with_check(text, {**words, "genuine_part": True}).endswith(TOLD)


def test_text_ends_its_sentence_before_the_code_but_not_a_link() -> None:
    words = {"genuine": LINK, "genuine_word": "Verifique:", "genuine_part": False}

    assert f"Su pago llegó. {TOLD}" == with_check("Su pago llegó", words)
    assert f"Vea https://a.example/x {TOLD}" == with_check("Vea https://a.example/x", words)


def test_text_in_another_language_says_it_in_that_language() -> None:
    event = "concierge.package.received"
    told = TEMPLATES.render(event, "sms", told_of(event), variant=None, locale="en").text

    assert "Verifique" not in told


def test_message_that_a_provider_has_approved_stays_as_it_is() -> None:
    with_code = TEMPLATES.render("pqrs.replied", "whatsapp", told_of("pqrs.replied"), variant=None)
    without = TEMPLATES.render(
        "pqrs.replied", "whatsapp", replace(told_of("pqrs.replied"), genuine=None), variant=None
    )

    assert without == with_code
