"""The hub's own texts: every event of the catalogue, with every example of its schema."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

import pytest

from hub.business_time import BusinessDays
from hub.catalog import BY_NAME, CATALOG
from hub.channels.registry import TRAITS
from hub.errors import MissingDocument
from hub.messages.planning.reach import last_resort, offered
from hub.model import Audience, Print, Purpose, Rendered
from hub.model.documents import document_links
from hub.policy import load_policy
from hub.policy.values import Alphabet, Prefix
from hub.rendering import Context, Templates, Texting
from hub.rendering.approved import Approved
from hub.rendering.forms import CHANNELS
from hub.sms_text import segments
from tests.for_each import for_each

ROOT = Path(__file__).parents[2]
POLICY = load_policy()
COMPANY = {
    "name": POLICY.company.name,
    "phone": POLICY.company.phone,
    "email": POLICY.company.email,
    "site": POLICY.company.site,
}
TEMPLATES = Templates.load(company=COMPANY, clocks=POLICY.clocks, calendar=POLICY.calendar)
DUE = {
    name: datetime(2026, 9, 24, 5, tzinfo=UTC)
    if isinstance(clock.target_for({}), BusinessDays)
    else datetime(2026, 9, 23, 17, 53, tzinfo=UTC)
    for name, clock in POLICY.clocks.items()
}
"""As if all promises ran, each to an instant with many letters."""
BUILDING = "Conjunto Altos del Rosal"
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta"}

Data = dict[str, Any]


def schema(event: str) -> Data:
    loaded: Data = json.loads((ROOT / "schemas" / f"{event}.v1.json").read_text("utf-8"))
    return loaded


def examples(event: str) -> list[Data]:
    found: list[Data] = schema(event)["examples"]
    return found


def sparse(event: str) -> Data:
    """An example with only required fields, null where allowed."""
    rules = schema(event)
    kept = {name: value for name, value in examples(event)[0].items() if name in rules["required"]}
    nullable = [name for name, rule in rules["properties"].items() if "null" in rule.get("type", ())]
    return kept | dict.fromkeys(nullable)


def on_paper(data: Data) -> Data:
    """The same, with a document that has a number and no link."""
    links = set(document_links(data))

    def bare(value: Any) -> Any:
        if isinstance(value, list):
            return [bare(item) for item in value]
        if isinstance(value, dict):
            return {name: bare(item) for name, item in value.items()}
        return "RESP-7" if isinstance(value, str) and value in links else value

    return {name: bare(value) for name, value in data.items()}


def longest(event: str) -> Data:
    """An example with every free text at the greatest length of the schema."""
    rules = schema(event)["properties"]
    free = {
        name: rule["maxLength"]
        for name, rule in rules.items()
        if "maxLength" in rule and name in examples(event)[0] and rule["type"] == "string"
    }
    return examples(event)[0] | {name: ("Sí señor " * size)[:size] for name, size in free.items()}


def context(
    event: str,
    data: Data,
    *,
    full: bool = True,
    occasion: str = "initial",
    due: Mapping[str, datetime] = DUE,
) -> Context:
    return Context(
        data=data,
        event_id="e-1",
        event_time=datetime(2026, 3, 9, 13, 5, tzinfo=UTC),
        event_name=event,
        person="MARÍA FERNANDA PEÑA" if full else "",
        building=BUILDING if full else None,
        unit="Torre 1, apto. 101" if full else None,
        occasion=occasion,
        purpose=BY_NAME[event].audiences[0].purpose,
        ack_url=f"https://hub.example.co/s/{'0' * 74}" if event == "survey.requested" else None,
        due=due,
    )


def occasions(event: str) -> list[str]:
    return ["initial", *(reminder.occasion for reminder in BY_NAME[event].reminders)]


def asked(audience: Audience) -> list[str]:
    """The channels that use a template, of an audience or of its last resort."""
    return [*offered(audience), *last_resort(audience, TRAITS)]


def rendered_texts(event: str, *more: Callable[[str], Data]) -> Iterator[tuple[str, Rendered]]:
    """Everything that the catalogue can make an event say: (channel, words)."""
    contexts = [
        context(event, data, full=full, occasion=occasion, due=DUE if full else {})
        for occasion in occasions(event)
        for full in (True, False)
        for data in (*examples(event), sparse(event), *(make(event) for make in more))
    ]
    for audience in BY_NAME[event].audiences:
        for channel in asked(audience):
            for given in contexts:
                for text in audience.texts:
                    yield channel, TEMPLATES.render(event, channel, given, variant=text)


SPEAKING = [kind.name for kind in CATALOG if kind.audiences]


class Balance(HTMLParser):
    """Collects what a browser would have to repair."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)


