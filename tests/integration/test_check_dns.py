"""`hub check` of the domain that mail leaves from, asked of a name server on loopback."""

import time
from pathlib import Path
from typing import Final

import pytest

from hub.cli.check import mail_dns
from hub.settings import load
from tests.providers.dns import DnsServer, Zone

LIVE: Final = {
    "HUB_MODE": "live",
    "HUB_EMAIL_URL": "smtp://127.0.0.1:25?from=avisos@correo.casa.co&dkim=s1",
    "HUB_MAIL_DOMAIN": "respuestas.casa.co",
    "HUB_SECRET": "secret",
}
GOOD: Final[Zone] = {
    ("respuestas.casa.co", "TXT"): ['"google-site=x"', '"v=spf1 include:spf.proveedor.co " "-all"'],
    ("respuestas.casa.co", "MX"): ["10 mx1.casa.co.", "20 mx2.casa.co."],
    ("s1._domainkey.correo.casa.co", "TXT"): ['"v=DKIM1; k=rsa; p=MIIB" "IjAN"'],
    ("_dmarc.casa.co", "TXT"): ['"v=DMARC1; p=quarantine; rua=mailto:x@casa.co"'],
}


async def checked(zone: Zone, *, silent: bool = False, failing: bool = False, **changes: str) -> list[str]:
    """Check with this zone; return the findings without their remedies."""
    async with DnsServer(zone, silent=silent, failing=failing) as server:
        findings = await mail_dns.ask(load({**LIVE, **changes}), server.resolver)
    assert all(finding.to_do for finding in findings if finding.state != "ok")
    return [f"{finding.state}: {finding.what}" for finding in findings]


async def test_a_domain_in_order_is_shown_with_what_it_says() -> None:
    assert [
        "ok: SPF: respuestas.casa.co v=spf1 include:spf.proveedor.co -all",
        "ok: DKIM: s1._domainkey.correo.casa.co tiene su clave.",
        "ok: DMARC: correo.casa.co p=quarantine, lo que no esté autorizado va a no deseado.",
        "ok: MX: el correo de respuestas.casa.co llega a mx1.casa.co, mx2.casa.co.",
    ] == await checked(GOOD)


async def test_without_a_domain_for_answers_the_senders_own_is_looked_at() -> None:
    zone: Zone = {("correo.casa.co", "TXT"): ['"v=spf1 -all"']}
    url = "smtp://127.0.0.1:25?from=avisos@correo.casa.co"
    found = await checked(zone, HUB_MAIL_DOMAIN="", HUB_EMAIL_URL=url)

    assert "ok: SPF: correo.casa.co v=spf1 -all" == found[0]
    assert found[1].startswith("warn: DKIM: no se sabe con qué selector")
    assert 3 == len(found)


async def test_check_lists_the_records_that_a_domain_needs() -> None:
    found = [line.split(" ")[:2] for line in await checked({})]

    assert [["warn:", "SPF:"], ["warn:", "DKIM:"], ["warn:", "DMARC:"], ["bad:", "MX:"]] == found


@pytest.mark.parametrize(
    ("name", "kind", "records", "expected"),
    [
        (
            "respuestas.casa.co",
            "TXT",
            ['"v=spf1 -all"', '"v=spf1 ~all"'],
            "bad: SPF: respuestas.casa.co tiene 2",
        ),
        (
            "respuestas.casa.co",
            "TXT",
            ['"v=spf1 +all"'],
            "bad: SPF: respuestas.casa.co autoriza a cualquiera",
        ),
        ("respuestas.casa.co", "TXT", ['"v=spf10 -all"'], "warn: SPF: respuestas.casa.co no dice"),
        ("s1._domainkey.correo.casa.co", "TXT", ['"v=DKIM1; p="'], "bad: DKIM: la clave de s1._domainkey"),
        ("s1._domainkey.correo.casa.co", "TXT", ['"p=MIIB"'], "ok: DKIM: s1._domainkey.correo.casa.co"),
        ("s1._domainkey.correo.casa.co", "TXT", ['"v=DKIM2; p=x"'], "warn: DKIM: s1._domainkey"),
        (
            "_dmarc.correo.casa.co",
            "TXT",
            ['"v=DMARC1; p=none"'],
            "ok: DMARC: correo.casa.co p=none, solo observa",
        ),
        ("_dmarc.correo.casa.co", "TXT", ['"v=DMARC1; p=perhaps"'], "bad: DMARC: el registro"),
        (
            "_dmarc.correo.casa.co",
            "TXT",
            ['"v=DMARC1;p=none"', '"v=DMARC1;p=reject"'],
            "bad: DMARC: el registro",
        ),
        ("respuestas.casa.co", "MX", ["0 ."], "bad: MX: nadie recibe el correo"),
    ],
)
async def test_a_record_that_is_wrong_is_called_so(
    name: str, kind: str, records: list[str], expected: str
) -> None:
    found = await checked({**GOOD, (name, kind): records})

    assert [line for line in found if line.startswith(expected)], found


async def test_a_name_server_that_is_silent_or_fails_is_no_fault_of_the_domain() -> None:
    began = time.monotonic()
    silent, failing = await checked(GOOD, silent=True), await checked(GOOD, failing=True)

    assert time.monotonic() - began < 6
    for found in (silent, failing):
        assert 4 == len(found)
        assert all(line.startswith("warn: ") and "el DNS no respondió sobre" in line for line in found)


async def test_a_domain_of_examples_is_not_asked_for() -> None:
    async with DnsServer({}) as server:
        settings = load({**LIVE, "HUB_MAIL_DOMAIN": "respuestas.casa.example"})
        findings = await mail_dns.ask(settings, server.resolver)

    assert [] == server.asked
    assert ["warn"] == [finding.state for finding in findings]


@pytest.mark.parametrize(
    "changes", [{"HUB_MODE": "capture"}, {"HUB_EMAIL_URL": ""}, {"HUB_EMAIL_URL": "file:///tmp/mail"}]
)
async def test_where_no_mail_leaves_over_smtp_nothing_is_asked(changes: dict[str, str]) -> None:
    assert [] == await mail_dns.mail_domain(load({**LIVE, **changes}))


async def test_each_domain_that_mail_may_leave_from_is_looked_at(tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('[senders]\ndomains = ["conta.casa.co", "correo.casa.co"]\n')
    zone: Zone = {**GOOD, ("conta.casa.co", "TXT"): ['"v=spf1 include:spf.proveedor.co -all"']}
    found = await checked(zone, HUB_POLICY=str(policy))

    assert 7 == len(found)
    assert "ok: SPF: conta.casa.co v=spf1 include:spf.proveedor.co -all" in found
    assert "warn: DKIM: s1._domainkey.conta.casa.co no tiene clave." in found
    assert [line for line in found if line.startswith("ok: DMARC: conta.casa.co p=quarantine")]
