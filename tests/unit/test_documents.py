"""Documents of events: allowed addresses, the parts in messages, and no cost for events without one."""

from __future__ import annotations

import re
import zlib
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email import policy as mail_policy
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from hub.access.document_tokens import make_token, read_token
from hub.access.keyring import KeyRing
from hub.access.link_rate import FREE, WINDOW, LinkRate
from hub.catalog import BY_NAME
from hub.channels.email.mime import compose
from hub.errors import InvalidPolicy, StorageUnavailable
from hub.intake.decode import IntakeContext
from hub.messages.delivery.deps import Documents
from hub.messages.delivery.documents import with_documents
from hub.messages.delivery.evidence import document_lines, missing_document, pack, unpack
from hub.messages.planning.documents import file_name, given_name, request_of, with_document
from hub.messages.planning.plan import Rules
from hub.model import Claimed, DocumentUse, Facts, InlineImage, Outcome, Outgoing, Rendered, Sender, State
from hub.model.documents import DocumentRequest, Enclosure, FetchState, LinkedDocument, SentDocument
from hub.policy import load_policy
from hub.policy.documents import CALL, host_breaker
from hub.rendering.filters import fecha_corta, fecha_hora
from hub.rendering.sent_documents import SentDocuments
from hub.resilience.breaker import Breaker, Circuit
from hub.settings import Secret
from hub.sla.ack_links import PERSONAL, Links, without_link
from hub.sms_text import to_gsm7
from tests.unit.delivery_harness import make_harness
from tests.unit.factories import CHANNELS, MONDAY, POLICY, SCHEMAS, claim_of, event, message, stored
from tests.unit.test_templates import TEMPLATES, examples

HOSTS: Final = ("portal.example.com", "archivo.example.com:8443")
RULES: Final = replace(POLICY.documents, hosts=HOSTS)
RING: Final = KeyRing([Secret("a-secret-of-these-tests-" + "x" * 32)])
PDF: Final = b"%PDF-1.7\n" + bytes(range(256)) * 9
LINKED: Final = (
    "accounting.report.delivered",
    "admin.circular.issued",
    "admin.decision.published",
    "admin.financial_report.published",
    "admin.invitation.issued",
    "maintenance.scheduled.announced",
    "maintenance.scheduled.changed",
    "policy.updated",
    "pqrs.report.published",
)
ATTACHED: Final = (
    "pqrs.responded",
    "admin.minutes.published",
    "admin.invoice.issued",
    "privacy.query.answered",
    "privacy.claim.answered",
    "realestate.contract.notice_served",
    "realestate.conflict.resolved",
    "service.terms.changed",
)
OF_STAFF: Final = ("pqrs.replied", "support.written")
"""Staff gives them their document; they have no letter."""
LINK: Final = "https://hub.example.co/d/x"
URL: Final = "https://portal.example.com/actas/Acta%20N.%C2%BA%2048.pdf"


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        (URL, True),
        ("https://portal.example.com:443/a.pdf", True),
        ("https://PORTAL.example.com/a.pdf", True),
        ("https://archivo.example.com:8443/a.pdf", True),
        ("https://archivo.example.com/a.pdf", False),
        ("https://portal.example.com:8443/a.pdf", False),
        ("https://portal.example.com.evil.example/a.pdf", False),
        ("https://evil.example/portal.example.com", False),
        ("https://portal.example.com@evil.example/a.pdf", False),
        ("https://user:secret@portal.example.com/a.pdf", False),
        ("https://portal.example.com\\@evil.example/a.pdf", False),
        ("https://portal.example.com./a.pdf", False),
        ("http://portal.example.com/a.pdf", False),
        ("ftp://portal.example.com/a.pdf", False),
        ("https://portal.example.com/a b", False),
        ("https://portal.example.com/\r\nHost: x", False),
        ("https://pórtal.example.com/a.pdf", False),
        ("https://[::1", False),
        ("https://portal.example.com:port/a.pdf", False),
        ("//portal.example.com/a.pdf", False),
        ("Acta 48", False),
        (f"https://portal.example.com/{'x' * 2000}", False),
    ],
)
def test_only_https_on_a_listed_host_and_port_may_be_fetched(url: str, *, allowed: bool) -> None:
    assert allowed is RULES.allows(url)


