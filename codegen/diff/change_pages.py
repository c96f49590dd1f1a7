"""`docs/changes/`: what differs between neighbouring API versions of each service, as pages for people."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from codegen.diff.compare import compare
from codegen.diff.context import Facts
from codegen.diff.sides import Side
from codegen.render import Output
from codegen.report.formats import FORMATS
from codegen.report.gate import visible
from codegen.report.manner import Manner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codegen import ir
    from codegen.deployments import Deployment
    from codegen.report.finding import Finding

FOLDER = "docs/changes"
RULES_PAGE = "../diff-rules.md"

HEAD = """\
# Changes between API versions

Two neighbouring API versions of a service are compared, complete as they are. Silent changes come first:
after them the same call runs and its answer can differ. What each rule means stands in [the rules]({rules}).

"""


def outputs_of(spec: ir.Spec, deployments: tuple[Deployment, ...]) -> tuple[Output, ...]:
    """Write a page for every pair of neighbouring API versions, and one that lists them."""
    pages = tuple(
        _page(spec, service, old, new, deployments)
        for service in spec.services
        for old, new in pairwise(service.apis)
    )
    return (*pages, _index(spec)) if pages else ()


def _page(
    spec: ir.Spec, service: ir.Service, old: ir.Api, new: ir.Api, deployments: tuple[Deployment, ...]
) -> Output:
    before, after = (
        Side(spec, f"{service.name}@{api.number}", service.name, api.number) for api in (old, new)
    )
    # The page must read the same on every day: what one version announced may be gone in the next.
    comparison = compare(before, after, Facts(deployments, today=date.max))
    comparison = replace(comparison, findings=tuple(map(_without_lines, comparison.findings)))
    title = f"# {service.name}: API {old.number} to API {new.number}\n\n"
    text = title + FORMATS["markdown"](
        visible(comparison, "source", docs=False), Manner(rules_page=RULES_PAGE)
    )
    files = ("service", f"v{old.number}", f"v{new.number}")
    inputs = tuple(f"spec/{service.name}/{file}.yaml" for file in files)
    return Output(_path(service, old, new), text, inputs, service.name)


def _without_lines(finding: Finding) -> Finding:
    """Name files alone: a line that moved would change the pages of everything below it."""
    old, new = (place and replace(place, line=0) for place in (finding.old_place, finding.new_place))
    return replace(finding, old_place=old, new_place=new)


def _path(service: ir.Service, old: ir.Api, new: ir.Api) -> str:
    return f"{FOLDER}/{service.name}-v{old.number}-v{new.number}.md"


def _index(spec: ir.Spec) -> Output:
    return Output(f"{FOLDER}/index.md", HEAD.format(rules=RULES_PAGE) + "".join(_entries(spec)), ())


def _entries(spec: ir.Spec) -> Iterator[str]:
    for service in spec.services:
        for old, new in pairwise(service.apis):
            page = _path(service, old, new).rpartition("/")[2]
            yield f"- [{service.name}: API {old.number} to API {new.number}]({page})\n"
