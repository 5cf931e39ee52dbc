"""
Every page of the console in its states: section → name → path, in a hub of `console_hub.py`.

A new page needs a line here, and nothing else: axe-core, the keyboard, both schemes and both widths then
judge it, and `scripts/page_pictures.py` takes its pictures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SECTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "now": {
        "now": "/",
        "channels": "/channels",
    },
    "accounts": {
        "accounts": "/accounts",
        "account": "/accounts/MARK",
        "account-sure": "/accounts/MARK/disable",
        "account-take": "/accounts/MARK/take?office=viewer&place=ph-MARK",
        "keys": "/keys",
        "key": "/keys/other",
        "key-sure": "/keys/other/revoke",
        "webhooks": "/webhooks",
        "webhooks-off": "/webhooks/results/off?source=urn:coproservicios:crm",
    },
    "audit": {
        "audit-person": "/audit?person=p-MARK",
        "audit": "/audit",
        "audit-none": "/audit?by=nosuch&since=2026-03-01&until=2026-03-31",
    },
    "dead": {
        "dead": "/dead",
        "dead-none": "/dead?reason=nosuch",
        "dead-letter": "/dead/DEAD",
        "dead-discard": "/dead/DEAD/discard",
        "dead-replay": "/dead/DEAD/replay",
        "dead-discard-many": "/bulk/discard",
    },
    "own": {
        "own-account": "/account",
        "own-second-factor": "/account/second-factor",
        "own-inbox": "/inbox",
    },
    "search": {
        "search": "/search",
        "search-found": "/search?q=p-MARK",
        "search-names": "/search?q=persona&whole=true",
        "search-none": "/search?q=nosuch",
    },
    "indicators": {
        "indicators": "/indicators?from=2026-03-01&to=2026-03-31",
        "indicators-none": "/indicators?period=last&area=nosuch",
    },
    "templates": {
        "templates": "/templates",
        "templates-hub": "/templates?group=own",
        "template-email": "/templates/pqrs.received",
        "template-sms": "/templates/pqrs.received?channel=sms",
        "template-print": "/templates/pqrs.received?channel=print&copropiedad=ph-MARK",
        "template-whatsapp": "/templates/pqrs.received?channel=whatsapp",
    },
    "messages": {
        "messages": "/messages",
        "messages-none": "/messages?person=nosuch",
        "messages-narrowed": "/messages?state=failed&channel=print",
        "unreached": "/messages/unreached",
        "unreached-end": f"/messages/unreached?after={'A' * 32}",
        "messages-lost": "/messages?only=lost",
        "messages-held": "/messages?only=held",
    },
    "message": {
        "message-life": "/messages/MESSAGE",
        "message-sent": "/messages/TEXT",
        "message-text": "/messages/MESSAGE?part=text",
        "message-html": "/messages/MESSAGE?part=html",
        "message-headers": "/messages/MAIL?part=headers",
        "message-attempts": "/messages/TEXT?part=attempts",
        "message-evidence": "/messages/TEXT?part=evidence",
        "message-explain": "/messages/MESSAGE?part=explain",
        "message-skipped": "/messages/MESSAGE?why=told",
        "message-cancel": "/messages/MESSAGE/cancel",
        "event": "/events/event-MARK",
        "event-recall": "/events/event-MARK/recall",
    },
    "bulk": {
        "bulk-plan": "/bulk/resend?state=failed",
        "bulk-plan-none": "/bulk/cancel?state=failed",
        "bulk-plan-dead": "/bulk/replay",
        "bulk-plan-letters": "/bulk/printed",
        "bulk-runs": "/bulk",
        "bulk-run": "/bulk/runs/RUN",
        "bulk-run-done": "/bulk/runs/RUN?result=done",
    },
    "people": {
        "people": "/people",
        "people-narrowed": "/people?copropiedad=ph-MARK&role=owner",
        "people-none": "/people?marked=true",
        "people-unreachable": "/people?unreachable=true",
        "buildings": "/buildings",
        "building": "/buildings/ph-MARK?event=event-MARK",
        "person": "/people/p-MARK",
        "person-correct": "/people/p-MARK/correct",
        "duplicates": "/duplicates?copropiedad=ph-MARK",
        "imports": "/imports",
        "person-of-two": "/people/p-two",
        "person-write": "/people/p-MARK/write",
        "person-rectify": "/people/p-MARK/rectify",
        "person-erasure": "/people/p-MARK/erase",
        "person-erasure-free": "/people/p-gone/erase",
        "person-erasure-sure": "/people/p-gone/erase?reason=reclamo+14",
    },
    "letters": {
        "letters": "/letters",
        "letters-none": "/letters?state=posted",
        "letter-life": "/letters/MESSAGE/life",
        "batches": "/letters/batches",
        "batch": "/letters/batches/BATCH",
        "batch-sure": "/letters/batches/BATCH?sure=true",
        "posters": "/posters",
        "poster-life": "/posters/POSTER",
    },
    "surveys": {
        "surveys": "/surveys",
        "surveys-none": "/surveys?state=expired",
        "surveys-whole": "/surveys?whole=true&state=answered",
        "survey-start": "/surveys/start",
        "tasks": "/tasks",
        "task": "/tasks/pqrs_analysis",
        "task-done": "/tasks/pqrs_analysis/done",
    },
    "cases": {
        "cases": "/cases",
        "cases-none": "/cases?view=mine",
        "cases-narrowed": "/cases?view=unowned&kind=petitions&copropiedad=ph-alfa",
        "cases-beside": "/cases?kind=replies&open=pqrs_id:CASE-MARK",
        "cases-all": "/cases?view=all",
        "case": "/cases/pqrs_id:CASE-MARK",
        "case-close": "/cases/pqrs_id:CASE-MARK/close",
    },
    "clocks": {
        "clock": "/clocks/CLOCK",
    },
    "replies": {
        "reply": "/replies/REPLY",
    },
    # Rare states, in a hub that `console_states.py` has prepared: these two stay the last.
    "seldom": {
        "now-incident": "/",
        "channels-paused": "/channels",
        "message-held": "/messages/HELD",
        "message-held-cancel": "/messages/HELD/cancel",
        "message-doubted": "/messages/DOUBT",
        "reply-emergency": "/replies/HELP",
        "reply-stranger": "/replies/STRANGER",
        "case-emergency": "/cases/emergency_id:fire",
        "case-conversation": "/cases/CONVERSATION",
        "case-choices": "/cases/TWICE-1",
        "case-unknown": "/cases/NOSUCH-1",
        "clock-kept": "/clocks/KEPT",
        "clock-waits": "/clocks/WAITS",
        "import": "/imports/SHEET",
        "webhook": "/webhooks/HOOK",
        "webhook-sure": "/webhooks/HOOK/remove",
        "dead-typed": "/dead/WRONG",
        "own-inbox-entry": "/inbox/ENTRY",
    },
    "stopped": {
        "now-stopped": "/",
        "channels-stopped": "/channels",
    },
}
