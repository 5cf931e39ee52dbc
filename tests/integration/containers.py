"""
Containers for servers of this machine: the limits of docker-compose.yml's services, without Docker.

The root is this machine's own, under an overlay that is mounted read-only. On top of it are the secrets,
volumes and `tmpfs` of the service, and nothing else can be written. All of them share a network of their own,
in which every service's name is loopback. Needs root.
"""

import asyncio
import os
import shlex
import subprocess
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
LOCKED = ("--clear-groups", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all")
"""The options of `cap_drop: [ALL]` and `no-new-privileges`."""


@dataclass(kw_only=True, slots=True)
class Machine:
    """Where the containers are: a folder, the services as Compose reads them, the folder of the secrets."""

    folder: Path
    services: Mapping[str, dict[str, Any]]
    secrets: Path
    extra: Mapping[str, str] = field(default_factory=dict)
    """Folders that every container sees, read-only: path in the container → path here."""
    _holder: Process | None = None

    @asynccontextmanager
    async def on(self) -> AsyncIterator[None]:
        """Hold a network until the end."""
        (self.folder / "hosts").write_text(f"127.0.0.1 localhost {' '.join(self.services)}\n")
        (self.folder / "root").mkdir()
        holding = ("unshare", "--net", "sh", "-c", "ip link set lo up && echo && exec sleep infinity")
        self._holder = await asyncio.create_subprocess_exec(*holding, stdout=asyncio.subprocess.PIPE)
        assert self._holder.stdout
        try:
            await asyncio.wait_for(self._holder.stdout.readline(), 30)
            yield
        finally:
            self._holder.kill()
            await self._holder.wait()

    def entered(self, name: str, user: tuple[int, int], command: Sequence[str], **more: str) -> list[str]:
        """Return what runs the command in a container of that service."""
        assert self._holder
        variables = {"PATH": PATH, **self.services[name].get("environment", {}), **more}
        inside = ["env", "-i", *(f"{key}={value}" for key, value in variables.items()), *command]
        uid, gid = user
        privileges = ["setpriv", f"--reuid={uid}", f"--regid={gid}", *LOCKED]
        script = "\n".join(
            [*self._mounts(name, uid), shlex.join(["exec", "chroot", ".", *privileges, *inside])]
        )
        return [
            *("nsenter", f"--net=/proc/{self._holder.pid}/ns/net"),
            *("unshare", "--mount", "--uts", "--pid", "--fork", "--kill-child", "sh", "-ec", script),
        ]

    async def start(self, name: str, user: tuple[int, int], command: Sequence[str], **more: str) -> Process:
        with self.log(name).open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *self.entered(name, user, command, **more),
                stdin=DEVNULL,
                stdout=log,
                stderr=STDOUT,
                # To be ended together: a process that changes its user outlives the unshare that began it.
                process_group=0,
            )

    async def ask(
        self, name: str, user: tuple[int, int], command: Sequence[str], text: str = "", **more: str
    ) -> tuple[int | None, str]:
        """Run to the end."""
        pipe = asyncio.subprocess.PIPE
        entered = self.entered(name, user, command, **more)
        running = await asyncio.create_subprocess_exec(*entered, stdin=pipe, stdout=pipe, stderr=STDOUT)
        printed, _ = await asyncio.wait_for(running.communicate(text.encode()), 60)
        return running.returncode, printed.decode()

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def volume(self, name: str) -> Path:
        return self.folder / f"volume-{name}"

    def _mounts(self, name: str, uid: int) -> list[str]:
        """The lines of a shell script that ends in the new root."""
        service = self.services[name]
        lines = [
            "mount --make-rprivate /",
            f"mount -t tmpfs tmpfs {self.folder / 'root'}",
            f"cd {self.folder / 'root'}",
            "mkdir up work root",
            "mount -t overlay -o lowerdir=/,upperdir=up,workdir=work overlay root",
            "cd root",
            "mount --rbind /dev dev && mount -t proc proc proc",
            f"hostname {service.get('hostname', name)}",
            *_bound(str(self.folder / "hosts"), "/etc/hosts"),
        ]
        for place in (
            "/run",
            *(place.replace("/var/run", "/run") for place in service["tmpfs"]),
        ):  # a link, /var/run
            lines += [f"mkdir -p .{place}", f"mount -t tmpfs -o mode=1777 tmpfs .{place}"]
        for target, source in self.extra.items():
            lines += _bound(source, target)
        for secret in service.get("secrets", []):
            lines += _bound(str(self.secrets / secret["source"]), secret["target"])
        for volume in service.get("volumes", []):
            if volume["type"] == "bind":
                lines += _bound(volume["source"], volume["target"])
            else:
                lines += [f"mkdir -p .{volume['target']}"]
                lines += [f"mount --bind {self._made(volume['source'], uid)} .{volume['target']}"]
        return [*lines, "mount -o remount,ro,bind run", "mount -o remount,ro,bind ."]

    def _made(self, name: str, uid: int) -> Path:
        """A new volume has the owner that the image gives to the folder."""
        folder = self.volume(name)
        if not folder.exists():
            folder.mkdir(mode=0o700)
            os.chown(folder, uid, uid)
        return folder


def _bound(source: str, target: str) -> list[str]:
    made = (
        f"mkdir -p .{target}"
        if Path(source).is_dir()
        else f"mkdir -p .{Path(target).parent} && touch .{target}"
    )
    return [made, f"mount --bind {source} .{target}", f"mount -o remount,ro,bind .{target}"]


def can_contain(folder: Path) -> bool:
    """Whether this machine lets us: root, overlays, namespaces."""
    tried = (
        f"mount --make-rprivate / && mount -t tmpfs tmpfs {folder} && cd {folder} && mkdir up work root"
        " && mount -t overlay -o lowerdir=/,upperdir=up,workdir=work overlay root"
    )
    command = ["unshare", "--mount", "--net", "--uts", "--pid", "--fork", "sh", "-ec", tried]
    try:
        return subprocess.run(command, capture_output=True, timeout=30, check=False).returncode == 0
    except OSError:
        return False
