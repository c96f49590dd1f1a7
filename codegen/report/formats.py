"""The formats of a report by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from codegen.report.gate import visible
from codegen.report.github import github
from codegen.report.json_report import json_report
from codegen.report.junit import junit
from codegen.report.manner import RULES_PAGE, Manner
from codegen.report.markdown import markdown
from codegen.report.sarif import sarif
from codegen.report.text import text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from codegen.report.finding import Comparison
    from codegen.report.gate import FailOn

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


def render(
    comparison: Comparison,
    format: Format,  # noqa: A002  # the name of the option
    *,
    colour: bool,
    explain: bool,
    docs: bool,
    fail_on: FailOn = "breaking",
    rules_page: str = RULES_PAGE,
    width: int | None = None,
) -> str:
    """
    Write a report for stdout: an empty text if there is nothing to tell, for any reader.

    Parameters
    ----------
    comparison : Comparison
        What differs.
    format : str
        One of `FORMATS`.
    colour, explain : bool
        For `text`: levels in colour; for `text`, `markdown` and `github`: why, and what to do.
    docs : bool
        Whether to tell what is about words only.
    fail_on : str
        For `junit`: what is a failure.
    rules_page : str
        For `markdown`: the page with the rules, as seen from where the report will lie.
    width : int, optional
        For `text`: columns of the terminal. Left out: sentences stay on one line each.
    """
    told = visible(comparison, "source", docs)
    if not told.findings:
        return ""
    return FORMATS[format](told, Manner(colour, explain, fail_on, width, rules_page))
