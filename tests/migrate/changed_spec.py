"""The small spec before and after an edit, and what scripts have to do about it."""

from pathlib import Path

import written_spec

from codegen import ir
from codegen.load import load_spec
from codegen.migrate.find import find
from codegen.migrate.plan import plan
from codegen.report.finding import Comparison, Finding
from codegen.report.rule import Verdict

# A cache names all arguments, so that every edit of one would be an edit of it, too.
V1 = written_spec.replaced(
    written_spec.V1, "    cache: {ttl: 60, maxsize: 10, key: [table, limit, offset, as_list]}\n", ""
)
AS_LIST = "      as_list: {type: bool, in: query, default: true, doc: Ask for a list.}\n"
LIMIT = "    limit: {type: int, in: body, min: 1, doc: Most rows to return.}\n"
OFFSET = "    offset: {type: int, in: body, min: 0, doc: Rows to pass over.}\n"
NAME = "  get_rows:\n"

HEADER = "from caveclient_gen import CAVEclient\nclient = CAVEclient()\n"


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
        rule, "none", source, silent, "demo", text, operation=operation, param=param, **({"api": "1"} | rest)
    )


def both(
    root: Path, *, v1: tuple[tuple[str, str], ...] = (), service: tuple[tuple[str, str], ...] = ()
) -> tuple[ir.Spec, ir.Spec]:
    """Load the small spec, and the same with texts of its files replaced."""
    new, own = V1, written_spec.SERVICE
    for old, text in v1:
        new = written_spec.replaced(new, old, text)
    for old, text in service:
        own = written_spec.replaced(own, old, text)
    return (
        load_spec(written_spec.write(root / "old", v1=V1)),
        load_spec(written_spec.write(root / "new", v1=new, service=own)),
    )


def planned(specs: tuple[ir.Spec, ir.Spec], *findings: Finding):
    """Plan what scripts have to change."""
    return plan(Comparison("old", "new", findings, {}), *specs)


def script(root: Path, text: str, name: str = "script.py") -> Path:
    """Write a script."""
    path = root / name
    path.write_text(text, encoding="utf-8", newline="")
    return path


def migrated(changes, root: Path, text: str, **options: bool) -> str:
    """Return a script with all edits made that need no person."""
    found = find(changes, [script(root, text)], **options)
    assert found.unreadable == ()
    return found.scripts[0].rewritten().decode() if found.scripts else text


def places(changes, root: Path, text: str):
    """List line, certainty and rule of the places in a script; the lines of the header do not count."""
    lines = text.count("\n", 0, text.index(HEADER) + len(HEADER)) if HEADER in text else 0
    found = find(changes, [script(root, text)])
    assert found.unreadable == ()
    return [(place.spot.line - lines, place.certainty, place.change.finding.id) for place in found.places]


RENAMED_OPERATION = {"v1": ((NAME, "  list_rows:\n    renamed_from: get_rows\n"),)}
RENAMED_ARGUMENT = {
    "service": ((LIMIT, LIMIT.replace("limit: {", "max_rows: {renamed_from: limit, wire: limit, ")),)
}
