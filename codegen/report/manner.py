"""How a report is to be told: what the formats are asked besides the findings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codegen.report.gate import FailOn

RULES_PAGE = "docs/diff-rules.md"
"""Page with one heading per rule."""


@dataclass(frozen=True, slots=True)
class Manner:
    """The wishes of those who read it."""

    colour: bool = False
    explain: bool = False
    """Whether to tell why a finding matters, what was and is, and what to do."""
    fail_on: FailOn = "breaking"
    """What fails the command: test reports call it a failure."""
    width: int | None = None
    """Columns of the terminal that sentences are laid out for; None: they stay on one line each."""
    rules_page: str = RULES_PAGE
    """What links to rules begin with."""
