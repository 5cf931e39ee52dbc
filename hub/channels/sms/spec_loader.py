"""Described providers in the settings: each URL with its file, and the checks across both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hub.access.webhook_signatures import is_body_signature
from hub.channels.sms.hooks import Use
from hub.channels.sms.placeholders import fill_text
from hub.channels.sms.spec import BodySignature, Spec, load_spec
from hub.channels.urls import GenericEndpoint, endpoints_of, parse_generic
from hub.errors import ConfigurationError
from hub.settings import PROVIDERS, Settings


def load_described(endpoint: GenericEndpoint, *, setting: str, signs: bool) -> Spec:
    """
    Read the file and check that the URL has what it needs; raises `ConfigurationError`.

    `signs`: whether there is a HUB_SECRET.
    """
    spec = load_spec(endpoint.spec, setting=setting)
    missing = sorted(name for name in spec.of_the_account if not endpoint.account[name])
    if missing:
        parts = " and ".join(f"{{{name}}}" for name in missing)
        detail = f"{setting}: {endpoint.spec} needs {parts}; write http+https://USER:PASSWORD@host?spec=…"
        raise ConfigurationError(detail)
    if (spec.receipts or spec.replies) and not signs:
        detail = f"{setting}: {endpoint.spec} needs HUB_SECRET, which signs the addresses of receipts."
        raise ConfigurationError(detail)
    return spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """One described provider, for its incoming calls. Each account has its own secrets."""

    spec: Spec
    accounts: tuple[Mapping[str, str], ...]

    def is_signed(self, hmac: BodySignature, given: str, body: bytes) -> bool:
        """Return whether the body is signed with a secret of one of the accounts."""
        if not given.startswith(hmac.prefix):
            return False
        return any(
            is_body_signature(
                given.removeprefix(hmac.prefix),
                secret=fill_text(secret, account),
                body=body,
                algorithm=hmac.algorithm,
                encoding=hmac.encoding,
            )
            for account in self.accounts
            for secret in hmac.secrets
        )


def read_hooks(settings: Settings) -> Mapping[str, Hook]:
    """Return provider name → hook. Raises `ConfigurationError`."""
    hooks: dict[str, Hook] = {}
    for endpoint in endpoints_of(settings, "sms", "http+", parse_generic):
        spec = load_described(endpoint, setting=PROVIDERS["sms"], signs=bool(settings.secrets))
        hook = Hook(spec=spec, accounts=endpoint.accounts)
        hooks[spec.name] = _merged(hooks.get(spec.name), hook)
    return hooks


def panels(hooks: Mapping[str, Hook]) -> Iterator[tuple[str, Use]]:
    """Return the (provider, use) whose URL must be entered in the provider's panel by hand."""
    for name, hook in hooks.items():
        if hook.spec.receipts and not hook.spec.asks_for_reports:
            yield name, Use.RECEIPTS
        if hook.spec.replies:
            yield name, Use.REPLIES


def unsigned(hooks: Mapping[str, Hook]) -> Iterator[tuple[str, Use]]:
    """Return the (provider, use) for which one fixed address is all that a caller must know."""
    for name, hook in hooks.items():
        receipts, replies = hook.spec.receipts, hook.spec.replies
        if receipts and not receipts.signature and not hook.spec.asks_for_reports:
            yield name, Use.RECEIPTS
        if replies and not replies.signature:
            yield name, Use.REPLIES


def _merged(known: Hook | None, other: Hook) -> Hook:
    if known is None:
        return other
    if known.spec != other.spec:
        # Their receipts come to one URL and could not be distinguished.
        detail = f"{PROVIDERS['sms']}: two different files both describe a provider named {known.spec.name}."
        raise ConfigurationError(detail)
    return Hook(spec=known.spec, accounts=(*known.accounts, *other.accounts))