@for_each(SPEAKING)
def test_each_audience_of_the_catalogue_has_the_forms_of_its_channels(event: str) -> None:
    for audience in BY_NAME[event].audiences:
        for text in audience.texts:
            assert set(asked(audience)) <= set(TEMPLATES.words["es", event, text].channels())


def test_each_channel_of_the_catalogue_has_a_form() -> None:
    channels = {
        channel
        for kind in CATALOG
        for audience in kind.audiences
        for step in audience.channels
        for channel in step
    }

    assert channels <= CHANNELS.keys()


def test_every_template_has_an_event_in_the_catalogue() -> None:
    known = {
        ("es", kind.name, text) for kind in CATALOG for audience in kind.audiences for text in audience.texts
    }

    assert {key for key in TEMPLATES.words if key[0] == "es"} == known
    assert {("es", *key[1:]) for key in TEMPLATES.words} == known


@for_each(SPEAKING)
def test_it_reads_well_with_every_example(event: str) -> None:
    for channel, words in rendered_texts(event):
        text = f"{words.subject}\n{words.text}"

        assert words.text.strip()
        assert not re.search(r"None|undefined|[{}]|zq\d|⟦|⟪|<!--|[^.]\.\.(?!\.)| ,|\( | \)|[ ] \w", text), (
            text
        )
        assert not re.search(r"\{[{%]|⟦|⟪|<!--q|zq\d", words.html)
        assert bool(words.html) is (channel in {"email", "inbox"})


@for_each(SPEAKING)
def test_letter_asks_for_no_reply_to_the_message(event: str) -> None:
    for audience in BY_NAME[event].audiences:
        if audience.print in {Print.LETTER, Print.BOTH}:
            for data in examples(event):
                told = context(event, on_paper(data))
                letter = TEMPLATES.render(event, "print", told, variant=audience.template)

                assert "este mensaje" not in letter.text.lower()


@for_each(SPEAKING)
def test_a_letter_greets_its_reader_once_and_by_name(event: str) -> None:
    letters = {
        name: words
        for name, words in TEMPLATES.preview(event, examples(event)[0]).items()
        if name.rpartition("/")[2] == "print"
    }
    for words in letters.values():
        greetings = re.findall(r"Señor\(a\)|Hola.*?:|Cordial saludo.*?:", words.html)

        assert greetings in ([], ["Cordial saludo, María Fernanda Ríos:"])
        assert f'class="firma">\n<p><strong>{COMPANY["name"]}' in words.html


@pytest.mark.parametrize("form", ["email", "inbox", "print"])
def test_no_line_ends_inside_a_radicado(form: str) -> None:
    html = TEMPLATES.preview("pqrs.received", examples("pqrs.received")[0])[form].html
    body = re.sub(r"<title>.*?</title>|<p class=\"adelanto\".*?</p>", "", html, flags=re.DOTALL)

    assert "PQ-2026-000123" in body
    assert "PQ-2026-000123" not in body.replace('white-space:nowrap">PQ-2026-000123</span>', "")


def test_mail_to_whoever_may_not_have_written_does_not_call_it_theirs() -> None:
    asked_back = [
        TEMPLATES.preview("inbound.message.received", example)["email"].text
        for example in examples("inbound.message.received")
        if example["kind"] == "unproven"
    ]

    assert asked_back
    assert [] == [text for text in asked_back if "Recibimos su mensaje" in text]


@for_each(SPEAKING)
def test_the_html_is_balanced_and_its_links_are_https(event: str) -> None:
    for _, words in rendered_texts(event):
        parser = Balance()
        parser.feed(words.html)

        assert (parser.faults, parser.open) == ([], [])
        assert all(link.startswith("https://") for link in parser.links)


MARKDOWN: Final = re.compile(r"(?<!\*)\*\*(?!\*)|\]\(|`|^#+ ", re.MULTILINE)
"""Its signs in a finished text. Stars that hide an address are three."""


@for_each(SPEAKING)
def test_no_text_has_signs_of_markdown(event: str) -> None:
    for channel, words in rendered_texts(event):
        if channel != "whatsapp":
            shown = f"{words.subject}\n{words.text}\n{words.html}"

            assert [] == MARKDOWN.findall(shown), shown


