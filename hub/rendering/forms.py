"""The texts of one event for one audience, and how each channel composes them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Final

from hub.errors import TemplateFailure
from hub.model import Json, Rendered
from hub.policy.values import Alphabet
from hub.rendering.approved import Approved
from hub.rendering.board import public
from hub.rendering.context import require_each, with_unit_note
from hub.rendering.engine import Form
from hub.rendering.filters import inicial
from hub.rendering.genuine import checked, pictured, with_check
from hub.rendering.lines import one_line, shortened, tidy
from hub.rendering.own_links import with_button, with_link, with_own_link
from hub.sms_text import segments, to_gsm7

Forms = Mapping[str, Form]
Variables = dict[str, Json]

LOOK: Final = "the look of who writes"
"""The name of a variable that no template can have: the sender and its looks."""


@dataclass(frozen=True, slots=True)
class EventTexts:
    """`name` is `pqrs.received` or `pqrs.received/staff`; `approved` are the forms with gaps."""

    name: str
    forms: Forms
    approved: Mapping[str, Approved] = field(default_factory=dict)

    def channels(self) -> tuple[str, ...]:
        """Return the channels that have all their forms."""
        return tuple(name for name, channel in CHANNELS.items() if not self._missing(channel))

    def compile(self, only: Collection[str] | None = None) -> Iterator[Form]:
        """Compile all forms, or these, before their first use; yield each one. Raises `InvalidTemplate`."""
        chosen = [form for name, form in self.forms.items() if only is None or name in only]
        if only is None:
            chosen += (form for approved in self.approved.values() for form in approved.gaps.values())
        for form in chosen:
            _ = form.compiled
            yield form

    def render(self, channel: str, variables: Variables) -> Rendered:
        known = CHANNELS.get(channel)
        if known is None:
            raise TemplateFailure(f"{self.name}: no template for {channel}")
        if missing := self._missing(known):
            if channel == "sms" and variables["own_page"] and "subject" in self.forms:
                return _leading(self, variables)
            raise TemplateFailure(f"{self.name}: {channel} needs {', '.join(sorted(missing))}")
        return known.compose(self, variables)

    def _missing(self, channel: _Channel) -> frozenset[str]:
        return channel.needs - self.forms.keys() - self.approved.keys()


def _email(words: EventTexts, variables: Variables) -> Rendered:
    look = variables[LOOK]
    html = look.paint(words.forms["email"].render(variables).strip())
    return Rendered(
        subject=one_line(words.forms["subject"].render(variables)),
        text=tidy(f"{_text(words, 'text', variables)}\n\n{words.forms['footer'].render(variables)}"),
        html=html,
        sender=look.sender,
        # A picture that a layout of the company's own does not show would look like an attachment.
        image=look.logo if look.logo is not None and f"cid:{look.logo.cid}" in html else None,
    )


def _inbox(words: EventTexts, variables: Variables) -> Rendered:
    return Rendered(
        subject=one_line(words.forms["subject"].render(variables)),
        text=tidy(_text(words, "text", variables)),
        html=_with_units(words.forms["html"].render(variables).strip(), variables),
    )


def _print(words: EventTexts, variables: Variables) -> Rendered:
    # A letter that has no words of its own has those of the mail, but it greets as a letter does.
    variables = pictured(variables) | {"saludo": variables["saludo_carta"]}
    return Rendered(
        subject=one_line(words.forms["subject"].render(variables)),
        text=tidy(_text(words, "letter_text", variables)),
        html=variables[LOOK].paint(words.forms["letter"].render(variables).strip()),
    )


def _board(words: EventTexts, variables: Variables) -> Rendered:
    """A poster is for everybody who passes: fields of a person have no value in it."""
    known = public(variables)
    return Rendered(
        subject=one_line(words.forms["board_title"].render(known)),
        text=tidy(words.forms["board_text"].render(known)),
        html=variables[LOOK].paint(words.forms["board"].render(known).strip()),
    )


def _whatsapp(words: EventTexts, variables: Variables) -> Rendered:
    """Fill the approved text; in a conversation that is open staff's own words, as a mail has them."""
    if variables["whatsapp_open"] and "text" in words.forms:
        return Rendered(text=tidy(_text(words, "text", variables)).strip())
    rendered = words.approved["whatsapp"].fill(checked(variables))
    require_each(rendered.text, variables)
    return with_button(rendered, words.approved["whatsapp"], variables)


def _text(words: EventTexts, form: str, variables: Variables) -> str:
    """Put the units below the text: in an emergency the instructions come first."""
    return f"{words.forms[form].render(variables)}\n\n{variables['unit_line']}"


def _with_units(html: str, variables: Variables) -> str:
    line = escape(variables["unit_line"])
    return f"{html}\n<p>{line}</p>" if line else html


def _push(words: EventTexts, variables: Variables) -> Rendered:
    return Rendered(
        subject=one_line(words.forms["push_title"].render(variables)),
        text=with_unit_note(one_line(words.forms["push_body"].render(variables)), variables),
    )


def _sms(words: EventTexts, variables: Variables) -> Rendered:
    """Convert to GSM-7, if the policy says so: one other character more than doubles the message's price."""
    text = _text_message(words, variables)
    text = to_gsm7(text) if variables["sms_alphabet"] is Alphabet.GSM7 else text
    return Rendered(text=with_own_link(with_check(text, variables), variables))


def _leading(words: EventTexts, variables: Variables) -> Rendered:
    """The text to somebody without mail: what the message is about, and the link to all of it."""

    def text(about: str) -> str:
        whole = with_unit_note(f"{variables['sms_prefix']}{about}", variables)
        whole = to_gsm7(whole) if variables["sms_alphabet"] is Alphabet.GSM7 else whole
        return with_link(whole, variables)

    about = inicial(one_line(words.forms["subject"].render(variables)))
    return Rendered(text=text(shortened(about, lambda cut: segments(text(cut)).parts == 1)))


def _voice(words: EventTexts, variables: Variables) -> Rendered:
    """The text of the SMS, read aloud, with its accents."""
    return Rendered(text=_text_message(words, variables))


def _text_message(words: EventTexts, variables: Variables) -> str:
    """The templates follow a name and a colon; without these the text begins with a capital."""
    text = words.forms["sms"].render(variables)
    prefix = variables["sms_prefix"]
    return with_unit_note(one_line(f"{prefix}{text}" if prefix else inicial(text.lstrip())), variables)


@dataclass(frozen=True, slots=True)
class _Channel:
    needs: frozenset[str]
    compose: Callable[[EventTexts, Variables], Rendered]


CHANNELS: Final[Mapping[str, _Channel]] = {
    "email": _Channel(frozenset({"subject", "email", "text"}), _email),
    "inbox": _Channel(frozenset({"subject", "html", "text"}), _inbox),
    "print": _Channel(frozenset({"subject", "letter", "letter_text"}), _print),
    "board": _Channel(frozenset({"board_title", "board", "board_text"}), _board),
    "whatsapp": _Channel(frozenset({"whatsapp"}), _whatsapp),
    "push": _Channel(frozenset({"push_title", "push_body"}), _push),
    "sms": _Channel(frozenset({"sms"}), _sms),
    "voice": _Channel(frozenset({"sms"}), _voice),
}
"""Channel → the forms that it needs, and how it composes them."""
