"""The formats of a report by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from codegen.report.github import github
from codegen.report.json_report import json_report
from codegen.report.junit import junit
from codegen.report.markdown import markdown
from codegen.report.sarif import sarif
from codegen.report.text import text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from codegen.report.finding import Comparison
    from codegen.report.manner import Manner

Format = Literal["text", "markdown", "json", "github", "junit", "sarif"]

FORMATS: Mapping[Format, Callable[[Comparison, Manner], str]] = {
    "text": text,
    "markdown": markdown,
    "json": json_report,
    "github": github,
    "junit": junit,
    "sarif": sarif,
}
"""How each is written, complete even where there is nothing to tell."""