LONGER: Final = {"emergency.declared", "emergency.reply.received", "emergency.unreached"}
"""Worth a second part: instructions in danger, the words of a person in it, and the person to call."""


@for_each(SPEAKING)
def test_an_sms_is_gsm7_of_at_most_two_parts(event: str) -> None:
    for channel, words in rendered_texts(event):
        if channel == "sms":
            size = segments(words.text)

            assert size.encoding == "GSM-7"
            assert size.parts <= (2 if event in LONGER else 1), words.text


@for_each(SPEAKING)
def test_the_longest_data_still_fits_a_provider(event: str) -> None:
    """Twilio refuses an SMS over 1600 characters, FCM a payload over 4096 bytes."""
    for audience in BY_NAME[event].audiences:
        for channel in {"sms", "push"}.intersection(asked(audience)):
            words = TEMPLATES.render(
                event, channel, context(event, longest(event)), variant=audience.template
            )

            assert len(words.text) <= 1600
            assert len(f"{words.subject}{words.text}".encode()) <= 3500


@for_each(SPEAKING)
def test_whatsapp_text_fits_with_the_longest_data(event: str) -> None:
    """Meta refuses a body over 1024 characters (132005), an empty value, one with a break or many spaces."""
    for channel, words in rendered_texts(event, longest):
        if channel == "whatsapp":
            values = [value for _, value in words.parameters]

            assert len(words.text) <= 1024
            assert all(value and not re.search(r"[\n\t]| {2}", value) for value in values)


def test_each_whatsapp_audience_has_a_text_to_approve() -> None:
    listed = {
        kind.name.replace(".", "_") + (f"_{text}" if text else "")
        for kind in CATALOG
        for audience in kind.audiences
        for text in audience.texts
        if "whatsapp" in asked(audience)
    } | {name.replace(".", "_") for name in POLICY.texts.events if name != "admin.minutes.published"}
    approved = {one.name: one for kind in CATALOG for one, _ in to_approve(kind.name)}

    assert listed == approved.keys()
    for one in approved.values():
        assert re.findall(r"\{\{(.*?)\}\}", one.body) == list(one.gaps)
        assert all(re.fullmatch(r"[a-z_][a-z_0-9]*", gap) for gap in one.gaps)
        # Adjacent gaps and a body of little else than gaps are refused at the review.
        assert not re.search(r"\}\}\s*\{\{", one.body)
        assert len(re.sub(r"\{\{.*?\}\}", "", one.body).split()) > 3 * len(one.gaps)


def to_approve(event: str) -> list[tuple[Approved, Rendered]]:
    return list(TEMPLATES.to_approve(event, examples(event)[0])) if event in SPEAKING else []


@for_each(name for name in SPEAKING if not name.startswith("emergency."))
def test_an_sms_begins_with_the_building_or_else_the_company(event: str) -> None:
    for audience in BY_NAME[event].audiences:
        if "sms" in asked(audience):
            data = examples(event)[0]
            here = TEMPLATES.render(event, "sms", context(event, data), variant=audience.template)
            there = TEMPLATES.render(
                event, "sms", context(event, data, full=False), variant=audience.template
            )

            assert here.text.startswith(f"{BUILDING}: ")
            assert there.text.startswith(f"{POLICY.company.name}: ")


@for_each(SPEAKING)
def test_an_sms_of_a_one_way_sender_asks_for_no_answer(event: str) -> None:
    for channel, words in rendered_texts(event):
        if channel == "sms":
            assert not re.search(r"(?i)responda a este|conteste|respóndanos", words.text), words.text


def test_an_sms_of_a_two_way_sender_may_be_answered() -> None:
    event = "maintenance.request.assigned"
    two_way = Templates.load(company=COMPANY, clocks=POLICY.clocks, texting=Texting(two_way=True))
    words = two_way.render(event, "sms", context(event, examples(event)[0]), variant=None)

    assert "responda a este mensaje" in words.text
    assert segments(words.text).parts == 1


@pytest.mark.parametrize(
    ("prefix", "begins"),
    [
        (Prefix.BUILDING, "Conjunto Altos del Rosal: recibimos su pago"),
        (Prefix.COMPANY, "COPROSERVICIOS S.A.S.: recibimos su pago"),
        (Prefix.NONE, "Recibimos su pago"),
    ],
)
def test_sms_prefix_is_a_setting(prefix: Prefix, begins: str) -> None:
    event = "admin.payment.received"
    templates = Templates.load(company=COMPANY, clocks=POLICY.clocks, texting=Texting(prefix=prefix))

    assert templates.render(event, "sms", context(event, examples(event)[0]), variant=None).text.startswith(
        begins
    )


