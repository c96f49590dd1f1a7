"""`markdown`: for comments on pull requests, changelog fragments and pages.

The text of a spec must come out as letters, whatever it holds, in two dialects: CommonMark with the
extensions of code hosts, and Python-Markdown, which makes the site. Both know references to
characters and neither takes one for the start of anything, so all that is special is written so.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import quote

from codegen.report.advice import advice, before_and_after
from codegen.report.printable import lines, one_line
from codegen.report.tally import SILENT_MEANS, elsewhere, only_version, remarks, tally

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codegen.report.finding import Comparison, Finding
    from codegen.report.manner import Manner
    from codegen.report.rule import Rule

_WORD = r"[A-Za-z0-9_./@=-]+"
_NAME = rf"(?<!`)`(?P<name>{_WORD}(?:: {_WORD})?)`(?!`)"
"""A name between backticks, or a field with its value: nothing in it means anything else: it stays code."""

_SPECIAL = re.compile(
    rf"{_NAME}|[&<>\\`*\[\]{{}}|~^@#$]"
    r"|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|[=+](?=[=+])|:(?=[A-Za-z0-9_+-]+:|//)|(?<=www)\."
)
"""What can begin or end a construct inside a line. `_` inside a name can't, nor a single `=`, `+` or `:`."""

_NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}

_INDENT = "    "
"""Of what belongs to an item of a list: four blanks do so in both dialects."""


def markdown(comparison: Comparison, manner: Manner) -> str:
    """Write headings by what a finding does, then by service; one item per finding."""
    if comparison.kind != "diff":
        manner = replace(manner, rules_page="")  # the page has the rules of the diff alone
    parts = [f"## {code(comparison.old)} → {code(comparison.new)}", f"{escaped(tally(comparison))}."]
    for title, remark, findings in sections(comparison.findings):
        parts += [f"### {title} ({len(findings)})", *remark, *_services(findings, comparison, manner)]
    return "\n\n".join(parts) + "\n"


_Section = tuple[str, list[str], list["Finding"]]


def sections(findings: Sequence[Finding]) -> Iterator[_Section]:
    """Yield a title, a remark and the findings below it, by what they do."""
    loud = [finding for finding in findings if not finding.silent]
    if silent := [finding for finding in findings if finding.silent]:
        yield "Silent changes", [SILENT_MEANS], silent
    for title, level in (("Breaking", "breaking"), ("Warning", "warning"), ("Info", "info")):
        if found := [finding for finding in loud if finding.level == level]:
            yield title, [], found


def _services(findings: list[Finding], comparison: Comparison, manner: Manner) -> Iterator[str]:
    ordered = sorted(findings, key=lambda finding: finding.service)
    for service, held in groupby(ordered, key=lambda finding: finding.service):
        told = list(held)
        version = only_version(told)
        yield f"#### {escaped(service)}{f', API {escaped(version)}' if version else ''}"
        items = [_item(finding, comparison.rules[finding.id], manner, version) for finding in told]
        yield ("\n\n" if manner.explain else "\n").join(items)


def differing(finding: Finding) -> str:
    """Return what differs; the two values, where it names them side by side, are code."""
    values = f"{finding.old} -> {finding.new}"
    before, found, after = finding.text.partition(values)
    if not (found and finding.old and finding.new):
        return escaped(finding.text)
    parts = (escaped(before), code(finding.old), "→", code(finding.new), escaped(after))
    return " ".join(filter(None, parts)).replace("` :", "`:").replace("` ,", "`,")


def remarked(finding: Finding) -> Iterator[str]:
    """Yield what else there is to say of a finding, a sentence each."""
    for remark in remarks(finding):
        yield _sentence(escaped(remark[0].upper() + remark[1:]))


def _item(finding: Finding, rule: Rule, manner: Manner, version: str | None) -> str:
    level = f"**{finding.level}** " if finding.silent else ""
    api = f" (API {escaped(finding.api)})" if finding.api and finding.api != version else ""
    rule_name = f"`{finding.id}`"
    link = f"[{rule_name}]({manner.rules_page}#{quote(finding.id)})" if manner.rules_page else rule_name
    place = f", {code(str(finding.place))}" if finding.place else ""
    told = [
        f"- {level}{code(finding.where)}{api}: {_sentence(differing(finding))}",
        *remarked(finding),
        f"({link}{place})",
        f"<!-- fingerprint: {finding.fingerprint} -->",
    ]
    line = " ".join(told)
    if manner.explain:
        return "\n\n".join([line, *_explained(finding, rule)])
    return f"{line}\n{to_do(finding.hint)}" if finding.hint else line


def _explained(finding: Finding, rule: Rule) -> Iterator[str]:
    yield f"{_INDENT}**Why:** {escaped(rule.why)}"
    for label, value in before_and_after(finding, rule):
        yield f"{_INDENT}{label.capitalize()}:"
        yield _fenced(value)
    yield to_do(advice(finding, rule))
    if finding.also:
        yield f"{_INDENT}**Also in:** {escaped(elsewhere(finding))}"


def to_do(words: str) -> str:
    """Write what to do as part of an item of a list."""
    return f"{_INDENT}**To do:** {escaped(words)}"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def escaped(text: str) -> str:
    """Write a text so that it reads as itself inside a line of Markdown."""
    return _SPECIAL.sub(_reference, one_line(text))


def _reference(found: re.Match[str]) -> str:
    if found["name"]:
        return found.group()
    return _NAMED.get(found.group(), f"&#{ord(found.group())};")


def code(text: str) -> str:
    """Write a text as code inside a line."""
    shown = one_line(text) or '""'
    # Backticks are for what one reader of Markdown or the other does not look for inside them as well.
    if not re.search(r"[`<&]", shown):
        return f"`{shown}`"
    letters = escaped(shown).replace("`", "&#96;")
    return f"<code>{letters}</code>"


def _fenced(text: str) -> str:
    shown = lines(text)
    fence = "`" * (max(map(len, re.findall("`+", text)), default=2) + 1)
    return "\n".join(_INDENT + line for line in (f"{fence}yaml", *shown, fence))
