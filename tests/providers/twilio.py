"""Twilio's Messages resource, strict about everything that the real one would accept or bill."""

import asyncio
import hashlib
import hmac
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, parse_qsl, urlsplit

from aiohttp import ClientSession, web

from tests.providers.http import Behaviour, HttpServer, hang, still_there

ACCOUNT: Final = "AC" + "0123456789abcdef" * 2
TOKEN: Final = "s3cret/token?"
SENDER: Final = "+15005550006"
LONGEST_BODY: Final = 1600

_E164 = re.compile(r"\+[1-9]\d{7,14}")
_NEEDED: Final = {"To", "From", "Body"}


@dataclass(frozen=True, kw_only=True)
class Text:
    """An accepted text message."""

    to: str
    sender: str
    body: str
    callback: str | None
    sid: str

    @property
    def reference(self) -> str:
        """The id in its callback URL; its number where there is no callback."""
        query = parse_qs(urlsplit(self.callback or "").query)
        return query.get("message", [self.sid])[0]


class TwilioServer(HttpServer):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[Text] = []
        self.unknown: set[str] = set()
        self.requests = 0
        self.brought = 0
        self.balance = "100.00"
        self.instead_of_balance: Behaviour | None = None

    @property
    def url(self) -> str:
        """The value for HUB_SMS_URL."""
        return f"twilio+http://{ACCOUNT}:s3cret%2Ftoken%3F@127.0.0.1:{self.port}?from={SENDER}"

    def routes(self) -> Sequence[web.RouteDef]:
        account = f"/2010-04-01/Accounts/{ACCOUNT}"
        return [
            web.post(f"{account}/Messages.json", self._create),
            web.get(f"{account}/Balance.json", self._balance),
        ]

    async def _balance(self, request: web.Request) -> web.StreamResponse:
        """Twilio's Balance resource: a decimal as text, and its currency."""
        if request.headers.get("Authorization") != _basic(ACCOUNT, TOKEN):
            return refusal(401, 20003, "Authenticate")
        document = {"account_sid": ACCOUNT, "balance": self.balance, "currency": "USD"}
        # Not scripted: the monitor calls at any time, and would use up the answer meant for a text.
        instead = self.instead_of_balance
        return web.json_response(document) if instead is None else await instead(request)

    async def _create(self, request: web.Request) -> web.StreamResponse:
        self.requests += 1
        if request.headers.get("Authorization") != _basic(ACCOUNT, TOKEN):
            return refusal(401, 20003, "Authenticate")
        text = self._judged(request.content_type, await request.text())
        scripted = await self.scripted(request)
        if scripted is not None:
            return scripted
        if text is None or text.to in self.unknown:
            return refusal(400, 21211, "Invalid 'To' Phone Number")
        self._keep(text, answered=still_there(request))
        return _created(text)

    async def accept_then_hang(self, request: web.Request) -> web.StreamResponse:
        """Accept the text and never answer; for the script."""
        text = self._judged(request.content_type, await request.text())
        if text is not None:
            self._keep(text, answered=False)
        return await hang(request)

    def accepting_late(self, seconds: float, after: asyncio.Event | None = None) -> Behaviour:
        """Accept the text and answer so many seconds later, or so long after this event; for the script."""

        async def accept_late(request: web.Request) -> web.StreamResponse:
            text = self._judged(request.content_type, await request.text())
            assert text is not None
            # A client that does not wait for the answer sends twice, and cannot say that it was lost.
            self._keep(text, answered=True)
            if after is not None:
                await after.wait()
            await asyncio.sleep(seconds)
            return _created(text)

        return accept_late

    def _keep(self, text: Text, *, answered: bool) -> None:
        self.texts.append(text)
        if self.journal is not None:
            self.journal.accepted("sms", text.to, text.reference, answered=answered)

    def _judged(self, content_type: str, body: str) -> Text | None:
        """Record every violation; None where the form cannot be a message."""
        pairs = parse_qsl(body, keep_blank_values=True, strict_parsing=True)
        form = dict(pairs)
        fine = [
            self.require("the body is not a form", holds=content_type == "application/x-www-form-urlencoded"),
            self.require("a field is there twice", holds=len(form) == len(pairs)),
            self.require("the fields", holds=set(form) - {"StatusCallback"} == _NEEDED),
            self.require("To is not E.164", holds=bool(_E164.fullmatch(form.get("To", "")))),
            self.require("From is not ours", holds=form.get("From") == SENDER),
            self.require("the length", holds=1 <= len(form.get("Body", "")) <= LONGEST_BODY),
            self.require("StatusCallback is not a URL", holds=_is_url(form.get("StatusCallback"))),
        ]
        if not all(fine):
            return None
        return Text(
            to=form["To"],
            sender=form["From"],
            body=form["Body"],
            callback=form.get("StatusCallback"),
            sid=f"SM{len(self.texts) + 1:032x}",
        )

    async def report(self, text: Text, status: str, **more: str) -> int:
        """Call the callback URL, signed; return the HTTP status."""
        assert text.callback is not None
        form = {"To": text.to, "From": text.sender, **status_form(status, text.sid), **more}
        return await _call(text.callback, form)

    async def bring(self, url: str, number: str, words: str) -> int:
        """Post an incoming text to this URL, signed; return the HTTP status."""
        self.brought += 1
        sid = f"SM{self.brought:032x}"
        return await _call(
            url, {"MessageSid": sid, "From": number, "To": SENDER, "Body": words, "NumMedia": "0"}
        )


def _created(text: Text) -> web.Response:
    document = {
        "sid": text.sid,
        "status": "queued",
        "error_code": None,
        "to": text.to,
        "account_sid": ACCOUNT,
    }
    return web.json_response(document, status=201)


async def _call(url: str, form: Mapping[str, str]) -> int:
    headers = {"X-Twilio-Signature": signature(url, form)}
    async with ClientSession() as session, session.post(url, data=form, headers=headers) as answer:
        return answer.status


def status_form(status: str, sid: str = "SM" + "0" * 31 + "1") -> dict[str, str]:
    return {"AccountSid": ACCOUNT, "ApiVersion": "2010-04-01", "MessageSid": sid, "MessageStatus": status}


def signature(url: str, form: Mapping[str, str], token: str = TOKEN) -> str:
    """Sign as Twilio documents it, without the hub's own code."""
    signed = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    return b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


def refusal(status: int, code: int, message: str) -> web.Response:
    return web.json_response(refusal_body(status, code, message), status=status)


def refusal_body(status: int, code: int, message: str) -> dict[str, str | int]:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return {"code": code, "message": message, "more_info": more, "status": status}


def _basic(user: str, password: str) -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


def _is_url(text: str | None) -> bool:
    return text is None or (urlsplit(text).scheme in {"http", "https"} and bool(urlsplit(text).hostname))
