"""The files of the templates: in layered folders, or as texts that were stored."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, Protocol

from hub.errors import InvalidTemplate

_NAMES_UNITS: Final = re.compile(r"\{\{[^}]*\bunit(?:_line|s)\b")
_EVENT: Final = re.compile(r"(?!layouts/)[^/]+/[^/_][^/]*\.j2")

POSTER: Final = "poster.html"


def is_of_event(path: str) -> bool:
    """Return whether a file has the texts of one event, and no others include it."""
    return _EVENT.fullmatch(path) is not None


class Files(Protocol):
    """`texts` are those that have been read, by path."""

    texts: dict[str, str]

    def text(self, path: str) -> str:
        """Return a file's text. Raises `InvalidTemplate` if there is none."""

    def replaces(self, path: str) -> bool:
        """Return whether this file is the company's own."""

    def layout(self, name: str) -> str: ...

    def events(self) -> Iterator[str]:
        """Yield `es/pqrs.received.j2` …, without names that begin with `_`, which are only for includes."""


class Folders:
    """The built-in files, each replaced by the company's own of the same path."""

    def __init__(self, built_in: Path, own: Path | None = None) -> None:
        if own is not None and not own.is_dir():
            raise InvalidTemplate(f"{own}: there is no such folder")
        self.texts: dict[str, str] = {}
        self._folders = (built_in,) if own is None else (own, built_in)
        self._own = own

    def text(self, path: str) -> str:
        if path not in self.texts:
            self.texts[path] = self._read(path)
        return self.texts[path]

    def _read(self, path: str) -> str:
        for folder in self._folders:
            file = folder / path
            if file.is_file():
                return _read(file)
        raise InvalidTemplate(f"{path}: there is no such file")

    def replaces(self, path: str) -> bool:
        return self._own is not None and (self._own / path).is_file()

    def layout(self, name: str) -> str:
        """
        Return a layout. An HTML layout must show the units: the law requires each one by name.

        A poster is for nobody by name, and has none.
        """
        text = self.text(f"layouts/{name}")
        if name.endswith(".html") and name != POSTER and not _NAMES_UNITS.search(text):
            raise InvalidTemplate(
                f"layouts/{name}: it names no units; write {{{{ unit_line }}}} where they stand"
            )
        return text

    def events(self) -> Iterator[str]:
        found = {
            file.relative_to(folder).as_posix() for folder in self._folders for file in folder.glob("*/*.j2")
        }
        return iter(sorted(path for path in found if not path.rpartition("/")[2].startswith("_")))


class StoredFiles:
    """Texts that were stored when they were in use."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = dict(texts)

    def text(self, path: str) -> str:
        if path not in self.texts:
            raise InvalidTemplate(f"{path}: there is no such file")
        return self.texts[path]

    def replaces(self, path: str) -> bool:  # noqa: ARG002 - the protocol's signature
        """Return false: they have been in use, so nothing need be compiled to find a mistake."""
        return False

    def layout(self, name: str) -> str:
        if name == POSTER and f"layouts/{name}" not in self.texts:
            return ""  # they are older than posters
        return self.text(f"layouts/{name}")

    def events(self) -> Iterator[str]:
        return iter(sorted(filter(is_of_event, self.texts)))


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise InvalidTemplate(f"{file}: cannot be read") from exc