@pytest.mark.parametrize(
    "documents",
    [
        'hosts = ["https://a.example"]',
        'hosts = ["A.example"]',
        'hosts = [""]',
        'networks = ["10.0.0.1/8"]',
        "types = []",
    ],
)
def test_a_policy_that_means_something_else_is_refused(tmp_path: Path, documents: str) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(f"[documents]\n{documents}\n")

    with pytest.raises(InvalidPolicy):
        load_policy(file)


def test_host_that_is_slow_and_gives_its_documents_is_not_left_alone() -> None:
    breaker = Breaker(host_breaker(POLICY.breaker))
    for now in range(0, 90, 18):
        given = breaker.enter(now)
        assert given is not None
        breaker.leave(given, now + 18, fault=False, took=timedelta(seconds=18))

    assert timedelta(seconds=18) < CALL
    assert Circuit.CLOSED == breaker.circuit


def test_without_a_host_no_event_has_a_document() -> None:
    assert frozenset() == with_document(BY_NAME, POLICY.documents)
    assert {*LINKED, *ATTACHED, *OF_STAFF} == {
        kind.name for kind in BY_NAME.values() if kind.type in with_document(BY_NAME, RULES)
    }


def test_figures_are_linked_and_what_the_law_gives_is_attached() -> None:
    assert {DocumentUse.LINK} == {BY_NAME[name].document for name in LINKED}
    assert {DocumentUse.ATTACH} == {BY_NAME[name].document for name in ATTACHED}


def example_of(name: str) -> dict[str, Any]:
    """Return the first example with a document, or the first."""
    return next((one for one in examples(name) if "document_ref" in one), examples(name)[0])


def words(name: str, variant: str | None, channel: str, document: SentDocument | None) -> str:
    claim = claim_of(
        message(event=name, channel=channel, variant=variant),
        data=example_of(name),
        building="Altos del Rosal",
    )
    return TEMPLATES.render_claimed(claim, Facts(at=MONDAY, document=document)).text


@pytest.mark.parametrize(
    ("name", "variant"),
    [(name, each.template) for name in (*LINKED, *ATTACHED) for each in BY_NAME[name].audiences],
)
def test_a_mail_leads_to_the_hubs_link_and_says_its_end(name: str, variant: str | None) -> None:
    publishers = example_of(name)["document_ref"]
    document = SentDocument(sha256="00", kind="application/pdf", name="a.pdf", link=LINK, until=MONDAY)
    text = words(name, variant, "email", document)

    assert LINK in text
    assert fecha_hora(MONDAY) in text
    assert publishers not in text
    assert publishers in words(name, variant, "email", None)


def test_a_text_message_with_the_hubs_link_says_its_end() -> None:
    document = SentDocument(sha256="00", kind="application/pdf", name="a.pdf", link=LINK, until=MONDAY)
    text = words("pqrs.responded", None, "sms", document)

    assert to_gsm7(f"hasta el {fecha_corta(MONDAY)} en {LINK}") in text
    assert "hasta" not in words("pqrs.responded", None, "sms", None)


@pytest.mark.parametrize(
    ("name", "variant"), [(name, each.template) for name in ATTACHED for each in BY_NAME[name].audiences]
)
def test_a_mail_and_a_letter_say_that_the_document_comes_along(name: str, variant: str | None) -> None:
    document = SentDocument(sha256="00", kind="application/pdf", name="a.pdf", enclosed=True)
    mail, letter = (words(name, variant, channel, document) for channel in ("email", "print"))

    assert re.search(r"adjunt[ao] a este mensaje", mail)
    assert "con esta carta" in letter.lower()
    assert example_of(name)["document_ref"] not in mail + letter


@pytest.mark.parametrize("name", [*LINKED, *ATTACHED, *OF_STAFF])
def test_a_publisher_may_name_the_digest_of_each_document(name: str) -> None:
    assert "document_sha256" in SCHEMAS.by_name[name].document["properties"]


