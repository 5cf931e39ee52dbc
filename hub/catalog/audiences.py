"""How the catalogue writes an audience: one line for whom, why, and over which channels."""

from __future__ import annotations

from collections.abc import Mapping

from hub.model import Audience, Print, Purpose


def to(
    who: str | tuple[str, ...],
    purpose: Purpose,
    *steps: str,
    print: Print = Print.NEVER,  # noqa: A002 - the name of the field
    template: str | None = None,
    when: Mapping[str, str] | None = None,
    channel_by: str | None = None,
    any_hour: bool = False,
    optional: bool = False,
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
    )
