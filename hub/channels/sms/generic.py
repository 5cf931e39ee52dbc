"""SMS over any HTTP API, as the provider's file describes it."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote, urlencode
from uuid import UUID

from multidict import CIMultiDict

from hub.channels.http_calls import HttpCaller
from hub.channels.json_path import read_amount
from hub.channels.sms import TRAITS
from hub.channels.sms.placeholders import Values, fill, fill_text
from hub.channels.sms.rules import judge
from hub.channels.sms.spec import Spec
from hub.channels.urls import GenericEndpoint
from hub.model import Accepted, Balance, ChannelTraits, Outgoing

COUNTRY: Final = "+57"

Callback = Callable[[UUID], str]
"""Message id → the signed URL for its receipts."""


class GenericChannel:
    """
    Sends through one account. `timeout` bounds a whole `send`.

    `callback` makes the URL for reports; None where the provider could not reach it.
    """

    def __init__(
        self, endpoint: GenericEndpoint, spec: Spec, *, timeout: timedelta, callback: Callback | None = None
    ) -> None:
        self.name = spec.name
        confirms = spec.receipts is not None and callback is not None
        self.traits: ChannelTraits = replace(TRAITS, confirms=confirms)
        self.low_balance: Decimal | None = spec.balance.low if spec.balance else None
        self._spec = spec
        self._base = endpoint.base
        self._account = {**endpoint.account, "from": endpoint.sender}
        self._authorization = _authorization(spec.request.auth, endpoint)
        self._callback = callback
        self._http = HttpCaller(spec.name, timeout=timeout)

    async def send(self, outgoing: Outgoing) -> Accepted:
        values = self._values(outgoing)
        request, lane = self._spec.request, outgoing.message.lane
        url = self._url(request.path, values, fill(request.query, values))
        content_type, body = self._body(values)
        headers = self._headers(values, content_type)
        answer = await self._http.request(request.method, url, headers, body, lane=lane)
        return judge(self._spec, answer)

    async def balance(self) -> Balance | None:
        """Ask for the balance; None where the file does not describe how. Raises `TransientFailure`."""
        question = self._spec.balance
        if question is None:
            return None
        values = {**self._account, "id": ""}
        url, headers = self._url(question.path, values, {}), self._headers(values, {})
        answer = await self._http.request("GET", url, headers)
        return Balance(
            amount=read_amount(answer, question.value, self._spec.name), currency=question.currency
        )

    async def aclose(self) -> None:
        await self._http.aclose()

    def _values(self, outgoing: Outgoing) -> Values:
        message, number = outgoing.message, outgoing.message.address
        return {
            **self._account,
            "to": number,
            "to_national": number.removeprefix(COUNTRY),
            "to_digits": number.removeprefix("+"),
            "text": outgoing.rendered.text,
            "id": str(message.id),
            "callback": self._callback(message.id) if self._callback else "",
        }

    def _url(self, path: str, values: Values, query: Mapping[str, str]) -> str:
        quoted = {name: quote(value, safe="") for name, value in values.items()}
        return f"{self._base}{fill_text(path, quoted)}" + (f"?{urlencode(query)}" if query else "")

    def _headers(self, values: Values, more: Mapping[str, str]) -> Mapping[str, str]:
        """Return all headers; the file's win, whatever the case of `content-type`."""
        headers = CIMultiDict({"Accept": "application/json, */*;q=0.5", **self._authorization, **more})
        headers.update(fill(self._spec.request.headers, values))
        return headers

    def _body(self, values: Values) -> tuple[Mapping[str, str], bytes | None]:
        request = self._spec.request
        if request.method == "GET":
            return {}, None
        if request.json is not None:
            filled: Any = fill(request.json, values)
            return {"Content-Type": "application/json"}, json.dumps(filled, ensure_ascii=False).encode()
        form = urlencode(fill(request.form or {}, values)).encode()
        return {"Content-Type": "application/x-www-form-urlencoded"}, form


def _authorization(auth: str, endpoint: GenericEndpoint) -> Mapping[str, str]:
    if auth == "none":
        return {}
    account = f"{endpoint.user}:{endpoint.password}".encode()
    secret = endpoint.password if auth == "bearer" else b64encode(account).decode()
    return {"Authorization": f"{auth.title()} {secret}"}
