"""What `scripts/run` gives a hub by itself: a secret, and the demonstration where nobody is written to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from hub.local import demo
from hub.local.instance import Instance
from hub.local.run import LocalHub


@pytest.mark.parametrize(
    ("settings", "has_it", "loaded"),
    [
        ({}, False, 1),
        ({}, True, 0),
        ({"HUB_MODE": "live"}, False, 0),
        ({"HUB_REDIS_URL": "redis://127.0.0.1:6379/0"}, False, 0),
    ],
    ids=["the first time", "the next time", "live", "with a server that others may use"],
)
async def test_it_is_loaded_once_and_only_into_private_servers(
    settings: Mapping[str, str], has_it: bool, loaded: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    async def load(amqp_url: str, **_when: object) -> None:
        calls.append(amqp_url)

    monkeypatch.setattr(demo, "load", load)
    instance = Instance(tmp_path)
    if has_it:
        instance.demo_mark.touch()

    await LocalHub(instance, settings, demonstration=True)._load_demonstration()

    assert loaded == len(calls)
    assert instance.demo_mark.exists() is (has_it or loaded == 1)


def test_setting_that_needs_a_secret_starts_with_the_one_that_is_kept(tmp_path: Path) -> None:
    LocalHub(Instance(tmp_path), {"HUB_MAIL_DOMAIN": "respuestas.example"}, demonstration=True)
    kept = (tmp_path / "secret").read_text()
    LocalHub(Instance(tmp_path), {"HUB_MAIL_DOMAIN": "respuestas.example"}, demonstration=True)

    assert kept == (tmp_path / "secret").read_text()


def test_secret_of_a_person_is_used_and_none_is_kept(tmp_path: Path) -> None:
    LocalHub(Instance(tmp_path), {"HUB_SECRET": "clave" * 8}, demonstration=True)

    assert not (tmp_path / "secret").exists()
