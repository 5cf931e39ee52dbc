"""No secret setting is ever shown: each has its own canary word, for which the tests search."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
import pprint
import re
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from hub.access.keyring import KeyRing
from hub.channels import ProviderLimits, build_channels
from hub.channels.registry import texts_can_be_answered
from hub.channels.sms.spec_loader import read_hooks
from hub.channels.sms.twilio_reports import twilio_tokens
from hub.channels.whatsapp.reports import keys_of
from hub.cli.check.channels import channels
from hub.cli.main import app
from hub.cli.show_settings import SETTINGS, Origin, effective_settings
from hub.desk.channels.state import providers_of
from hub.errors import ConfigurationError
from hub.logs import configure, mask_person_data
from hub.model import Outgoing
from hub.policy import load_policy
from hub.resilience.breaker import Breakers
from hub.settings import Secret, Settings, load
from hub.testing import MemoryThrottle
from tests.canaries import HARMLESS, PLACES, Planted, planted
from tests.command_line import run_command

ROOT: Final = Path(__file__).parents[2]
POLICY: Final = load_policy()
pytestmark = pytest.mark.usefixtures("untouched_logging")

DELIMITERS: Final = "/#?@[]%: \n\\&=;,<>+\"'"


def test_every_setting_has_canaries_or_needs_none() -> None:
    read = set(re.findall(r'"(HUB_[A-Z_]+)"', (ROOT / "hub/settings/__init__.py").read_text("utf-8")))

    assert set(SETTINGS) == read
    assert PLACES.keys() | HARMLESS == read
    assert not PLACES.keys() & HARMLESS


def test_a_canary_is_found_whole_in_half_and_in_capitals() -> None:
    birds = planted({"HUB_API_KEY": "{}"})

    assert list(birds.words) == birds.seen_in(f"x{birds.words[0]}x")
    assert list(birds.words) == birds.seen_in(birds.words[0][10:22].upper())
    assert birds.seen_in("nothing") == []


WAYS: Final[Mapping[str, Callable[[Any], object]]] = {
    "repr": repr,
    "str": str,
    "format": lambda value: f"{value}",
    "padded": lambda value: f"{value:>10}",
    "percent": lambda value: "%s %r" % (value, value),  # noqa: UP031 - one of the ways
    "vars": vars,
    "dict": lambda value: value.__dict__,
    "state": lambda value: value.__getstate__(),
    "pickle": pickle.dumps,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "asdict": dataclasses.asdict,
    "astuple": dataclasses.astuple,
    "replaced": lambda value: dataclasses.replace(value, public_url="x"),
    "pprint": pprint.pformat,
    "json": lambda value: json.dumps(dataclasses.asdict(value), default=str),
    "msgspec json": lambda value: msgspec.json.encode(value, enc_hook=str),
    "msgspec strict": msgspec.json.encode,
    "msgspec builtins": msgspec.to_builtins,
    "masked": lambda value: mask_person_data(None, "", {"settings": value, "all": [value]}),
}


@pytest.mark.parametrize("way", WAYS)
def test_settings_show_no_secret_in_any_text_of_them(way: str) -> None:
    birds = planted(HUB_ALLOW_RECIPIENTS="")  # the allowed recipients are shown in a repr, and no secret
    settings = load(birds.environ)

    assert birds.seen_in(_outcome(WAYS[way], settings)) == []
    for secret in (settings.amqp_url, settings.api_key, settings.secrets, settings.configured):
        assert birds.seen_in(_outcome(WAYS[way], secret)) == []


def _outcome(way: Callable[[Any], object], value: object) -> str:
    """The output, even of a refused conversion."""
    try:
        made = way(value)
    except Exception as error:  # noqa: BLE001 - a refusal must not quote either
        return "".join(traceback.format_exception(error))
    return made.decode("latin-1") if isinstance(made, bytes) else f"{made!r} {made}"


def test_secret_is_immutable_comparable_and_not_pickled() -> None:
    secret = Secret("word")

    assert secret == Secret("word") != Secret("other")
    assert copy.deepcopy([secret]) == [secret]
    assert len({secret, Secret("word")}) == 1
    with pytest.raises(AttributeError):
        secret._value = "other"
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(secret)


@pytest.mark.parametrize("arguments", [(), ("--json",)])
def test_the_settings_can_be_printed_for_a_ticket(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    direct, files = planted(HUB_MODE="live"), planted(HUB_MODE="live").as_files(tmp_path)

    for birds in (direct, files):
        done = CliRunner().invoke(app, ["settings", *arguments], env=dict(birds.environ))

        assert done.exit_code == 0
        assert birds.seen_in(done.output) == []
        assert all(name in done.output for name in SETTINGS)


def test_shown_setting_has_its_place_and_origin(tmp_path: Path) -> None:
    birds = planted(HUB_MODE="live")
    settings = load(birds.environ)
    environ = {name: value for name, value in birds.environ.items() if name != "HUB_API_KEY"}
    environ["HUB_API_KEY_FILE"] = str(tmp_path / "key")

    shown = {
        setting.name: setting
        for setting in effective_settings(settings, environ, keys=KeyRing(settings.secrets).ids)
    }

    assert shown["HUB_AMQP_URL"].value == "amqp://127.0.0.1:1/"
    assert shown["HUB_SMS_URL"].value == "twilio+http://127.0.0.1:1 http+http://127.0.0.1:1"
    assert shown["HUB_HEARTBEAT_URL"].value == "http://127.0.0.1:1"
    assert shown["HUB_SECRET"].value == " ".join(KeyRing(settings.secrets).ids)
    assert (shown["HUB_API_KEY"].value, shown["HUB_API_KEY"].origin) == ("set", Origin.FILE)
    assert (shown["HUB_HTTP"].value, shown["HUB_HTTP"].origin) == ("127.0.0.1:8080", Origin.DEFAULT)
    assert (shown["HUB_ALLOW_RECIPIENTS"].value, shown["HUB_METRICS"].value) == ("2", None)


@pytest.mark.parametrize(
    ("mode", "arguments"), [("live", ("--json",)), ("live", ()), ("allowlist", ()), ("capture", ())]
)
def test_checking_with_every_server_away_shows_no_secret(
    tmp_path: Path, mode: str, arguments: tuple[str, ...]
) -> None:
    birds = planted(HUB_MODE=mode, HUB_HTTP="127.0.0.1:1").as_files(tmp_path)

    done = run_command(birds.environ, "check", *arguments)

    assert "HUB_API_KEY" in done.out
    assert birds.seen_in(done.out + done.err) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HUB_EMAIL_URL", "smtp://{}:{}@127.0.0.1:1?starttls={}"),
        ("HUB_EMAIL_URL", "smtp://{}:{}@127.0.0.1:1?{}={}"),
        ("HUB_EMAIL_URL", "smtp://{}:{}@127.0.0.1:1?rate={}"),
        ("HUB_EMAIL_URL", "gopher://{}:{}@127.0.0.1:1/{}"),
        ("HUB_SMS_URL", "twilio+http://{}@127.0.0.1:1?from={}"),
        ("HUB_SMS_URL", "twilio+http://{}:{}@127.0.0.1:1/{}"),
        ("HUB_SMS_URL", "http+http://{}:{}@127.0.0.1:1/{}?spec=x.toml"),
        ("HUB_SMS_URL", "http+http://{}:{}@127.0.0.1:1?two_way={}"),
        ("HUB_PUSH_URL", "fcm+http://{}:{}@127.0.0.1:1?key={}"),
        ("HUB_WHATSAPP_URL", "whatsapp+http://{}:{}@127.0.0.1:1?phone={}"),
        ("HUB_WHATSAPP_URL", "whatsapp+http://{}@127.0.0.1:1?phone=1&version={}"),
        ("HUB_AMQP_URL", "amqp://{}:{}"),
        ("HUB_AMQP_MANAGEMENT_URL", "http://{}:{}"),
        ("HUB_AMQP_MANAGEMENT_URL", "amqp://{}:{}@127.0.0.1:1/{}"),
        ("HUB_REDIS_URL", "{}"),
        ("HUB_DATABASE_URL", "postgresql://{}/{}@127.0.0.1:1"),
        ("HUB_HEARTBEAT_URL", "ftp://127.0.0.1/{}"),
    ],
)
async def test_checking_a_wrong_value_shows_no_secret(name: str, value: str) -> None:
    birds = planted({name: value, "HUB_SECRET": "{}"}, HUB_MODE="live")

    assert birds.seen_in(await _checked(birds)) == []


async def _checked(birds: Planted) -> str:
    try:
        return str(await channels(load(birds.environ)))
    except ConfigurationError as error:
        return _text_of(error)


def test_secret_in_place_of_its_file_name_is_not_quoted() -> None:
    birds = planted()
    for name, value in birds.environ.items():
        refusal = _refusal({f"{name}_FILE": value})

        assert refusal is not None
        assert birds.seen_in(refusal) == []


@given(
    st.sampled_from(sorted(PLACES)),
    st.integers(min_value=0),
    st.text(st.sampled_from(DELIMITERS), min_size=1, max_size=2),
    st.booleans(),
)
def test_malformed_setting_never_shows_a_secret(name: str, at: int, slip: str, digits: bool) -> None:
    """As it happens with passwords that hold what a URL is divided by."""
    birds = planted({name: PLACES[name]}, digits=digits, HUB_MODE="live", HUB_HTTP="127.0.0.1:1")
    value = birds.environ[name]
    at %= len(value) + 1
    environ = {"HUB_ALLOW_RECIPIENTS": "a@b.co", **birds.environ, name: value[:at] + slip + value[at:]}

    assert birds.seen_in(_refusal(environ) or "") == []


def _refusal(environ: Mapping[str, str]) -> str | None:
    """Everything printed, logged and shown of these settings, up to the first refusal of each part."""
    try:
        settings = load(environ)
    except ConfigurationError as error:
        return _text_of(error)
    texts = [
        str(effective_settings(settings, environ, keys=KeyRing(settings.secrets).ids)),
        str(providers_of(settings)),
    ]
    for use in USES:
        try:
            use(settings)
        except ConfigurationError as error:
            texts.append(_text_of(error))
    return "\n".join(texts)


def _text_of(error: BaseException) -> str:
    stream = StringIO()
    configure(as_json=True, level="info", stream=stream)
    structlog.get_logger().error("hub.refused", exc_info=error, error=error)
    return f"{stream.getvalue()} {''.join(traceback.format_exception(error))}"


def _channels(settings: Settings) -> object:
    return build_channels(
        settings,
        POLICY,
        compose=lambda _: b"",
        store_inbox=_forget,
        store_letter=_forget,
        guards=ProviderLimits(breakers=Breakers(POLICY.breaker), throttle=MemoryThrottle(time.monotonic)),
    )


async def _forget(_: Sequence[Outgoing]) -> None: ...


USES: Final[tuple[Callable[[Settings], object], ...]] = (
    *(_channels, read_hooks, twilio_tokens, keys_of, texts_can_be_answered),
)
