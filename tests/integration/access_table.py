"""
Access to each route: written by hand, since the code that it judges may not write it.

A new route needs a row here: `"METHOD /path": Row(...)`; the button of an act is a route, too. In a path's
gaps, a query and a body the words MESSAGE, MAIL, CLOCK, REPLY, SUPPRESSION, GONE, BATCH, RUN, POSTER, DRAFT,
MODEL, USED, REGISTERED and DEAD are ids, SIGNS is the code of a message, and MARK is `alfa` or `beta`: all
that is in building `ph-alfa` or `ph-beta` is called by it (`p-MARK`, `u-MARK`, the account `MARK`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode


class Door(Enum):
    """The callers who may enter a route that asks for no scope."""

    OPEN = "everybody"
    SIGNED = "whoever signs the call; here nobody does"
    SIGN_IN = "whoever gives a password; here nobody does"
    HOME = "whoever has signed in, with whatever scope; of keys and tokens those that may read"
    SESSION = "whoever has signed in, with whatever scope"
    PERSON = "the token of one person; here nobody has one"


class Where(Enum):
    """The requests that a caller of one building may make."""

    OWN = "what belongs to the building"
    COMPANY = "what belongs to no building"
    EVERYWHERE = "nothing: it is for callers of all buildings"


LATE: Final = 1
"""The turn of one-time passwords: whoever may do less than an account that has one may not unlock it."""
AT_THE_END: Final = 2
"""The turn of what ends sessions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """
    The callers who may enter, and a request that succeeds.

    `needs` is a door, or scopes of which the caller must have one. `elsewhere`: the answer to a caller of
    another building. `status`: the answer to HUB_API_KEY; a signed call has it for everybody.
    """

    needs: Door | str
    where: Where = Where.COMPANY
    also: str = ""
    """A scope that the caller must have besides."""
    fill: str = ""
    """Words for the gaps of the path, one for each."""
    tail: str = ""
    body: Any = None
    form: str | None = None
    elsewhere: int = 404
    status: int = 200
    finds: bool = True
    """Whether there is anything to find, so that a caller who may look sees it."""
    turn: int = 0
    """Changes have turns: a later one ends what an earlier one needs."""

    @property
    def scopes(self) -> frozenset[str]:
        return frozenset() if isinstance(self.needs, Door) else frozenset(self.needs.split())

    @property
    def question(self) -> str:
        """All words of the question that may name something of a building."""
        return f"{self.fill} {self.tail} {json.dumps(self.body)} {self.form or ''}"


OWN, COMPANY, EVERYWHERE = Where
READ, OPERATE, PRIVACY, ADMIN = "read", "operate", "privacy", "admin"

EVENT: Final = {
    "specversion": "1.0",
    "id": "evt-of-the-matrix",
    "source": "urn:coproservicios:crm",
    "type": "co.coproservicios.pqrs.received.v1",
    "time": "2026-03-09T17:00:00Z",
    "datacontenttype": "application/json",
    "data": {},
}
"""It lacks its data: the answer to a publisher is 422, and nothing is published."""
ACCOUNT: Final = {
    "name": "new-MARK",
    "display_name": "Nueva",
    "grants": [{"office": "viewer", "copropiedad_id": "ph-MARK"}],
}
VIEWER: Final = "office=viewer&place=ph-MARK"
NEW_ACCOUNT: Final = f"name=formed-MARK&display_name=Nueva&{VIEWER}"
GRANTS: Final = {"grants": ACCOUNT["grants"]}
KEY: Final = {"name": "new", "scopes": ["read"]}
SOURCE: Final = "source=urn:coproservicios:crm"
RESULTS: Final = {"source": "urn:coproservicios:crm"}
WEBHOOK: Final = {**RESULTS, "url": "https://hooks.example/hub"}
NOBODYS: Final = "00000000-0000-8000-8000-000000000000"
UNIT: Final = {"version": 9, "copropiedad_id": "ph-MARK", "label": "MARK"}
OF_FAILED: Final = {"state": "failed", "person": "p-MARK"}
WHY: Final = {"why": "other"}
NOT_NEEDED: Final = {"reason": "Era una prueba.", "no_correction": "Nadie la leyó."}
OF_QUEUED: Final = {"state": "queued", "person": "p-MARK", **WHY}
EXCLUSIONS: Final = {"list_date": "2026-03-09", "csv": "dato\n3001234567\n"}
MAIL_OF_PERSON: Final = {"address": "MARK@lives.example"}
MARCH: Final = "from=2026-03-01&to=2026-03-31"
WHOLE: Final = "?whole=true"
CASE: Final = "pqrs_id:CASE-MARK"
FILED: Final = {"radicado": "PQ-7", "kind": "queja", "service_area": "administracion", "subject": "Ruido"}

CIRCULAR: Final = {
    "data": {"title": "Agua", "body_markdown": "El jueves."},
    "to": ["residents@copropiedad:ph-MARK"],
}

HANDED: Final = {"to": "nosuch", "reason": "vacaciones"}

FAR: Final = "2199-01-01"
"""A day to which nothing is put off: who may do it hears that."""

_press: Final = partial(Row, where=OWN, form="", status=303)
"""A button of a page: the answer leads back to the page."""

_sheet: Final = partial(Row, needs=OPERATE, where=EVERYWHERE, fill=NOBODYS, status=404)
_pairs: Final = partial(Row, needs=READ, where=OWN, tail="?copropiedad=ph-MARK", elsewhere=200, finds=False)
_corrects: Final = partial(Row, needs=OPERATE, where=OWN, fill="p-MARK")

