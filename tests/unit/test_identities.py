"""Identities: inherited from the company to its areas and copropiedades, and never chosen by a publisher."""

from __future__ import annotations

import email
from collections.abc import Mapping
from datetime import UTC, datetime
from email import policy as email_policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hub.catalog import CATALOG
from hub.catalog.areas import area_of
from hub.errors import InvalidPolicy
from hub.model import Claimed, Json, Outgoing, Purpose, Rendered
from hub.parts.company import CompanyRules
from hub.parts.renderer import renderer
from hub.people.brands import brand_of, packed_brand
from hub.policy.png import MOST_BYTES
from hub.policy.senders import Fault, brand_faults, read_brand
from hub.rendering.identities import TOKENS
from hub.rendering.mail_contrast import low_contrast
from hub.settings import load
from hub.sms_text import segments
from tests.unit.factories import claim_of, message
from tests.unit.logos import as_text, png

AT: Final = datetime(2026, 3, 9, 13, 5, tzinfo=UTC)
POLICY: Final = """
[company]
name = "Gestión Casa S.A.S."
email = "servicio@casa.co"
[senders]
domains = ["contabilidad.casa.co"]
[senders.areas.contabilidad]
name = "Contabilidad Casa"
address = "cartera@contabilidad.casa.co"
color = "#7b2d8b"
signature = "Área de Contabilidad\\nT. P. 123456-T"
sms = "Conta Casa"
[senders.areas.juridica]
name = "Jurídica Casa"
"""
LOGO: Final = as_text(png(96, 48))
ALTOS: Final = {
    "color": "#1F5C4D",
    "name": "Altos del Rosal",
    "address": "altos@casa.co",
    "logo": LOGO,
    "logo_alt": "Torres de Altos del Rosal",
    "signature": "Administración de Altos",
    "sms": "Altos",
    "areas": {"contabilidad": {"name": "Altos, contabilidad", "sms": "Altos conta"}},
}


def company(folder: Path, text: str = POLICY, **changes: str) -> CompanyRules:
    (folder / "policy.toml").write_text(text, encoding="utf-8")
    environ = {
        "HUB_MODE": "live",
        "HUB_EMAIL_URL": "smtp://127.0.0.1:2525?from=avisos@casa.co",
        "HUB_POLICY": str(folder / "policy.toml"),
    }
    return CompanyRules(load({**environ, **changes}))


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> CompanyRules:
    return company(tmp_path_factory.mktemp("casa"))


def claimed(
    rules: CompanyRules, name: str, branding: Json = None, channel: str = "email", **data: Json
) -> Claimed:
    packed = packed_brand(branding)
    return claim_of(
        replace(
            message(id=UUID(int=7), channel=channel, address="maria@example.co"),
            event=name,
            purpose=Purpose.TRANSACTIONAL,
        ),
        event_time=AT,
        source="/libro",
        data={**rules.schemas.by_name[name].examples[0], **data},
        building="Conjunto Residencial Altos del Rosal",
        unit="Apto 101",
        brand=packed and brand_of(*packed),
    )


def rendered(
    rules: CompanyRules, name: str, branding: Json = None, channel: str = "email", **data: Json
) -> Rendered:
    return renderer(rules)(claimed(rules, name, branding, channel, **data))


def mail_of(rules: CompanyRules, name: str, branding: Json = None, **data: Json) -> EmailMessage:
    made = Outgoing(
        message=claimed(rules, name, branding).message, rendered=rendered(rules, name, branding, **data)
    )
    return email.message_from_bytes(rules.compose(made), policy=email_policy.SMTP)


def headers(mail: EmailMessage) -> tuple[str, str]:
    return str(mail["From"]), str(mail["Reply-To"])


def test_without_identities_the_company_writes(tmp_path: Path) -> None:
    firm = company(tmp_path, '[company]\nname = "Casa"\nemail = "servicio@casa.co"\n')

    assert ("Casa <avisos@casa.co>", "Casa <servicio@casa.co>") == headers(
        mail_of(firm, "admin.invoice.issued")
    )


