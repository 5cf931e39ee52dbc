"""What one event says to one audience, and how each channel puts it together."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from hub.errors import TemplateFailure
from hub.model import Json, Rendered
from hub.rendering.engine import Form
from hub.sms_text import to_gsm7

Forms = Mapping[str, Form]
Variables = dict[str, Json]

_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_GAP: Final = re.compile(r"\n\s*\n\s*\n+")


@dataclass(frozen=True, slots=True)
class Words:
    """`name` is `pqrs.received` or `pqrs.received/staff`."""

    name: str
    forms: Forms

    def channels(self) -> tuple[str, ...]:
        """Name the channels whose forms are all there."""
        return tuple(name for name, channel in CHANNELS.items() if channel.needs <= self.forms.keys())

    def render(self, channel: str, variables: Variables) -> Rendered:
        known = CHANNELS.get(channel)
        if known is None:
            raise TemplateFailure(f"{self.name}: no template speaks over {channel}")
        if missing := known.needs - self.forms.keys():
            raise TemplateFailure(f"{self.name}: {channel} needs {', '.join(sorted(missing))}")
        return known.say(self.forms, variables)


def _email(forms: Forms, variables: Variables) -> Rendered:
    return Rendered(
        subject=_one_line(forms["subject"].render(variables)),
        text=_tidy(f"{forms['text'].render(variables)}\n\n{forms['footer'].render(variables)}"),
        html=forms["email"].render(variables).strip(),
    )


def _inbox(forms: Forms, variables: Variables) -> Rendered:
    return Rendered(
        subject=_one_line(forms["subject"].render(variables)),
        text=_tidy(forms["text"].render(variables)),
        html=forms["html"].render(variables).strip(),
    )


def _chat(forms: Forms, variables: Variables) -> Rendered:
    return Rendered(text=_tidy(forms["text"].render(variables)))


def _push(forms: Forms, variables: Variables) -> Rendered:
    return Rendered(
        subject=_one_line(forms["push_title"].render(variables)),
        text=_one_line(forms["push_body"].render(variables)),
    )


def _sms(forms: Forms, variables: Variables) -> Rendered:
    """One name with an accent outside GSM-7 would more than double the price of the whole message."""
    return Rendered(text=to_gsm7(_one_line(forms["sms"].render(variables))))


def _voice(forms: Forms, variables: Variables) -> Rendered:
    """The SMS read aloud, with its accents."""
    return Rendered(text=_one_line(forms["sms"].render(variables)))


def _one_line(text: str) -> str:
    """A line break in a subject would begin a header of the publisher's choice."""
    return " ".join(_UNPRINTABLE.sub(" ", text).split())


def _tidy(text: str) -> str:
    return _GAP.sub("\n\n", text).strip() + "\n"


@dataclass(frozen=True, slots=True)
class _Channel:
    needs: frozenset[str]
    say: Callable[[Forms, Variables], Rendered]


CHANNELS: Final[Mapping[str, _Channel]] = {
    "email": _Channel(frozenset({"subject", "email", "text"}), _email),
    "inbox": _Channel(frozenset({"subject", "html", "text"}), _inbox),
    "whatsapp": _Channel(frozenset({"text"}), _chat),
    "push": _Channel(frozenset({"push_title", "push_body"}), _push),
    "sms": _Channel(frozenset({"sms"}), _sms),
    "voice": _Channel(frozenset({"sms"}), _voice),
}
"""Which forms a channel needs, and how it puts them together."""