ROWS: Final[dict[str, Row]] = {
    "POST /api/events": Row(needs="publish", where=EVERYWHERE, body=EVENT, status=422),
    # Messages and promises.
    "GET /api/messages": Row(needs=READ, where=OWN, tail="?person=p-MARK", elsewhere=200),
    "GET /api/messages/{id}": Row(needs=READ, where=OWN, fill="MESSAGE"),
    "GET /api/messages/{id}/evidence": Row(needs=PRIVACY, where=OWN, fill="MESSAGE"),
    "GET /api/genuine/{code}": Row(needs=READ, where=OWN, fill="SIGNS"),
    "GET /api/exclusions": Row(needs=READ, where=COMPANY),
    "GET /api/search": Row(needs=READ, where=OWN, tail="?q=u-MARK", elsewhere=200),
    "POST /api/exclusions": Row(needs=ADMIN, where=EVERYWHERE, body=EXCLUSIONS),
    "GET /api/explain": Row(needs=READ, where=OWN, tail="?event=event-MARK&person=p-MARK"),
    # Bulk actions, before what they would find goes again.
    "GET /api/messages/causes": Row(needs=READ, where=OWN, tail="?person=p-MARK", elsewhere=200),
    "GET /api/events/{key}/recipients": Row(needs=READ, where=OWN, fill="event-MARK"),
    "GET /api/bulk": Row(needs=READ, where=OWN),
    "POST /api/bulk": Row(
        needs=OPERATE, where=OWN, body={"kind": "resend", "person": "p-MARK", "why": "falla"}, status=201
    ),
    "POST /api/messages/redrive": Row(needs=OPERATE, where=OWN, body=OF_FAILED, status=201),
    "GET /api/bulk/{id}": Row(needs=READ, where=OWN, fill="RUN"),
    "GET /api/bulk/{id}/items": Row(needs=READ, where=OWN, fill="RUN"),
    "POST /api/bulk/{id}/cancel": Row(needs=OPERATE, where=OWN, fill="RUN"),
    "GET /bulk": Row(needs=READ, where=OWN),
    "GET /bulk/{kind}": Row(needs=OPERATE, where=OWN, fill="resend", tail="?person=p-MARK", elsewhere=200),
    "POST /bulk/{kind}": Row(
        needs=OPERATE,
        where=OWN,
        fill="resend",
        tail="?person=p-MARK",
        form="seen=1&reason=falla",
        status=303,
    ),
    "GET /bulk/runs/{id}": Row(needs=READ, where=OWN, fill="RUN"),
    "POST /bulk/runs/{id}/cancel": Row(needs=OPERATE, where=OWN, fill="RUN", form="", status=303),
    "GET /messages/{id}": Row(needs=READ, where=OWN, fill="MESSAGE"),
    "GET /messages/{id}/html": Row(needs="privacy operate", where=OWN, fill="MESSAGE", finds=False),
    "POST /messages/{id}/resend": Row(needs=OPERATE, where=OWN, fill="MESSAGE", form="", status=303),
    "POST /api/messages/cancel": Row(needs=OPERATE, where=OWN, body=OF_QUEUED, status=201),
    "GET /messages/{id}/cancel": Row(needs=OPERATE, where=OWN, fill="MESSAGE"),
    "POST /messages/{id}/cancel": Row(needs=OPERATE, where=OWN, fill="MESSAGE", form="why=other", status=303),
    "POST /messages/{id}/bounced": Row(needs=OPERATE, where=OWN, fill="MAIL", form="", status=303),
    "POST /messages/{id}/arrived": Row(needs=OPERATE, where=OWN, fill="MAIL", form="", status=303),
    "GET /events/{key}": Row(needs=READ, where=OWN, fill="event-MARK"),
    "GET /events/{key}/recall": Row(needs=OPERATE, where=OWN, fill="event-MARK"),
    "POST /events/{key}/recall": _press(needs=OPERATE, fill="event-MARK", form=urlencode(NOT_NEEDED)),
    "POST /api/events/{key}/recall": Row(needs=OPERATE, where=OWN, fill="event-MARK", body=NOT_NEEDED),
    "POST /api/messages/{id}/cancel": Row(needs=OPERATE, where=OWN, fill="MAIL", body=WHY, status=409),
    "POST /api/messages/{id}/redrive": Row(needs=OPERATE, where=OWN, fill="MAIL", body={}, status=409),
    "POST /api/messages/{id}/bounced": Row(needs=OPERATE, where=OWN, fill="MAIL"),
    "POST /api/messages/{id}/arrived": Row(needs=OPERATE, where=OWN, fill="MAIL"),
    "GET /api/clocks": Row(needs=READ, where=OWN),
    "GET /api/clocks/{id}": Row(needs=READ, where=OWN, fill="CLOCK"),
    "POST /api/clocks/{id}/acknowledge": Row(needs=OPERATE, where=OWN, fill="CLOCK"),
    "GET /api/cases": Row(needs=READ, where=OWN, tail="?kind=pqrs_id"),
    "GET /api/cases/{key}": Row(needs=READ, where=OWN, fill=CASE),
    "POST /api/cases/{key}/reply": Row(needs=OPERATE, where=OWN, fill=CASE, body={"words": "Hola"}),
    "POST /api/cases/{key}/close": Row(needs=OPERATE, where=OWN, fill=CASE, body={"words": "Hecho"}),
    "POST /api/cases/{key}/respond": Row(needs=OPERATE, where=OWN, fill=CASE, body={"words": "Hecho"}),
    # A PQRS is none of a conversation: who may do it hears that.
    "POST /api/cases/{key}/file": Row(needs=OPERATE, where=OWN, fill=CASE, body=FILED, status=409),
    "POST /api/cases/{key}/notes": Row(needs=OPERATE, where=OWN, fill=CASE, body={"words": "Nota"}),
    "POST /api/cases/{key}/notes/{id}/withdraw": Row(
        needs=OPERATE, where=OWN, fill=f"{CASE} {NOBODYS}", status=404
    ),
    # Nobody there has that account: who may hand over hears that.
    "POST /api/cases/{key}/hand-over": Row(needs=OPERATE, where=OWN, fill=CASE, body=HANDED, status=404),
    "POST /api/cases/{key}/snooze": Row(needs=OPERATE, where=OWN, fill=CASE, body={"until": FAR}, status=409),
    # It is the case itself: who may join cases hears that.
    "POST /api/cases/{key}/merge": Row(needs=OPERATE, where=OWN, fill=CASE, body={"other": CASE}, status=409),
    "POST /api/cases/{key}/separate": Row(needs=OPERATE, where=OWN, fill=CASE, body={"other": CASE}),
    "POST /api/cases/{key}/replies/{id}/split": Row(
        needs=OPERATE, where=OWN, fill=f"{CASE} {NOBODYS}", status=404
    ),
    "POST /api/cases/{key}/wake": Row(needs=OPERATE, where=OWN, fill=CASE),
    "GET /api/views": Row(needs=READ, finds=False),
    "POST /api/views": Row(needs=READ, body={"name": "Mía", "query": "view=mine"}),
    "POST /api/views/{name}/forget": Row(needs=READ, fill="nosuch", status=404),
    "POST /api/cases/{key}/take-on": Row(needs=OPERATE, where=OWN, fill=CASE),
    "POST /api/cases/{key}/release": Row(needs=OPERATE, where=OWN, fill=CASE),
    "GET /api/cases/{key}/constancia": Row(needs=PRIVACY, where=OWN, fill="pqrs_id:CASE-MARK"),
    "GET /api/people/{ref}/export": Row(needs=PRIVACY, where=EVERYWHERE, fill="p-MARK"),
    "POST /api/people/{ref}/rectify": Row(
        needs="privacy operate", where=EVERYWHERE, fill="p-MARK", body={"case": "datos-1"}
    ),
    "POST /api/people/{ref}/erase": Row(
        needs=PRIVACY, where=EVERYWHERE, fill="p-MARK", body={"reason": "reclamo 14", "dry_run": True}
    ),
    "GET /api/people/{ref}/constancia": Row(needs=PRIVACY, where=OWN, fill="p-MARK"),
    "GET /api/people/{ref}/export/pdf": Row(needs=PRIVACY, where=EVERYWHERE, fill="p-MARK"),
    "GET /api/people/{ref}/overview": Row(needs=READ, where=OWN, fill="p-MARK"),
    "GET /api/directory/people": Row(needs=READ, where=OWN, tail="?copropiedad=ph-MARK", elsewhere=200),
    "GET /live": Row(needs=READ, tail="?topics=nosuch", status=400),
    "GET /dead": Row(needs=READ, where=OWN),
    "GET /dead/{id}": Row(needs="privacy operate", where=OWN, fill="DEAD"),
    "GET /dead/{id}/replay": Row(needs=OPERATE, where=OWN, fill="DEAD"),
    "POST /dead/{id}/replay": Row(needs=OPERATE, where=OWN, fill="DEAD", form="", status=303),
    # It is settled: nothing is mended. A caller who does not see all people whole does not even learn that.
    "POST /dead/{id}/mend": Row(
        needs=OPERATE, also=PRIVACY, where=EVERYWHERE, fill="DEAD", form="", status=409
    ),
    "GET /dead/discard": Row(needs=OPERATE, status=303),
    "GET /dead/{id}/discard": Row(needs=OPERATE, where=OWN, fill="DEAD"),
    "POST /dead/{id}/discard": Row(needs=OPERATE, where=OWN, fill="DEAD", form="", status=303),
    "GET /channels": Row(needs=READ),
    "GET /search": Row(needs=READ, where=OWN, tail="?q=p-MARK", elsewhere=200),
    "GET /indicators": Row(needs=READ, where=OWN, tail=f"?{MARCH}&copropiedad=ph-MARK", elsewhere=200),
    "POST /channels/pause": Row(needs=OPERATE, where=EVERYWHERE, form="name=sms&reason=r&end=2h", status=303),
    "POST /channels/resume": Row(needs=OPERATE, where=EVERYWHERE, form="name=sms", status=303),
    "GET /api/templates": Row(needs=READ),
    "GET /api/templates/{event}/{channel}": Row(
        needs=READ, where=OWN, fill="pqrs.received email", tail="?copropiedad=ph-MARK"
    ),
    "GET /templates": Row(needs=READ),
    "GET /templates/{event}": Row(needs=READ, where=OWN, fill="pqrs.received", tail="?copropiedad=ph-MARK"),
    "GET /templates/{event}/html": Row(
        needs=READ, where=OWN, fill="pqrs.received", tail="?copropiedad=ph-MARK"
    ),
    # A text message has no page to print: one PDF for each of many callers would take minutes.
    "GET /templates/{event}/pdf": Row(
        needs=READ,
        where=OWN,
        fill="pqrs.received",
        tail="?channel=sms&copropiedad=ph-MARK",
        status=404,
        finds=False,
    ),
    "GET /audit": Row(needs="privacy admin", where=EVERYWHERE),
    "GET /accounts": Row(needs=ADMIN, where=OWN),
    "POST /accounts": Row(needs=ADMIN, also=READ, where=OWN, form=NEW_ACCOUNT, elsewhere=400),
    "GET /accounts/{name}": Row(needs=ADMIN, where=OWN, fill="MARK"),
    "POST /accounts/{name}/grant": Row(
        needs=ADMIN, also=READ, where=OWN, fill="MARK", form=VIEWER, status=303
    ),
    "GET /accounts/{name}/take": Row(needs=ADMIN, where=OWN, fill="MARK", tail=f"?{VIEWER}"),
    "POST /accounts/{name}/take": Row(needs=ADMIN, where=OWN, fill="MARK", form=VIEWER, status=303),
    "GET /accounts/{name}/disable": Row(needs=ADMIN, where=OWN, fill="MARK"),
    "POST /accounts/{name}/disable": Row(needs=ADMIN, where=OWN, fill="MARK", form="", status=303),
    "POST /accounts/{name}/enable": Row(needs=ADMIN, also=READ, where=OWN, fill="MARK", form="", status=303),
    "POST /accounts/{name}/unlock": Row(needs=ADMIN, where=OWN, fill="MARK", form="", status=303),
    "GET /accounts/{name}/second-factor": Row(needs=ADMIN, where=OWN, fill="MARK"),
    "POST /accounts/{name}/second-factor": Row(
        needs=ADMIN, also=READ, where=OWN, fill="MARK", form="", status=303
    ),
    "GET /accounts/{name}/reset": Row(needs=ADMIN, where=OWN, fill="MARK"),
    "POST /accounts/{name}/reset": Row(needs=ADMIN, also=READ, where=OWN, fill="MARK", form="", turn=LATE),
    # A caller of some buildings asks for no account: each one would be refused.
    "POST /accounts/{name}/person": Row(
        needs=ADMIN, also=PRIVACY, where=EVERYWHERE, fill="alfa", form="person=p-alfa", status=303
    ),
    "GET /keys": Row(needs=ADMIN, where=EVERYWHERE),
    "POST /keys": Row(needs=ADMIN, also=READ, where=EVERYWHERE, form="name=by-form&read=1&end=year"),
    "GET /keys/{name}": Row(needs=ADMIN, where=EVERYWHERE, fill="other"),
    "POST /keys/{name}/rotate": Row(needs=ADMIN, also=READ, where=EVERYWHERE, fill="other", form=""),
    "GET /keys/{name}/revoke": Row(needs=ADMIN, where=EVERYWHERE, fill="other"),
    "POST /keys/{name}/revoke": Row(needs=ADMIN, where=EVERYWHERE, fill="by-form", form="", status=303),
    "GET /webhooks": Row(needs=ADMIN, where=EVERYWHERE, finds=False),
    "POST /webhooks": Row(
        needs=ADMIN, where=EVERYWHERE, form=f"failed=1&url=https://hooks.example/hub&{SOURCE}"
    ),
    "POST /webhooks/results": Row(needs=ADMIN, where=EVERYWHERE, form=SOURCE, status=303),
    "GET /webhooks/results/off": Row(needs=ADMIN, where=EVERYWHERE, tail=f"?{SOURCE}"),
    "POST /webhooks/results/off": Row(needs=ADMIN, where=EVERYWHERE, form=SOURCE, status=303),
    "GET /webhooks/{id}": Row(needs=ADMIN, where=EVERYWHERE, fill=NOBODYS, status=404),
    "POST /webhooks/{id}/test": Row(needs=ADMIN, where=EVERYWHERE, fill=NOBODYS, form="", status=404),
    "POST /webhooks/{id}/on": Row(needs=ADMIN, where=EVERYWHERE, fill=NOBODYS, form="", status=404),
    "POST /webhooks/{id}/rotate": Row(needs=ADMIN, where=EVERYWHERE, fill=NOBODYS, form="", status=404),
    "GET /webhooks/{id}/remove": Row(needs=ADMIN, where=EVERYWHERE, fill=NOBODYS, status=404),
    "POST /webhooks/{id}/remove": Row(needs=ADMIN, where=EVERYWHERE, fill=NOBODYS, form="", status=404),
    "GET /messages": Row(needs=READ, where=OWN, tail="?person=p-MARK", elsewhere=200),
    "GET /messages/unreached": Row(needs=READ, where=OWN),
    "GET /cases/{key}": Row(needs=READ, where=OWN, fill="pqrs_id:CASE-MARK"),
    "GET /cases": Row(needs=READ, where=OWN, tail="?kind=pqrs_id"),
    "POST /cases/{key}/reply": Row(needs=OPERATE, where=OWN, fill=CASE, form="words=Hola", status=303),
    "GET /cases/{key}/close": Row(needs=OPERATE, where=OWN, fill=CASE),
    "POST /cases/{key}/close": Row(needs=OPERATE, where=OWN, fill=CASE, form="words=Hecho", status=303),
    "POST /cases/{key}/respond": Row(needs=OPERATE, where=OWN, fill=CASE, form="words=Hecho", status=303),
    "POST /cases/{key}/file": Row(needs=OPERATE, where=OWN, fill=CASE, form=urlencode(FILED), status=409),
    "POST /cases/{key}/notes": _press(needs=OPERATE, fill=CASE, form="words=Nota"),
    "POST /cases/{key}/notes/{id}/withdraw": _press(needs=OPERATE, fill=f"{CASE} {NOBODYS}", status=404),
    "POST /cases/{key}/hand-over": _press(needs=OPERATE, fill=CASE, form=urlencode(HANDED), status=404),
    "POST /cases/{key}/snooze": _press(needs=OPERATE, fill=CASE, form=f"until={FAR}", status=409),
    "POST /cases/{key}/merge": _press(needs=OPERATE, fill=CASE, form=f"other={CASE}", status=409),
    "POST /cases/{key}/separate": _press(needs=OPERATE, fill=CASE, form=f"other={CASE}"),
    "POST /cases/{key}/replies/{id}/split": _press(needs=OPERATE, fill=f"{CASE} {NOBODYS}", status=404),
    "POST /cases/{key}/wake": _press(needs=OPERATE, fill=CASE),
    "POST /views": Row(needs=READ, form="name=Otra&query=view%3Dmine", status=303),
    "POST /views/{name}/forget": Row(needs=READ, fill="nosuch", form="", status=404),
    "POST /cases/{key}/take-on": Row(needs=OPERATE, where=OWN, fill=CASE, form="", status=303),
    "POST /cases/{key}/release": Row(needs=OPERATE, where=OWN, fill=CASE, form="", status=303),
    # A list that is a view of the matters now; it leads there, and says nothing itself.
    "GET /clocks": Row(needs=READ, where=OWN, status=308, elsewhere=308, finds=False),
    # Of a case that the caller does not reach nothing is changed, as if it had not been marked.
    "POST /matters/take-on": Row(
        needs=OPERATE, where=OWN, form="case%3Apqrs_id%3ACASE-MARK=on", status=303, elsewhere=303
    ),
    "POST /matters/release": Row(
        needs=OPERATE, where=OWN, form="case%3Apqrs_id%3ACASE-MARK=on", status=303, elsewhere=303
    ),
    "POST /matters/close": Row(
        needs=OPERATE, where=OWN, form="case%3Apqrs_id%3ACASE-MARK=on", status=200, elsewhere=303
    ),
    "POST /matters/hand-over": Row(
        needs=OPERATE, where=OWN, form="case%3Apqrs_id%3ACASE-MARK=on", status=200, elsewhere=303
    ),
    "GET /clocks/{id}": Row(needs=READ, where=OWN, fill="CLOCK"),
    "POST /clocks/{id}/acknowledge": Row(needs=OPERATE, where=OWN, fill="CLOCK", form="note=Voy", status=303),
    "GET /replies": Row(needs=READ, where=OWN, status=308, elsewhere=308, finds=False),
    "GET /replies/{id}": Row(needs=READ, where=OWN, fill="REPLY"),
    "GET /files/{id}/{place}": Row(needs="privacy operate", where=OWN, fill="REPLY 1"),
    "POST /replies/{id}/assign": Row(needs=OPERATE, where=OWN, fill="REPLY", form="", status=303),
    "POST /replies/{id}/answer": Row(needs=OPERATE, where=OWN, fill="REPLY", form="words=Hola", status=303),
    "POST /replies/{id}/close": Row(
        needs=OPERATE, where=OWN, fill="REPLY", form="state=answered", status=303
    ),
    "GET /api/surveys": Row(needs=READ, where=OWN, tail="?copropiedad=ph-MARK", elsewhere=200),
    "GET /api/surveys/calls": Row(needs=READ, where=OWN, finds=False),
    "POST /api/surveys": Row(needs=OPERATE, where=EVERYWHERE, body={"dry_run": True}),
    "GET /api/tasks": Row(needs=READ, where=EVERYWHERE),
    "GET /api/tasks/{id}": Row(needs=READ, where=EVERYWHERE, fill="training"),
    "POST /api/tasks/{id}/done": Row(needs=OPERATE, where=EVERYWHERE, fill="training", body={}),
    "GET /api/indicators": Row(needs=READ, where=OWN, tail=f"?copropiedad=ph-MARK&{MARCH}", elsewhere=200),
    # Events that could not be accepted. They are of no building: nobody of one building finds any.
    "GET /api/dead": Row(needs=READ, where=OWN),
    "GET /api/dead/{id}": Row(needs="privacy operate", where=OWN, fill="DEAD"),
    "POST /api/dead/replay": Row(needs=OPERATE, where=OWN, body={"reason": "MARK"}, status=201),
    "POST /api/dead/discard": Row(needs=OPERATE, where=OWN, body={"reason": "MARK"}, status=201),
    "POST /api/dead/{id}/replay": Row(needs=OPERATE, where=OWN, fill="DEAD"),
    "POST /api/dead/{id}/mend": Row(
        needs=OPERATE, also=PRIVACY, where=EVERYWHERE, fill="DEAD", body={}, status=409
    ),
    "POST /api/dead/{id}/discard": Row(needs=OPERATE, where=OWN, fill="DEAD"),
    "GET /api/now": Row(needs=READ, where=OWN, finds=False),
    "GET /api/unreached": Row(needs=READ, where=OWN),
    # People.
    "GET /api/replies": Row(needs=READ, where=OWN),
    "POST /api/people/{ref}/contact": Row(
        needs="privacy operate", where=OWN, fill="p-MARK", body={"kind": "phone", "page": "/people"}
    ),
    "GET /api/replies/{id}": Row(needs="privacy operate", where=OWN, fill="REPLY"),
    "GET /api/files/{id}/{place}": Row(needs="privacy operate", where=OWN, fill="REPLY 1"),
    "POST /api/replies/{id}/assign": Row(needs=OPERATE, where=OWN, fill="REPLY"),
    "POST /api/replies/{id}/answer": Row(needs=OPERATE, where=OWN, fill="REPLY", body={"words": "Hola"}),
    "POST /api/replies/{id}/close": Row(needs=OPERATE, where=OWN, fill="REPLY", body={"state": "closed"}),
    "GET /api/suppressions": Row(needs=READ, where=OWN),
    "GET /api/suppressions/{id}": Row(needs=READ, where=OWN, fill="SUPPRESSION"),
    "POST /api/suppressions/lift": Row(needs=OPERATE, where=OWN, body=MAIL_OF_PERSON, elsewhere=200),
    "GET /api/people": Row(needs=READ, where=OWN, tail="?role=owner&unit=u-MARK", elsewhere=200),
    "GET /api/people/{ref}": Row(needs=READ, where=OWN, fill="p-MARK"),
    "GET /api/people/{ref}/preferences": Row(needs=READ, where=OWN, fill="p-MARK"),
    "PUT /api/people/{ref}/preferences": Row(
        needs=OPERATE, where=OWN, fill="p-MARK", body={"language": "en"}
    ),
    "GET /api/people/{ref}/do-not-contact": Row(needs=READ, where=OWN, fill="p-MARK", finds=False),
    "POST /api/people/{ref}/write": Row(
        needs=OPERATE, where=OWN, fill="p-MARK", body={"words": "Hola", "copropiedad": "ph-MARK"}
    ),
    "POST /api/people/{ref}/do-not-contact": Row(
        needs=OPERATE, where=OWN, fill="p-MARK", body={"reason": "contested_account"}
    ),
    "DELETE /api/people/{ref}/do-not-contact": Row(needs=OPERATE, where=OWN, fill="p-MARK"),
    "GET /api/audience": Row(needs=READ, where=OWN, tail="?who=person:p-MARK", elsewhere=200),
    "PUT /api/directory/{kind}/{ref}": Row(needs=OPERATE, where=OWN, fill="units u-MARK", body=UNIT),
    "DELETE /api/directory/{kind}/{ref}": Row(
        needs=OPERATE, where=OWN, fill="memberships m-MARK", body={"version": 9}
    ),
    "GET /api/letters": Row(needs=READ, where=OWN),
    "GET /api/letters/buildings": Row(needs=READ, where=OWN, elsewhere=200),
    "GET /api/letters/batches": Row(needs=READ, where=OWN),
    "POST /api/letters/batches": Row(needs=OPERATE, where=OWN, body={"copropiedad": "ph-MARK"}),
    "GET /api/letters/batches/{id}": Row(needs=READ, where=OWN, fill="BATCH"),
    "GET /api/letters/batches/{id}/pdf": Row(needs=PRIVACY, where=OWN, fill="BATCH"),
    "POST /api/letters/{id}/document": Row(
        needs=OPERATE, where=OWN, fill="MESSAGE", body={"pdf": "JVBERi0="}, status=409
    ),
    "POST /api/letters/{id}/posted": Row(needs=OPERATE, where=OWN, fill="MESSAGE", body={"guide": "RA-1234"}),
    "POST /api/letters/batches/{id}/printed": Row(needs=OPERATE, where=OWN, fill="BATCH"),
    # Its letters are printed by the question before.
    "POST /api/letters/batches/{id}/cancel": Row(needs=OPERATE, where=OWN, fill="BATCH", status=409),
    "POST /api/letters/batches/{id}/delivered": Row(needs=OPERATE, where=OWN, fill="BATCH"),
    "GET /api/letters/{id}": Row(needs=PRIVACY, where=OWN, fill="MESSAGE"),
    "POST /api/letters/{id}/done": Row(needs=OPERATE, where=OWN, fill="MESSAGE"),
    "GET /letters/{id}": Row(needs=PRIVACY, where=OWN, fill="MESSAGE"),
    "POST /letters/{id}/document": Row(needs=OPERATE, where=OWN, fill="MESSAGE", form="", status=409),
    "GET /letters/{id}/document": Row(needs=PRIVACY, where=OWN, fill="MESSAGE"),
    # What staff registers.
    "GET /api/registrations": Row(needs=READ, where=OWN, tail="?copropiedad=ph-MARK", elsewhere=200),
    "GET /api/registrations/{id}": Row(needs=READ, where=OWN, fill="REGISTERED"),
    "GET /api/registrations/{id}/receipt": Row(needs=OPERATE, where=OWN, fill="REGISTERED"),
    "GET /api/registrations/alike": Row(
        needs=OPERATE, where=OWN, tail="?copropiedad=ph-MARK&words=ascensor", elsewhere=200, finds=False
    ),
    "POST /api/cases/{key}/add": Row(
        needs=OPERATE,
        where=OWN,
        fill=CASE,
        body={"words": "Sigue"},
    ),
    "POST /api/registrations": Row(
        needs=OPERATE,
        where=OWN,
        body={
            "kind": "pqrs",
            "copropiedad": "ph-MARK",
            "data": {"kind": "queja", "subject": "Ruido"},
        },
        status=201,
    ),
    "GET /registrations": Row(needs=READ, where=OWN, tail="?copropiedad=ph-MARK", elsewhere=200),
    "GET /registrations/new": Row(needs=OPERATE, where=OWN, elsewhere=200, finds=False),
    "GET /registrations/{id}": Row(needs=READ, where=OWN, fill="REGISTERED"),
    "POST /registrations": Row(
        needs=OPERATE,
        where=OWN,
        form="kind=package&who=%7Cu-MARK%7C&data.carrier=Servientrega&form=MARK",
        status=303,
    ),
    # Notice boards.
    "GET /api/posters": Row(needs=READ, where=OWN),
    "GET /api/posters/{id}": Row(needs=READ, where=OWN, fill="POSTER"),
    "GET /api/posters/{id}/pdf": Row(needs=READ, where=OWN, fill="POSTER"),
    "POST /api/posters/{id}/printed": Row(needs=OPERATE, where=OWN, fill="POSTER"),
    "POST /api/posters/{id}/hung": Row(needs=OPERATE, where=OWN, fill="POSTER"),
    "POST /api/posters/{id}/taken-down": Row(needs=OPERATE, where=OWN, fill="POSTER"),
    "GET /letters/{id}/pdf": Row(needs=PRIVACY, where=OWN, fill="MESSAGE"),
    # The inbox of one person, and the tokens that open it.
    "POST /api/inbox/tokens": Row(needs="inbox", where=EVERYWHERE, body={"person": "p-MARK"}, status=201),
    "GET /api/inbox": Row(needs=Door.PERSON),
    "GET /api/inbox/stream": Row(needs=Door.PERSON),
    "POST /api/inbox/read": Row(needs=Door.PERSON, body={"until": NOBODYS}),
    "POST /api/inbox/{id}/read": Row(needs=Door.PERSON, fill=NOBODYS),
    # The hub itself.
    "GET /api/channels": Row(needs=READ),
    "GET /api/pauses": Row(needs=READ),
    "GET /api/pauses/{name}": Row(needs=READ, fill="sms", status=404),
    "PUT /api/pauses/{name}": Row(needs=OPERATE, where=EVERYWHERE, fill="sms", body={}),
    "DELETE /api/pauses/{name}": Row(needs=OPERATE, where=EVERYWHERE, fill="sms"),
    "GET /api/incidents": Row(needs=READ),
    "GET /api/summary": Row(needs=READ, where=OWN, finds=False),
    # Access.
    "GET /api/keys": Row(needs=ADMIN, where=EVERYWHERE),
    "POST /api/keys": Row(needs=ADMIN, also=READ, where=EVERYWHERE, body=KEY, status=201),
    "POST /api/keys/{name}/rotate": Row(needs=ADMIN, also=READ, where=EVERYWHERE, fill="other", status=201),
    "POST /api/keys/{name}/revoke": Row(needs=ADMIN, where=EVERYWHERE, fill="other"),
    # Results that publishers hear of their messages.
    "GET /api/results": Row(needs=ADMIN, where=EVERYWHERE),
    "POST /api/results": Row(needs=ADMIN, where=EVERYWHERE, body=RESULTS),
    "DELETE /api/results": Row(needs=ADMIN, where=EVERYWHERE, body=RESULTS),
    "GET /api/webhooks": Row(needs=ADMIN, where=EVERYWHERE, finds=False),
    "POST /api/webhooks": Row(needs=ADMIN, where=EVERYWHERE, body=WEBHOOK, status=201),
    "DELETE /api/webhooks/{id}": Row(needs=ADMIN, where=EVERYWHERE, fill=NOBODYS, status=404),
    "POST /api/webhooks/{id}/on": Row(needs=ADMIN, where=EVERYWHERE, fill=NOBODYS, status=404),
    "POST /api/webhooks/{id}/rotate": Row(needs=ADMIN, where=EVERYWHERE, fill=NOBODYS, status=404),
    "POST /api/webhooks/{id}/test": Row(needs=ADMIN, where=EVERYWHERE, fill=NOBODYS, status=404),
    "GET /api/audit": Row(needs="privacy admin", where=EVERYWHERE),
    "GET /api/accounts": Row(needs=ADMIN, where=OWN),
    "POST /api/accounts": Row(needs=ADMIN, also=READ, where=OWN, body=ACCOUNT, status=201, elsewhere=400),
    "POST /api/accounts/{name}/grant": Row(needs=ADMIN, also=READ, where=OWN, fill="MARK", body=GRANTS),
    "POST /api/accounts/{name}/take": Row(needs=ADMIN, where=OWN, fill="MARK", body=GRANTS),
    "POST /api/accounts/{name}/reset": Row(needs=ADMIN, also=READ, where=OWN, fill="MARK", turn=LATE),
    "POST /api/accounts/{name}/disable": Row(needs=ADMIN, where=OWN, fill="MARK"),
    "POST /api/accounts/{name}/enable": Row(needs=ADMIN, also=READ, where=OWN, fill="MARK"),
    "DELETE /api/accounts/{name}/second-factor": Row(needs=ADMIN, also=READ, where=OWN, fill="MARK"),
    "POST /api/accounts/{name}/unlock": Row(needs=ADMIN, where=OWN, fill="MARK"),
    "POST /api/accounts/{name}/person": Row(
        needs=ADMIN, also=PRIVACY, where=EVERYWHERE, fill="MARK", body={"person": "p-MARK"}
    ),
    # For machines without a key.
    "GET /health/live": Row(needs=Door.OPEN),
    "GET /health/ready": Row(needs=Door.OPEN),
    "POST /hooks/twilio": Row(needs=Door.SIGNED, status=403, form=""),
    "POST /hooks/twilio/inbound": Row(needs=Door.SIGNED, status=403, form=""),
    "GET /hooks/sms/{name}": Row(needs=Door.SIGNED, fill="mensajeria", status=405),
    "POST /hooks/sms/{name}": Row(needs=Door.SIGNED, fill="mensajeria", status=403, form=""),
    "GET /hooks/sms/{name}/reply": Row(needs=Door.SIGNED, fill="mensajeria", status=405),
    "POST /hooks/sms/{name}/reply": Row(needs=Door.SIGNED, fill="mensajeria", status=403, body={}),
    "GET /hooks/whatsapp": Row(needs=Door.SIGNED, status=403),
    "POST /hooks/whatsapp": Row(needs=Door.SIGNED, status=403, body={}),
    "GET /d/{token}": Row(needs=Door.SIGNED, fill="MESSAGE", status=403),
    "GET /b/{token}": Row(needs=Door.SIGNED, fill="POSTER", status=403),
    "GET /take-on/{id}": Row(needs=Door.SIGNED, fill="CLOCK", tail="?level=2", status=403),
    "POST /take-on/{id}": Row(needs=Door.SIGNED, fill="CLOCK", tail="?level=2", status=403),
    "GET /s/{token}": Row(needs=Door.SIGNED, fill="x.y.z", status=403),
    "POST /s/{token}": Row(needs=Door.SIGNED, fill="x.y.z", status=403, form=""),
    "GET /v": Row(needs=Door.OPEN),
    "GET /v/{code}": Row(needs=Door.SIGNED, fill="-", status=403),
    "POST /v/{code}": Row(needs=Door.SIGNED, fill="-", status=403, form=""),
    "GET /mi/{token}": Row(needs=Door.SIGNED, fill="x.1.z", status=403),
    "POST /mi/{token}": Row(needs=Door.SIGNED, fill="x.1.z", status=403, form=""),
    "GET /mi/{token}/entrar": Row(needs=Door.SIGNED, fill="x.1.z", status=403),
    "POST /mi/{token}/entrar": Row(needs=Door.SIGNED, fill="x.1.z", status=403, form=""),
    # A page of its own, with a cookie of its own: neither a key nor an account's session counts there.
    "GET /mi/mensajes/{id}": Row(needs=Door.OPEN, fill="MESSAGE"),
    "GET /mi/asuntos/{id}": Row(needs=Door.OPEN, fill="MESSAGE"),
    "POST /mi/asuntos/{id}": Row(needs=Door.SIGNED, fill="MESSAGE", status=403),
    "GET /mi": Row(needs=Door.OPEN),
    "POST /mi": Row(needs=Door.SIGNED, status=403),
    "GET /unsubscribe/{id}": Row(needs=Door.SIGNED, fill="MESSAGE", tail="?purpose=survey&sig=0", status=403),
    "POST /unsubscribe/{id}": Row(
        needs=Door.SIGNED, fill="MESSAGE", tail="?purpose=survey&sig=0", status=403
    ),
    # Pages of people, letters and surveys.
    "GET /people": Row(needs=READ, where=OWN, tail="?unit=u-MARK", elsewhere=200),
    "GET /people/{ref}": Row(needs=READ, where=OWN, fill="p-MARK"),
    "GET /api/buildings": Row(needs=READ, where=OWN),
    "GET /api/buildings/{ref}": Row(needs=READ, where=OWN, fill="ph-MARK"),
    "GET /buildings": Row(needs=READ, where=OWN),
    "GET /buildings/{ref}": Row(needs=READ, where=OWN, fill="ph-MARK", tail="?event=event-MARK"),
    "GET /people/{ref}/write": Row(needs=OPERATE, where=OWN, fill="p-MARK"),
    "POST /people/{ref}/write": _press(needs=OPERATE, fill="p-MARK", form="words=Hola&copropiedad=ph-MARK"),
    "POST /people/{ref}/mark": _press(needs=OPERATE, fill="p-MARK", form="reason=contested_account"),
    "POST /people/{ref}/unmark": _press(needs=OPERATE, fill="p-MARK"),
    "POST /people/{ref}/preferences": _press(needs=OPERATE, fill="p-MARK"),
    "POST /people/{ref}/lift": Row(
        needs=OPERATE,
        where=OWN,
        fill="p-MARK",
        form="suppression=GONE",
        elsewhere=404,
        status=303,
    ),
    "POST /people/{ref}/contact": _press(needs="privacy operate", fill="p-MARK", form="kind=phone"),
    "GET /duplicates": _pairs(),
    "GET /api/duplicates": Row(
        needs=READ, where=OWN, tail="?copropiedad=ph-MARK", elsewhere=200, finds=False
    ),
    # Of another system: the page says who to ask.
    "GET /people/{ref}/join": _corrects(tail="?other=p-two"),
    "POST /people/{ref}/join": _corrects(form="other=p-two", status=409),
    "POST /people/{ref}/join/undo": _corrects(form=f"join={NOBODYS}", status=409),
    "POST /api/people/{ref}/join": _corrects(body={"other": "p-two"}, status=409),
    "POST /api/people/{ref}/join/undo": _corrects(body={"join": NOBODYS}, status=409),
    # Of another system: nothing is corrected here.
    "GET /people/{ref}/correct": _corrects(),
    "POST /people/{ref}/correct": _corrects(form="seen=1", status=409),
    "POST /people/{ref}/roles": _corrects(form="role=owner&unit=x", status=409),
    "POST /people/{ref}/roles/end": _corrects(form="membership=x", status=409),
    "POST /api/people/{ref}/correct": _corrects(body={"seen": 99}, status=409),
    "POST /api/people/{ref}/roles": _corrects(body={"role": "owner", "unit": "x"}, status=409),
    "POST /api/people/{ref}/roles/end": _corrects(body={"membership": "x"}, status=409),
    "GET /imports": Row(needs=OPERATE, where=EVERYWHERE),
    "POST /imports": Row(needs=OPERATE, where=EVERYWHERE, form="role=", status=400),
    "GET /imports/{id}": _sheet(),
    "POST /imports/{id}/apply": _sheet(form=""),
    "POST /imports/{id}/undo": _sheet(form=""),
    "GET /api/imports": Row(needs=OPERATE, where=EVERYWHERE),
    "POST /api/imports": Row(needs=OPERATE, where=EVERYWHERE, body={"file": ""}, status=400),
    "GET /api/imports/{id}": _sheet(),
    "POST /api/imports/{id}/apply": _sheet(body={}),
    "POST /api/imports/{id}/undo": _sheet(),
    "GET /people/{ref}/rectify": Row(needs=PRIVACY, where=EVERYWHERE, fill="p-MARK"),
    "POST /people/{ref}/rectify": Row(
        needs="privacy operate",
        where=EVERYWHERE,
        fill="p-MARK",
        form="kind=correccion&case=datos-2",
        status=303,
    ),
    "GET /people/{ref}/erase": Row(needs=PRIVACY, where=EVERYWHERE, fill="p-MARK"),
    # Without a reason nobody is erased; that a key needs `operate` besides is tested where the API is.
    "POST /people/{ref}/erase": Row(needs=PRIVACY, where=EVERYWHERE, fill="p-MARK", form="", status=400),
    "GET /letters": Row(needs=READ, where=OWN, tail="?copropiedad=ph-MARK", elsewhere=200),
    "GET /letters/batches": Row(needs=READ, where=OWN, tail="?copropiedad=ph-MARK", elsewhere=200),
    "POST /letters/batches": Row(
        needs=OPERATE, where=OWN, form="copropiedad=ph-MARK", status=404, finds=False
    ),
    "GET /letters/batches/{id}": Row(needs=READ, where=OWN, fill="BATCH"),
    "POST /letters/batches/{id}/printed": _press(needs=OPERATE, fill="BATCH"),
    # Its letters are printed, and then handed over, by the questions before.
    "POST /letters/batches/{id}/cancel": Row(needs=OPERATE, where=OWN, fill="BATCH", form="", status=409),
    "POST /letters/batches/{id}/delivered": _press(needs=OPERATE, fill="BATCH"),
    "GET /letters/{id}/life": Row(needs=READ, where=OWN, fill="MESSAGE"),
    "POST /letters/{id}/posted": Row(
        needs=OPERATE, where=OWN, fill="MESSAGE", form="guide=RA-1234", status=409
    ),
    "POST /letters/{id}/done": _press(needs=OPERATE, fill="MESSAGE"),
    "GET /posters": Row(needs=READ, where=OWN, tail="?copropiedad=ph-MARK", elsewhere=200),
    "GET /posters/{id}": Row(needs=READ, where=OWN, fill="POSTER"),
    "POST /posters/{id}/printed": _press(needs=OPERATE, fill="POSTER"),
    "POST /posters/{id}/hung": _press(needs=OPERATE, fill="POSTER"),
    "POST /posters/{id}/taken-down": _press(needs=OPERATE, fill="POSTER"),
    "GET /tasks": Row(needs=READ, where=EVERYWHERE),
    "GET /tasks/{id}": Row(needs=READ, where=EVERYWHERE, fill="training"),
    "GET /tasks/{id}/done": Row(needs=OPERATE, where=EVERYWHERE, fill="training"),
    "POST /tasks/{id}/done": Row(needs=OPERATE, where=EVERYWHERE, fill="training", form="", status=303),
    "GET /surveys": Row(needs=READ, where=OWN, tail="?copropiedad=ph-MARK", elsewhere=200),
    "GET /surveys/start": Row(needs=OPERATE, where=EVERYWHERE),
    "POST /surveys/start": Row(needs=OPERATE, where=EVERYWHERE, form="", status=303),
    # Communications: a draft of each building, which ends discarded.
    "GET /api/communications": Row(needs=READ, where=OWN, tail="?copropiedad=ph-MARK", elsewhere=200),
    "GET /api/communications/{id}": Row(needs=READ, where=OWN, fill="DRAFT"),
    "POST /api/communications": Row(needs=OPERATE, where=OWN, body=CIRCULAR, elsewhere=400, status=201),
    "POST /api/communications/{id}/save": Row(
        needs=OPERATE, where=OWN, fill="DRAFT", body={**CIRCULAR, "version": 1}
    ),
    "POST /api/communications/{id}/plan": Row(needs=OPERATE, where=OWN, fill="DRAFT"),
    # It has no plan of this digest.
    "POST /api/communications/{id}/send": Row(
        needs=OPERATE, where=OWN, fill="DRAFT", body={"digest": "0"}, status=409
    ),
    "GET /api/approvals": Row(needs=OPERATE, where=OWN, finds=False),
    "GET /approvals": Row(needs=OPERATE, where=OWN, finds=False),
    # A draft waits for nobody: the tests of releases are those of two people.
    "POST /api/communications/{id}/release": Row(
        needs=OPERATE, where=OWN, fill="DRAFT", body={"digest": "0"}, status=409
    ),
    "POST /api/communications/{id}/refuse": Row(
        needs=OPERATE, where=OWN, fill="DRAFT", body={"digest": "0", "reason": "x"}, status=409
    ),
    "GET /communications/{id}/release": Row(needs=OPERATE, where=OWN, fill="DRAFT", status=409),
    "POST /communications/{id}/release": Row(
        needs=OPERATE, where=OWN, fill="DRAFT", form="digest=0", status=409
    ),
    "GET /communications/{id}/refuse": Row(needs=OPERATE, where=OWN, fill="DRAFT", status=409),
    "POST /communications/{id}/refuse": Row(
        needs=OPERATE, where=OWN, fill="DRAFT", form="digest=0&reason=x", status=409
    ),
    "POST /api/communications/{id}/take-back": Row(needs=OPERATE, where=OWN, fill="DRAFT"),
    "GET /communications": Row(needs=READ, where=OWN, tail="?copropiedad=ph-MARK", elsewhere=200),
    "GET /communications/new": Row(needs=OPERATE),
    "GET /api/communications/{id}/list": Row(needs=READ, where=OWN, fill="DRAFT"),
    "GET /api/communications/{id}/files": Row(needs=READ, where=OWN, fill="DRAFT"),
    "GET /api/communications/{id}/cost": Row(needs=READ, where=OWN, fill="DRAFT"),
    "GET /api/communications/{id}/count": Row(needs=OPERATE, where=OWN, fill="DRAFT"),
    "GET /api/communications/{id}/plan/people": Row(needs=OPERATE, where=OWN, fill="DRAFT"),
    "POST /api/communications/{id}/list": Row(
        needs=OPERATE, where=OWN, fill="DRAFT", body={"version": 999}, status=409
    ),
    "POST /api/communications/{id}/files": Row(
        needs=OPERATE, where=OWN, fill="DRAFT", body={"version": 1, "file": "JVBE"}, status=400
    ),
    "POST /api/communications/{id}/files/drop": Row(
        needs=OPERATE, where=OWN, fill="DRAFT", body={"version": 1, "place": 1}, status=404
    ),
    "POST /api/communications/{id}/try": Row(needs=OPERATE, where=OWN, fill="DRAFT", status=409),
    "GET /api/audiences": Row(needs=OPERATE, finds=False),
    "POST /api/audiences": Row(
        needs=OPERATE,
        where=OWN,
        body={"name": "Todos", "to": ["residents@copropiedad:ph-MARK"]},
        elsewhere=400,
    ),
    "POST /api/audiences/{id}/forget": Row(needs=OPERATE, fill=NOBODYS, status=404),
    "GET /communications/{id}/plan/people": Row(needs=OPERATE, where=OWN, fill="DRAFT"),
    "GET /communications/{id}/look": Row(
        needs=OPERATE, where=OWN, fill="DRAFT", tail="?reader=p-MARK", status=404
    ),
    "POST /communications/new": Row(needs=OPERATE, form="kind=admin.circular.issued", status=303),
    "POST /communications/preview": Row(needs=OPERATE, form="text=Hola"),
    "GET /communications/{id}": Row(needs=READ, where=OWN, fill="DRAFT"),
    "POST /communications/{id}/compose": _press(needs=OPERATE, fill="DRAFT"),
    "POST /communications/{id}/press": Row(needs=OPERATE, where=OWN, fill="DRAFT", form="", status=409),
    "GET /communications/{id}/take-back": Row(needs=OPERATE, where=OWN, fill="DRAFT"),
    "POST /communications/{id}/take-back": _press(needs=OPERATE, fill="DRAFT"),
    "POST /api/communications/{id}/recall": Row(
        needs=OPERATE, where=OWN, fill="DRAFT", body={"reason": "x", "no_correction": "x"}, status=409
    ),
    "GET /communications/{id}/recall": Row(needs=OPERATE, where=OWN, fill="DRAFT"),
    "POST /communications/{id}/recall": Row(
        needs=OPERATE, where=OWN, fill="DRAFT", form="reason=x&no_correction=x", status=409
    ),
    # A draft has reached nobody, and nothing of it leaves.
    "GET /api/communications/{id}/people": Row(needs=READ, where=OWN, fill="DRAFT"),
    "GET /api/communications/{id}/people.csv": Row(needs=OPERATE, where=OWN, fill="DRAFT"),
    "POST /api/communications/{id}/pause": Row(
        needs=OPERATE, where=OWN, fill="DRAFT", body={"reason": "x"}, status=409
    ),
    "POST /api/communications/{id}/resume": Row(needs=OPERATE, where=OWN, fill="DRAFT", status=409),
    "POST /api/communications/{id}/cancel": Row(
        needs=OPERATE, where=OWN, fill="DRAFT", body={"why": "other"}, status=409
    ),
    "POST /api/communications/{id}/elsewhere": Row(
        needs=OPERATE, where=OWN, fill="DRAFT", body={"channel": "sms"}, status=409
    ),
    "GET /communications/{id}/pause": Row(needs=OPERATE, where=OWN, fill="DRAFT"),
    "POST /communications/{id}/pause": Row(
        needs=OPERATE, where=OWN, fill="DRAFT", form="reason=x", status=409
    ),
    "POST /communications/{id}/resume": Row(needs=OPERATE, where=OWN, fill="DRAFT", form="", status=409),
    "GET /communications/{id}/cancel": Row(needs=OPERATE, where=OWN, fill="DRAFT"),
    "POST /communications/{id}/cancel": Row(
        needs=OPERATE, where=OWN, fill="DRAFT", form="why=other", status=409
    ),
    "GET /communications/{id}/elsewhere": Row(needs=OPERATE, where=OWN, fill="DRAFT"),
    "POST /communications/{id}/elsewhere": Row(
        needs=OPERATE, where=OWN, fill="DRAFT", form="channel=sms", status=409
    ),
    "POST /api/communications/{id}/copy": Row(needs=OPERATE, where=OWN, fill="DRAFT", status=201),
    # Nothing is attached to it.
    "GET /communications/{id}/document": Row(needs=OPERATE, where=OWN, fill="DRAFT", status=404, finds=False),
    "POST /communications/{id}/copy": _press(needs=OPERATE, fill="DRAFT"),
    "GET /api/calendar": Row(needs=READ, where=OWN, finds=False, elsewhere=200),
    # A key has no calendar of its own.
    "POST /api/calendar/link": Row(needs=READ, status=409),
    "POST /api/calendar/unlink": Row(needs=READ, status=409),
    "GET /calendar": Row(needs=READ, where=OWN, finds=False, elsewhere=200),
    "POST /calendar/link": Row(needs=READ, form="", status=409),
    "POST /calendar/unlink": Row(needs=READ, form="", status=409),
    "GET /ical/{token}.ics": Row(needs=Door.OPEN, fill="x.ics", status=404),
    "GET /api/models": Row(needs=READ, where=OWN, elsewhere=200),
    "POST /api/models": Row(needs=OPERATE, where=OWN, body={"name": "Agua MARK", "communication": "DRAFT"}),
    "POST /api/models/{id}/begin": Row(needs=OPERATE, where=OWN, fill="MODEL", status=201),
    "POST /api/models/{id}/forget": Row(needs=OPERATE, where=OWN, fill="MODEL"),
    "POST /models": Row(needs=OPERATE, where=OWN, form="name=Gas MARK&communication=DRAFT", status=303),
    "POST /models/{id}/forget": _press(needs=OPERATE, fill="USED"),
    "POST /api/communications/{id}/discard": Row(needs=OPERATE, where=OWN, fill="DRAFT"),
    "POST /communications/{id}/discard": _press(needs=OPERATE, fill="DRAFT"),
    # Pages and documents.
    "GET /metrics": Row(needs=READ, where=EVERYWHERE),
    "GET /openapi.json": Row(needs=READ),
    "GET /asyncapi.json": Row(needs=READ),
    "GET /static/{digest}/{name}": Row(needs=READ, fill="old shell.js"),
    "GET /": Row(needs=Door.HOME),
    "POST /": Row(needs=Door.SIGN_IN, status=403),
    "GET /sign-in": Row(needs=Door.SIGN_IN),
    "POST /sign-in": Row(needs=Door.SIGN_IN, status=403),
    "GET /sign-in/code": Row(needs=Door.SIGN_IN),
    "POST /sign-in/code": Row(needs=Door.SIGN_IN, status=403),
    "GET /account": Row(needs=Door.SESSION),
    "POST /account": Row(needs=Door.SESSION, status=400),
    "GET /account/second-factor": Row(needs=Door.SESSION),
    "POST /account/second-factor": Row(needs=Door.SESSION, status=400),
    "POST /account/recovery-codes": Row(needs=Door.SESSION, status=400),
    "GET /inbox": Row(needs=Door.SESSION),
    "POST /inbox": Row(needs=Door.SESSION),
    "GET /inbox/changes": Row(needs=Door.SESSION),
    "GET /inbox/{id}": Row(needs=Door.SESSION, fill=NOBODYS),
    "POST /sign-out": Row(needs=Door.SESSION, status=303, turn=AT_THE_END),
}
"""METHOD and path → its row."""


