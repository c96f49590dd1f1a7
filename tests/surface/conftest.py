"""Lets these tests use the small spec of the generator's tests, and the edits of those of the spec diff."""

import sys
from pathlib import Path

sys.path += [str(Path(__file__).parents[1] / folder) for folder in ("codegen", "diff")]