@pytest.mark.parametrize("name", OF_STAFF)
def test_words_of_staff_say_that_a_document_comes_along_or_lead_to_it(name: str) -> None:
    enclosed = SentDocument(sha256="00", kind="application/pdf", name="a.pdf", enclosed=True)
    linked = SentDocument(sha256="00", kind="application/pdf", name="a.pdf", link=LINK, until=MONDAY)

    assert "adjunto a este mensaje" in words(name, None, "email", enclosed)
    assert LINK in words(name, None, "email", linked)
    assert "adjunto" not in words(name, None, "email", None)


def asked(name: str = "pqrs.responded", **data: Any) -> DocumentRequest | None:
    about = stored(replace(event(name), data={"document_ref": URL, **data}))
    return request_of(about, BY_NAME[name], RULES, now=MONDAY)


def test_an_event_asks_for_its_document_with_a_digest_and_an_end() -> None:
    request = asked(document_sha256=sha256(PDF).hexdigest())

    assert request is not None
    assert (URL, "Acta-N-48", True) == (request.url, request.name, request.attach)
    assert sha256(PDF).digest() == request.digest
    assert MONDAY + timedelta(minutes=30) == request.wait_until


def test_what_is_no_listed_link_or_only_recorded_is_not_asked_for() -> None:
    quiet = replace(event("pqrs.responded"), data={"document_ref": URL}, extensions={"quiet": True})

    assert asked(document_ref="RESP-7") is None
    assert asked(document_ref="https://evil.example/a.pdf") is None
    assert request_of(stored(quiet), BY_NAME["pqrs.responded"], RULES, now=MONDAY) is None


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("respuesta.pdf", "respuesta"),
        ("a/b/informe%20final.v2.pdf", "informe-final-v2"),
        ('%22%0d%0aX: y".pdf', "X-y"),
        ("..%2f..%2fetc%2fpasswd", "passwd"),
        ("", "documento"),
        ("%F0%9F%98%80.pdf", "documento"),
        ("x" * 100, "x" * 60),
    ],
)
def test_the_name_of_a_file_is_plain(path: str, name: str) -> None:
    assert name == file_name(f"https://portal.example.com/{path}")


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("gotera del baño.jpg", "gotera-del-ba-o"),
        ("//[x.pdf", "x"),
        ("http://[/acta.pdf", "acta"),
        ("¿qué? #3.pdf", "qu-3"),
        ('a".pdf\r\nX: y', "a"),
        ("../../etc/passwd", "passwd"),
        ("\ud800", "documento"),
        ("", "documento"),
    ],
)
def test_name_that_a_person_gives_a_file_is_no_address_and_no_header(given: str, name: str) -> None:
    assert name == given_name(given)


class NoStore:
    """A store that nobody may ask."""

    async def of_events(self, keys: Collection[UUID]) -> Mapping[UUID, DocumentRequest]:
        raise AssertionError(keys)

    async def content(self, sha256: bytes) -> bytes | None:
        raise AssertionError(sha256)

    async def of_message(self, message_id: UUID) -> LinkedDocument | None:
        raise AssertionError(message_id)

    async def of_letter(self, message_id: UUID, places: object = None) -> LinkedDocument | None:
        raise AssertionError(message_id, places)


class OneRequest(NoStore):
    """A store with one request; counts its calls."""

    def __init__(self, request: DocumentRequest | None, *, away: bool = False) -> None:
        self.request, self.away = request, away
        self.asked: list[str] = []

    async def of_events(self, keys: Collection[UUID]) -> Mapping[UUID, DocumentRequest]:
        self.asked.append("request")
        if self.away:
            raise StorageUnavailable
        return {} if self.request is None else dict.fromkeys(keys, self.request)

    async def content(self, sha256: bytes) -> bytes | None:
        assert self.request is not None
        assert self.request.sha256 == sha256
        self.asked.append("content")
        return PDF


def claims(number: int = 1, **fields: Any) -> list[Claimed]:
    given = {"event": "pqrs.responded", "channel": "email", **fields}
    return [claim_of(message(**{"person": f"p-{place}", **given})) for place in range(number)]


