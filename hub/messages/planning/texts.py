"""
Texts to whoever has a telephone and no mail: short, with the link to the page of the whole message. Pure.

The text goes out with the first step, beside the inbox, which alone tells nobody. The letter is the last
step, as ever: it follows where the text did not arrive.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from hub.contact_rules import is_interruptive
from hub.contact_rules.preferences import wanted
from hub.messages.planning.reach import PAPER, offered
from hub.model import Audience, ChannelTraits, Person, Purpose
from hub.policy import Policy
from hub.policy.residents import ALL_TEMPLATES

_WHATSAPP: Final = "whatsapp"


def text_channels(
    event: str, audience: Audience, channels: Mapping[str, ChannelTraits], policy: Policy
) -> Sequence[str]:
    """Return the channels over which this audience is texted; none where it gets no letter anyhow."""
    if event not in policy.texts.events or audience.print not in PAPER:
        return ()
    buttons = {ALL_TEMPLATES, event.replace(".", "_")}.intersection(policy.residents.whatsapp)
    if audience.purpose is Purpose.LEGAL:
        buttons = set()  # a legal text names each unit, for which an approved template has no room
    return [name for name in policy.texts.channels if name in channels and (name != _WHATSAPP or buttons)]


def with_text(
    audience: Audience, person: Person, texts: Sequence[str], channels: Mapping[str, ChannelTraits]
) -> Audience:
    """
    Add the texts to the audience of a person whom none of its own channels reaches that the person wants,
    but a letter.

    Who lives without digital access has no use for a link, and gets the letter at once.
    """
    wishes = wanted(audience.purpose, person.preferences)
    own = [name for name in offered(audience) if name in channels and is_interruptive(name)]
    usable = {channels[name].contact for name in own if wishes is None or name in wishes}
    if not person.digital_access or any(point.kind in usable for point in person.contact_points):
        return audience
    names = [name for name in texts if name != _WHATSAPP or _has_chosen_whatsapp(person)]
    if not names:
        return audience
    first, *later = audience.channels
    return replace(audience, channels=((*first, names[0]), *((name,) for name in names[1:]), *later))


def _has_chosen_whatsapp(person: Person) -> bool:
    """Ley 1581 de 2012, art. 9: the wish for notices of the service is express, and kept with its proof."""
    return _WHATSAPP in (wanted(Purpose.SERVICE, person.preferences) or ())
