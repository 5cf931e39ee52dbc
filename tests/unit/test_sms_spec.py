"""A provider's file is read whole and strictly: every fault is named by its key."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from hub.channels.json_path import at, word
from hub.channels.sms.placeholders import fill, names_in
from hub.channels.sms.spec import Meaning, Spec, load_spec
from hub.channels.sms.spec_loader import load_described
from hub.channels.urls import parse_generic
from hub.errors import ConfigurationError

ROOT: Final = Path(__file__).parents[2]
EXAMPLE: Final = ROOT / "examples/sms-provider.toml"
SETTING: Final = "HUB_SMS_URL"
SMALL: Final = """
name = "acme"
[request]
path = "/sms"
auth = "basic"
form = { to = "{to}", text = "{text}" }
[accepted]
reference = "id"
"""
RECEIPTS: Final = """
[receipts]
format = "form"
id = "ref"
status = "status"
hmac = "none"
[receipts.states]
OK = "delivered"
"""
SIGNED: Final = RECEIPTS.replace('hmac = "none"\n', "")


def loaded(folder: Path, text: str) -> Spec:
    file = folder / "acme.toml"
    file.write_text(text, "utf-8")
    return load_spec(file, setting=SETTING)


def complaint(folder: Path, text: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        loaded(folder, text)
    message = str(caught.value)
    assert message.startswith(f"{SETTING}: {folder / 'acme.toml'}")
    assert "S3CRET" not in message
    return message


def test_the_example_is_read_whole() -> None:
    spec = load_spec(EXAMPLE, setting=SETTING)

    assert ("mensajeria", True) == (spec.name, spec.asks_for_reports)
    assert ["gone", "never", "ours", "ours"] == [rule.kind for rule in spec.failures]
    assert spec.receipts is not None
    assert set(Meaning) - {Meaning.READ} == set(spec.receipts.states.values())
    assert spec.replies is not None
    assert spec.balance is not None


def test_the_example_of_the_page_is_the_example() -> None:
    page = (ROOT / "docs/sms-providers.md").read_text("utf-8")
    (block,) = re.findall(r"^```toml\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)

    assert EXAMPLE.read_text("utf-8") == block


def test_a_small_file_is_enough(tmp_path: Path) -> None:
    spec = loaded(tmp_path, SMALL)

    assert (("2xx",), (), None) == (spec.accepted.statuses, spec.failures, spec.receipts)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('name = "acme"', "", "missing required field `name`"),
        ('name = "acme"', 'name = "Acme S.A."', "name: "),
        ('name = "acme"', 'name = "twilio"', "name: twilio is another provider's"),
        ('name = "acme"', 'nome = "acme"\nname = "acme"', "unknown field `nome`"),
        ('path = "/sms"', 'path = "sms"', "request.path: "),
        ('path = "/sms"', 'path = "/sms?x=1"', "request.path: "),
        ('path = "/sms"', 'path = "/{text}"', "request: path: {text} cannot stand here"),
        ('auth = "basic"', "", "request: Object missing required field `auth`"),
        ('auth = "basic"', 'auth = "S3CRET"', "request.auth: "),
        ('auth = "basic"', 'auth = "basic"\nurl = "x"', "request: Object contains unknown field `url`"),
        ('auth = "basic"', 'auth = "basic"\nmethod = "PUT"', "request.method: "),
        ('auth = "basic"', 'auth = "basic"\nmethod = "GET"', "a GET has no body"),
        ('auth = "basic"', 'auth = "basic"\njson = {}', "json or form, not both"),
        ('auth = "basic"', 'auth = "basic"\nheaders = { X = "{text}" }', "headers: {text} cannot stand"),
        ('"{to}"', '"{fone}"', "request: form: {fone} cannot stand here; known: {callback}, {from}"),
        ('"{to}"', '"{to"', "request: form: a placeholder is a name in braces"),
        ('"{to}"', '"{to!r}"', "request: form: a placeholder is a name in braces"),
        ('"{to}"', '"57"', "it must use {text}, and the number as {to}"),
        ('"{text}"', '"hola"', "it must use {text}, and the number as {to}"),
        ('"{text}"', "7", "request.form[...]: Expected `str`"),
        ('reference = "id"', "", "accepted: any web page could answer that"),
        ('reference = "id"', 'reference = "a..b"', "accepted.reference: "),
        ('reference = "id"', 'reference = "id"\nstatuses = ["2x"]', "accepted.statuses[0]: "),
        ('reference = "id"', 'reference = "id"\nstatuses = [20]', "accepted.statuses[0]: "),
        ('reference = "id"', 'reference = "id"\nwhere = { a = [{}] }', "accepted.where[...][0]: "),
    ],
)
def test_a_fault_is_named_by_its_key(tmp_path: Path, old: str, new: str, key: str) -> None:
    assert old in SMALL

    assert key.lower() in complaint(tmp_path, SMALL.replace(old, new)).lower()


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ('[[failure]]\nkind = "gone"\nreason = "x"', "failure[0]: it fits every answer"),
        ('[[failure]]\nstatuses = [400]\nreason = "x"', "failure[0]: Object missing required field `kind`"),
        ('[[failure]]\nstatuses = [400]\nkind = "S3CRET"\nreason = "x"', "failure[0].kind: "),
        ('[[failure]]\nstatuses = [400]\nkind = "gone"\nreason = "No existe"', "failure[0].reason: "),
        (RECEIPTS.replace('id = "ref"', ""), "receipts: name id or reference, or send {callback}"),
        (RECEIPTS.replace('OK = "delivered"', ""), "receipts: states is empty"),
        (RECEIPTS.replace('"delivered"', '"arrived"'), "receipts.states[...]: "),
        (RECEIPTS.replace('"form"', '"xml"'), "receipts.format: "),
        (f'{SIGNED}[receipts.hmac]\nheader = "X S"\nsecret = "S3CRET"', "receipts.hmac.header: "),
        (f'{SIGNED}[receipts.hmac]\nheader = "X-S"\nsecret = "{{text}}"', "receipts.hmac: secret: {text}"),
        (
            f'{SIGNED}[receipts.hmac]\nheader = "X-S"\nsecret = "S3CRET"'.replace('"form"', '"query"'),
            "receipts: hmac signs a body",
        ),
        (SIGNED, 'receipts: name hmac, by which the provider signs its calls, or write hmac = "none"'),
        (RECEIPTS.replace('"none"', '"S3CRET"'), "receipts.hmac: "),
        (
            '[replies]\nformat = "form"\nsender = "a"\ntext = "b"\nid = "c"',
            "replies: name hmac, by which the provider signs its calls",
        ),
        (
            '[replies]\nformat = "form"\nsender = "a"\ntext = "b"',
            "replies: Object missing required field `id`",
        ),
        ('[balance]\npath = "/b"\nvalue = "x"', "balance: Object missing required field `low`"),
        ('[balance]\npath = "/b"\nvalue = "x"\nlow = "poco"', "balance.low: "),
        ('[balance]\npath = "/{id}"\nvalue = "x"\nlow = 1', "balance: path: {id} cannot stand here"),
        ("[receipts", "is not TOML"),
    ],
)
def test_a_fault_of_an_optional_table_is_named_by_its_key(tmp_path: Path, more: str, key: str) -> None:
    assert key in complaint(tmp_path, SMALL + more)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=rf"{SETTING}: .*none\.toml cannot be read: No such file"):
        load_spec(tmp_path / "none.toml", setting=SETTING)


@pytest.mark.parametrize(
    ("account", "text", "signs", "key"),
    [
        ("", SMALL, True, "needs {user}; write http+https://USER:PASSWORD@host"),
        ("S3CRET@", SMALL.replace('"basic"', '"bearer"'), True, "needs {password}"),
        ("", SMALL.replace('"basic"', '"none"').replace("/sms", "/{password}"), True, "needs {password}"),
        ("u:S3CRET@", SMALL + RECEIPTS, False, "needs HUB_SECRET"),
    ],
)
def test_what_the_file_needs_the_url_must_have(
    tmp_path: Path, account: str, text: str, signs: bool, key: str
) -> None:
    file = tmp_path / "acme.toml"
    file.write_text(text, "utf-8")
    endpoint = parse_generic(f"http+https://{account}host.example?spec={file}", setting=SETTING)

    with pytest.raises(ConfigurationError) as caught:
        load_described(endpoint, setting=SETTING, signs=signs)

    assert key in str(caught.value)
    assert "S3CRET" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http+https://u:S3CRET@host.example", "?spec= is missing"),
        ("http+https://u:S3CRET@host.example/v1?spec=a.toml", "request.path"),
        ("http+https://u:S3CRET@host.example?spec=a.toml&to=1", "known: ?spec=, ?from=, ?two_way="),
        ("http+https://u:S3CRET@host.example?spec=a.toml&two_way=yes", "?two_way= is true or false"),
        ("http+https://?spec=a.toml", "the host is missing"),
    ],
)
def test_a_url_that_cannot_work_says_what_to_write(url: str, key: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_generic(url, setting=SETTING)

    assert key in str(caught.value)
    assert "S3CRET" not in str(caught.value)


VALUES: Final = {"to": "+57300", "text": 'a"}{text}', "callback": ""}


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        ("{to}", "+57300"),
        ("<{to}|{text}>", '<+57300|a"}{text}>'),
        ("{{to}}", "{to}"),
        ({"a": "{callback}", "b": "x{callback}", "c": 7, "{to}": True}, {"b": "x", "c": 7, "{to}": True}),
        (["{callback}", ["{to}"], None], [["+57300"], None]),
    ],
)
def test_placeholders_are_replaced_once_and_in_strings_only(tree: object, expected: object) -> None:
    assert expected == fill(tree, VALUES)


def test_placeholders_are_found_wherever_they_stand() -> None:
    assert {"to", "text"} == names_in({"a": [{"b": "{to} {{x}}"}, 1], "c": "{text}"})


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a.0.b", 1),
        ("a.1.b", None),
        ("a.b", None),
        ("a.99999999999999999999", None),
        ("a.²", None),
        ("c.d", "dotted"),
        ("e.0", None),
        ("x", None),
    ],
)
def test_a_path_leads_to_what_stands_there_or_to_nothing(path: str, expected: object) -> None:
    assert expected == at({"a": [{"b": 1}], "c.d": "dotted", "e": "text"}, path)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, "0"), ("0", "0"), (True, "true"), (1.5, "1.5"), (None, None), ([], None), ({}, None)],
)
def test_a_number_and_its_digits_are_the_same_word(value: object, expected: str | None) -> None:
    assert expected == word(value)
