"""The invented reader of a preview: the context of a text that is shown, tried or approved, not sent."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from hub.catalog import BY_NAME
from hub.model import Json, Purpose, Rendered
from hub.rendering.context import Context
from hub.rendering.terms import Due

PREVIEWED_AT: Final = datetime(2026, 3, 9, 13, 5, tzinfo=UTC)
"""When the example of a preview has happened."""
PREVIEWED_BUILDING: Final = "Conjunto Altos del Rosal"
POSTER_LINK: Final = f"https://hub.example.co/b/{'0' * 55}"
"""As long as the link of a poster is."""
_SURVEY_LINK: Final = f"https://hub.example.co/s/{'0' * 74}"
"""As long as the link of a survey is."""
_GENUINE_LINK: Final = "https://hub.example.co/v/K7F2M9QDTX"
"""As long as the code of a message is."""
_OWN_PAGE: Final = f"https://hub.example.co/mi/{'0' * 43}"
"""As long as the link to a message's page is."""
_WITHOUT_PAGE: Final = "resident.code.requested"
"""Its message has a code, which nobody but its recipient may see."""


def preview_context(
    event_name: str, variant: str | None, example: Mapping[str, Json], due: Due | None
) -> Context:
    """Return the context of an invented message about an example."""
    readers = BY_NAME[event_name].readers_of(variant) if event_name in BY_NAME else ()
    purpose = next((audience.purpose for audience in readers), None)
    return Context(
        data=example,
        ack_url=_SURVEY_LINK if purpose is Purpose.SURVEY else None,
        event_id="vista-previa",
        event_time=PREVIEWED_AT,
        event_name=event_name,
        person="María Fernanda Ríos",
        building=PREVIEWED_BUILDING,
        unit="Torre 1, apto. 101",
        purpose=purpose,
        due=due,
        genuine=_GENUINE_LINK,
        own_page_url=_own_page(event_name, variant, purpose),
    )


def _own_page(event_name: str, variant: str | None, purpose: Purpose | None) -> str | None:
    """Return the link of an invented message, if such messages have one."""
    kind = BY_NAME.get(event_name)
    to_staff = kind is None or kind.is_for_staff(variant) or purpose is Purpose.INTERNAL
    return None if to_staff or event_name == _WITHOUT_PAGE else _OWN_PAGE


def with_logo(rendered: Rendered) -> str:
    """Put the logo that a mail carries into its HTML: a browser knows no `cid:`."""
    if (logo := rendered.image) is None:
        return rendered.html
    data = f"data:image/png;base64,{b64encode(logo.content).decode()}"
    return rendered.html.replace(f"cid:{logo.cid}", data)
