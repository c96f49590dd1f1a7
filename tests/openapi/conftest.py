"""Where the tests of the documents find what other tests have: recordings, examples, the demo spec."""

import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]

sys.path += [str(TESTS / folder) for folder in ("replay", "vectors", "codegen")]