def test_an_area_writes_from_its_own_account_and_gets_the_answers(rules: CompanyRules) -> None:
    mail = mail_of(rules, "accounting.documents.requested")

    assert "Contabilidad Casa <cartera@contabilidad.casa.co>" == str(mail["From"])
    assert "Contabilidad Casa <cartera@contabilidad.casa.co>" == str(mail["Reply-To"])


def test_a_copropiedad_inherits_what_it_does_not_say(rules: CompanyRules) -> None:
    mail = mail_of(rules, "accounting.documents.requested", {"color": "#1f5c4d"})
    html = mail.get_body(("html",))

    assert "Contabilidad Casa <cartera@contabilidad.casa.co>" == str(mail["From"])
    assert html is not None
    assert "#1f5c4d" in html.get_content()
    assert "#7b2d8b" not in html.get_content()


def test_the_nearest_level_wins_field_by_field(rules: CompanyRules) -> None:
    of_area = mail_of(rules, "accounting.documents.requested", ALTOS)
    of_place = mail_of(rules, "admin.invoice.issued", ALTOS)

    assert '"Altos, contabilidad" <altos@casa.co>' == str(of_area["From"])
    assert "Altos del Rosal <altos@casa.co>" == str(of_place["From"])


def test_the_area_of_a_pqrs_is_the_one_it_names_where_its_own_has_no_identity(rules: CompanyRules) -> None:
    asked = mail_of(rules, "pqrs.received", service_area="juridica")

    assert "Jurídica Casa <avisos@casa.co>" == str(asked["From"])


@pytest.mark.parametrize("foreign", ["presidencia@banco.example", "x@sub.casa.co", "x@casa.co.example"])
def test_no_publisher_chooses_an_address_outside_the_companys_domains(
    rules: CompanyRules, foreign: str
) -> None:
    forged = {"address": foreign, "reply_to": foreign, "areas": {"administracion": {"address": foreign}}}
    mail = mail_of(
        rules, "admin.invoice.issued", forged, address=foreign, **{"from": foreign, "sender": foreign}
    )
    identities = rules.templates.identities

    assert ("avisos@casa.co", "servicio@casa.co") == (
        mail["From"].addresses[0].addr_spec,
        mail["Reply-To"].addresses[0].addr_spec,
    )
    assert {"address", "reply_to"} == {field for field, _ in identities.foreign(read_brand(forged).own)}


@given(
    branding=st.recursive(
        st.none() | st.text(max_size=40) | st.integers(),
        lambda of: st.dictionaries(
            st.sampled_from(
                [
                    "name",
                    "address",
                    "reply_to",
                    "color",
                    "logo",
                    "signature",
                    "sms",
                    "areas",
                    "administracion",
                ]
            ),
            of,
        ),
        max_leaves=12,
    )
)
def test_mail_leaves_from_a_configured_domain_with_any_directory(branding: Json) -> None:
    rules = PLAIN
    mail = mail_of(rules, "admin.invoice.issued", branding)

    assert mail["From"].addresses[0].domain == "casa.co"
    assert len(mail["From"].addresses) == 1


PLAIN: Final = CompanyRules(
    load({"HUB_MODE": "live", "HUB_EMAIL_URL": "smtp://127.0.0.1:2525?from=avisos@casa.co"})
)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ('address = "x@otra.co"', "senders.areas.contabilidad.address"),
        ('address = "Conta <x@casa.co>"', "senders.areas.contabilidad.address"),
        ('color = "verde"', "senders.areas.contabilidad.color"),
        ('name = "una\\nlínea"', "senders.areas.contabilidad.name"),
        ('sms = "Administración de Altos del Rosal"', "senders.areas.contabilidad.sms"),
        ('sms = "Łódź"', "senders.areas.contabilidad.sms"),
        ('logo = "no-existe.png"', "senders.areas.contabilidad.logo"),
        ('logo = "policy.toml"', "senders.areas.contabilidad.logo"),
        ('colour = "#ffffff"', "senders.areas.contabilidad.colour"),
    ],
)
def test_a_mistake_of_the_policy_prevents_the_start_and_names_the_key(
    tmp_path: Path, line: str, named: str
) -> None:
    wrong = company(tmp_path, f"[senders.areas.contabilidad]\n{line}\n")

    with pytest.raises(InvalidPolicy, match=named):
        renderer(wrong)


