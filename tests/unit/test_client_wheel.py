"""The wheel of `hub.client` (`client/pyproject.toml`): what it holds, and what it asks for."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]


def project(place: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / place / "pyproject.toml").read_text())


def held() -> set[Path]:
    """Return the modules in the wheel, where they are in a checkout."""
    included = project("client")["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    sources = [(ROOT / "client" / source).resolve() for source in included]
    return {path for source in sources for path in ([source] if source.is_file() else source.rglob("*.py"))}


def imported(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)


def module_of(name: str) -> Path:
    """Return the file of a module, or of what is named in it."""
    place = ROOT.joinpath(*name.split("."))
    for path in (place / "__init__.py", place.with_suffix(".py")):
        if path.exists():
            return path
    return module_of(name.rpartition(".")[0])


def needed() -> set[Path]:
    """Return what `hub.client` imports of the hub, at any depth."""
    found, open_ = set[Path](), [*(ROOT / "hub/client").glob("*.py"), ROOT / "hub/__init__.py"]
    while open_:
        module = open_.pop()
        if module not in found:
            found.add(module)
            open_ += [module_of(name) for name in imported(module) if name.startswith("hub.")]
    return found


def test_wheel_holds_what_the_client_imports_of_the_hub_and_no_other_module() -> None:
    assert needed() == {path for path in held() if path.suffix == ".py"}


def test_wheel_asks_for_the_broker_alone_in_the_version_that_the_hub_asks_for() -> None:
    asked = project("client")["project"]["dependencies"]

    assert 1 == len(asked)
    assert set(asked) < set(project(".")["project"]["dependencies"])
