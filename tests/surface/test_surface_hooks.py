"""Raw operations that mixins call: found along the imports of the public module, missed when they go."""

from pathlib import Path

import pytest
from surface_spec import V1, said, side, spec_of, swapped

from codegen.diff.compare import compare as spec_diff
from codegen.load import load_spec
from codegen.surface.compare import compare
from codegen.surface.hooks import uses_of
from codegen.surface.prediction import unpredicted
from codegen.surface.trees import CURRENT

RAW = swapped(V1, ("  get_view:\n", "  get_view:\n    raw: true\n"))

FILES = {
    "demo.py": "from caveclient_gen.mixins.demo.mixin import DemoMixin\n",
    "mixins/demo/mixin.py": "from caveclient_gen.mixins.demo import views\n",
    "mixins/demo/views.py": "class Views:\n    def get_view(self):\n        return self._get_view()\n",
    "mixins/other.py": "def get(client):\n    return client._get_status()\n",
}


def package(folder: Path, **others: str) -> Path:
    """Write a package with mixins."""
    for path, text in (FILES | others).items():
        file = folder / "caveclient_gen" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder / "caveclient_gen"


@pytest.mark.parametrize(
    "edits",
    [
        [(RAW[RAW.index("  get_view:") :], "")],
        [("  get_view:\n", "  read_view:\n")],
        [("    raw: true\n", "")],
    ],
    ids=["removed", "renamed", "public"],
)
def test_a_raw_operation_that_a_mixin_uses_is_missed(tmp_path, edits):
    mixins = package(tmp_path / "package")
    old, new = spec_of(tmp_path / "old", v1=RAW), spec_of(tmp_path / "new", v1=swapped(RAW, *edits))
    changes = compare(side(old), side(new), (mixins, mixins))
    [change] = [change for change in changes if change.kind == "mixin-hook-missing"]
    assert (
        said(change) == "mixin-hook-missing demo_v1._get_view: None -> caveclient_gen/mixins/demo/views.py:3"
    )
    assert (change.service, change.api, change.operation) == ("demo", "1", "get_view")


ARGUMENTS = [
    ("self._get_view(view)", None),
    ("self._get_view(view, names=names, most=3)", None),
    ("self._get_view(view, wrong=form)", None),
    ("self._get_view(view, form=form)", "passes form"),
    ("self._get_view(view, form, names)", "passes 3 by position"),
    ("self._get_view(**given)", None),
    ("self._get_view(*given)", None),
    ("self._get_view(*given, form=form)", "passes form"),
    ("self._get_view()", None),
    ("given(self._get_view)", None),
]
"""Calls of a hook, and what is wrong with them when `form` has gone from it, but not what was so before."""


@pytest.mark.parametrize(("call", "reason"), ARGUMENTS)
def test_a_call_that_a_raw_operation_no_longer_takes_is_told(tmp_path, call, reason):
    views = f"class Views:\n    def get_view(self):\n        return {call}\n"
    mixins = package(tmp_path / "package", **{"mixins/demo/views.py": views})
    form = (
        "      form: {type: str, in: query, default: csv, choices: [csv, arrow, json], doc: Form to get.}\n"
    )
    after = swapped(RAW, (form, ""))
    old, new = spec_of(tmp_path / "old", v1=RAW), spec_of(tmp_path / "new", v1=after)
    told = [change for change in compare(side(old), side(new), (mixins, mixins)) if "hook" in change.kind]
    expected = [f"caveclient_gen/mixins/demo/views.py:3 {reason}"] if reason else []
    assert [change.new for change in told] == expected
    assert unpredicted(told, spec_diff(side(old), side(new)).findings) == ()


def test_an_argument_that_a_raw_operation_needs_now_is_missed_in_calls(tmp_path):
    mixins = package(tmp_path / "package")
    views = "class Views:\n    def get_view(self, view):\n        return self._get_view(view)\n"
    (mixins / "mixins/demo/views.py").write_text(views)
    names = "      names: {type: str_array, in: query, doc: Columns to get.}\n"
    needed = names.replace("in: query,", "in: query, required: true, keyword_only: true,")
    after = swapped(RAW, (names, needed), ("call: {view: x}", "call: {view: x, names: [a]}"))
    old, new = spec_of(tmp_path / "old", v1=RAW), spec_of(tmp_path / "new", v1=after)
    [change] = compare(side(old), side(new), (mixins, mixins))
    assert (change.kind, change.new) == (
        "mixin-hook-misfit",
        "caveclient_gen/mixins/demo/views.py:3 leaves out names",
    )
    assert unpredicted([change], spec_diff(side(old), side(new)).findings) == ()


def test_a_raw_operation_that_no_mixin_of_the_service_uses_is_not_missed(tmp_path):
    raw = swapped(V1, ("  get_status:\n", "  get_status:\n    raw: true\n"))
    mixins = package(tmp_path / "package")
    old, new = spec_of(tmp_path / "old", v1=raw), spec_of(tmp_path / "new")
    assert compare(side(old), side(new), (mixins, mixins)) == ()


def test_a_mixin_that_has_followed_misses_nothing(tmp_path):
    changed = {"mixins/demo/views.py": FILES["mixins/demo/views.py"].replace("_get_view", "_read_view")}
    packages = package(tmp_path / "before"), package(tmp_path / "after", **changed)
    renamed = swapped(RAW, ("  get_view:\n", "  read_view:\n"))
    old, new = spec_of(tmp_path / "old", v1=RAW), spec_of(tmp_path / "new", v1=renamed)
    assert "mixin-hook-missing" not in {change.kind for change in compare(side(old), side(new), packages)}


@pytest.mark.parametrize("service", load_spec(CURRENT.parent / "spec").services, ids=lambda each: each.name)
def test_every_raw_operation_of_the_project_is_seen_in_use(service):
    current = [api for api in service.apis if api.stability != "legacy"]
    raw = {operation.python_name for api in current for operation in api.operations if operation.raw}
    assert raw - uses_of(service, CURRENT).keys() == set()
