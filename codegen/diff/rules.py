"""The rules of the spec diff, as the table in `rulebook/` has them.

Quality rules for the rules themselves, each held by a test in `tests/diff`:

1. Every field of `ir.py` that people or servers depend on is watched by a rule.
2. Every rule has a mirror, the rule of the same edit made backwards, or a written reason why not.
3. Every rule shows a smallest edit (`before`, `after`), and that edit gives this finding and no other.
4. Verdicts are those of an edit seen alone, in a public operation that is stable. What softens or
   sharpens them stands in `judgement.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from codegen.report.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Mapping

RULEBOOK = Path(__file__).with_name("rulebook")

PARTS = ("service", "operation", "request", "response", "lifecycle", "words")
"""Files of the rulebook, in the order in which people read them."""

_LISTS = ("mirror", "watches")


def _read() -> dict[str, Rule]:
    # Our own file, in plain YAML: the fast reader will do, and a mistake in it fails every test.
    reader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, Rule] = {}
    for part in PARTS:
        text = (RULEBOOK / f"{part}.yaml").read_text(encoding="utf-8")
        for name, fields in yaml.load(text, Loader=reader).items():  # noqa: S506  both readers are safe ones
            lists = {field: tuple(fields.pop(field, ())) for field in _LISTS}
            found[name] = Rule(**{"id": name, "why": "", "safely": ""} | fields | lists)
    return found


RULES: Mapping[str, Rule] = _read()
"""Every rule by its id."""
