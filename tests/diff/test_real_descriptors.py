"""Edits of the real descriptors, as people make them: told once, where it was written, in true words."""

import re
import shutil
from functools import cache
from pathlib import Path

import pytest
import yaml

from codegen import ir
from codegen.deployments import load_deployments
from codegen.diff.compare import compare
from codegen.diff.context import Facts
from codegen.diff.sides import Side
from codegen.load import load_spec
from codegen.report.tally import elsewhere, remarks

SPEC = Path(__file__).parents[2] / "spec"
FACTS = Facts(load_deployments(SPEC))

EDITS = yaml.safe_load(Path(__file__).with_name("real_edits.yaml").read_text())


@cache
def real(service):
    """Load one service as it is."""
    return load_spec_of(service, SPEC)


def load_spec_of(service, folder):
    return next(each for each in load_spec(folder).services if each.name == service)


def edited(folder, edits):
    """Copy a service and edit its descriptors."""
    [service] = {edit["file"].partition("/")[0] for edit in edits}
    shutil.copytree(SPEC / service, folder / "spec" / service)
    for edit in edits:
        path = folder / "spec" / edit["file"]
        text = path.read_text()
        if "text" in edit:
            assert edit["text"] in text, edit
            new = text.replace(edit["text"], edit["becomes"], 1)
        else:
            new, done = re.subn(edit["pattern"], edit["becomes"], text)
            assert done, edit
        path.write_text(new, newline="")
    return service, load_spec_of(service, folder / "spec")


def told(finding):
    mark = "! " if finding.silent else ""
    more = "".join(f" [{remark}]" for remark in remarks(finding))
    return f"{mark}{finding.level} {finding.id} {finding.where}: {finding.text}{more}"


def findings_of(folder, edits):
    name, after = edited(folder, edits)
    sides = (Side(ir.Spec((service,)), name, name) for service in (real(name), after))
    return [finding for finding in compare(*sides, FACTS).findings if not finding.docs]


@pytest.mark.parametrize("title", EDITS)
def test_an_edit_is_told_once_and_in_true_words(title, tmp_path):
    found = findings_of(tmp_path, EDITS[title]["edits"])
    assert [told(finding) for finding in found] == EDITS[title]["told"]


LINES = {
    "an inherited operation is taken out": ("spec/materialize/v3.yaml", "removed: [get_timestamp]"),
    "the own base of an operation": ("spec/chunkedgraph/v1.yaml", "base: /mesh"),
    "an error of the whole service": ("spec/materialize/service.yaml", "errors: {404"),
    "another key in the endpoint tables": ("spec/chunkedgraph/v1.yaml", "endpoint: roots"),
    "a default of a group that public and private methods use": (
        "spec/chunkedgraph/service.yaml",
        "priority: {",
    ),
}


@pytest.mark.parametrize("title", LINES)
def test_a_finding_names_the_line_that_was_edited(title, tmp_path):
    file, text = LINES[title]
    [finding] = findings_of(tmp_path, EDITS[title]["edits"])
    place = finding.new_place
    assert place.file == file
    assert (tmp_path / file).read_text().splitlines()[place.line - 1].strip().startswith(text)


def test_all_that_share_an_edit_are_named_with_their_versions(tmp_path):
    [finding] = findings_of(
        tmp_path, EDITS["a name on the wire, in three operations of two versions"]["edits"]
    )
    assert elsewhere(finding) == "query_table (API 2 and 3); join_query, query_view (API 3)"
    [finding] = findings_of(tmp_path / "other", EDITS["an error of the whole service"]["edits"])
    assert finding.operation is None
    assert len(finding.operations) == 53


def test_a_rename_that_nobody_declared_is_offered(tmp_path):
    [finding] = findings_of(tmp_path, EDITS["a renamed argument in the path that nobody declares"]["edits"])
    assert finding.hint == "If you renamed node_id to node, say `renamed_from: node_id` there."


def test_what_was_accepted_for_one_version_is_told_for_another(tmp_path):
    in_v3 = EDITS["an inherited operation is taken out"]["edits"]
    whole = (SPEC / "materialize/v2.yaml").read_text()
    gone = whole[whole.index("  get_timestamp:\n") : whole.index("  get_versions_metadata:\n")]
    in_both = [{"file": "materialize/v2.yaml", "text": gone, "becomes": ""}]
    [one], [other] = findings_of(tmp_path / "3", in_v3), findings_of(tmp_path / "2", in_both)
    assert (one.id, one.where, one.text) == (other.id, other.where, other.text)
    assert (one.versions, other.versions) == (("3",), ("2", "3"))
    assert one.fingerprint != other.fingerprint