def test_a_logo_travels_with_its_mail_and_is_shown_with_its_words(rules: CompanyRules) -> None:
    mail = mail_of(rules, "admin.invoice.issued", ALTOS)
    [image] = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    html = mail.get_body(("html",))
    assert html is not None
    cid = image["Content-ID"].strip("<>")

    assert png(96, 48) == image.get_content()
    assert f'src="cid:{cid}"' in html.get_content()
    assert 'alt="Torres de Altos del Rosal"' in html.get_content()
    assert "http" not in html.get_content().partition("<img")[2].partition(">")[0]
    assert not list(mail.iter_attachments())


def test_a_logo_of_the_policys_folder_is_read_at_start(tmp_path: Path) -> None:
    (tmp_path / "firma.png").write_bytes(png(60, 60))
    mail = mail_of(
        company(tmp_path, '[senders.firm]\nlogo = "firma.png"\n', HUB_MODE="live"), "pqrs.received"
    )

    assert any(part.get_content_type() == "image/png" for part in mail.walk())


def test_a_layout_that_shows_no_logo_carries_none(tmp_path: Path) -> None:
    layout = tmp_path / "textos/layouts/email.html"
    layout.parent.mkdir(parents=True)
    layout.write_text("<html><head></head><body>{{ unit_line }}[[title]][[preheader]][[body]]</body></html>")
    mail = mail_of(company(tmp_path, HUB_TEMPLATES=str(tmp_path / "textos")), "admin.invoice.issued", ALTOS)

    assert "multipart/alternative" == mail.get_content_type()


def test_without_a_logo_the_name_stands_alone(rules: CompanyRules) -> None:
    mail = mail_of(rules, "admin.invoice.issued")
    html = mail.get_body(("html",))
    assert html is not None

    assert "<img" not in html.get_content()
    assert "multipart/alternative" == mail.get_content_type()


def test_a_signature_is_in_html_in_text_and_on_paper(rules: CompanyRules) -> None:
    mail = mail_of(rules, "accounting.documents.requested")
    letter = rendered(rules, "accounting.documents.requested", channel="print").html
    bodies = [mail.get_body((kind,)) for kind in ("html", "plain")]

    for text in [letter, *(body.get_content().replace("\r\n", "\n") for body in bodies if body)]:
        assert "Área de Contabilidad\nT. P. 123456-T" in text


def test_a_letter_has_colors_and_logo_in_itself(rules: CompanyRules) -> None:
    letter = rendered(rules, "admin.invoice.issued", ALTOS, channel="print").html

    assert f'src="data:image/png;base64,{LOGO}"' in letter
    assert "#1f5c4d" in letter


def test_no_token_of_a_color_is_left_anywhere() -> None:
    for kind in ("email", "print"):
        made = rendered(PLAIN, "admin.invoice.issued", {"color": "#ffd400"}, channel=kind)
        assert not [token for pair in TOKENS.items() for token in pair if token in made.html]


def test_data_that_looks_like_a_color_stays_as_it_was_written() -> None:
    token = next(iter(TOKENS.values()))
    said = f"Escribo {token} y var(--marca)"
    html = rendered(PLAIN, "pqrs.received", {"color": "#ffd400"}, subject=said).html

    assert "var(--marca)" in html
    assert "Escribo &#39;~marca~&#39;" in html


@pytest.mark.parametrize(
    ("name", "branding", "prefix"),
    [
        ("pqrs.received", None, "Altos del Rosal"),
        ("pqrs.received", {"sms": "Altos"}, "Altos"),
        ("pqrs.received", {"sms": "Conjunto Residencial El Parque"}, "Conjunto Residencial El Parque"),
        ("pqrs.received", {"sms": "Administración de Altos del Rosal"}, "Altos del Rosal"),
        ("pqrs.received", {"sms": "Łódź"}, "Altos del Rosal"),
    ],
)
def test_a_text_message_begins_with_the_nearest_name_that_fits(
    rules: CompanyRules, name: str, branding: Json, prefix: str
) -> None:
    text = rendered(rules, name, branding, channel="sms").text

    assert text.startswith(f"{prefix}: ")
    assert "GSM-7" == segments(text).encoding


