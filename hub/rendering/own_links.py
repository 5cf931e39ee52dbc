"""
The link to a message's own page in short forms: the end of a text, the button of a WhatsApp message. Pure.

A text has it after its code of genuine messages, and only if that costs no further part, or the policy pays
for one: a person who doubts a text should not need a link. Its words are the same each time it is made.
"""

from __future__ import annotations

from typing import Final

from msgspec import structs

from hub.catalog import BY_NAME
from hub.messages.planning.reach import offered
from hub.model import Json, Message, Purpose, Rendered
from hub.policy.residents import ALL_TEMPLATES, BUTTON
from hub.policy.values import TextLink
from hub.rendering.approved import Approved
from hub.rendering.context import sentence_end
from hub.sms_text import segments

WORD: Final = "Ver:"
WORD_EN: Final = "See:"
Variables = dict[str, Json]

_TEXTS: Final = frozenset({"sms", "whatsapp"})


def with_own_link(text: str, variables: Variables) -> str:
    """Append the link to a text message: `Ver: https://hub.example.co/mi/AZlMoEzU…`."""
    link, rule = variables["own_page"], variables["own_link_rule"]
    if not link or rule is TextLink.NEVER:
        return text
    longer = with_link(text, variables)
    fits = rule is TextLink.ALWAYS or segments(longer).parts == segments(text).parts
    return longer if fits else text


def with_link(text: str, variables: Variables) -> str:
    """Append the link whatever it costs: the whole message is behind it."""
    return f"{sentence_end(text)} {variables['own_link_word']} {variables['own_page']}"


def is_text(message: Message) -> bool:
    """Return whether a message only leads to its page: its audience has no words for the channel."""
    kind = BY_NAME.get(message.event)
    if message.channel not in _TEXTS or message.purpose is Purpose.EMERGENCY or kind is None:
        return False
    return message.channel not in offered(kind.audiences[message.audience])


def with_button(rendered: Rendered, approved: Approved, variables: Variables) -> Rendered:
    """Add the button to a message whose template has one; its text says where the button leads."""
    link = variables["own_page"]
    if not link or not has_button(approved, variables["own_link_buttons"]):
        return rendered
    text = f"{rendered.text}\n\n{BUTTON}: {link}"
    return structs.replace(rendered, text=text, button=link.rpartition("/")[2])


def has_button(approved: Approved, names: frozenset[str]) -> bool:
    """Return whether a template has the button: one that staff reads, too, never has."""
    return approved.for_residents and (approved.name in names or ALL_TEMPLATES in names)


def without_own_link(text: str, link: str) -> str:
    """Return what a text says besides the link to its own page."""
    for word in (WORD, WORD_EN):
        text = text.removesuffix(f" {word} {link}")
    return "\n".join(line for line in text.splitlines() if link not in line)
