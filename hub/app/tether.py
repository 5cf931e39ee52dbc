"""
Tether: become another program that ends with its parent.

Run as `python tether.py PARENT SIGNAL UID GID PROGRAM [ARGUMENT…]`; UID and GID are `-` to keep the
current user. Linux sends SIGNAL to the program when its parent ends, even by SIGKILL.

Hazards of Linux's PR_SET_PDEATHSIG: a change of user clears it, so set it afterwards; it depends on the
thread that forked, so start servers from a thread that lives as long as they do; a parent that ended before
is never reported, so check once.
"""

from __future__ import annotations

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def become_user(uid: str, gid: str) -> None:
    if uid == "-":
        return
    os.setgroups([])
    os.setgid(int(gid))
    os.setuid(int(uid))


def tie_to(parent: int, signal_number: int) -> None:
    if not sys.platform.startswith("linux"):
        return  # on other systems the servers outlive a killed parent; the next start ends them
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal_number)
    if os.getppid() != parent:
        sys.exit("the program that wanted this one is gone")


def main() -> None:
    parent, signal_number, uid, gid, *command = sys.argv[1:]
    become_user(uid, gid)
    tie_to(int(parent), int(signal_number))
    os.execvp(command[0], command)  # noqa: S606 - the command comes from our own code


if __name__ == "__main__":
    main()