async def given(
    store: NoStore, claimed: list[Claimed], *, now: datetime = MONDAY
) -> tuple[list[Claimed], list[Outcome]]:
    documents = Documents(
        store=store,
        events=frozenset({"pqrs.responded"}),
        attached=frozenset({"pqrs.responded"}),
        attach_below=len(PDF),
    )
    judged = await with_documents(claimed, make_harness().judging(documents=documents, now=lambda: now))
    return list(judged.free), list(judged.decided)


def request(state: FetchState = FetchState.STORED, **fields: Any) -> DocumentRequest:
    values: dict[str, Any] = {
        "event_key": uuid4(),
        "url": URL,
        "name": "acta",
        "attach": True,
        "wait_until": MONDAY + timedelta(minutes=30),
        "asked_at": MONDAY,
        "state": state,
    }
    if state is FetchState.STORED:
        values |= {"sha256": sha256(PDF).digest(), "kind": "application/pdf", "size": len(PDF)}
    return DocumentRequest(**{**values, **fields})


async def test_messages_of_other_events_and_of_channels_without_documents_ask_nothing() -> None:
    others = [*claims(event="pqrs.received"), *claims(channel="push"), *claims(channel="voice")]

    assert (others, []) == await given(NoStore(), others)


async def test_letter_asks_for_its_document_where_nothing_is_fetched_and_its_mail_does_not() -> None:
    """Somebody may have given it by hand."""
    data = {"link": URL}
    by_hand, mail, plain = (
        [replace(claim, data=given) for claim in claims(event="privacy.consent.requested", channel=channel)]
        for channel, given in (("print", data), ("email", data), ("print", {"link": "Formato 3"}))
    )
    free, _ = await given(OneRequest(request()), by_hand)

    assert [True] == [claim.document is not None and claim.document.enclosed for claim in free]
    assert ([*mail, *plain], []) == await given(NoStore(), [*mail, *plain])


@pytest.mark.parametrize(("channel", "enclosed"), [("email", False), ("inbox", False), ("print", True)])
async def test_what_the_hub_was_given_is_found_where_nothing_is_fetched(
    channel: str, *, enclosed: bool
) -> None:
    given_it = {"document_ref": "programa", "document_sha256": sha256(PDF).hexdigest()}
    theirs = {**given_it, "document_ref": "http://192.0.2.7/programa.pdf"}
    ours, others = (
        [replace(claim, data=data) for claim in claims(event="admin.circular.issued", channel=channel)]
        for data in (given_it, theirs)
    )
    [claim], _ = await given(OneRequest(request()), ours)

    assert claim.document is not None
    assert (enclosed, b"") == (claim.document.enclosed, claim.document.content)
    if channel != "print":
        assert (others, []) == await given(NoStore(), others)


async def test_mail_that_leads_to_its_document_takes_no_copy_that_a_letter_was_given() -> None:
    store, reported = OneRequest(request()), claims(event="admin.financial_report.published")
    documents = Documents(
        store=store,
        events=frozenset({"admin.financial_report.published"}),
        attached=frozenset(),
        attach_below=len(PDF),
    )
    judged = await with_documents(reported, make_harness().judging(documents=documents, now=lambda: MONDAY))

    assert [False] == [claim.document is not None and claim.document.enclosed for claim in judged.free]


async def test_a_ticket_of_a_hundred_is_one_question_and_the_bytes_once() -> None:
    store = OneRequest(request())
    free, outcomes = await given(store, claims(100))

    assert ["request", "content"] == store.asked
    assert [] == outcomes
    assert 1 == len({id(claim.document.content) for claim in free if claim.document})


@pytest.mark.parametrize(
    ("channel", "fields", "enclosed", "content"),
    [
        ("email", {}, True, PDF),
        ("email", {"attach": False}, False, b""),
        ("email", {"size": len(PDF) + 1}, False, b""),
        ("sms", {}, False, b""),
        ("inbox", {}, False, b""),
        ("print", {}, True, b""),
    ],
)
async def test_a_small_mail_and_a_letter_have_it_and_the_rest_a_link(
    channel: str, fields: dict[str, Any], content: bytes, *, enclosed: bool
) -> None:
    [claim], _ = await given(OneRequest(request(**fields)), claims(channel=channel))

    assert claim.document is not None
    assert (enclosed, content) == (claim.document.enclosed, claim.document.content)


