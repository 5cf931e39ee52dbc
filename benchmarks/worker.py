"""A contestant's process, which can be held while its work is laid out."""

from __future__ import annotations

import os
import signal

from hub.local.child import Child


class Worker(Child):
    """With all that it has forked: they share its process group."""

    def hold(self) -> None:
        os.killpg(self.pid, signal.SIGSTOP)

    def release(self) -> None:
        os.killpg(self.pid, signal.SIGCONT)