@pytest.mark.parametrize(
    ("alphabet", "words", "encoding"),
    [(Alphabet.GSM7, "Altos del Rio: ", "GSM-7"), (Alphabet.UNICODE, "Altos del Río 🚰: ", "UCS-2")],
)
def test_alphabet_of_sms_is_a_setting(alphabet: Alphabet, words: str, encoding: str) -> None:
    event = "building.outage.restored"
    templates = Templates.load(company=COMPANY, clocks=POLICY.clocks, texting=Texting(alphabet=alphabet))
    told = replace(context(event, examples(event)[0]), building="Altos del Río 🚰")
    text = templates.render(event, "sms", told, variant=None).text

    assert text.startswith(words)
    assert encoding == segments(text).encoding


@pytest.mark.parametrize(
    ("building", "named"),
    [
        ("Conjunto Altos del Rosal", "Conjunto Altos del Rosal"),
        ("Conjunto Residencial Altos del Rosal Etapa II", "Altos del Rosal Etapa II"),
        ("Conjunto Residencial de los Cerros Orientales y del Humedal", COMPANY["name"]),
        ("Agrupación de Vivienda Parque Central Bavaria P.H.", "Parque Central Bavaria"),
    ],
)
def test_a_text_message_names_a_building_whole_or_the_company(building: str, named: str) -> None:
    event = "admin.payment.received"
    one = replace(context(event, examples(event)[0]), building=building)

    text = TEMPLATES.render(event, "sms", one, variant=None).text
    assert text.startswith(f"{named}: recibimos")


def test_every_receipt_of_a_petition_says_radicado_date_and_hour() -> None:
    for words in TEMPLATES.preview("pqrs.received", examples("pqrs.received")[0]).values():
        for form in filter(None, (words.text, words.html)):
            assert "PQ-2026-000123" in form
            assert re.search(r"9 de marzo de 2026|9 mar 2026", form)
            assert re.search(r"8:05.a\..m\.", form)


def test_receipt_of_a_petition_does_not_say_that_somebody_is_at_work_on_it() -> None:
    """It leaves by itself, also at night."""
    forms = TEMPLATES.preview("pqrs.received", examples("pqrs.received")[0])

    assert not [name for name, words in forms.items() if "trabajando" in words.text]


@pytest.mark.parametrize("event", ["emergency.declared", "emergency.updated"])
def test_in_a_drill_every_text_begins_with_simulacro(event: str) -> None:
    for example in examples(event):
        for words in TEMPLATES.preview(event, {**example, "drill": True}).values():
            # A text that Meta approves may not begin with a gap.
            assert words.text.removeprefix("Atención, *").startswith("SIMULACRO")
            assert words.subject.startswith("SIMULACRO") or not words.subject
            assert "EMERGENCIA" not in f"{words.subject}{words.text}{words.html}"


@pytest.mark.parametrize("event", ["emergency.declared", "emergency.updated"])
def test_in_an_emergency_the_instruction_comes_first(event: str) -> None:
    example = examples(event)[0] | {"drill": False}
    forms = TEMPLATES.preview(event, example)
    residents = [words.text for name, words in forms.items() if "/" not in name]

    for text in residents:
        instruction = re.sub(r"^(Atención, \*)?EMERGENCIA[^:]*: ", "", text)

        assert plain(instruction).startswith(plain(example["instruction"]))


def test_only_the_owner_reads_the_balance() -> None:
    example = examples("admin.payment.received")[0] | {"balance_cop": 987654}
    shown = {
        name: "987.654" in f"{words.subject}{words.text}{words.html}"
        for name, words in TEMPLATES.preview("admin.payment.received", example).items()
    }

    assert shown == {name: name.startswith("owner/") for name in shown}


@pytest.mark.parametrize(
    ("balance", "shown"),
    [(0, "Saldo: Está al día"), (1500, "Saldo pendiente: $ 1.500"), (-1500, "Saldo a su favor: $ 1.500")],
)
def test_balance_is_written_in_words(balance: int, shown: str) -> None:
    example = examples("admin.payment.received")[0] | {"balance_cop": balance}
    words = TEMPLATES.preview("admin.payment.received", example)["owner/inbox"]

    assert shown in words.text.replace("\u00a0", " ")


