"""`python -m hub.local FOLDER [--empty]`, which `scripts/run` starts."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path


def main() -> int:
    # As long as nothing needs an orderly stop, Ctrl-C ends without a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from hub.local import run  # noqa: PLC0415 - takes half a second
    from hub.local.instance import Instance  # noqa: PLC0415 - the same

    folder, *options = sys.argv[1:]
    if options not in ([], ["--empty"]):
        sys.stderr.write("scripts/run [--empty]\n  --empty  load no demonstration: for people of one's own\n")
        return 2
    return run.main(Instance(Path(folder).absolute()), os.environ, demonstration=not options)


sys.exit(main())
