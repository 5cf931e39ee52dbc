"""Items of a digest in Spanish: one literal table of the events that may wait for it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from hub.model import Json

Item = Mapping[str, Json]
"""`title`, and `text` or `body_markdown`, which its publisher has formatted."""


def _circular(data: Mapping[str, Json]) -> Item:
    return {"title": data["title"], "body_markdown": data["body_markdown"]}


def _policy(data: Mapping[str, Json]) -> Item:
    name = data.get("title") or f"política {data['policy_id']}"
    return {"title": f"Cambia una política: {name}", "text": data["summary"]}


def _decision(data: Mapping[str, Json]) -> Item:
    return {"title": f"Nueva decisión: {data['title']}", "text": data.get("summary")}


def _financial_report(data: Mapping[str, Json]) -> Item:
    return {
        "title": f"Informe financiero de {data['period']}",
        "text": "Ya lo puede ver. Allí está cómo se usaron los recursos de su copropiedad.",
    }


ITEMS: Final[Mapping[str, Callable[[Mapping[str, Json]], Item]]] = {
    "admin.circular.issued": _circular,
    "policy.updated": _policy,
    "admin.decision.published": _decision,
    "admin.financial_report.published": _financial_report,
}
"""Event → its item in a digest. The catalogue has the same events `digestible`."""


def item_of(event: str, data: Mapping[str, Json]) -> dict[str, Json]:
    """Return the item of an event in a digest: its text whole, since it stands for the message."""
    day, document = data.get("effective_on"), data.get("document_ref")
    fields: dict[str, Json] = {
        **ITEMS[event](data),
        "effective_on": day,
        "valid_until": data.get("valid_until"),
        "document_ref": document,
    }
    return {name: value for name, value in fields.items() if value not in (None, "")}
