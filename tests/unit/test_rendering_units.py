"""Every form names the units of a message; a legal text names each one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from hub.catalog import BY_NAME, CATALOG
from hub.errors import InvalidTemplate, TemplateFailure
from hub.model import Audience, Purpose, Rendered
from hub.policy.values import Prefix
from hub.rendering import Context, Templates, Texting
from hub.rendering.compiling import Compiler
from hub.rendering.context import FEW, LONGEST
from hub.rendering.source import read
from hub.rendering.templates import BUILT_IN
from hub.sms_text import segments, to_gsm7
from tests.for_each import for_each
from tests.unit.factories import MONDAY, claim_of, message
from tests.unit.test_templates import (
    COMPANY,
    SPEAKING,
    TEMPLATES,
    asked,
    context,
    examples,
    longest,
    on_paper,
)

UNITS = ("Torre 1 Apto 101", "Torre 2 Apto 101", "Torre 2 Apto 302")
SHORT = ("push", "sms", "voice")
LAW = BY_NAME["admin.assembly.convened"].audiences[0]
COMPILER = Compiler("{{ unit_line }}", "", "{{ units }}", constants={})
LEGAL = [
    (kind.name, audience, channel)
    for kind in CATALOG
    for audience in kind.audiences
    if audience.purpose is Purpose.LEGAL
    for channel in TEMPLATES.words["es", kind.name, audience.template].channels()
    # A poster is for nobody by name. A text of another audience may have more channels than the law's has.
    if channel != "board" and (audience.channel_by is None or channel in asked(audience))
]


def about(units: tuple[str, ...], event: str, audience: Audience) -> Context:
    one = context(event, examples(event)[0])
    return replace(one, unit=None, units=units, purpose=audience.purpose)


def render(units: tuple[str, ...], block: str, channel: str, purpose: Purpose = Purpose.SERVICE) -> Rendered:
    form = "push_body" if channel == "push" else channel
    title = "{% block push_title %}Aviso{% endblock %}" if channel == "push" else ""
    words = COMPILER.words("aviso", read(f"{title}{{% block {form} %}}{block}{{% endblock %}}", str))
    templates = Templates(
        {("es", "aviso", variant): texts for variant, texts in words.items()},
        COMPILER.engine.globals,
        COMPANY,
        Texting(prefix=Prefix.NONE),
    )
    one = Context(
        data={}, event_id="e-1", event_time=MONDAY, event_name="aviso", units=units, purpose=purpose
    )
    return templates.render("aviso", channel, one, variant=None)


def seen(html: str) -> str:
    """The visible text of a page."""
    return " ".join(unescape(re.sub(r"<(style|title)\b.*?</\1>|<[^>]*>", " ", html, flags=re.DOTALL)).split())


@pytest.mark.parametrize(
    ("units", "line"),
    [
        (UNITS[:1], "Unidad: Torre 1 Apto 101"),
        (UNITS[:2], "Unidades: Torre 1 Apto 101 y Torre 2 Apto 101"),
        (UNITS, "Unidades: Torre 1 Apto 101, Torre 2 Apto 101 y Torre 2 Apto 302"),
        (("Apto 101", "Interior 4"), "Unidades: Apto 101 e Interior 4"),
        (("T 1, 101", "T 2, 101"), "Unidades: T 1, 101; y T 2, 101"),
    ],
)
def test_the_long_forms_have_them_in_one_line(units: tuple[str, ...], line: str) -> None:
    event = "admin.assembly.convened"
    for variant, channel in ((None, "email"), (None, "inbox"), (None, "print"), ("council", "email")):
        words = TEMPLATES.render(event, channel, about(units, event, LAW), variant=variant)

        assert line in words.text.splitlines()
        assert (line.partition(": ")[2] if channel == "print" else line) in seen(words.html)


@for_each(SPEAKING)
def test_message_without_units_names_none(event: str) -> None:
    for name, words in rendered(event, ()):
        assert not re.search(r"Unidad(es)?: (?!su unidad|u-1)", f"{words.text}{seen(words.html)}"), name


def rendered(event: str, units: tuple[str, ...]) -> Iterator[tuple[str, Rendered]]:
    for audience in BY_NAME[event].audiences:
        for channel in asked(audience):
            data = {**examples(event)[0], "unit_id": "u-1"}
            one = replace(about(units, event, audience), data=data)
            yield channel, TEMPLATES.render(event, channel, one, variant=audience.template)


@for_each((*legal, count) for legal in LEGAL for count in (1, 2, 3, 60))
def test_legal_text_names_each_unit_or_is_not_sent(
    event: str, audience: Audience, channel: str, count: int
) -> None:
    """A text that is not sent fails its step: the cascade tries the next one, at last a letter."""
    units = tuple(f"Torre {number % 7} Apto {number}" for number in range(count))
    one = about(units, event, audience)
    one = replace(one, data=on_paper(dict(one.data))) if channel == "print" else one
    if count > 3 and channel in SHORT:
        with pytest.raises(TemplateFailure, match="too many"):
            TEMPLATES.render(event, channel, one, variant=audience.template)
        return
    words = TEMPLATES.render(event, channel, one, variant=audience.template)

    assert count == 1 or all(unit in words.text for unit in units)
    assert not words.html or all(unit in seen(words.html) for unit in units)
    assert not words.html or all(unit in words.text for unit in units)


def test_legal_texts_have_several_forms() -> None:
    """So that the test above has cases."""
    assert {"email", "sms", "print", "inbox", "push"} <= {channel for *_, channel in LEGAL}


@for_each(SPEAKING)
def test_every_short_text_names_two_units_within_the_parts_that_it_may_cost(event: str) -> None:
    for channel, words in rendered(event, UNITS[:2]):
        if channel in SHORT:
            assert all(unit in words.text for unit in UNITS[:2]), words.text
        if channel == "sms":
            size = segments(words.text)

            assert size.encoding == "GSM-7"
            assert size.parts <= (3 if event == "emergency.declared" else 2), words.text


@for_each(SPEAKING)
def test_the_longest_data_and_the_longest_note_still_fit_a_provider(event: str) -> None:
    units = tuple(f"Torre {number} Apartamento {number}" for number in range(LONGEST // 40))
    for audience in BY_NAME[event].audiences:
        for channel in {"sms", "push"}.intersection(asked(audience)):
            one = replace(about(units, event, audience), data=longest(event))
            words = TEMPLATES.render(event, channel, one, variant=audience.template)

            assert len(words.text) <= 1600
            assert len(f"{words.subject}{words.text}".encode()) <= 3800


@pytest.mark.parametrize("channel", SHORT)
@pytest.mark.parametrize(
    ("block", "text"),
    [
        ("Hay asamblea hoy.", "Hay asamblea hoy. Unidades: Apto 1 y Apto 2."),
        ("Hay asamblea hoy", "Hay asamblea hoy. Unidades: Apto 1 y Apto 2."),
        ("Lea https://a.co/b", "Lea https://a.co/b Unidades: Apto 1 y Apto 2."),
        ("Hay cobros de {{ units|lista }}.", "Hay cobros de Apto 1 y Apto 2."),
        ("Hay cobros de Apto 1.", "Hay cobros de Apto 1. Unidades: Apto 1 y Apto 2."),
    ],
)
def test_a_short_text_ends_with_several_units_that_it_has_not_named(
    channel: str, block: str, text: str
) -> None:
    form = "sms" if channel == "voice" else channel
    words = render(("Apto 1", "Apto 2"), block, form)

    assert text == words.text
    assert render(("Apto 1",), "Hay asamblea hoy", form).text == "Hay asamblea hoy"


def test_name_inside_another_name_does_not_count() -> None:
    units = ("Apto 10", "Apto 101")
    named = "Se convoca por Apto 101 hoy"

    assert "Unidades: Apto 10 y Apto 101." in render(units, named, "sms", Purpose.LEGAL).text
    with pytest.raises(TemplateFailure, match="does not name each unit"):
        render(units, f"{named}.", "whatsapp", Purpose.LEGAL)


@pytest.mark.parametrize(("count", "more"), [(FEW + 1, None), (FEW + 2, "2 más")])
def test_short_text_names_the_first_units_and_a_legal_text_all(count: int, more: str | None) -> None:
    units = tuple(f"Apto {number}" for number in range(1, count + 1))
    service = render(units, "Hay asamblea", "push").text
    legal = render(units, "Hay asamblea", "push", Purpose.LEGAL).text

    assert all(unit in legal for unit in units)
    assert (more or units[-1]) in service
    assert (units[-1] in service) is (more is None)


def test_too_many_units_in_a_legal_short_text_is_a_failure() -> None:
    units = tuple(f"Torre 1 Apto {number}" for number in range(100))

    with pytest.raises(TemplateFailure) as caught:
        render(units, "Hay asamblea", "sms", Purpose.LEGAL)
    assert "Apto" not in str(caught.value)


def test_approved_text_without_unit_gap_fails_for_legal_notice() -> None:
    block = "Se convoca a {{ event.name }} hoy."
    with pytest.raises(TemplateFailure, match="does not name each unit"):
        render(UNITS, block, "whatsapp", Purpose.LEGAL)

    assert render(UNITS, block, "whatsapp").text == "Se convoca a aviso hoy."
    assert render(UNITS[:1], block, "whatsapp", Purpose.LEGAL).text == "Se convoca a aviso hoy."


def test_approved_text_with_unit_gap_names_each_unit() -> None:
    units = tuple(f"Apto {number}" for number in range(1, 9))
    result = render(units, "Se convoca por {{ units_brief }} hoy.", "whatsapp", Purpose.LEGAL)

    assert all(unit in result.text for unit in units)
    assert ("units_brief",) == tuple(gap for gap, _ in result.parameters)


def test_a_name_with_accents_is_counted_as_named_and_sent_in_gsm7() -> None:
    units = ("Depósito 3", "Único 1")
    text = render(units, "Hay asamblea", "sms", Purpose.LEGAL).text

    assert text == to_gsm7("Hay asamblea. Unidades: Depósito 3 y Único 1.")


def test_a_unit_cannot_become_markup_or_a_line_of_its_own() -> None:
    event = "admin.assembly.convened"
    units = ("<b>Apto</b> 101", "Apto\n102\u202e")
    for channel in ("email", "inbox", "print"):
        words = TEMPLATES.render(event, channel, about(units, event, LAW), variant=None)

        assert "<b>Apto" not in words.html
        assert "<b>Apto</b> 101 y Apto 102" in seen(words.html)
        assert "Unidades: <b>Apto</b> 101 y Apto 102" in words.text.splitlines()


@pytest.mark.parametrize(
    ("unit", "units", "expected"),
    [
        (None, UNITS, list(UNITS)),
        ("Torre 1 Apto 101", UNITS, ["Torre 1 Apto 101"]),
        ("Torre 1 Apto 101", (), ["Torre 1 Apto 101"]),
        (None, (), []),
    ],
)
def test_an_event_about_one_unit_names_that_one_only(
    unit: str | None, units: tuple[str, ...], expected: list[str]
) -> None:
    claimed = claim_of(message(units=units), unit=unit)

    assert expected == Context.of(claimed).names()["units"]


@pytest.mark.parametrize("name", ["email.html", "letter.html"])
def test_layout_without_a_place_for_units_is_refused(tmp_path: Path, name: str) -> None:
    layout = (BUILT_IN / "layouts" / name).read_text("utf-8")
    (tmp_path / "layouts").mkdir()
    (tmp_path / "layouts" / name).write_text(re.sub(r"\{\{ unit(_line|s)\b.*?\}\}", "", layout), "utf-8")

    with pytest.raises(InvalidTemplate, match="it names no units"):
        Templates.load(tmp_path, company=COMPANY, clocks={})
