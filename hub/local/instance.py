"""The folder `.run`: what one instance on this machine leaves behind from start to start."""

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

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One start at a time. The system lets go of the lock however the process ends."""
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
        """For what holds people's data: mail, captured messages, logs."""
        folder = self.folder / name
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def wanted_port(self, name: str, preferred: int) -> int:
        """That of the last start, the preferred one at the first."""
        return self._ports().get(name, preferred)

    def port(self, name: str, preferred: int) -> int:
        """The same at each start, when nobody else has taken it meanwhile."""
        ports = self._ports()
        ports[name] = free_port(self.wanted_port(name, preferred))
        self._ports_file.write_text(json.dumps(ports))
        return ports[name]

    def publish_environment(self, environment: Mapping[str, str]) -> None:
        """For `scripts/hub` in a second terminal. Private: the URLs hold passwords."""
        shown = {name: value for name, value in environment.items() if name.startswith("HUB_")}
        shown["HUB_LOCAL_PID"] = str(os.getpid())
        lines = [f"export {name}={shlex.quote(value)}\n" for name, value in sorted(shown.items())]
        write_private(self._env_file, "".join(lines))

    @property
    def demo_loaded(self) -> bool:
        return self._demo_mark.exists()

    def remember_demo(self) -> None:
        self._demo_mark.touch()

    @property
    def _demo_mark(self) -> Path:
        return self.folder / "demo-loaded"

    def _prepare(self) -> None:
        try:
            self.folder.mkdir(exist_ok=True)
            # PostgreSQL's unprivileged user passes through; nobody else may list what is here.
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
