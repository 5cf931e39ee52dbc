"""
Posters of notice boards: texts without anybody's name, unit or money. Pure.

A poster is made of an event and a place. Fields of a person have no value here. A template that asks for one
fails, and shows nobody's data to a whole building.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from functools import lru_cache
from io import BytesIO
from typing import Final

from hub.model import Json

OF_A_PERSON: Final = frozenset(
    {"person", "person_name", "unit", "units", "unit_line", "units_brief", "unit_note", "units_due"}
    | {"take_on", "answer_link", "page", "unsubscribe", "enlace_hasta", "adjunto"}
    | {"genuine", "genuine_place", "genuine_code", "genuine_picture"}
    | {"own_page", "own_page_code", "one_time_code"}
)
"""Names of the hub's own that belong to one recipient."""

PERSONAL_FIELDS: Final[Mapping[str, str]] = {
    "who somebody is, and how to reach them": (
        "accounting_client address affected agent agent_id agent_name assignee caller client collected_by "
        "contacted_at counterparty data_subject decided_by for_party_a for_party_b former_contact "
        "from_number holder interested landlord party party_a party_b payer pending people person_id "
        "person_units petitioner received_by requester respondent sender sent_to subjects technician tenant "
        "visitor writer"
    ),
    "where somebody lives, and what is kept for them": (
        "unit_id property property_id custody_item inventory_ref photos_ref"
    ),
    "what somebody owes, owns or has paid": (
        "amount_cop balance_cop interest_cop price_cop debtors_ref dunning_step days_overdue overdue "
        "receipt_no invoice_id payment_id pay_url retry_url proof_ref"
    ),
    "what somebody has said, or is accused of": (
        "radicado pqrs_id case_id excerpt comment score facts internal_note"
    ),
    "pages and documents of others, who ask their readers who they are": (
        "document_ref document_sha256 document_name link text_ref evidence_hash"
    ),
}
"""Fields of events that no poster may use, by the fact about a person that they hold."""

PRIVATE: Final = OF_A_PERSON.union(*(names.split() for names in PERSONAL_FIELDS.values()))
_SCALE: Final = 8
"""Pixels of a code's dot: sharp on paper at four centimetres."""
_MOST_DRAWN: Final = 64
"""Codes that a process keeps: a poster's is in every copy, and the one of examples in every preview."""


def public(variables: Mapping[str, Json]) -> dict[str, Json]:
    """Return the variables without the fields of a person."""
    return {name: value for name, value in variables.items() if name not in PRIVATE}


@lru_cache(maxsize=_MOST_DRAWN)
def code_of(link: str | None) -> str:
    """Return the picture of a link's QR code, a PNG in base64; nothing without a link."""
    if not link:
        return ""
    import segno  # noqa: PLC0415 - most processes never draw one

    drawn = BytesIO()
    segno.make(link, error="m", micro=False).save(drawn, kind="png", scale=_SCALE, border=2)
    return b64encode(drawn.getvalue()).decode()