@pytest.mark.parametrize("kind", schema("pqrs.received")["properties"]["kind"]["enum"])
def test_the_promised_terms_are_those_of_the_policy(kind: str) -> None:
    example = examples("pqrs.received")[0] | {"kind": kind}
    text = TEMPLATES.preview("pqrs.received", example)["email"].text
    first = POLICY.clocks["first_reply"].target_for(example)
    legal = POLICY.clocks["legal_term"].target_for(example)

    assert isinstance(first, timedelta)
    assert isinstance(legal, BusinessDays)
    assert f"{first // timedelta(hours=1)} horas hábiles" in text
    assert f"{legal.count} días hábiles" in text


@pytest.mark.parametrize(
    ("event", "clock", "field"),
    [
        ("privacy.query.received", "privacy_query", "target"),
        ("privacy.query.extended", "privacy_query", "extension"),
        ("privacy.claim.received", "privacy_claim", "target"),
        ("privacy.claim.received", "privacy_legend", "target"),
        ("privacy.claim.extended", "privacy_claim", "extension"),
        ("realestate.conflict.opened", "conflict", "target"),
    ],
)
def test_what_is_promised_in_business_days_is_the_term_of_the_policy(
    event: str, clock: str, field: str
) -> None:
    term = getattr(POLICY.clocks[clock], field)
    forms = TEMPLATES.preview(event, examples(event)[0])

    assert [name for name in ("email", "print") if f"{term.count} días hábiles" not in forms[name].text] == []


@pytest.mark.parametrize(
    ("line", "clock", "words"),
    [
        ("main", "first_reply", "máximo 24 horas hábiles"),
        ("emergency", "emergency_callback", "máximo 10 minutos"),
    ],
)
def test_missed_call_text_promises_the_term_of_the_policy(line: str, clock: str, words: str) -> None:
    event = "support.call.missed"
    target = POLICY.clocks[clock].target
    data = examples(event)[0] | {"line": line}
    forms = TEMPLATES.preview(event, data)

    assert target in {timedelta(hours=24), timedelta(minutes=10)}
    assert plain(words) in forms["sms"].text
    assert words in forms["whatsapp"].text
    assert line == "main" or "10 minutos" in forms["staff/sms"].text


def test_accounting_report_text_has_no_figures() -> None:
    event = "accounting.report.delivered"
    link = examples(event)[0]["document_ref"]
    forms = TEMPLATES.preview(event, examples(event)[0] | {"net_income_cop": 987654})

    assert [link in forms[name].html for name in ("email", "inbox", "print")] == [True, True, False]
    assert not [name for name, words in forms.items() if "987" in f"{words.subject}{words.text}{words.html}"]


def test_reminder_of_documents_mentions_that_they_may_be_done() -> None:
    event = "accounting.documents.requested"
    for channel, words in (
        ("email", "Recuerde enviarnos documentos"),
        ("sms", "recuerde enviarnos"),
        ("whatsapp", "le recordamos"),
    ):
        first, again = (
            TEMPLATES.render(
                event, channel, context(event, examples(event)[0], occasion=occasion), variant=None
            )
            for occasion in occasions(event)
        )

        assert [words in f"{rendered.subject}{rendered.text}" for rendered in (first, again)] == [False, True]


@pytest.mark.parametrize(
    ("event", "clock", "form"),
    [
        ("concierge.incident.reported", "incident_response", "email"),
        ("concierge.incident.reported", "incident_response", "sms"),
        ("concierge.incident.reported", "incident_response", "staff/inbox"),
        ("satisfaction.detractor.detected", "callback", "email"),
        ("realestate.conflict.opened", "conflict", "party_b/email"),
        ("realestate.conflict.opened", "conflict", "staff/email"),
        ("privacy.incident.detected", "incident_report", "email"),
        ("privacy.incident.detected", "incident_report", "management/email"),
        ("sla.breached", "custody", "desk/inbox"),
    ],
)
def test_what_is_promised_or_asked_of_staff_is_the_term_of_the_policy(
    event: str, clock: str, form: str
) -> None:
    term = POLICY.clocks[clock].target_for({})
    words = (
        f"{term.count} días hábiles"
        if isinstance(term, BusinessDays)
        else f"{term // timedelta(hours=1)} horas" + ("" if POLICY.clocks[clock].any_hour else " hábiles")
    )

    assert plain(words) in plain(TEMPLATES.preview(event, examples(event)[0])[form].text)


