"""`python -m hub.local FOLDER`: what `scripts/run` starts."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from hub.local.instance import Instance
from hub.local.run import main

sys.exit(main(Instance(Path(sys.argv[1]).absolute()), os.environ))
