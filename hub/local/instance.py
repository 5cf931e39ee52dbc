"""The folder `.run`: the data that one instance on this machine keeps between starts."""

from __future__ import annotations

import fcntl
import json
import os
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from hub.errors import ConfigurationError
from hub.local.loopback import free_port
from hub.local.server import write_private


class Instance:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._env_file = folder / "env"
        self._ports_file = folder / "ports.json"
        self.demo_mark = folder / "demo-loaded"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Allow one start at a time. The system releases the lock however the process ends."""
        self._prepare()
        with (self.folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ConfigurationError(
                    "The hub of this checkout is already running. In this terminal, use `scripts/hub …`."
                ) from None
            try:
                yield
            finally:
                self._env_file.unlink(missing_ok=True)

    def private_folder(self, name: str) -> Path:
        """Make a folder for personal data: mail, captured messages, logs."""
        folder = self.folder / name
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def wanted_port(self, name: str, preferred: int | None) -> int | None:
        """Return the port of the last start, or the preferred one, if there is one, at the first."""
        return self._ports().get(name, preferred)

    def port(self, name: str, preferred: int | None) -> int:
        """Return the wanted port if it is free, else another one, and store it."""
        ports = self._ports()
        ports[name] = free_port(self.wanted_port(name, preferred))
        self._ports_file.write_text(json.dumps(ports))
        return ports[name]

    def publish_environment(self, environment: Mapping[str, str]) -> None:
        """Write the settings for `scripts/hub` in a second terminal. Private: the URLs include passwords."""
        shown = {name: value for name, value in environment.items() if name.startswith("HUB_")}
        shown["HUB_LOCAL_PID"] = str(os.getpid())
        lines = [f"export {name}={shlex.quote(value)}\n" for name, value in sorted(shown.items())]
        write_private(self._env_file, "".join(lines))

    def _prepare(self) -> None:
        try:
            self.folder.mkdir(exist_ok=True)
            # PostgreSQL's unprivileged user must pass through; other users may not list the folder.
            self.folder.chmod(0o711)
        except PermissionError as exc:
            raise ConfigurationError(
                f"{self.folder} belongs to another user. Start the hub as that user, or remove the folder."
            ) from exc

    def _ports(self) -> dict[str, int]:
        try:
            ports: dict[str, int] = json.loads(self._ports_file.read_text())
        except (OSError, ValueError):
            return {}
        return ports
