"""
Make this checkout importable in the environment whose Python runs this, and put `hub` beside it.

What `pip install -e .` does, without a build tool that no lock pins.
"""

from __future__ import annotations

import os
import sysconfig
import tomllib
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
LIBRARY = Path(sysconfig.get_path("purelib"))
PROGRAMS = Path(sysconfig.get_path("scripts"))


def main() -> None:
    version = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["version"]
    files = {
        LIBRARY / "hub-checkout.pth": f"{CHECKOUT}\n",
        LIBRARY / "hub.dist-info" / "METADATA": f"Metadata-Version: 2.1\nName: hub\nVersion: {version}\n",
        PROGRAMS / "hub": '#!/bin/sh\nexec "${0%/*}/python" -P -m hub "$@"\n',
    }
    # What pip needs to take it away again.
    record = LIBRARY / "hub.dist-info" / "RECORD"
    files[record] = "".join(f"{os.path.relpath(path, LIBRARY)},,\n" for path in [*files, record])
    for path, text in files.items():
        keep(path, text)
    (PROGRAMS / "hub").chmod(0o755)


def keep(path: Path, text: str) -> None:
    """Write only what is new: another process may be reading it."""
    if not path.exists() or path.read_text() != text:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


if __name__ == "__main__":
    main()