_own: Final = partial(Row, where=OWN)
_all: Final = partial(Row, where=EVERYWHERE)
_look: Final = partial(Row, needs=READ, where=OWN, elsewhere=200)

MORE: Final[tuple[tuple[str, Row], ...]] = (
    ("GET /api/cases/{key}", _own(needs=READ, also=PRIVACY, fill="pqrs_id:CASE-MARK", tail=WHOLE)),
    ("GET /cases/{key}", _own(needs=READ, also=PRIVACY, fill="pqrs_id:CASE-MARK", tail=WHOLE)),
    ("GET /api/messages/{id}", _own(needs=READ, also=PRIVACY, fill="MESSAGE", tail=WHOLE)),
    ("GET /api/suppressions/{id}", _own(needs=READ, also=PRIVACY, fill="SUPPRESSION", tail=WHOLE)),
    ("GET /messages/{id}", _own(needs=READ, also=PRIVACY, fill="MESSAGE", tail=WHOLE)),
    ("GET /messages/{id}", _own(needs=READ, fill="MESSAGE", tail="?part=text")),
    ("GET /messages/{id}", _own(needs=READ, fill="MESSAGE", tail="?part=explain")),
    ("POST /api/bulk", _own(needs=OPERATE, body={"kind": "resend", "dry_run": True}, elsewhere=200)),
    ("GET /api/people/{ref}", _own(needs=READ, also=PRIVACY, fill="p-MARK", tail=WHOLE)),
    ("GET /people/{ref}", _own(needs=READ, also=PRIVACY, fill="p-MARK", tail=WHOLE)),
    ("GET /api/people/{ref}/overview", _own(needs=READ, also=PRIVACY, fill="p-MARK", tail=WHOLE)),
    *(
        (f"GET {path}", _own(needs=READ, also=PRIVACY, tail=WHOLE))
        for path in ("/people", "/api/directory/people", "/surveys", "/api/surveys")
    ),
    ("GET /people", _look(tail="?copropiedad=ph-MARK&role=owner&format=csv")),
    ("GET /people", _look(tail="?unreachable=true&copropiedad=ph-MARK", finds=False)),
    ("GET /letters", _look(tail="?state=batched&copropiedad=ph-MARK&format=csv", finds=False)),
    ("GET /surveys", _look(tail="?state=answered&copropiedad=ph-MARK&format=csv")),
    (
        "PUT /api/directory/{kind}/{ref}",
        Row(
            needs=OPERATE,
            also=ADMIN,
            where=EVERYWHERE,
            fill="units u-MARK",
            tail="?override=true",
            body=UNIT,
        ),
    ),
    *(
        ("GET /api/messages", _look(tail=f"?{tail}"))
        for tail in ("limit=1", "state=failed", "event=pqrs.received", "channel=print", "event_id=event-MARK")
    ),
    # A dry run refuses an invalid event in the same way.
    ("POST /api/events", Row(needs="publish", where=EVERYWHERE, tail="?dry_run=1", body=EVENT, status=422)),
    ("POST /api/messages/redrive", _own(needs=OPERATE, body={**OF_FAILED, "dry_run": True}, elsewhere=200)),
    ("GET /api/search", _look(tail="?q=pqrs_id:CASE-MARK")),
    ("GET /api/search", _look(tail="?q=MESSAGE")),
    ("GET /api/clocks", _look(tail="?state=open")),
    ("GET /api/clocks", _look(tail="?copropiedad=ph-MARK")),
    ("GET /api/clocks", _look(tail="?level=2")),
    *(
        ("GET /api/cases", _look(tail=f"?{tail}"))
        for tail in ("state=open", "copropiedad=ph-MARK", "since=2020-01-01&until=9999-12-31")
    ),
    *(("GET /cases", _look(tail=f"?{tail}")) for tail in ("kind=replies", "view=unowned", "view=all")),
    ("GET /cases", _look(tail="?open=pqrs_id:CASE-MARK")),
    ("GET /cases", _look(tail="?copropiedad=ph-MARK")),
    ("GET /cases", _look(tail="?view=mine", finds=False)),
    ("GET /api/cases", _look(tail="?state=closed", finds=False)),
    ("GET /api/cases", _look(tail="?mine=true", finds=False)),
    *(("GET /api/replies", _look(tail=f"?{tail}")) for tail in ("view=open", "copropiedad=ph-MARK")),
    ("GET /api/replies", _look(tail="?view=mine", finds=False)),
    ("GET /live", _own(needs=READ, tail="?topics=case:nosuch:1", elsewhere=400, status=400, finds=False)),
    ("GET /api/clocks", _look(tail="?state=met", finds=False)),
    ("GET /api/indicators", _look(tail=f"?{MARCH}", finds=False)),
    ("GET /api/explain", _look(tail="?event=event-MARK&person=p-two", elsewhere=404)),
    ("GET /api/audience", _look(tail="?who=owners@copropiedad:ph-MARK")),
    ("GET /api/audience", _look(tail="?who=residents@unit:u-MARK", finds=False)),
    ("GET /api/audience", _look(tail="?who=everyone")),
    ("GET /api/people", _look(tail="?role=owner&copropiedad=ph-MARK")),
    ("GET /api/people", _look(tail="?role=council&copropiedad=ph-MARK")),
    *(
        ("GET /api/letters", _look(tail=f"?{tail}"))
        for tail in ("handed_over=false", "copropiedad=ph-MARK", "copropiedad=ph-MARK&state=batched")
    ),
    ("GET /api/letters", _look(tail="?state=posted", finds=False)),
    ("GET /api/letters/batches", _look(tail="?copropiedad=ph-MARK")),
    # Each act of a page that does several things; what one of them needs is done by the row before.
    ("POST /channels/resume", _all(needs=OPERATE, form="name=all&older=cancel", status=303)),
)
"""More questions to the same routes: for some of them a caller needs more."""

METRICS_LISTENER: Final = frozenset({"GET /health/live", "GET /health/ready", "GET /metrics"})
"""All that HUB_METRICS serves; there only HUB_API_KEY is known."""
