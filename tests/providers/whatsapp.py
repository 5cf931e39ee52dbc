"""Meta's Graph API for WhatsApp, strict about everything that the real one would refuse or accept."""

import hashlib
import hmac
import json
import re
from base64 import b64encode
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import ClientSession, web

from tests.providers.http import Behaviour, HttpServer

TOKEN: Final = "EAAB/token?1"
PHONE: Final = "106540352242922"
SECRET: Final = "app s3cret"
WORD: Final = "una palabra"
VERSION: Final = "v23.0"

_NUMBER = re.compile(r"[1-9]\d{7,14}")
_GAP = re.compile(r"\{\{(\w+)\}\}")
_KEYS: Final = {
    "messaging_product",
    "recipient_type",
    "to",
    "type",
    "template",
    "biz_opaque_callback_data",
}


@dataclass(frozen=True, kw_only=True)
class Note:
    """An accepted message, as its reader sees it."""

    to: str
    template: str
    text: str
    parameters: Mapping[str, str]
    callback_data: str
    reference: str
    opens: str = ""
    """The address behind its button."""


@dataclass(kw_only=True)
class WhatsappServer(HttpServer):
    """
    `hook` is the URL for reports; `after` misbehaves after a message was accepted.

    `buttons` are the addresses behind the buttons of approved templates, by template.
    """

    hook: str = ""
    approved: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    after: deque[Behaviour] = field(default_factory=deque)
    media: dict[str, bytes] = field(default_factory=dict)
    """What people have sent, by its id."""
    elsewhere: str = ""
    """Where the bytes are said to be; empty: here."""

    def __post_init__(self) -> None:
        super().__init__()

    @property
    def url(self) -> str:
        """The value for HUB_WHATSAPP_URL."""
        keys = f"phone={PHONE}&secret=app%20s3cret&verify=una%20palabra"
        return f"whatsapp+http://EAAB%2Ftoken%3F1@127.0.0.1:{self.port}?{keys}"

    def approve(self, submissions: Iterable[Mapping[str, Any]]) -> None:
        """Accept templates like Meta's review."""
        for submission in submissions:
            body, *buttons = submission["components"]
            text = body["text"]
            named = [example["param_name"] for example in body["example"]["body_text_named_params"]]
            self.require("the template's language", holds=submission["language"] == "es_CO")
            self.require(
                "the template's name", holds=bool(re.fullmatch(r"[a-z0-9_]{1,512}", submission["name"]))
            )
            self.require("the template's length", holds=len(text) <= 1024)
            self.require("a gap without an example", holds=_GAP.findall(text) == named)
            self.require("a gap at an end", holds=not re.search(r"\A\{\{|\}\}\Z", text))
            self.approved[submission["name"]] = text
            self.buttons.pop(submission["name"], None)
            for component in buttons:
                self._approve_button(submission["name"], component)

    def _approve_button(self, name: str, component: Mapping[str, Any]) -> None:
        self.require("the kind of component", holds=component["type"] == "BUTTONS")
        (button,) = component["buttons"]
        (example,) = button["example"]
        url = button["url"]
        self.require("the kind of button", holds=button["type"] == "URL")
        self.require("the words of a button", holds=0 < len(button["text"]) <= 25)
        self.require("a gap in the middle of an address", holds=_GAP.findall(url) == ["1"])
        self.require("a gap at the end of an address", holds=url.endswith("{{1}}"))
        self.require("an address without TLS", holds=url.startswith("https://"))
        self.require("the example", holds=example.startswith(url.removesuffix("{{1}}")))
        self.buttons[name] = url

    def routes(self) -> Sequence[web.RouteDef]:
        return [
            web.post(f"/{VERSION}/{PHONE}/messages", self._create),
            web.get(rf"/{VERSION}/{{id:\d+}}", self._about_media),
            web.get("/attachments", self._send_media),
        ]

    async def _about_media(self, request: web.Request) -> web.StreamResponse:
        """Say where the bytes are, for five minutes."""
        media_id = request.match_info["id"]
        self.require("of this number", holds=request.query.get("phone_number_id") == PHONE)
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return refusal(401, 190, "Invalid OAuth access token")
        if (scripted := await self.scripted(request)) is not None:
            return scripted
        if media_id not in self.media:
            return refusal(400, 100, "Unsupported get request. Object does not exist")
        url = self.elsewhere or f"{self.base}/attachments?mid={media_id}&hash=x"
        return web.json_response({"messaging_product": "whatsapp", "url": url, "id": media_id})

    async def _send_media(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.Response(status=404)
        return web.Response(body=self.media[request.query["mid"]], content_type="image/jpeg")

    async def _create(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return refusal(401, 190, "Invalid OAuth access token")
        message = await request.json()
        fine = self._judge(request.content_type, message)
        scripted = await self.scripted(request)
        if scripted is not None:
            return scripted
        if not fine:
            return refusal(400, 100, "Invalid parameter")
        return self._fill(message) or await self._accepted(request)

    def _judge(self, content_type: str, message: Mapping[str, Any]) -> bool:
        """Record every violation."""
        template = message.get("template", {})
        data = message.get("biz_opaque_callback_data")
        return all(
            [
                self.require("the body is not JSON", holds=content_type == "application/json"),
                self.require("the fields", holds=set(message) == _KEYS),
                self.require("messaging_product", holds=message.get("messaging_product") == "whatsapp"),
                self.require("recipient_type", holds=message.get("recipient_type") == "individual"),
                self.require("to is no number", holds=bool(_NUMBER.fullmatch(message.get("to", "")))),
                self.require("the type", holds=message.get("type") == "template"),
                self.require("the template", holds=set(template) == {"name", "language", "components"}),
                self.require("the language", holds=template.get("language") == {"code": "es_CO"}),
                self.require("callback data", holds=isinstance(data, str) and 0 < len(data) <= 512),
            ]
        )

    def _fill(self, message: Mapping[str, Any]) -> web.Response | None:
        """Make the note, or answer with the refusal."""
        template = message["template"]
        body = self.approved.get(template["name"])
        if body is None:
            return refusal(404, 132001, "Template name does not exist in the translation")
        component, *others = template["components"]
        opens = self._opened(template["name"], others)
        values = {row["parameter_name"]: row["text"] for row in component["parameters"]}
        fine = [
            self.require("the component", holds=component["type"] == "body"),
            self.require("a type", holds=all(row["type"] == "text" for row in component["parameters"])),
            self.require("the parameters", holds=list(values) == _GAP.findall(body)),
            self.require("a value is empty", holds=all(values.values())),
            self.require("a break in a value", holds=not any(map(_broken, values.values()))),
        ]
        if opens is None or not all(fine):
            return refusal(400, 132000, "Number of parameters does not match")
        self.notes.append(
            Note(
                to=message["to"],
                template=template["name"],
                text=_GAP.sub(lambda gap: values[gap[1]], body),
                parameters=values,
                callback_data=message["biz_opaque_callback_data"],
                reference=reference(message["to"], len(self.notes) + 1),
                opens=opens,
            )
        )
        return None

    def _opened(self, template: str, components: Sequence[Mapping[str, Any]]) -> str | None:
        """Return the address of the button, "" without one; None if the message does not fit the template."""
        url = self.buttons.get(template)
        if url is None:
            return "" if self.require("a button that nobody approved", holds=not components) else None
        if not self.require("the button of the template", holds=len(components) == 1):
            return None
        [button] = components
        about = {name: button.get(name) for name in ("type", "sub_type", "index")}
        [value] = button["parameters"]
        fine = [
            self.require("the button", holds=about == {"type": "button", "sub_type": "url", "index": "0"}),
            self.require("the gap of a button", holds=set(value) == {"type", "text"}),
            self.require("the end of an address", holds=bool(re.fullmatch(r"[\w-]+", value["text"]))),
        ]
        return url.replace("{{1}}", value["text"]) if all(fine) else None

    async def _accepted(self, request: web.Request) -> web.StreamResponse:
        if self.after:
            return await self.after.popleft()(request)
        note = self.notes[-1]
        return web.json_response(
            {
                "messaging_product": "whatsapp",
                "contacts": [{"input": note.to, "wa_id": note.to}],
                "messages": [{"id": note.reference, "message_status": "accepted"}],
            }
        )

    async def report(self, note: Note, status: str, code: int | None = None) -> int:
        """Call the webhook, signed; return the HTTP status."""
        item = status_item(status, note.callback_data, note.reference, code)
        return await self.call(notice(statuses=[item]))

    async def write(self, number: str, text: str, *, answering: str | None = None) -> int:
        """Send a message from a person to the business."""
        return await self.call(notice(messages=[text_item(number, text, answering=answering)]))

    async def call(self, body: bytes) -> int:
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature(body)}
        async with ClientSession() as session, session.post(self.hook, data=body, headers=headers) as answer:
            return answer.status


def reference(number: str, count: int) -> str:
    """Make an id like Meta's: it contains the number."""
    return "wamid." + b64encode(f"\x1c\x18{number}\x15\x02{count:016d}".encode()).decode()


def notice(**value: Any) -> bytes:
    """Make a webhook's body."""
    metadata = {"display_phone_number": "576015550100", "phone_number_id": PHONE}
    change = {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}
    envelope = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}
    return json.dumps(envelope).encode()


