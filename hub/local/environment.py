"""The settings that a person has set. Standard library only, as `programs` needs."""

from __future__ import annotations

from collections.abc import Mapping


def is_given(environ: Mapping[str, str], setting: str) -> bool:
    return bool(environ.get(setting) or environ.get(f"{setting}_FILE"))


def with_defaults(environ: Mapping[str, str], defaults: Mapping[str, str]) -> dict[str, str]:
    return {**environ, **{name: value for name, value in defaults.items() if not is_given(environ, name)}}