@pytest.mark.parametrize("event", ["realestate.conflict.opened", "realestate.conflict.resolved"])
def test_party_of_a_conflict_learns_nothing_about_the_other(event: str) -> None:
    """Neither the other party's text nor their identity."""
    secrets = {"for_party_a": "SECRETO-A", "for_party_b": "SECRETO-B"}
    people = {
        "party_a": {"name": "Nombre-A", "email": "a@x"},
        "party_b": {"name": "Nombre-B", "email": "b@x"},
    }
    forms = TEMPLATES.preview(event, examples(event)[0] | secrets | people)
    read = {name: f"{words.subject}{words.text}{words.html}" for name, words in forms.items()}
    first = [text for name, text in read.items() if "/" not in name]
    second = [text for name, text in read.items() if name.startswith("party_b/")]

    assert {"SECRETO-A"} == set(re.findall(r"SECRETO-.|Nombre-.", "".join(first)))
    assert {"SECRETO-B"} == set(re.findall(r"SECRETO-.|Nombre-.", "".join(second)))
    assert all("SECRETO-A" in text for text in first)
    assert all("SECRETO-B" in text for text in second)


def test_affected_person_does_not_read_the_note_for_staff() -> None:
    example = examples("concierge.incident.reported")[0] | {"internal_note": "Nota reservada"}
    shown = {
        name
        for name, words in TEMPLATES.preview("concierge.incident.reported", example).items()
        if "Nota reservada" in f"{words.subject}{words.text}{words.html}"
    }

    assert {"staff/email", "staff/inbox", "staff/print"} == shown


def test_data_incident_goes_only_to_staff_and_names_nobody() -> None:
    """Superfluous data of the publisher is not shown."""
    event = "privacy.incident.detected"
    named = {"affected": [{"name": "María Secreta", "email": "secreta@example.com"}]}
    forms = TEMPLATES.preview(event, examples(event)[0] | named)

    assert {Purpose.INTERNAL} == {audience.purpose for audience in BY_NAME[event].audiences}
    assert [] == [
        name
        for name, words in forms.items()
        if "secreta" in f"{words.subject}{words.text}{words.html}".lower()
    ]


@pytest.mark.parametrize("channel", ["push", "sms"])
def test_package_reminder_says_that_it_is_still_there(channel: str) -> None:
    event = "concierge.package.received"
    first, again = (
        TEMPLATES.render(event, channel, context(event, examples(event)[0], occasion=occasion), variant=None)
        for occasion in occasions(event)
    )

    assert "sigue en la porter" not in f"{first.subject}{first.text}"
    assert "sigue en la porter" in f"{again.subject}{again.text}"


def test_a_reminder_says_that_it_is_one() -> None:
    event = "maintenance.scheduled.announced"
    one = context(event, examples(event)[0], occasion="reminder:T-24h")

    assert TEMPLATES.render(event, "email", one, variant=None).subject.startswith("Recordatorio: sin agua")


def test_document_reference_that_is_no_url_is_named() -> None:
    example = examples("pqrs.responded")[0] | {"document_ref": "Carta 12"}
    words = TEMPLATES.preview("pqrs.responded", example)["email"]

    assert "documento Carta 12" in words.text
    assert "Leer la respuesta" not in words.html


def plain(text: str) -> str:
    return text.translate(str.maketrans("áéíóúÁÉÍÓÚ", "aeiouAEIOU"))


AT_A_LINK: Final = [
    "pqrs.responded",
    "admin.minutes.published",
    "admin.financial_report.published",
    "realestate.conflict.resolved",
    "privacy.consent.requested",
    "privacy.query.answered",
    "privacy.claim.answered",
    "policy.updated",
]


@pytest.mark.parametrize("event", AT_A_LINK)
def test_letter_never_has_a_link_as_its_content(event: str) -> None:
    for audience in BY_NAME[event].audiences:
        data = next(data for data in examples(event) if any(document_links(data)))
        with pytest.raises(MissingDocument):
            TEMPLATES.render(event, "print", context(event, data), variant=audience.template)


@for_each(SPEAKING)
def test_no_letter_that_is_made_has_a_link_but_to_meet_online(event: str) -> None:
    for audience in BY_NAME[event].audiences:
        if audience.print not in {Print.LETTER, Print.BOTH}:
            continue
        for data in examples(event):
            told = context(event, data)
            with suppress(MissingDocument):
                letter = TEMPLATES.render(event, "print", told, variant=audience.template)
                links = set(re.findall(r"https?://\S+", letter.text)) - {COMPANY["site"]}
                assert links <= {data.get("place_or_link")}
