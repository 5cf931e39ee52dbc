"""The company's rules as a process has them: policy, templates, keys, links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import cached_property
from hashlib import sha256
from typing import Final

import msgspec
from prometheus_client import Counter

from hub.access.genuine_codes import GenuineCodes
from hub.access.keyring import KeyRing, Purpose
from hub.access.poster_links import PosterLinks
from hub.access.resident_links import ResidentLinks
from hub.access.survey_links import SurveyLinks
from hub.catalog import BY_NAME
from hub.channels import sender_address, texts_can_be_answered
from hub.channels.email.mime import compose
from hub.channels.email.verp import Verp
from hub.cloudevents.schemas import Schemas
from hub.errors import InvalidPolicy
from hub.model import Brand, Json, Outgoing, Sender
from hub.policy import Policy
from hub.policy.policy import load_tables, policy_of
from hub.policy.reader import refuse_unknown
from hub.rendering import Templates
from hub.rendering.files import Folders
from hub.rendering.identities import Identities, Look
from hub.rendering.sent_documents import SentDocuments
from hub.rendering.templates import BUILT_IN
from hub.rendering.wording import Wording, digest_of_texts, templates_of
from hub.settings import Settings


class CompanyRules:
    """The company's policy and templates: loaded at first use, once for all roles of a process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def _tables(self) -> Mapping[str, Json]:
        """The policy as its files state it: read once, so that the stored copy is the one in use."""
        return load_tables(self.settings.policy)

    @cached_property
    def policy(self) -> Policy:
        made = policy_of(self._tables)
        for place, names in (
            ("night.at_any_hour", made.night.at_any_hour),
            ("texts.events", made.texts.events),
            ("review.kinds", made.review.kinds),
        ):
            for name in names:
                refuse_unknown(name, BY_NAME, f"{place}: {name}")
        return made

    @cached_property
    def schemas(self) -> Schemas:
        return Schemas.load(calendar=self.policy.calendar)

    @cached_property
    def templates(self) -> Templates:
        files = Folders(BUILT_IN, self.settings.templates)
        two_way = texts_can_be_answered(self.settings)
        made = templates_of(files, self.policy, sender=self.sender, two_way=two_way)
        if unknown := made.unknown_buttons():
            names = ", ".join(sorted(unknown))
            raise InvalidPolicy(f"residents.whatsapp: no template for residents alone is called {names}")
        return made

    @cached_property
    def wording(self) -> Wording:
        """The wording of this process's messages."""
        return Wording.current(
            self._tables,
            sender=asdict(self.sender),
            two_way=texts_can_be_answered(self.settings),
            files=self.templates.files,
        )

    def digest_of_texts(self, event: str) -> str:
        """Return the digest of the texts that an event has now, and of the prices of what leaves."""
        prices = sha256(msgspec.json.encode(self.policy.prices, order="deterministic")).hexdigest()
        return f"{digest_of_texts(self.templates.files, event)}:{prices}"

    @cached_property
    def sender(self) -> Sender:
        company = self.policy.company
        address = sender_address(self.settings, self.policy)
        return Sender(name=company.name, address=address, reply_to=company.email)

    @cached_property
    def verp(self) -> Verp | None:
        """The addresses for bounces and replies; None where the hub receives no mail."""
        domain = self.settings.mail_domain
        return Verp(domain, self.ring) if domain else None

    @cached_property
    def ring(self) -> KeyRing:
        return KeyRing(self.settings.secrets, count)

    @cached_property
    def survey_links(self) -> SurveyLinks:
        return SurveyLinks(public_url=self.settings.links_url, ring=self.ring, rules=self.policy.surveys)

    @cached_property
    def genuine_codes(self) -> GenuineCodes:
        return GenuineCodes(
            public_url=self.settings.links_url, ring=self.ring, channels=self.policy.codes.channels
        )

    @cached_property
    def resident_links(self) -> ResidentLinks:
        return ResidentLinks(
            public_url=self.settings.links_url,
            ring=self.ring,
            lifetime=self.policy.residents.link_lifetime,
            carriers=self.policy.residents.carriers | ({"sms"} if self.policy.texts.events else set()),
        )

    def look(self, brand: Brand | None) -> Look:
        """Return how a copropiedad looks; without its own identity, the company."""
        return self._identities.of("", {}, brand)

    @cached_property
    def _identities(self) -> Identities:
        """Apart from the templates: the pages of residents need none of them."""
        return Identities(self.policy.senders, self.sender)

    @cached_property
    def sent_documents(self) -> SentDocuments:
        """The documents of events in their messages."""
        return SentDocuments(
            public_url=self.settings.links_url,
            ring=self.ring,
            lifetime=self.policy.documents.link_lifetime,
        )

    @cached_property
    def poster_links(self) -> PosterLinks:
        return PosterLinks(public_url=self.settings.links_url, ring=self.ring)

    def compose(self, outgoing: Outgoing) -> bytes:
        """Return the bytes of an email; raises PermanentFailure."""
        return compose(outgoing, sender=self.sender)


METRIC: Final = "hub_signature_verified_total"

_VERIFIED: Final = Counter(METRIC, "signatures of the hub's own that came back, by key", ["purpose", "key"])


def count(purpose: Purpose, key: str) -> None:
    """Count one verification: an operator sees when to remove an old key of HUB_SECRET."""
    _VERIFIED.labels(purpose=purpose, key=key).inc()
