"""Notebooks: cells are read as one script, and everything but the edited lines stays."""

import json

import pytest
from changed_spec import HEADER, RENAMED_ARGUMENT, both, finding, planned

from codegen.migrate.command import show
from codegen.migrate.find import find
from codegen.migrate.magics import readable
from codegen.migrate.scripts import UnreadableError
from codegen.migrate.write import write


@pytest.fixture
def changes(tmp_path):
    return planned(both(tmp_path, **RENAMED_ARGUMENT), finding("param-renamed", param="max_rows"))


def notebook(*sources, **more):
    """Make a notebook of code cells; a pair is a cell of another kind."""
    cells = [
        {"cell_type": kind, "metadata": {}, "source": source}
        | ({"execution_count": 1, "outputs": [{"text": ["é\n"]}]} if kind == "code" else {})
        for kind, source in (each if isinstance(each, tuple) else ("code", each) for each in sources)
    ]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5} | more


def saved(tmp_path, document, **layout):
    path = tmp_path / "book.ipynb"
    text = json.dumps(document, **({"indent": 1, "ensure_ascii": False} | layout)) + "\n"
    path.write_bytes(text.encode())
    return path


BOOK = [
    ("markdown", ["client.demo.get_rows('t', limit=1)"]),
    HEADER.splitlines(keepends=True),
    ["%matplotlib inline\n", "é = 'é'; d = client.demo\n", "d.get_rows('t', limit=5)"],
    "rows = d.get_rows(\n    't', limit=6)\n",
    [],
]


def test_places_are_cells_and_their_lines(changes, tmp_path):
    found = find(changes, [saved(tmp_path, notebook(*BOOK))])
    assert [(place.spot.cell, place.spot.line, place.spot.column) for place in found.places] == [
        (3, 3, 1),
        (4, 1, 8),
    ]
    assert str(found.places[0].spot).endswith("book.ipynb:cell 3:3:1")
    assert found.places[0].code == "d.get_rows('t', limit=5)"


LAYOUTS = [
    pytest.param({}, id="jupyter"),
    pytest.param({"indent": 2}, id="two spaces"),
    pytest.param({"indent": None}, id="one line"),
    pytest.param({"ensure_ascii": True}, id="escaped"),
    pytest.param({"indent": "\t"}, id="tabs"),
]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_only_edited_lines_change(changes, tmp_path, layout, newline):
    path = saved(tmp_path, notebook(*BOOK), **layout)
    before = path.read_bytes().replace(b"\n", newline)
    path.write_bytes(before)
    [script] = find(changes, [path]).scripts
    write(script)
    expected = before.replace(b"limit=5", b"max_rows=5").replace(b"limit=6", b"max_rows=6")
    assert path.read_bytes() == expected
    assert find(changes, [path]).scripts == ()


OTHER_LAYOUTS = [
    pytest.param(b'{"cells":', b'{ "cells":', id="spaces"),
    pytest.param(b'"nbformat": 4', b'"nbformat": 4, "x": 1.50', id="a number that Python writes otherwise"),
]


@pytest.mark.parametrize(("old", "new"), OTHER_LAYOUTS)
def test_a_layout_that_cannot_be_kept_is_left_to_people(changes, tmp_path, old, new, capsys):
    path = saved(tmp_path, notebook(*BOOK), indent=None)
    before = path.read_bytes().replace(old, new)
    assert before != path.read_bytes()
    path.write_bytes(before)
    found = find(changes, [path])
    assert [place.edits for place in found.places] == [(), ()]
    assert all("laid out" in place.advice for place in found.places)
    show(found)
    assert capsys.readouterr().out == ""


def test_a_cell_that_cannot_be_read_does_not_hide_the_others(changes, tmp_path):
    broken = [*BOOK[:2], ["x = 1\n", "def (:\n"], *BOOK[2:]]
    found = find(changes, [saved(tmp_path, notebook(*broken))])
    [unreadable] = found.unreadable
    assert (unreadable.cell, unreadable.line) == (3, 2)
    assert len(found.places) == 2


NO_NOTEBOOKS = [
    pytest.param(b"{", id="no JSON"),
    pytest.param(b"[]", id="a list"),
    pytest.param(b'{"nbformat": 3, "worksheets": []}', id="an older format"),
    pytest.param(b'{"nbformat": 4, "cells": [{"source": 5}]}', id="a cell without text"),
    pytest.param(b"\xff\xfe", id="no text"),
]


@pytest.mark.parametrize("raw", NO_NOTEBOOKS)
def test_what_is_no_notebook_is_named(changes, tmp_path, raw):
    path = tmp_path / "book.ipynb"
    path.write_bytes(raw)
    [unreadable] = find(changes, [path]).unreadable
    assert "format 4" in unreadable.reason


def test_text_that_is_no_unicode_is_named(changes, tmp_path):
    path = saved(tmp_path, notebook(["x = '\ud800'\n"]), ensure_ascii=True)
    [unreadable] = find(changes, [path]).unreadable
    assert unreadable.cell == 1


def test_notebooks_of_other_languages_are_passed_over(changes, tmp_path):
    other = notebook("x <- function(", metadata={"language_info": {"name": "R"}})
    found = find(changes, [saved(tmp_path, other)])
    assert (found.places, found.unreadable) == ((), ())


MAGICS = [
    ("%matplotlib inline\nx = 1", "0#----------------\nx = 1"),
    ("!ls é\nx = 1", "0#----\nx = 1"),
    ("!\nx", "0\nx"),
    ("x?\ny", "0#\ny"),
    ("?x\ny", "0#\ny"),
    ("files = !ls", "files = 0#-"),
    ("if x:\n    %time f(1)\n", "if x:\n    0    ;f(1)\n"),
    ("%time d = f(1)", "0    ;d = f(1)"),
    ("%timeit -n 10 -r 3 f(1)", "0                 ;f(1)"),
    ("%time f(\n", "0#------\n"),
    ("x = (\n%time f(", None),
    ("!ls \\\n  -l\nx", "0#---\n0#--\nx"),
    ("%%time\nf(1)", "0#----\nf(1)"),
    ("x = (a\n  % b)", "x = (a\n  % b)"),
]


@pytest.mark.parametrize(("cell", "expected"), MAGICS, ids=[cell for cell, _ in MAGICS])
def test_magics_are_hidden_behind_as_many_bytes(cell, expected):
    if expected is None:
        with pytest.raises(UnreadableError):
            readable(cell)
    else:
        assert readable(cell) == expected
        assert len(expected.encode()) == len(cell.encode())


@pytest.mark.parametrize("cell", ["%%bash\nls |", "%%html\n<p>", "  %%javascript\nvar x;"])
def test_cells_in_other_languages_are_no_code(cell):
    assert readable(cell) is None


def test_code_that_a_magic_runs_is_rewritten(changes, tmp_path):
    path = saved(tmp_path, notebook(BOOK[1], "%time rows = client.demo.get_rows('t', limit=5)"))
    [script] = find(changes, [path]).scripts
    write(script)
    cells = json.loads(path.read_text())["cells"]
    assert cells[1]["source"] == "%time rows = client.demo.get_rows('t', max_rows=5)"
