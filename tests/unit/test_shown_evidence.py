"""Evidence: sent bytes as an operator sees them, and the mail with the head of the seals."""

from __future__ import annotations

import dataclasses
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import SimpleNamespace
from uuid import UUID

from msgspec.structs import replace

from hub.access.document_keys import current_fingerprint, document_keys
from hub.access.keyring import KeyRing
from hub.desk.messages.acts import show_evidence
from hub.messages.planning.plan import Rules
from hub.model.evidence import Seal
from hub.operations.evidence.remake import Remade
from hub.operations.evidence.shown import readable
from hub.policy.policy import EvidencePolicy
from hub.settings import Secret
from hub.testing.keys import MemoryAudit
from hub.timers.sealing import HEAD as HEAD_EVENT
from hub.timers.sealing import event_of
from tests.doubled import away
from tests.operators import operator
from tests.unit.factories import CHANNELS, DESK, MONDAY, POLICY
from tests.unit.hub_in_memory import memory_hub
from tests.unit.test_templates import TEMPLATES, context

LINK = "https://hub.example.co/take-on/019cd2b3-6c60-8bbb-820b-dfb1c6ebf28d?sig=0123456789abcdef"
TEXT = f"Señora María, véalo en {LINK} hoy."
HTML = f'<p>Señora María, <a href="{LINK}">véalo</a>.</p>'


def mail(text: str, html: str) -> bytes:
    made = EmailMessage(policy=policy.SMTP)
    made["Subject"] = "Fuga de agua"
    made.set_content(text, cte="quoted-printable")
    made.add_alternative(html, subtype="html", cte="base64")
    made.add_attachment(b"%PDF-1.7 x", maintype="application", subtype="pdf", filename="acta.pdf")
    return made.as_bytes()


def words_in(content: str) -> str:
    parts = message_from_bytes(content.encode(), _class=EmailMessage, policy=policy.SMTP).walk()
    return " ".join(part.get_content() for part in parts if part.get_content_maintype() == "text")


def test_mail_without_a_link_is_shown_as_it_left() -> None:
    left = mail("Señora María, es hoy.", "<p>Es hoy.</p>")

    assert left.decode() == readable(left)


def test_links_that_act_are_replaced_in_each_part_of_a_mail_however_it_is_encoded() -> None:
    shown = readable(mail(TEXT, HTML))

    assert "Señora María, véalo en (enlace personal) hoy." in words_in(shown)
    assert '<a href="(enlace personal)">' in words_in(shown)
    assert "sig=" not in words_in(shown) + shown
    assert "Subject: Fuga de agua" in shown
    assert "acta.pdf" in shown


def test_links_that_act_are_replaced_in_what_a_provider_of_texts_got() -> None:
    assert '["57300", "Mire: (enlace personal)"]' == readable(f'["57300", "Mire: {LINK}"]'.encode())


class Kept:
    """A log, an evidence and a remaker that have one message."""

    async def message(self, _: UUID, **_more: object) -> object:
        return SimpleNamespace(person="p-maria", event_key=UUID(int=8))

    async def said(self, message_id: UUID) -> UUID:
        return message_id

    async def release(self, _: UUID) -> None:
        """Nobody had to."""

    async def remake(self, said: UUID) -> list[Remade]:
        self.made = said
        return []


async def test_evidence_is_made_by_the_remaker_of_the_process_which_remembers_its_versions() -> None:
    kept = Kept()
    by = operator(away(), log=kept, evidence=kept, remaker=kept, audit=MemoryAudit())

    shown = await show_evidence(by, UUID(int=7))

    assert ([], UUID(int=7)) == (shown.items, kept.made)


HEAD = Seal(number=7, minute=MONDAY, count=1, root=bytes(32), previous=bytes(32), digest=bytes(32))


async def test_the_head_of_a_day_is_mailed_to_the_addresses_of_the_policy() -> None:
    hub = memory_hub()
    policy = replace(POLICY, evidence=EvidencePolicy(notify=("sellos@notaria.example.co",)))
    hub.context = dataclasses.replace(DESK, rules=Rules(channels=CHANNELS, policy=policy))
    told = event_of(HEAD, date(2026, 3, 8), MONDAY, key="7b" * 32)
    await hub.take_in(told)

    assert [(message.channel, message.address) for message in hub.of(told)] == [
        ("email", "sellos@notaria.example.co")
    ]


def test_the_mail_has_the_fingerprint_of_the_key_that_signs_constancias() -> None:
    ring = KeyRing([Secret("una frase bastante larga que nadie adivina 0123456789")])
    told = event_of(HEAD, date(2026, 3, 8), MONDAY, key=current_fingerprint(ring))
    without = event_of(HEAD, date(2026, 3, 8), MONDAY, key=current_fingerprint(KeyRing([])))
    mails = [
        TEMPLATES.render(HEAD_EVENT, "email", context(HEAD_EVENT, one.data), variant=None)
        for one in (told, without)
    ]

    assert [True, False] == [document_keys(ring)[0].fingerprint in mail.text for mail in mails]
    assert [True, False] == ["La llave es la huella" in mail.text for mail in mails]
    assert [True, False] == ["key" in one.data for one in (told, without)]
