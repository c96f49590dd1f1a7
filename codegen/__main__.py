"""`python -m codegen`."""

from __future__ import annotations

import gc
import sys

from codegen.cli import main

if __name__ == "__main__":
    # Nearly all that a command makes stays until it ends: looking for garbage would find none.
    gc.set_threshold(500_000)
    sys.exit(main())
