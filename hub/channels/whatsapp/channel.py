"""Messages over WhatsApp's Cloud API (Graph API of Meta)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from hub.channels.http_calls import HttpCaller, accepted
from hub.channels.json_path import at
from hub.channels.urls import WhatsappEndpoint
from hub.channels.whatsapp.payload import encode
from hub.channels.whatsapp.verdicts import PROVIDER, failure
from hub.model import Accepted, ChannelTraits, Outgoing

TRAITS: Final = ChannelTraits(name="whatsapp", contact="phone", text_phone=True)


class WhatsappChannel:
    """
    Sends from one phone number. `timeout` bounds a whole `send`.

    It confirms only with the app's secret: without the secret no report of Meta is accepted.
    """

    def __init__(self, endpoint: WhatsappEndpoint, *, timeout: timedelta) -> None:
        self.traits: Final = replace(TRAITS, confirms=bool(endpoint.secret))
        self._url = f"{endpoint.base}/{endpoint.version}/{endpoint.phone}/messages"
        self._headers = {
            "Authorization": f"Bearer {endpoint.token}",
            "Content-Type": "application/json",
            "Accept": "application/json",
        }
        self._http = HttpCaller(PROVIDER, timeout=timeout)

    async def send(self, outgoing: Outgoing) -> Accepted:
        answer = await self._http.request("POST", self._url, self._headers, encode(outgoing))
        if answer.status // 100 == 2:
            said = answer.json
            status = at(said, "messages.0.message_status")
            return accepted(answer, at(said, "messages.0.id"), provider=PROVIDER, status=status)
        raise failure(answer)

    async def aclose(self) -> None:
        await self._http.aclose()
