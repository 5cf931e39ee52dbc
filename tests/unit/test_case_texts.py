"""Words of a case's messages: as they left, or the reason why they are not shown; never a link that acts."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, cast
from uuid import UUID

import msgspec
import pytest

from hub.errors import TemplateFailure
from hub.model import Attempt, Claimed, Rendered, State
from hub.model.evidence import Call, SaidMessage
from hub.operations.cases.schemas import TextOrigin
from hub.operations.cases.texts import CaseTexts, MessageText, text_of
from hub.operations.evidence.remake import Finding, Remade, Remaker
from hub.parts.company import CompanyRules
from hub.rendering.wording import packed
from hub.settings import load
from hub.sla.ack_links import PERSONAL, without_link
from hub.storage import PostgresEvidence
from tests.unit.test_case_thread import facts, sent

LINK = f"https://hub.example.co/take-on/{'0' * 8}-0000-0000-0000-{'0' * 12}?sig={'0af9' * 8}"
THEN = Rendered(subject="Entonces", text="Lo que salió")
TODAY = Rendered(subject="Hoy", text=f"Lo de hoy ({LINK}).")


class NoEvidence:
    async def said_each(self, _: object) -> dict[UUID, SaidMessage]:
        return {}


def made(finding: Finding, why: str = "", words: Rendered | None = THEN) -> Remade:
    call = Call(attempt=sent()[1].attempts[0])
    return Remade(call=call, finding=finding, why=why, rendered=words)


def said(*calls: Remade, stored: str | None = None, state: State = State.SENT, **fields: Any) -> MessageText:
    one, mail = sent()
    message = msgspec.structs.replace(mail.message, state=state)
    kept = replace(mail, message=message, subject="Entonces" if stored else None, text=stored, **fields)
    return text_of(kept, calls, facts(events={one.key: one}), lambda _: TODAY)


def attempts(*outcomes: str) -> list[Attempt]:
    return [msgspec.structs.replace(sent()[1].attempts[0], outcome=outcome) for outcome in outcomes]


def test_proven_words_are_those_that_left() -> None:
    assert MessageText(subject="Entonces", text="Lo que salió", text_origin=TextOrigin.AS_SENT) == said(
        made(Finding.SAME)
    )


def test_kept_bytes_are_the_sent_ones_and_each_other_change_is_named() -> None:
    found = said(made(Finding.KEPT, "Alguien cambió el evento."))

    assert (TextOrigin.AS_SENT, "Alguien cambió el evento.") == (found.text_origin, found.text_note)


def test_what_does_not_fit_is_named_also_before_a_call_that_fits() -> None:
    found = said(made(Finding.DIFFERENT, "Alguien lo cambió."), made(Finding.SAME))

    assert TextOrigin.UNPROVEN is found.text_origin
    assert "NO es igual a lo que salió. Alguien lo cambió." == found.text_note


def test_what_cannot_be_made_again_says_why_and_shows_the_words_of_today() -> None:
    found = said(made(Finding.IMPOSSIBLE, "No está la versión.", None))

    assert ("Hoy", TextOrigin.TODAY) == (found.subject, found.text_origin)
    assert "No se puede volver a hacer. No está la versión." == found.text_note


def test_a_stored_text_counts_where_nothing_else_can_and_a_changed_one_is_named() -> None:
    alone = said(made(Finding.IMPOSSIBLE, "Salió antes.", None), stored="Lo guardado")
    forged = said(made(Finding.SAME), stored="Otra cosa")
    fitting = said(made(Finding.SAME), stored="Lo que salió")

    assert ("Lo guardado", TextOrigin.STORED) == (alone.text, alone.text_origin)
    assert ("Lo que salió", TextOrigin.AS_SENT) == (forged.text, forged.text_origin)
    assert "alguien lo cambió" in (forged.text_note or "")
    assert fitting.text_note is None


@pytest.mark.parametrize(
    ("state", "outcomes", "origin", "note"),
    [
        (State.QUEUED, (), TextOrigin.NOT_SENT, ""),
        (State.SENDING, (), TextOrigin.NOT_SENT, ""),
        (State.RETRYING, ("unknown",), TextOrigin.NOT_SENT, "sin confirmarlo"),
        (State.FAILED, ("permanent",), TextOrigin.TODAY, "Ningún proveedor lo aceptó"),
        (State.FAILED, ("unknown",), TextOrigin.TODAY, "sin confirmarlo"),
        (State.DELIVERED, ("unknown", "delivered"), TextOrigin.TODAY, "no se guardaron las palabras"),
        (State.CANCELLED, (), None, ""),
    ],
)
def test_what_nobody_accepted_says_so(
    state: State, outcomes: tuple[str, ...], origin: TextOrigin | None, note: str
) -> None:
    found = said(state=state, attempts=attempts(*outcomes))

    assert origin is found.text_origin
    assert note in (found.text_note or "")
    assert (origin is None) == (found.text is None)


def test_no_text_has_a_link_that_acts_whoever_made_it() -> None:
    words = Rendered(subject=LINK, text=f"Tómelo: {LINK}.")
    texts = [
        said(made(Finding.SAME, words=words)),
        said(made(Finding.DIFFERENT, words=words)),
        said(made(Finding.IMPOSSIBLE, words=None), stored=f"Tómelo: {LINK}."),
        said(made(Finding.IMPOSSIBLE, words=None)),
        said(state=State.QUEUED, attempts=[]),
    ]

    assert not [text for text in texts if "sig=" in f"{text.subject} {text.text}"]
    assert [f"Tómelo: {PERSONAL}."] * 3 == [text.text for text in texts[:3]]
    assert [f"Lo de hoy ({PERSONAL})."] * 2 == [text.text for text in texts[3:]]


async def test_other_work_has_its_turn_while_a_text_is_rendered() -> None:
    turn = threading.Event()

    def render(_: Claimed) -> Rendered:
        assert turn.wait(30), "nobody else had a turn"
        return TODAY

    one, mail = sent()
    page = facts(messages={mail.message.id: replace(mail, attempts=[])}, events={one.key: one})
    asyncio.get_running_loop().call_soon(turn.set)
    evidence = cast("PostgresEvidence", NoEvidence())
    texts = await CaseTexts(evidence=evidence, remaker=Remaker(evidence), render=render).of(page)

    assert ["Hoy"] == [text.subject for text in texts.values()]


class Versions:
    """Five versions of the texts, by digest."""

    def __init__(self) -> None:
        wording = CompanyRules(load({})).wording
        made = [
            msgspec.structs.replace(wording, two_way=bool(n % 2), made_by={"hub": str(n)}) for n in range(5)
        ]
        self.sources = dict(map(packed, made))
        self.asked: list[bytes] = []

    async def versions(self, digests: Collection[bytes]) -> Mapping[bytes, bytes]:
        self.asked += digests
        return {digest: self.sources[digest] for digest in digests}

    async def document(self, sha256: bytes) -> bytes | None:
        raise AssertionError(f"no message took {sha256.hex()} along")


async def test_four_versions_are_remembered_until_nobody_asks() -> None:
    store = Versions()
    remaker, digests = Remaker(cast(Any, store)), list(store.sources)
    for digest in (*digests, *digests[1:]):
        assert not isinstance(await remaker._version(digest), str)
    once = list(store.asked)
    await remaker._version(digests[0])
    again = list(store.asked)
    remaker.forget()
    await remaker._version(digests[0])

    assert digests == once
    assert [*digests, digests[0]] == again
    assert [*digests, digests[0], digests[0]] == store.asked


def test_only_the_acknowledgement_link_is_replaced() -> None:
    others = "https://hub.example.co/cases/PQ-1 y https://hub.example.co/#relojes/1"

    assert f"{others} {PERSONAL}" == without_link(f"{others} {LINK}")


def test_a_text_of_today_that_cannot_be_made_is_left_out_and_says_why_it_was_needed() -> None:
    one, mail = sent()

    def fail(_: Claimed) -> Rendered:
        raise TemplateFailure("gone")

    found = text_of(
        mail, [made(Finding.IMPOSSIBLE, "Salió antes.", None)], facts(events={one.key: one}), fail
    )

    assert (None, None) == (found.text, found.text_origin)
    assert "Salió antes." in (found.text_note or "")
