"""
The example mails under SpamAssassin's own rules, without the network: no form may look like spam.

As a page under axe (`tests/integration/judged.py`), a mail is judged again when its words differ.
"""

import re
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from hub.channels.email.mime import build_email
from hub.model import Facts, InlineImage, Outgoing, Rendered, Sender
from tests.contract.values import message, now
from tests.integration.judged import keep, table
from tests.programs import need_program
from tests.unit.logos import png
from tests.unit.test_mail_layout import mails
from tests.unit.test_templates import SPEAKING

MOST: Final = 0.5
"""Points; 5 make a mail spam."""
SENDER: Final = Sender(name="COPROSERVICIOS S.A.S.", address="avisos@hub.example.co")
LINK: Final = (
    "https://hub.example.co/unsubscribe/019cd2b3-6c60-8bbb-820b-dfb1c6ebf28d?purpose=survey&sig=" + "0a" * 20
)


def first_mails() -> Iterator[tuple[str, Rendered]]:
    """The first mail of each event and audience, and one with all headers of a list."""
    seen: set[str] = set()
    for event in SPEAKING:
        for form, words in mails(event):
            if f"{event}/{form}" not in seen:
                seen.add(f"{event}/{form}")
                yield f"{event}/{form}", words
    _, words = next(mails("pqrs.received"))
    facts = Facts(at=now(), building="Conjunto Altos", unsubscribe=LINK, list_id="survey.ph-001")
    yield "list", Rendered(subject=words.subject, text=words.text, html=words.html, facts=facts)
    picture = '<img src="cid:logo-1" width="44" height="44" alt="Altos">'
    shown = re.sub(r"<body[^>]*>", lambda body: body[0] + picture, words.html)
    logo = InlineImage(cid="logo-1", content=png(88, 88))
    yield "logo", Rendered(subject=words.subject, text=words.text, html=shown, image=logo)


def in_mbox(name: str, words: Rendered) -> bytes:
    outgoing = Outgoing(message=message(), rendered=words)
    raw = build_email(outgoing, sender=SENDER, domain="hub.example.co", now=now())
    body = re.sub(rb"(?m)^From ", b">From ", raw.replace(b"\r\n", b"\n"))
    return b"From hub Fri Nov 27 10:53:33 2026\nX-Name: " + name.encode() + b"\n" + body + b"\n\n"


def digest(words: Rendered) -> str:
    return sha256(repr((words.subject, words.text, words.html, words.image)).encode()).hexdigest()[:16]


def test_example_mails_have_at_most_half_a_point() -> None:
    program = need_program("spamassassin")
    made = [one for one in first_mails() if table().get(f"spam: {one[0]}") != digest(one[1])]
    if not made:
        return
    mbox = b"".join(in_mbox(name, words) for name, words in made)
    judged = subprocess.run(
        [program, "--local", "--mbox"], input=mbox, capture_output=True, check=True, timeout=300
    ).stdout.decode("utf-8", "replace")
    mails_judged = judged.split("X-Spam-Checker-Version:")[1:]
    found = {
        re.search(r"^X-Name: (.*)$", mail, re.MULTILINE)[1]: (  # type: ignore[index]
            float(re.search(r"score=(-?[\d.]+)", mail)[1]),  # type: ignore[index]
            re.search(r"tests=(.*?) autolearn", mail, re.DOTALL)[1],  # type: ignore[index]
        )
        for mail in mails_judged
    }

    assert len(found) == len(made)
    assert {} == {name: why for name, why in found.items() if why[0] > MOST}
    for name, words in made:
        keep(f"spam: {name}", digest(words))