def status_item(status: str, data: str, wamid: str, code: int | None = None) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": wamid,
        "status": status,
        "timestamp": "1773061200",
        "recipient_id": "573001234567",
        "biz_opaque_callback_data": data,
        "conversation": {"id": "c-1", "origin": {"type": "utility"}},
        "pricing": {"billable": True, "pricing_model": "PMP", "category": "utility"},
    }
    if code is not None:
        item["errors"] = [{"code": code, "title": "Message undeliverable", "error_data": {"details": "x"}}]
    return item


def text_item(number: str, text: str, *, answering: str | None = None, count: int = 1) -> dict[str, Any]:
    item: dict[str, Any] = {
        "from": number,
        "id": reference(number, 1000 + count),
        "timestamp": "1773061260",
        "type": "text",
        "text": {"body": text},
    }
    if answering is not None:
        item["context"] = {"from": "576015550100", "id": answering}
    return item


def signature(body: bytes, secret: str = SECRET) -> str:
    """Sign as Meta documents it, without the hub's own code."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def refusal(status: int, code: int, message: str) -> web.Response:
    return web.json_response(refusal_body(code, message), status=status)


def refusal_body(code: int, message: str, **more: Any) -> dict[str, Any]:
    error = {"message": f"(#{code}) {message}", "type": "OAuthException", "code": code, "fbtrace_id": "A1"}
    data = {"messaging_product": "whatsapp", "details": f"{message}: see the documentation"}
    return {"error": {**error, "error_data": data, **more}}


def _broken(value: str) -> bool:
    return bool(re.search(r"[\n\t]| {5}", value))
