"""From the resolved spec to the files that should stand in the project."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from codegen import openapi, pages
from codegen.deployments import load_deployments
from codegen.diff import change_pages
from codegen.diff.rules import RULES
from codegen.drift.rules import RULES as DRIFT_RULES
from codegen.pages.diff_rules import MoreRules
from codegen.places import LOCK, SCHEMA
from codegen.publish import Plan, plan
from codegen.render import Output, render
from codegen.report.accepted import RULES as ACCEPTED_RULES
from codegen.surface.rules import RULES as SURFACE_RULES
from codegen.tidy import formatted, parse

if TYPE_CHECKING:
    from pathlib import Path

    from codegen import ir
    from codegen.deployments import Deployment

MORE_RULES = (
    MoreRules(
        "Python surface",
        "`diff --python` generates both sides and compares what scripts can import and call. Each finding "
        "should follow from one of the rules above; one that does not is marked.",
        {rule.id: rule for rule in SURFACE_RULES},
        "text",  # fragments of modules, which no test could run
    ),
    MoreRules(
        "Drift",
        "`drift` compares the descriptors with what servers say of themselves. The wire is what the server "
        "does; the source is what scripts can reach.",
        DRIFT_RULES,
    ),
    MoreRules(
        "Accepted differences",
        "The list in `spec/accepted.yaml` has to stay true.",
        ACCEPTED_RULES,
    ),
)
"""What reports like the diff, for the page of its rules."""


def outputs_of(
    spec: ir.Spec, schema: dict[str, Any], deployments: tuple[Deployment, ...] = ()
) -> tuple[Output, ...]:
    """Make every file that is generated: modules, the descriptors' schema, pages of the site, documents."""
    made = (*render(spec), *pages.outputs_of(spec, RULES, MORE_RULES))
    # The formatter knows Python wherever it stands, in pages too.
    texts = {output.path: output.text for output in made}
    with ThreadPoolExecutor(max_workers=1) as beside:
        tidied = beside.submit(formatted, texts)
        parse(texts)
        more = (*openapi.outputs_of(spec), *change_pages.outputs_of(spec, deployments))
        texts = tidied.result()
    tidy = (replace(output, text=texts[output.path]) for output in made)
    return (*tidy, *more, schema_output(schema))


def schema_output(schema: dict[str, Any]) -> Output:
    """Make the file that lets editors complete and check descriptors."""
    return Output(SCHEMA, json.dumps(schema, indent=2, ensure_ascii=False) + "\n", ())


def plan_generation(root: Path, spec: ir.Spec, schema: dict[str, Any], *, only: str | None = None) -> Plan:
    """Compare what the spec says with the project under `root`; `only` looks at one service's files."""
    outputs = outputs_of(spec, schema, load_deployments(root / "spec"))
    if only is None:
        return plan(root, outputs, LOCK)
    chosen = [output for output in outputs if output.service in (None, only)]
    return plan(root, chosen, LOCK, keep_others=True)


def plan_openapi(root: Path, spec: ir.Spec, service: str | None = None, number: str | None = None) -> Plan:
    """Compare the OpenAPI documents with the project under `root`: all, those of a service, or one."""
    outputs = openapi.outputs_of(spec)
    if service is None:
        return plan(root, outputs, LOCK, keep_others=True, but_in=openapi.FOLDER)
    chosen = [output for output in outputs if output.service == service]
    if number is not None:
        wanted = openapi.path_of(service, number)
        chosen = [output for output in chosen if output.path == wanted]
    return plan(root, chosen, LOCK, keep_others=True)


def plan_schema(root: Path, schema: dict[str, Any]) -> Plan:
    """Compare the descriptors' schema alone with the project under `root`."""
    return plan(root, (schema_output(schema),), LOCK, keep_others=True)
