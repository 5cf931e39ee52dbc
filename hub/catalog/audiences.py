"""Audiences as the catalogue writes them: one line with people, purpose and channels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hub.model import Audience, Print, Purpose

ONE_AUTHORISED: Final = ("email", "whatsapp", "sms", "push")
"""The channels of collection, of which each person gets one (`one_authorised`)."""


def to(  # noqa: PLR0913 - the fields of an audience
    who: str | tuple[str, ...],
    purpose: Purpose,
    *steps: str,
    print: Print = Print.NEVER,  # noqa: A002 - the name of the field
    template: str | None = None,
    when: Mapping[str, str] | None = None,
    channel_by: str | None = None,
    any_hour: bool = False,
    optional: bool = False,
    who_by: str | None = None,
    reminders_only: bool = False,
    one_authorised: bool = False,
    digestible: bool = False,
    other_towers: str | None = None,
    narrowable: bool = False,
) -> Audience:
    """Make an audience. A step names the channels that are used together: `email+sms`, then `whatsapp`."""
    return Audience(
        who=(who,) if isinstance(who, str) else who,
        purpose=purpose,
        channels=tuple(tuple(step.split("+")) for step in steps),
        print=print,
        template=template,
        when=when or {},
        channel_by=channel_by,
        any_hour=any_hour,
        optional=optional,
        who_by=who_by,
        reminders_only=reminders_only,
        one_authorised=one_authorised,
        digestible=digestible,
        other_towers=other_towers,
        narrowable=narrowable,
    )
