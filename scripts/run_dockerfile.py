"""
Run the steps of a Dockerfile without Docker: a stage is a folder, chroot enters it.

Only what our Dockerfile uses is understood, in the forms in which it uses it; anything else is an
error, so that nothing is silently left out. Needs root and Linux.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import string
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import NoReturn

# What the base image sets.
BASE_PATH = "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"

# What docker-compose.yml asks for with `cap_drop: [ALL]` and `no-new-privileges`.
WITHOUT_RIGHTS = ("--init-groups", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all")

# Enters the root $0, of which only the folders up to `--` and /tmp can be written.
READ_ONLY = """
mount --make-rprivate /
mount --rbind "$0" "$0"
mount -t tmpfs tmpfs "$0/tmp"
while [ "$1" != -- ]; do mount --bind "$0$1" "$0$1"; shift; done
shift
mount -o remount,ro,bind "$0"
exec chroot "$0" "$@"
"""


@dataclass(kw_only=True, slots=True)
class Stage:
    root: Path
    environment: dict[str, str] = field(default_factory=lambda: {"PATH": BASE_PATH})
    folder: str = "/"
    user: str = "root"
    entrypoint: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)

    def entered(
        self, command: Sequence[str], more: Mapping[str, str], *, volumes: Sequence[str] | None = None
    ) -> list[str]:
        """
        What runs `command` in here, as process 1 of its own process space, on our network.

        With `volumes` only they, and /tmp, can be written, as docker-compose.yml asks for.
        """
        variables = [f"{name}={value}" for name, value in {**self.environment, **more}.items()]
        account = [f"--reuid={self.user}", f"--regid={self.user}", *WITHOUT_RIGHTS]
        return [
            *("unshare", "--mount", "--pid", "--kill-child", f"--mount-proc={self.root}/proc"),
            *self._root(volumes),
            *(("setpriv", *account) if self.user != "root" else ()),
            *("env", "-i", "-C", self.folder, *variables, *command),
        ]

    def _root(self, volumes: Sequence[str] | None) -> list[str]:
        if volumes is None:
            return ["chroot", str(self.root)]
        return ["sh", "-ec", READ_ONLY, str(self.root), *volumes, "--"]

    def path(self, inside: str) -> Path:
        """Where that lies for us."""
        return self.root / str(PurePosixPath(self.folder, inside)).lstrip("/")


class Build:
    """`variables` are those of one who builds, not of the image: proxies and certificates."""

    def __init__(self, *, context: Path, base: Path, place: Path, variables: Mapping[str, str]) -> None:
        self._context = context
        self._ignored = (context / ".dockerignore").read_text().split()
        self._base = base
        self._place = place
        self._variables = variables
        self._stages: list[Stage] = []
        self._steps: Mapping[str, Callable[[str], None]] = {
            "FROM": self._from,
            "ENV": self._env,
            "WORKDIR": self._workdir,
            "RUN": self._run,
            "COPY": self._copy,
            "USER": self._user,
            "EXPOSE": self._expose,
            "ENTRYPOINT": self._entrypoint,
            "CMD": self._cmd,
        }

    def run(self) -> Stage:
        """Run every step; answer the last stage."""
        for name, words in instructions((self._context / "Dockerfile").read_text()):
            print_line(f"{name} {words}")
            if name not in self._steps:
                fail(f"{name} is not understood here")
            began = time.monotonic()
            self._steps[name](words)
            if (seconds := time.monotonic() - began) >= 1:
                print_line(f"    {seconds:.0f} s")
        return self._stage

    @property
    def _stage(self) -> Stage:
        return self._stages[-1]

    def _from(self, words: str) -> None:
        image, name = matched(r"(\S+)(?: AS (\w+))?", words)
        print_line(f"    a bare Debian with Debian's Python stands in for {image}")
        self._stages.append(Stage(root=self._place / (name or "final")))
        copy_tree(self._base, self._stage.root)

    def _env(self, words: str) -> None:
        before = dict(self._stage.environment)
        for word in shlex.split(words):
            name, value = matched(r"(\w+)=(.*)", word)
            self._stage.environment[name] = string.Template(value).substitute(before)

    def _workdir(self, words: str) -> None:
        self._stage.folder = str(PurePosixPath(self._stage.folder, words))
        self._stage.path(".").mkdir(parents=True, exist_ok=True)

    def _run(self, words: str) -> None:
        command = self._stage.entered(["/bin/sh", "-c", words], self._variables)
        code = subprocess.run(command, check=False).returncode
        if code != 0:
            fail(f"RUN ended with {code}")

    def _copy(self, words: str) -> None:
        *sources, target = words.split()
        if sources[0].startswith("--from="):
            _, path = sources
            copy_tree(self._named(sources[0]).path(path), self._stage.path(target))
        else:
            for source in sources:
                self._copy_context(self._context / source, target)

    def _named(self, option: str) -> Stage:
        return next(stage for stage in self._stages if stage.root.name == option.removeprefix("--from="))

    def _copy_context(self, source: Path, target: str) -> None:
        """A folder gives what is in it, a file itself."""
        if source.is_file() and not target.endswith("/"):
            fail("COPY of a file to a name is not understood here")
        top = source if source.is_dir() else source.parent
        copied = 0
        for path in (source, *source.rglob("*")):
            if path.is_file() and not is_ignored(path.relative_to(self._context), self._ignored):
                place = self._stage.path(target) / path.relative_to(top)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, place)
                copied += 1
        if not copied:
            fail(f"COPY found nothing of {source.name}: does .dockerignore leave it out?")

    def _user(self, words: str) -> None:
        (self._stage.user,) = matched(r"(\w+)", words)

    def _expose(self, words: str) -> None:
        matched(r"\d+", words)

    def _entrypoint(self, words: str) -> None:
        self._stage.entrypoint = json.loads(words)

    def _cmd(self, words: str) -> None:
        self._stage.command = json.loads(words)


def instructions(text: str) -> Iterator[tuple[str, str]]:
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        name, *words = line.split()
        yield name, " ".join(words)


def is_ignored(path: Path, patterns: Sequence[str]) -> bool:
    """The last pattern that matches the path, or of a folder above it, decides."""
    ignored = False
    names = [str(folder) for folder in (path, *path.parents)]
    for pattern in patterns:
        expression = re.escape(pattern.removeprefix("!")).replace(r"\*\*/", "(.*/)?").replace(r"\*", "[^/]*")
        if any(re.fullmatch(expression, name) for name in names):
            ignored = not pattern.startswith("!")
    return ignored


def copy_tree(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", "--reflink=auto", f"{source}/.", target], check=True)


def matched(expression: str, words: str) -> tuple[str, ...]:
    match = re.fullmatch(expression, words)
    if match is None:
        fail(f"{words} is not understood here")
    return match.groups("")


def print_line(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def fail(line: str) -> NoReturn:
    sys.exit(f"FAIL {line}")
