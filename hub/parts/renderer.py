"""Rendering claimed messages: each with its own links and codes."""

from __future__ import annotations

import structlog
from msgspec.structs import replace

from hub.access.survey_links import SURVEY
from hub.channels.email.lists import list_name
from hub.contact_rules.purposes import REVOCABLE
from hub.errors import MissingDocument
from hub.inbound.unsubscribe import UnsubscribeLinks
from hub.messages.delivery.deps import Renderer
from hub.model import Claimed, Facts, Lane, Message, Rendered, StoredEvent
from hub.operations.residents.sign_in import REQUESTED, unsealed
from hub.parts.company import CompanyRules
from hub.rendering.context import TO_STAFF
from hub.rendering.page_links import page_of
from hub.resilience.database_time import NOW
from hub.sla.ack_links import Links

log = structlog.get_logger()


def renderer(company: CompanyRules) -> Renderer:
    """
    Load the templates now and return the function that renders a claimed message.

    Now, because a company template that does not compile must prevent the start; found at the
    first message it would fail that message.
    """
    templates, public_url, verp = company.templates, company.settings.public_url, company.verp
    links, surveys = Links(public_url=public_url, ring=company.ring), company.survey_links
    unsubscribing = UnsubscribeLinks(public_url=public_url, ring=company.ring)
    documents, codes, residents = company.sent_documents, company.genuine_codes, company.resident_links
    carriers, linked = codes.carriers, residents.usable

    def link_of(claimed: Claimed) -> str | None:
        if claimed.message.event == SURVEY:
            return surveys.of(claimed)
        return links.of(claimed) if claimed.message.purpose in TO_STAFF else None

    def code_of(claimed: Claimed) -> str:
        data = claimed.data or {}
        return unsealed(company.ring, data["request_id"], data["sealed_code"])

    def render(claimed: Claimed) -> Rendered:
        message, now = claimed.message, NOW()
        # Most messages are not to staff: nothing more is called for them.
        page = page_of(claimed, public_url) if message.purpose in TO_STAFF else None
        code = code_of(claimed) if message.event == REQUESTED else ""
        facts = Facts(
            at=now,
            building=claimed.building,
            unit=claimed.unit,
            due=dict(claimed.due),
            link=link_of(claimed),
            page=page,
            late=claimed.late,
            party=claimed.party,
            reply_to=verp.reply_address(message.id) if verp and message.channel == "email" else "",
            brand=claimed.brand.digest if claimed.brand else None,
            unsubscribe=unsubscribing.of(message) if message.purpose in REVOCABLE else "",
            # Staff has the page of the case.
            own_page=residents.of(message, now) if linked and page is None and not code else "",
            list_id=""
            if message.lane is Lane.NORMAL and message.purpose not in REVOCABLE
            else list_name(claimed),
            document=None if claimed.document is None else documents.of(claimed, now),
            answer_until=surveys.answer_until(claimed) if message.event == SURVEY else None,
            # As for pages: of most messages nothing more is called.
            genuine=codes.link(message) if message.channel in carriers else None,
            code=code,
        )
        rendered = templates.render_claimed(claimed, facts)
        return replace(rendered, facts=facts)

    return render


def render_again(company: CompanyRules, claimed: Claimed) -> Rendered:
    """
    Render a message with the texts and links of today, for who reads its case.

    It may have a link that acts in its recipient's name, which its reader must not see.
    """
    public_url = company.settings.public_url
    links = Links(public_url=public_url, ring=company.ring)
    is_survey = claimed.message.event == SURVEY
    link = company.survey_links.shown(claimed) if is_survey else links.of(claimed)
    until = company.survey_links.answer_until(claimed) if is_survey else None
    facts = Facts(at=NOW(), link=link, page=page_of(claimed, public_url), answer_until=until)
    return company.templates.render_claimed(claimed, facts)


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
