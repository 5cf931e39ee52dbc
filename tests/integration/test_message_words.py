"""Words of a message, for its page: the text, the HTML, the head of a mail, and the proof."""

from functools import partial
from uuid import UUID

from hub.operations.evidence.remake import Finding, Remaker
from hub.operations.message_words import MessageWords
from hub.parts.renderer import render_again
from hub.storage import Database, PostgresEvidence, PostgresExplain, PostgresLetters
from tests.integration.test_evidence import Office, office, said_by

__all__ = ["office"]


def words_of(opened: Database, office: Office) -> MessageWords:
    evidence = PostgresEvidence(opened)
    return MessageWords(
        evidence=evidence,
        events=PostgresExplain(opened),
        letters=PostgresLetters(opened).words,
        remaker=Remaker(evidence),
        render=partial(render_again, office.rules),
    )


async def one_of(opened: Database, channel: str) -> UUID:
    rows = await opened.rows(
        "SELECT message_id AS id FROM attempt JOIN message ON message.id = message_id"
        " WHERE outcome = 'accepted' AND channel = $1 ORDER BY at LIMIT 1",
        channel,
    )
    found: UUID = rows[0]["id"]
    return found


async def test_mail_is_shown_as_it_left(opened: Database, office: Office) -> None:
    await said_by(office, ("admin.payment.received",))
    said = await words_of(opened, office).of(await one_of(opened, "email"))

    assert said is not None
    assert "comprobado" in said.origin
    assert said.text
    assert "<html" in said.html
    assert "cid:" not in said.html
    heads = dict(said.headers)
    assert heads["Subject"] == said.subject
    assert "Message-ID" in heads
    assert not {"Reply-To", "List-Unsubscribe"} & heads.keys(), "they act for the recipient"
    assert [proof.finding for proof in said.evidence] == [Finding.SAME]


async def test_unsent_message_shows_its_words_of_now(opened: Database, office: Office) -> None:
    await said_by(office, ("admin.payment.received",))
    mail = await one_of(opened, "email")
    await opened.rows("DELETE FROM attempt WHERE message_id = $1", mail)
    await opened.rows("UPDATE message SET state = 'held', reason = 'paused' WHERE id = $1", mail)
    said = await words_of(opened, office).of(mail)

    assert said is not None
    assert "Todavía no sale" in said.origin
    assert said.text
    assert (said.html, said.headers, said.evidence) == ("", [], [])


async def test_message_that_is_gone_has_no_words(opened: Database, office: Office) -> None:
    assert await words_of(opened, office).of(UUID(int=0)) is None
