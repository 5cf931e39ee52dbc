"""Connections to the mail server: aiosmtplib connects, greets, does TLS and AUTH."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final, cast

import aiosmtplib

from hub.channels.email.dialogue import Offers
from hub.channels.email.session import Session
from hub.channels.email.verdicts import PROVIDER
from hub.channels.failures import misconfigured, without_contact
from hub.channels.urls import SmtpEndpoint
from hub.errors import TransientFailure
from hub.settings import is_loopback
from hub.tls import client_context

_START_TLS: Final = {"auto": None, "always": True, "never": False}


class Opener:
    """
    Opens sessions with one server. `connect` bounds TCP and the greeting, `command` each later step.

    `tls_context` is for a private certificate authority; the default uses the system's.
    """

    def __init__(
        self,
        endpoint: SmtpEndpoint,
        *,
        connect: timedelta,
        command: timedelta,
        tls_context: ssl.SSLContext | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._connect = connect.total_seconds()
        self._command = command.total_seconds()
        self._tls_context = tls_context

    async def open(self) -> Session:
        """Connect and return a `Session`. Raises only `TransientFailure`."""
        client = await self._greeted()
        transport = cast("asyncio.Transport", client.transport)
        session = Session(transport, _offers(client))
        transport.set_protocol(session)
        return session

    async def verify(self) -> dict[str, bool | int]:
        """Connect, send EHLO and NOOP, quit. Raises only `TransientFailure`."""
        client = await self._greeted()
        try:
            with _translated():
                await client.noop()
                offers = _offers(client)
                await client.quit()
        finally:
            client.close()
        return {"tls": offers.tls, "pipelining": offers.pipelining, "size": offers.size_limit}

    async def _greeted(self) -> aiosmtplib.SMTP:
        client = await self._client()
        with _translated():
            try:
                await client.connect(timeout=self._connect)
                # After STARTTLS aiosmtplib correctly discards the earlier EHLO response.
                if client.is_ehlo_or_helo_needed:
                    await _introduce(client)
            except BaseException:
                client.close()
                raise
        return client

    async def _client(self) -> aiosmtplib.SMTP:
        if self._tls_context is None:
            # Once, in a thread: the system's certificates are read.
            self._tls_context = await asyncio.to_thread(client_context)
        endpoint = self._endpoint
        return aiosmtplib.SMTP(
            hostname=endpoint.host,
            port=endpoint.port,
            username=endpoint.user,
            password=endpoint.password if endpoint.user else None,
            local_hostname=_own_name(),
            timeout=self._command,
            use_tls=endpoint.tls,
            start_tls=_start_tls(endpoint),
            tls_context=self._tls_context,
        )


def _start_tls(endpoint: SmtpEndpoint) -> bool | None:
    if endpoint.tls:
        return False
    if endpoint.user and endpoint.starttls == "auto" and not is_loopback(endpoint.host):
        return True  # a man in the middle could remove STARTTLS from the offer and read the password
    return _START_TLS[endpoint.starttls]


def _own_name() -> str:
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"


async def _introduce(client: aiosmtplib.SMTP) -> None:
    try:
        await client.ehlo()
    except aiosmtplib.SMTPHeloError:
        await client.helo()


def _offers(client: aiosmtplib.SMTP) -> Offers:
    limit = client.esmtp_extensions.get("size", "")
    return Offers(
        pipelining=client.supports_extension("pipelining"),
        smtputf8=client.supports_extension("smtputf8"),
        size=client.supports_extension("size"),
        dsn=client.supports_extension("dsn"),
        size_limit=int(limit) if limit.isdecimal() else 0,
        tls=client.get_transport_info("sslcontext") is not None,
    )


@contextmanager
def _translated() -> Iterator[None]:
    """
    Turn any error before the first MAIL into a transient failure.

    Such errors never concern a recipient, so not even a 5xx is permanent here.
    """
    try:
        yield
    except aiosmtplib.SMTPAuthenticationError as exc:
        raise misconfigured("provider_auth", provider=PROVIDER, code=_code(exc)) from exc
    except aiosmtplib.SMTPResponseException as exc:
        raise TransientFailure(f"smtp_{exc.code}", provider=PROVIDER, code=_code(exc)) from exc
    except (aiosmtplib.SMTPTimeoutError, TimeoutError) as exc:
        raise TransientFailure("connect_timeout", provider=PROVIDER) from exc
    except (ssl.SSLError, aiosmtplib.SMTPConnectError, aiosmtplib.SMTPServerDisconnected, OSError) as exc:
        if isinstance(exc, ssl.SSLError) or isinstance(exc.__cause__, ssl.SSLError):
            raise misconfigured("provider_tls", provider=PROVIDER) from exc
        raise TransientFailure("connect_failed", provider=PROVIDER) from exc
    except aiosmtplib.SMTPException as exc:  # the server does not offer the required STARTTLS or AUTH
        raise misconfigured("provider_offers", provider=PROVIDER, code=without_contact(str(exc))) from exc


def _code(exc: aiosmtplib.SMTPResponseException) -> str:
    return without_contact(f"{exc.code} {exc.message}")
