"""Lets these tests use the small spec of the generator's tests."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "codegen"))