async def test_a_letter_about_something_confidential_has_nothing_of_it_and_never_waits() -> None:
    for state in (FetchState.STORED, FetchState.ASKED):
        [claim], outcomes = await given(OneRequest(request(state, attach=False)), claims(channel="print"))

        assert claim.document is None
        assert [] == outcomes


async def test_messages_wait_longer_each_time_and_to_the_end_of_the_wait() -> None:
    asked_for = request(FetchState.ASKED)
    ages = (timedelta(0), timedelta(minutes=5), timedelta(minutes=20))
    waits = []
    for age in ages:
        free, [outcome] = await given(OneRequest(asked_for), claims(), now=MONDAY + age)
        assert outcome.next_at is not None
        waits.append(outcome.next_at - MONDAY - age)
        assert ([], State.HELD, "document", False) == (free, outcome.state, outcome.reason, outcome.tried)
    after, none = await given(OneRequest(asked_for), claims(), now=asked_for.wait_until)

    assert [timedelta(seconds=30), timedelta(minutes=5), timedelta(minutes=10)] == waits
    assert [None] == [claim.document for claim in after]
    assert [] == none


async def test_a_failed_request_or_none_leaves_the_message_as_it_is() -> None:
    for store in (OneRequest(request(FetchState.FAILED)), OneRequest(None)):
        asking = claims()
        assert (asking, []) == await given(store, asking)


async def test_while_the_database_is_away_a_message_waits_and_others_leave() -> None:
    asking, other = claims(), claims(event="pqrs.received", person="p-other")
    free, [outcome] = await given(OneRequest(request(), away=True), [*asking, *other])

    assert other == free
    assert (asking[0].message.id, State.HELD) == (outcome.message_id, outcome.state)


def claimed_with(document: Enclosure | None, **data: Any) -> Claimed:
    [claim] = claims()
    return replace(claim, document=document, data=data)


LARGE: Final = Enclosure(sha256=b"\1" * 32, kind="application/pdf", name="acta", enclosed=False)


def sent(claim: Claimed, *, url: str = "https://hub.example.co", ring: KeyRing = RING) -> SentDocument | None:
    return SentDocuments(public_url=url, ring=ring, lifetime=timedelta(days=30)).of(claim, MONDAY)


def test_a_link_lasts_as_the_policy_or_the_publisher_says_whichever_is_earlier() -> None:
    earlier, later = MONDAY + timedelta(days=2), MONDAY + timedelta(days=90)
    found = [
        sent(claimed_with(LARGE, **data))
        for data in ({}, {"expires_at": earlier.isoformat()}, {"expires_at": later.isoformat()})
    ]

    assert [MONDAY + timedelta(days=30), earlier, MONDAY + timedelta(days=30)] == [
        document.until for document in found if document
    ]


def test_the_publishers_address_stays_without_https_a_secret_or_time() -> None:
    over = (MONDAY - timedelta(days=1)).isoformat()

    assert sent(claimed_with(LARGE), url="http://hub.example.co") is None
    assert sent(claimed_with(LARGE), ring=KeyRing([])) is None
    assert sent(claimed_with(LARGE, expires_at=over)) is None
    assert sent(claimed_with(None)) is None


def test_a_token_opens_one_message_until_its_end() -> None:
    message_id, ends = uuid4(), datetime(2026, 4, 9, tzinfo=UTC)
    token = make_token(RING, message_id, ends)
    read = read_token(RING, token)

    assert read is not None
    assert (message_id, ends) == (read.message_id, read.ends_at)
    assert read_token(KeyRing([]), token) is None
    assert read_token(RING, token.swapcase()) is None


def test_nobody_else_sees_the_link() -> None:
    document = sent(claimed_with(LARGE))
    assert document is not None
    take_on = Links(public_url="https://hub.example.co", ring=RING).to(uuid4())
    survey = f"https://hub.example.co/s/{uuid4().hex}.5f.0a1b"

    for link in (document.link, take_on, survey):
        assert f"Léala en {PERSONAL}." == without_link(f"Léala en {link}.")


