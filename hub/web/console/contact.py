"""Telephone and mail of a person in full, on the page where somebody needs them: by a noted button."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from hub.access.sight import Field
from hub.desk.people.contact import ContactBody, OpenContacts, open_contacts, show_contact
from hub.doors.act import OPERATE, PRIVACY
from hub.doors.api import operator_of
from hub.errors import NoSuch
from hub.model import NOWHERE
from hub.rendering.page_links import person_path
from hub.web.auth.caller import sight_of
from hub.web.console.shell import done

NEEDS: Final = OPERATE | PRIVACY


async def press(request: web.Request, form: ContactBody) -> web.StreamResponse:
    """Note the look, and lead back to the page that shows the contact from then on."""
    ref = request.match_info["ref"]
    await show_contact(operator_of(request, NEEDS), ref, form)
    return done(form.page or person_path(ref), "contact")


async def contacts_of(request: web.Request, ref: str | None) -> OpenContacts | None:
    """Return the contacts of somebody as a page shows them; None where the caller sees none in full."""
    if ref is None or sight_of(request).where(Field.CONTACT) == NOWHERE:
        return None
    try:
        return await open_contacts(operator_of(request, NEEDS), ref)
    except NoSuch:
        return None
