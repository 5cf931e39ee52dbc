"""`python -m hub.local FOLDER`: what `scripts/run` starts."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path


def main() -> int:
    # Until there is something to stop in order, Ctrl-C needs no traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from hub.local import run  # noqa: PLC0415 - takes half a second
    from hub.local.instance import Instance  # noqa: PLC0415 - the same

    return run.main(Instance(Path(sys.argv[1]).absolute()), os.environ)


sys.exit(main())