def test_one_link_has_a_rate_and_others_their_own() -> None:
    at, link = [0.0], uuid4()
    rate = LinkRate(lambda: at[0])
    opened = [rate.admits(link) for _ in range(FREE + 1)]
    at[0] = WINDOW

    assert [*[True] * FREE, False] == opened
    assert rate.admits(uuid4())
    assert rate.admits(link)


def outgoing(attachment: bytes) -> Outgoing:
    document = SentDocument(sha256="00", kind="application/pdf", name="acta-48.pdf", enclosed=True)
    rendered = Rendered(
        subject="Acta", text="Adjunta", html="<p>Adjunta</p>", facts=Facts(at=MONDAY, document=document)
    )
    return Outgoing(message=message(channel="email"), rendered=rendered, attachment=attachment)


SENDER: Final = Sender(name="Copro", address="avisos@example.co")


def test_a_mail_with_a_document_has_its_text_both_ways_and_the_file() -> None:
    mail = message_from_bytes(compose(outgoing(PDF), sender=SENDER), policy=mail_policy.default)
    [file] = list(mail.iter_attachments())
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))

    assert "multipart/mixed" == mail.get_content_type()
    assert (PDF, "acta-48.pdf", "application/pdf") == (
        file.get_content(),
        file.get_filename(),
        file.get_content_type(),
    )
    assert plain is not None
    assert html is not None
    assert "Adjunta" == plain.get_content().strip()
    assert [] == mail.defects
    assert max(map(len, compose(outgoing(PDF), sender=SENDER).split(b"\r\n"))) <= 78


def test_a_mail_with_a_logo_and_a_document_has_both_and_three_boundaries() -> None:
    logo = b"\x89PNG" + bytes(range(200))
    given = outgoing(PDF)
    assert given.rendered.facts is not None
    unsubscribe = "https://hub.example.co/unsubscribe/x"
    rendered = replace(
        given.rendered,
        image=InlineImage(cid="logo-1", content=logo),
        facts=replace(given.rendered.facts, unsubscribe=unsubscribe, list_id="ph-rosal"),
    )
    content = compose(replace(given, rendered=rendered), sender=SENDER)
    mail = message_from_bytes(content, policy=mail_policy.default)
    kinds = [part.get_content_type() for part in mail.walk()]
    boundaries = [str(part.get_boundary()) for part in mail.walk() if part.is_multipart()]

    assert [
        *("multipart/mixed", "multipart/alternative", "text/plain"),
        *("multipart/related", "text/html", "image/png", "application/pdf"),
    ] == kinds
    assert [logo, PDF] == [part.get_content() for part in mail.walk() if part.get_filename()]
    assert not [one for one in boundaries for other in boundaries if one != other and one.startswith(other)]
    assert 3 == len(set(boundaries))
    assert f"<{unsubscribe}>" == mail["List-Unsubscribe"].strip()
    assert "<ph-rosal.example.co>" == mail["List-Id"].strip()
    assert all(not part.defects for part in mail.walk())
    assert content.isascii()
    assert document_lines(PDF) in content


def test_kept_bytes_have_a_gap_for_the_document_and_fit_only_with_it() -> None:
    content, named = compose(outgoing(PDF), sender=SENDER), sha256(PDF).hexdigest()
    packed = pack(content, PDF)

    assert named == missing_document(packed)
    assert document_lines(PDF) not in zlib.decompress(packed)
    assert content == unpack(packed, {named: PDF})
    assert content != unpack(packed, {})
    assert content != unpack(packed, {named: PDF[:-1]})
    assert content == unpack(pack(content), {})
    assert missing_document(pack(content)) is None


def test_intake_asks_only_where_the_policy_lists_a_host() -> None:
    def context(policy: Any) -> IntakeContext:
        return IntakeContext(schemas=SCHEMAS, catalog=BY_NAME, rules=Rules(channels=CHANNELS, policy=policy))

    assert not context(POLICY).with_document
    assert BY_NAME["pqrs.responded"].type in context(replace(POLICY, documents=RULES)).with_document
