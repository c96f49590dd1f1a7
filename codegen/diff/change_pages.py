"""`docs/changes/`: what differs between neighbouring API versions of each service, as pages for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from codegen.diff.compare import compare
from codegen.diff.context import Facts
from codegen.diff.sides import Side
from codegen.prose import sentence
from codegen.render import Output
from codegen.report.gate import visible
from codegen.report.markdown import code, differing, escaped, remarked, sections, to_do
from codegen.report.tally import tally

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codegen import ir
    from codegen.deployments import Deployment
    from codegen.report.finding import Comparison, Finding

FOLDER = "docs/changes"
RULES_PAGE = "../diff-rules.md"

HEAD = """\
<!-- Generated from spec/. Change the descriptors and run `make generate`. -->

"""

INDEX = """\
# Changes between API versions

What has to be known by whoever moves from one API version of a service to the next. The two are compared
complete, with all that the newer one inherits. A *legacy* version is one that servers have left behind.
Silent changes come first: after them the same call runs and its answer can differ. What each
rule means stands in [the rules]({rules}).

| from, to | what differs |
|---|---|
"""

PAGE = """\
# {service}: API {old} to API {new}

{tally}. The service has [a page of its own](../api/{service}.md);
`python -m codegen diff {service}@{old} {service}@{new} --explain` tells the same with the lines of the
descriptors, and what to do.
"""


@dataclass(frozen=True, slots=True)
class _Step:
    """From one API version of a service to the next."""

    service: ir.Service
    old: ir.Api
    new: ir.Api
    comparison: Comparison

    @property
    def file(self) -> str:
        return f"{self.service.name}-v{self.old.number}-v{self.new.number}.md"


def outputs_of(spec: ir.Spec, deployments: tuple[Deployment, ...]) -> tuple[Output, ...]:
    """Write a page for every pair of neighbouring API versions, and one that lists them."""
    steps = [
        _Step(service, old, new, _compared(spec, service, old, new, deployments))
        for service in spec.services
        for old, new in pairwise(service.apis)
    ]
    return (*map(_page, steps), _index(steps)) if steps else ()


def _compared(
    spec: ir.Spec, service: ir.Service, old: ir.Api, new: ir.Api, deployments: tuple[Deployment, ...]
) -> Comparison:
    before, after = (
        Side(spec, f"{service.name}@{api.number}", service.name, api.number) for api in (old, new)
    )
    # The page must read the same on every day: what one version announced may be gone in the next.
    comparison = compare(before, after, Facts(deployments, today=date.max))
    return visible(comparison, "source", docs=False)


def _page(step: _Step) -> Output:
    head = PAGE.format(
        service=step.service.name,
        old=step.old.number,
        new=step.new.number,
        tally=escaped(tally(step.comparison)),
    )
    text = "\n".join([HEAD + head, *body(step.comparison)])
    files = ("service", f"v{step.old.number}", f"v{step.new.number}")
    inputs = tuple(f"spec/{step.service.name}/{file}.yaml" for file in files)
    return Output(f"{FOLDER}/{step.file}", text, inputs, step.service.name)


def body(comparison: Comparison) -> Iterator[str]:
    """Yield the lines below the head: what is of one rule stands together."""
    for title, remark, findings in sections(comparison.findings):
        yield from (f"## {title} ({len(findings)})\n", *(f"{words}\n" for words in remark))
        for rule, found in groupby(sorted(findings, key=lambda each: each.id), key=lambda each: each.id):
            what = escaped(sentence(comparison.rules[rule].what))
            yield f"**[`{rule}`]({RULES_PAGE}#{rule})** {what}\n"
            yield from (_item(finding) for finding in found)
            yield ""


def _item(finding: Finding) -> str:
    level = f"**{finding.level}** " if finding.silent else ""
    named = finding.where.removeprefix(finding.service).removeprefix(".")
    parts = [f"- {level}{code(named) if named else 'The service'}: {differing(finding)}"]
    line = ". ".join([*parts, *(words.removesuffix(".") for words in remarked(finding))])
    return f"{line}\n{to_do(finding.hint)}" if finding.hint else line


def _index(steps: list[_Step]) -> Output:
    text = HEAD + INDEX.format(rules=RULES_PAGE) + "".join(map(_entry, steps))
    return Output(f"{FOLDER}/index.md", text, ())


def _entry(step: _Step) -> str:
    legacy = " (legacy)" if step.old.stability == "legacy" else ""
    title = f"{step.service.name}: API {step.old.number}{legacy} to API {step.new.number}"
    return f"| [{title}]({step.file}) | {escaped(tally(step.comparison))} |\n"
