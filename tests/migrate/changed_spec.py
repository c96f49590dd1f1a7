"""The small spec before and after an edit, and what scripts have to do about it."""

import sys
from pathlib import Path

from codegen import ir
from codegen.load import load_spec
from codegen.migrate.plan import plan
from codegen.report.finding import Comparison, Finding
from codegen.report.rule import Verdict

sys.path.insert(0, str(Path(__file__).parents[1] / "codegen"))

import written_spec  # noqa: E402  found beside the other tests of the generator


def finding(
    rule: str,
    operation: str | None = "get_rows",
    param: str | None = None,
    *,
    source: Verdict = "breaking",
    silent: bool = False,
    text: str = "what differs",
    **rest: object,
) -> Finding:
    """Make a finding as the comparison makes it."""
    return Finding(
        rule, "none", source, silent, "demo", text, api="1", operation=operation, param=param, **rest
    )


# A cache names all arguments, so that every edit of one would be an edit of it, too.
V1 = written_spec.replaced(
    written_spec.V1, "    cache: {ttl: 60, maxsize: 10, key: [table, limit, offset, as_list]}\n", ""
)


def both(root: Path, *edits: tuple[str, str], service: tuple[tuple[str, str], ...] = ()) -> tuple[ir.Spec, ir.Spec]:
    """Load the small spec, and the same with texts of its files replaced."""
    v1, own = V1, written_spec.SERVICE
    for old, new in edits:
        v1 = written_spec.replaced(v1, old, new)
    for old, new in service:
        own = written_spec.replaced(own, old, new)
    return (
        load_spec(written_spec.write(root / "old", v1=V1)),
        load_spec(written_spec.write(root / "new", v1=v1, service=own)),
    )


def changes_of(specs: tuple[ir.Spec, ir.Spec], *findings: Finding):
    """Plan what scripts have to change."""
    return plan(Comparison("old", "new", findings, {}), *specs)
