"""Rendering claimed messages: each with its own links and codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

import structlog
from msgspec.structs import replace

from hub.access.keyring import KeyRing
from hub.channels.email.lists import list_name
from hub.errors import MissingDocument
from hub.inbound.unsubscribe import UnsubscribeLinks
from hub.messages.delivery.deps import Renderer
from hub.messages.delivery.links import Make, Maker, MessageLinks
from hub.model import Claimed, Facts, Message, Rendered, StoredEvent
from hub.model.ids import message_id
from hub.operations.residents.sign_in import unsealed
from hub.parts.company import CompanyRules
from hub.rendering.context import INITIAL
from hub.rendering.own_links import is_text
from hub.rendering.page_links import page_of
from hub.resilience.database_time import NOW
from hub.sla.ack_links import PERSONAL, Links

log = structlog.get_logger()


def renderer(company: CompanyRules) -> Renderer:
    """
    Load the templates now and return the function that renders a claimed message.

    Now, because a company template that does not compile must prevent the start; found at the
    first message it would fail that message.
    """
    templates, links = company.templates, message_links(company)

    def render(claimed: Claimed) -> Rendered:
        now = NOW()
        facts = Facts(
            at=now,
            building=claimed.building,
            unit=claimed.unit,
            due=dict(claimed.due),
            late=claimed.late,
            party=claimed.party,
            brand=claimed.brand.digest if claimed.brand else None,
            **links.of(claimed, now),
        )
        rendered = templates.render_claimed(claimed, facts)
        return replace(rendered, facts=facts)

    return render


def message_links(company: CompanyRules) -> MessageLinks:
    """Give the table of links the company's makers."""
    ring, public_url, verp = company.ring, company.settings.links_url, company.verp
    unsubscribing = UnsubscribeLinks(public_url=public_url, ring=ring)
    documents, codes, residents = company.sent_documents, company.genuine_codes, company.resident_links
    makers: dict[Maker, Make] = {
        **_shown(company, company.survey_links.of),
        Maker.ONE_TIME_CODE: lambda claimed, _: _code_of(ring, claimed),
        Maker.UNSUBSCRIBE: lambda claimed, _: unsubscribing.of(claimed.message),
        Maker.LIST_NAME: lambda claimed, _: list_name(claimed),
        Maker.ANSWERED_MAIL: lambda claimed, _: (claimed.data or {}).get("mail_reference"),
        Maker.CORRECTED: lambda claimed, _: _corrected(claimed),
        Maker.DOCUMENT: documents.of,
        Maker.GENUINE: lambda claimed, _: codes.link(claimed.message),
    }
    if residents.usable:
        makers[Maker.OWN_PAGE] = lambda claimed, now: residents.of(claimed.message, now)
    if verp is not None:
        makers[Maker.REPLY_ADDRESS] = lambda claimed, _: verp.reply_address(claimed.message.id)
    return MessageLinks(makers, {Maker.GENUINE: codes.carriers, Maker.OWN_PAGE: residents.channels})


def _shown(company: CompanyRules, survey_link: Callable[[Claimed], str | None]) -> Mapping[Maker, Make]:
    """Return the makers of the links that stand in a text, also where it is rendered again."""
    public_url, surveys = company.settings.links_url, company.survey_links
    acknowledging = Links(public_url=public_url, ring=company.ring)
    return {
        Maker.SURVEY: lambda claimed, _: survey_link(claimed),
        Maker.SURVEY_END: lambda claimed, _: surveys.answer_until(claimed),
        Maker.ACKNOWLEDGEMENT: lambda claimed, _: acknowledging.of(claimed),
        Maker.PAGE: lambda claimed, _: page_of(claimed, public_url),
    }


def _code_of(ring: KeyRing, claimed: Claimed) -> str:
    data = claimed.data or {}
    return unsealed(ring, data["request_id"], data["sealed_code"])


def _corrected(claimed: Claimed) -> str:
    """
    Return the id of the message that this one corrects, as it must have been: nothing is looked up.

    To a contact point that the person did not have then, none has left: mails and phones know no such id.
    """
    message, key = claimed.message, ((claimed.data or {}).get("references") or {}).get("key")
    if not key:
        return ""
    contact = {"channel": message.channel, "occasion": INITIAL, "contact_id": message.contact_id}
    return str(message_id(UUID(key), person=message.person, **contact))


def render_again(company: CompanyRules, claimed: Claimed) -> Rendered:
    """
    Render a message with the texts and links of today, for a reader of its case.

    It may have a link that acts in its recipient's name, which its reader must not see.
    """
    now, makers = NOW(), _shown(company, company.survey_links.shown)
    makers = {**makers, Maker.OWN_PAGE: lambda claimed, _: PERSONAL if is_text(claimed.message) else ""}
    links = MessageLinks(makers)
    return company.templates.render_claimed(claimed, Facts(at=now, **links.of(claimed, now)))


def can_print(company: CompanyRules, letter: Message, about: StoredEvent) -> bool:
    """Return whether this letter can be made without its document; false if it would only link to it."""
    event = about.event
    claimed = Claimed(
        message=letter,
        attempt=1,
        event_time=event.time,
        source=event.source,
        data=event.data,
        building=None,
        unit=None,
    )
    try:
        render_again(company, claimed)
    except MissingDocument:
        return False
    except Exception:
        # A fault of a template must not keep the alert and the letter: the letter has it as its own.
        log.exception("letter.unjudged", message_id=str(letter.id), event_id=letter.event_id)
    return True
