"""Warnings: what a correct descriptor should still do better."""

from pathlib import Path

import pytest
from written_spec import SERVICE, V1, line_of, load, replaced

from codegen import ir
from codegen.cli import main
from codegen.lint import lint
from codegen.load import load_spec

SPEC = Path(__file__).parents[2] / "spec"


def warnings(tmp_path, **files):
    return [str(problem) for problem in lint(ir.Spec((load(tmp_path, **files),)))]


def test_the_small_spec_is_clean(tmp_path):
    assert warnings(tmp_path) == []


def test_a_clean_spec_is_said_to_be_clean(capsys):
    assert main(["lint"]) == 0
    told = capsys.readouterr()
    services = sum(folder.is_dir() for folder in SPEC.iterdir())
    assert (told.out, told.err) == ("", f"No mistakes and no warnings in {services} services.\n")


def test_our_descriptors_are_clean():
    assert [str(problem) for problem in lint(load_spec(SPEC))] == []


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            "v1",
            "Delete a row.",
            "Delete a row",
            "operations.delete_row.summary: the sentence has no end.",
        ),
        (
            "v1",
            "Delete a row.",
            "delete a row.",
            "delete_row.summary: the sentence begins with a small letter.",
        ),
        ("v1", "summary: Delete a row.", 'summary: "Delete.\\nA row."', "the summary has several lines."),
        ("v1", "Delete a row.", "Get rows of a table.", "'get_rows' has the same summary."),
        ("v1", "doc: Row to delete.", "doc: Row to delete", "params.row_id.doc: the sentence has no end."),
        ("v1", "doc: The rows.", "doc: The rows", "response[0].doc: the sentence has no end."),
        ("v1", ", doc: The rows.}", "}", "response[0]: nothing says what comes back. Add a `doc`."),
        ("v1", "    safe: false\n", "    safe: true\n", "delete_row.check: a safe call needs no check."),
        (
            "v1",
            "        request: {method: DELETE, path: /demo/api/v1/row/5}\n",
            "",
            "the example shows neither",
        ),
        (
            "v1",
            "    safe: false\n",
            "    safe: false\n    deprecated: {since: '1'}\n",
            "what to use instead.",
        ),
        (
            "v1",
            "    safe: false\n",
            "    safe: false\n    aliases: [drop]\n    deprecated: {since: '1', use: drop}\n",
            "delete_row.deprecated.use: 'drop' is an old name itself. Say 'delete_row'.",
        ),
        (
            "v1",
            "as_list: {type: bool,",
            "as_list: {aliases: [flat], deprecated: {since: '1', use: flat}, type: bool,",
            "params.as_list.deprecated.use: 'flat' is an old name itself. Say 'as_list'.",
        ),
        ("v1", "    requires: tiles\n", "", "features.tiles: no operation requires this feature."),
        ("v1", 'returns: "list[Row]", ', "", "types.Row: no operation returns this type."),
        ("v1", "default: client.moment, ", "", "attributes.moment: no default takes this attribute."),
        (
            "v1",
            "/table/{table_id}/roots\n    safe",
            "/roots\n    safe",
            "defaults.table_id: no path has this hole.",
        ),
        ("service", "has no tiles.", "has no tiles", "features.tiles.message: the sentence has no end."),
        (
            "service",
            "features:\n",
            "extra_endpoints: {old: {path: /old, doc: a page.}}\nfeatures:\n",
            "extra_endpoints.old.doc: the sentence begins with a small letter.",
        ),
        (
            "v1",
            "operations:\n",
            "extra_endpoints: {old: {path: /old, doc: A page}}\noperations:\n",
            "extra_endpoints.old.doc: the sentence has no end.",
        ),
        ("service", "    doc: A row.\n", "", "types.Row: nothing says what it is."),
        (
            "service",
            "limit: {type: int,",
            "limit: {type: point,",
            "nothing says what the numbers of a point count.",
        ),
    ],
)
def test_one_warning(tmp_path, file, old, new, said):
    text = {"service": SERVICE, "v1": V1}[file]
    if "type: point" in new:
        text = replaced(text, ", min: 1, doc: Most", ", doc: Most")
    found = warnings(tmp_path, **{file: replaced(text, old, new)})
    assert any(said in warning for warning in found), found


def test_warnings_are_in_the_order_of_files_and_lines(tmp_path):
    text = V1.replace("Delete a row.", "Delete a row").replace("Get rows of a table.", "Get rows of a table")
    found = warnings(tmp_path, v1=text, service=SERVICE.replace("has no tiles.", "has no tiles"))
    assert [warning.split(": ")[0] for warning in found] == [
        f"spec/demo/service.yaml:{line_of(SERVICE, 'has no tiles.')}",
        f"spec/demo/v1.yaml:{line_of(V1, 'Get rows of a table.')}",
        f"spec/demo/v1.yaml:{line_of(V1, 'Delete a row.')}",
    ]
