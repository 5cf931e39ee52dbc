"""Each message that planning can make, by any step or fallback, has its text; and what lacks one is seen."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

import pytest
from msgspec.structs import replace

from hub.catalog import BY_NAME, CATALOG
from hub.channels.registry import TRAITS
from hub.cli.check.house import templates
from hub.messages.planning.plan import Rules, plan_audience
from hub.model import Message, Preferences, Purpose
from hub.operations.gallery import Gallery
from hub.parts.company import CompanyRules
from hub.parts.texts import gallery_of
from hub.policy.residents import ALL_TEMPLATES
from hub.rendering.templates import BUILT_IN
from hub.settings import load
from tests.unit.factories import MONDAY, POLICY, consent_facts, email, event, mobile, person, stored
from tests.unit.plans import EVERYTHING

BUTTONS = replace(POLICY, residents=replace(POLICY.residents, whatsapp=frozenset({ALL_TEMPLATES})))
RULES = Rules(channels=TRAITS, policy=BUTTONS, links=lambda: True)
CHOSE_WHATSAPP = Preferences(channels={Purpose.SERVICE: ("whatsapp",)})
PEOPLE = (
    person(*EVERYTHING, statements=consent_facts().statements),
    person(email(), ref="p-mail"),
    person(mobile(), ref="p-phone"),
    person(mobile(), ref="p-whatsapp", preferences=CHOSE_WHATSAPP),
    person(*EVERYTHING, ref="p-other", other_tower=True),
    person(ref="p-nothing"),
    person(ref="p-paper", digital_access=False),
)
TEXTS = gallery_of(CompanyRules(load({})))


def planned(name: str) -> Iterator[Message]:
    kind = BY_NAME[name]
    for index in range(len(kind.audiences)):
        yield from plan_audience(stored(event(name)), kind, index, PEOPLE, rules=RULES, now=MONDAY)


def ways(message: Message) -> set[str]:
    """The channels of a message and of all that follows it."""
    return {message.channel, *(target.channel for step in message.fallback for target in step)}


@pytest.mark.parametrize("name", [kind.name for kind in CATALOG if kind.audiences])
def test_each_message_that_can_be_planned_has_its_text(name: str) -> None:
    """Also those of a person whom only a fallback reaches: an unwritten text reaches nobody."""
    words = TEXTS.check.templates.words
    silent = {
        (message.variant, channel)
        for message in planned(name)
        for channel in ways(message)
        if channel not in (texts := words["es", name, message.variant]).channels()
        and not (channel == "sms" and "subject" in texts.forms)  # it leads to the page
    }

    assert silent == set()


def test_text_that_only_a_fallback_reaches_is_missing_where_it_is_not_written() -> None:
    check = TEXTS.check
    urgent = ("es", "emergency.declared", "desk")
    forms = {name: form for name, form in check.templates.words[urgent].forms.items() if name != "html"}
    words = {**check.templates.words, urgent: dataclasses.replace(check.templates.words[urgent], forms=forms)}
    without = dataclasses.replace(
        check, templates=dataclasses.replace(check.templates, words=MappingProxyType(words))
    )
    gallery = Gallery(check=without, examples=TEXTS.examples)

    missing = [(row.event, row.audience, row.channel) for row in gallery.rows if row.state == "missing"]
    assert [("emergency.declared", "desk", "inbox")] == missing
    found = [(one.rule, one.channel) for one in without.findings("emergency.declared")]
    assert [("audience", "inbox")] == found


async def test_hub_check_names_the_text_that_only_a_fallback_reaches(tmp_path: Path) -> None:
    source = (BUILT_IN / "es" / "emergency.declared.j2").read_text("utf-8")
    (tmp_path / "es").mkdir()
    (tmp_path / "es" / "emergency.declared.j2").write_text(source.replace("desk_whatsapp", "old_whatsapp"))

    found = await templates(load({"HUB_TEMPLATES": str(tmp_path)}))
    assert "Falta el texto de emergency.declared (desk) por whatsapp." == found[0].what
