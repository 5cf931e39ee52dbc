"""Outgoing connections: the contexts that the hub's libraries make by themselves are strict enough."""

from __future__ import annotations

import ssl

import aiohttp


async def test_calls_over_https_are_tls_1_2_or_newer_and_the_certificate_is_checked() -> None:
    async with aiohttp.TCPConnector() as connector:
        context = connector._get_ssl_context(_Request())  # type: ignore[attr-defined] # what it has for every request

    assert context is not None
    _is_strict(context)


def test_mail_and_checks_use_a_context_of_the_same_kind() -> None:
    _is_strict(ssl.create_default_context())


class _Request:
    ssl = True

    def is_ssl(self) -> bool:
        return True


def _is_strict(context: ssl.SSLContext) -> None:
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
