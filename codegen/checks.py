"""Which checks there are, and what each of them reads.

Three stages judge a descriptor, and each relies on the one before:

1. `validate` looks at one value at a time: is it of the kind that the language table says?
2. `resolve` and `build` judge nothing but inheritance; what comes out is complete.
3. The checks below look at what must hold *between* values: a hole and the parameter that fills it,
   a default and the type, an arm and the arguments that choose it.

Rule 1. All mistakes come in one run, so a check never raises and never stops the others: it yields.
Rule 2. One mistake is told once. A check does not run where a field that it reads has been reported
already: what it would say is only an echo. That is why every check names its fields here. A field that is
missing in its row makes echoes; one too many hides a second mistake. `single_mistakes.py` has a
row for each rule.
Rule 3. Checks see an operation after inheritance, so a mistake in a parent is found in every version.
They name the place where the value is *written*, so that all of these are one and the same problem.
Rule 4. What can be wrong only in the runtime (may this write be sent twice?) is decided here, from the
descriptor, as far as it can be: the later a mistake is found, the more data it has touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from codegen import alias_checks, arm_checks, example_checks, ir
from codegen import operation_checks as checks
from codegen.facts import Facts
from codegen.param_checks import PARAM_CHECKS
from codegen.problems import Problem, Problems

if TYPE_CHECKING:
    from codegen.build import Draft

Check = Callable[[ir.Operation, Facts], Iterator[Problem]]

CHECKS: tuple[tuple[Check, tuple[str, ...]], ...] = (
    (checks.name, ("raw", "override")),
    (alias_checks.of_operation, ("aliases", "aliases_since", "raw", "override")),
    (alias_checks.between_parameters, ("params", "raw")),
    (checks.method, ("kind", "scheme", "method", "safe", "check")),
    (checks.path, ("path", "prefix", "base", "pin_api", "params")),
    (checks.signature, ("params", "property")),
    (checks.wire_names, ("params", "exclusive")),
    (checks.body, ("body", "params")),
    (checks.address, ("params",)),
    (checks.written_whole, ("body", "params")),
    (checks.default_for, ("params",)),
    (checks.purpose, ("params", "response", "limits")),
    (checks.exclusive, ("exclusive", "params")),
    (checks.gates, ("server", "params")),
    (checks.pin, ()),
    (checks.headers, ()),
    (checks.limits, ("limits", "params", "safe")),
    (checks.progress, ("limits", "params")),
    (checks.effects, ("params",)),
    (checks.cache, ("cache", "params", "safe")),
    (checks.references, ("endpoint", "endpoint_path")),
    (arm_checks.response_is_there, ("response", "kind")),
    (arm_checks.selectors, ("response", "params")),
    (arm_checks.distinguishable, ("response", "params")),
    (arm_checks.fields_fit, ("response", "raw")),
    (arm_checks.order, ("response", "params")),
    (arm_checks.keyed_by, ("response", "params")),
    (arm_checks.merged, ("response", "limits")),
    (example_checks.examples, ("examples", "params", "kind")),
)


def check(draft: Draft, facts: Facts, problems: Problems) -> None:
    """Report everything that does not hold for an operation."""
    operation = draft.operation
    sound = tuple((param, frozenset[str]()) for param in operation.params)
    for param, broken in (*sound, *draft.damaged):
        for param_check, reads in PARAM_CHECKS:
            if broken.isdisjoint(reads):
                problems.update(param_check(param, facts))
    for run, reads in CHECKS:
        if draft.broken.isdisjoint(reads):
            problems.update(run(operation, facts))
