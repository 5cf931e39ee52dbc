"""
Whose a server's data is, and where it lies.

PostgreSQL refuses to run as root, so for root it runs as an unprivileged user, who must be
able to enter every folder above the data.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import subprocess
from pathlib import Path

from hub.local.child import Account

# Where the data goes when that user may not enter the folder. Not below a temporary folder:
# those are emptied by age.
ELSEWHERE = Path("/var/lib/hub-local")


def account_for(folder: Path) -> Account | None:
    """None: run as who we are. What an ordinary user once made is opened as that user."""
    if os.geteuid() != 0:
        return None
    if folder.exists() and folder.stat().st_uid != 0:
        return Account(uid=folder.stat().st_uid, gid=folder.stat().st_gid)
    return _unprivileged()


def home_of(folder: Path, account: Account | None) -> Path:
    """`folder`, or one elsewhere where the account cannot enter it; once chosen it stays."""
    elsewhere = ELSEWHERE / hashlib.sha256(bytes(folder.resolve())).hexdigest()[:12]
    if account is None or (_may_enter(folder.parent, account) and not elsewhere.exists()):
        return folder
    return elsewhere


def give(path: Path, account: Account | None) -> None:
    if account:
        os.chown(path, account.uid, account.gid)


def _unprivileged() -> Account:
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(uid=user.pw_uid, gid=user.pw_gid)
    return Account(uid=65534, gid=65534)


def _may_enter(folder: Path, account: Account) -> bool:
    """Tried, not computed: access lists and mounts have their say too."""
    tried = subprocess.run(  # noqa: S603 - a fixed command
        ["/bin/sh", "-c", 'cd "$1"', "sh", folder],
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        cwd="/",
        stderr=subprocess.DEVNULL,
        timeout=10,
        check=False,
    )
    return tried.returncode == 0