def test_a_shorter_name_leaves_more_of_the_segment_to_the_text(rules: CompanyRules) -> None:
    long, short = (
        segments(rendered(rules, "pqrs.received", branding, channel="sms").text).units
        for branding in (None, {"sms": "Altos"})
    )

    assert long - short == len("Altos del Rosal") - len("Altos")


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 0xFFFFFF).map("#{:06x}".format))
@example("#ffd400")
@example("#ffffff")
@example("#000000")
@example("#7f7f7f")
def test_no_text_of_a_mail_is_hard_to_read_with_any_brand(color: str) -> None:
    for name in ("admin.invoice.issued", "emergency.declared", "pqrs.received"):
        assert [] == list(low_contrast(rendered(PLAIN, name, {**ALTOS, "color": color}).html))


BROKEN: Final[Mapping[str, tuple[Any, Fault]]] = {
    "a color that is none": ({"color": "green"}, Fault.COLOR),
    "a number for a text": ({"name": 7}, Fault.NO_TEXT),
    "a name of two lines": ({"name": "a\nb"}, Fault.NO_LINE),
    "a header in a name": ({"name": "a\r\nBcc: x@y.co"}, Fault.NO_LINE),
    "an address for a name": ({"name": "gerencia@banco.example"}, Fault.NAMES_ADDRESS),
    "an endless name": ({"name": "a" * 61}, Fault.LONG),
    "an address with a name": ({"address": "A <a@casa.co>"}, Fault.ADDRESS),
    "two addresses": ({"reply_to": "a@casa.co, b@casa.co"}, Fault.ADDRESS),
    "a logo that is a script": ({"logo": as_text(b"<svg onload='x()'/>")}, Fault.LOGO),
    "a logo by its address": ({"logo": "https://casa.co/logo.png"}, Fault.LOGO),
    "a logo that is cut off": ({"logo": as_text(png(96, 48)[:-20])}, Fault.LOGO),
    "a logo of too many bytes": (
        {
            "logo": as_text(
                png(300, 300, lambda x, y: ((x * 7919 + y * 104729) % 251, x % 256, y * x % 253, 255))
            )
        },
        Fault.LARGE_LOGO,
    ),
    "a logo of a pixel": ({"logo": as_text(png(1, 1))}, Fault.LARGE_LOGO),
    "a signature like a letter": ({"signature": "\n".join("abcdefg")}, Fault.LONG),
    "a prefix of another alphabet": ({"sms": "Łódź"}, Fault.ALPHABET),
    "a prefix too long": ({"sms": "[" * 16}, Fault.LONG),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_cannot_be_used_is_named_and_as_if_it_were_not_there(rules: CompanyRules, case: str) -> None:
    branding, fault = BROKEN[case]
    [(field, why)] = brand_faults(branding)

    assert (next(iter(branding)), fault) == (field, why)
    unbranded, made = (rendered(rules, "admin.invoice.issued", each) for each in (None, branding))
    assert replace(unbranded, facts=None) == replace(made, facts=None)


def test_faults_of_an_area_are_named_by_their_path() -> None:
    assert [("areas.contabilidad.color", Fault.COLOR)] == list(
        brand_faults({"areas": {"contabilidad": {"color": "#12"}, "otra": "x"}})
    )
    assert [] == list(brand_faults("verde"))


def test_a_logo_may_have_the_most_that_is_allowed() -> None:
    assert len(png(300, 100)) < MOST_BYTES
    assert [] == list(brand_faults({"logo": as_text(png(300, 100))}))


def test_each_event_of_the_company_has_an_area() -> None:
    without = {kind.name.partition(".")[0] for kind in CATALOG if not area_of(kind.name)}

    assert {"directory", "event", "hub", "notification", "person", "resident"} >= without
