"""What one event says to one audience: its blocks compiled, and the forms that channels ask for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from hub.errors import InvalidTemplate, TemplateFailure
from hub.model import Json, Rendered
from hub.rendering.engine import Engine, Form
from hub.rendering.layout import Parts, checked, frame
from hub.rendering.markdown import parse, to_html
from hub.rendering.plain import to_text
from hub.rendering.vault import Vault
from hub.sms_text import to_gsm7

BLOCKS: Final = ("push_title", "push_body", "preheader", "subject", "body", "sms")
"""Longest names first: `staff_push_body` is the push_body of the variant `staff`."""
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_GAP: Final = re.compile(r"\n\s*\n\s*\n+")

Variables = dict[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layouts:
    """The frames of an email: HTML with slots, and the text's."""

    html: str
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """`name` is `pqrs.received` or `pqrs.received/staff`."""

    name: str
    forms: Mapping[str, Form]

    def channels(self) -> tuple[str, ...]:
        """Name the channels whose blocks are all there."""
        return tuple(name for name, channel in CHANNELS.items() if channel.needs <= self.forms.keys())

    def render(self, channel: str, variables: Variables) -> Rendered:
        known = CHANNELS.get(channel)
        if known is None:
            raise TemplateFailure(f"{self.name}: no template speaks over {channel}")
        if missing := known.needs - self.forms.keys():
            raise TemplateFailure(f"{self.name}: {channel} needs {', '.join(sorted(missing))}")
        return known.say(self.forms, variables)


def compile_words(
    name: str, prelude: str, blocks: Mapping[str, str], layouts: Layouts, engine: Engine
) -> Words:
    """A push without words of its own says the subject and the SMS."""
    lines = {
        "subject": blocks.get("subject"),
        "sms": blocks.get("sms"),
        "push_title": blocks.get("push_title", blocks.get("subject")),
        "push_body": blocks.get("push_body", blocks.get("sms")),
    }
    forms = {
        form: engine.text(f"{name}.{form}", prelude + source)
        for form, source in lines.items()
        if source is not None
    }
    if "body" in blocks:
        forms |= _bodies(name, prelude, blocks, layouts, engine)
    return Words(name, forms)


def _bodies(
    name: str, prelude: str, blocks: Mapping[str, str], layouts: Layouts, engine: Engine
) -> dict[str, Form]:
    vault = Vault()
    try:
        tokens = parse(blocks["body"], vault)
        html, text = to_html(tokens), to_text(tokens)
        preheader = blocks.get("preheader", blocks.get("push_body", ""))
        parts = Parts(title=blocks.get("subject", ""), preheader=preheader, body=html)
        framed = frame(layouts.html, parts, vault)
        fragment, plain = checked(vault.restore(html)), vault.restore(text)
    except InvalidTemplate as exc:
        raise InvalidTemplate(f"{name}.body: {exc}") from exc
    return {
        "email_html": engine.html(f"{name}.body", prelude + framed),
        "email_text": engine.text(f"{name}.body", prelude + layouts.text.replace("[[body]]", plain)),
        "html": engine.html(f"{name}.body", prelude + fragment),
        "text": engine.text(f"{name}.body", prelude + plain),
    }


@dataclass(frozen=True, slots=True)
class _Channel:
    needs: frozenset[str]
    say: Callable[[Mapping[str, Form], Variables], Rendered]


def _email(forms: Mapping[str, Form], variables: Variables) -> Rendered:
    return Rendered(
        subject=_one_line(forms["subject"].render(variables)),
        text=_tidy(forms["email_text"].render(variables)),
        html=forms["email_html"].render(variables).strip(),
    )


def _inbox(forms: Mapping[str, Form], variables: Variables) -> Rendered:
    return Rendered(
        subject=_one_line(forms["subject"].render(variables)),
        text=_tidy(forms["text"].render(variables)),
        html=forms["html"].render(variables).strip(),
    )


def _chat(forms: Mapping[str, Form], variables: Variables) -> Rendered:
    return Rendered(text=_tidy(forms["text"].render(variables)))


def _push(forms: Mapping[str, Form], variables: Variables) -> Rendered:
    return Rendered(
        subject=_one_line(forms["push_title"].render(variables)),
        text=_one_line(forms["push_body"].render(variables)),
    )


def _sms(forms: Mapping[str, Form], variables: Variables) -> Rendered:
    """One name with an accent outside GSM-7 would more than double the price of the whole message."""
    return Rendered(text=to_gsm7(_one_line(forms["sms"].render(variables))))


def _voice(forms: Mapping[str, Form], variables: Variables) -> Rendered:
    """The SMS read aloud, with its accents."""
    return Rendered(text=_one_line(forms["sms"].render(variables)))


def _one_line(text: str) -> str:
    """A line break in a subject would begin a header of the publisher's choice."""
    return " ".join(_UNPRINTABLE.sub(" ", text).split())


def _tidy(text: str) -> str:
    return _GAP.sub("\n\n", text).strip() + "\n"


CHANNELS: Final[Mapping[str, _Channel]] = {
    "email": _Channel(frozenset({"subject", "email_html", "email_text"}), _email),
    "inbox": _Channel(frozenset({"subject", "html", "text"}), _inbox),
    "whatsapp": _Channel(frozenset({"text"}), _chat),
    "push": _Channel(frozenset({"push_title", "push_body"}), _push),
    "sms": _Channel(frozenset({"sms"}), _sms),
    "voice": _Channel(frozenset({"sms"}), _voice),
}
"""Which blocks a channel needs, and how it puts them together."""
