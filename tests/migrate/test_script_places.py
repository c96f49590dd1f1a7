"""Where scripts use what changed: the forms that people write, and what is left alone."""

import pytest
from changed_spec import HEADER, LIMIT, RENAMED_OPERATION, both, finding, places, planned, script

from codegen.migrate.find import find
from codegen.outcome import UsageError

RENAMED = finding("op-renamed", "list_rows")

# One line each, behind `from caveclient_gen import CAVEclient` and `client = CAVEclient()`.
SURE = [
    "client.demo.get_rows('t')",
    "CAVEclient('x').demo.get_rows('t')",
    "mat = client.demo; mat.get_rows('t')",
    "(client).demo . get_rows ('t')",
    "rows = [client.demo.get_rows(t) for t in 'ab']",
    "list(map(client.demo.get_rows, 'ab'))",
    "getattr(client.demo, 'get_rows')('t')",
    "getattr(getattr(client, 'demo'), 'get_rows')('t')",
    "with CAVEclient() as c: c.demo.get_rows('t')",
    "(c := client.demo).get_rows('t')",
    "c, n = client.demo, 5; c.get_rows('t')",
    "c = client if 1 else CAVEclient('y'); c.demo.get_rows('t')",
    "c = client or CAVEclient(); c.demo.get_rows('t')",
    "c = None; c = client.demo; c.get_rows('t')",
    "import caveclient_gen as cc; cc.CAVEclient().demo.get_rows('t')",
    "import caveclient; caveclient.frameworkclient.CAVEclientFull().demo.get_rows('t')",
    "from caveclient import CAVEclient as C; C().demo.get_rows('t')",
    "from caveclient_gen.demo import DemoClient; DemoClient('u').get_rows('t')",
    "from caveclient.demo import DemoClient; d = DemoClient('u'); d.get_rows('t')",
    "from caveclient import demo; demo.DemoClient('u').get_rows('t')",
    "import caveclient_gen.demo as m; m.DemoClientV1('u').get_rows('t')",
    "from somewhere import client as other_client; other_client.demo.get_rows('t')",
    "from somewhere import make_client; c = make_client(); c.demo.get_rows('t')",
    "def f(client): client.demo.get_rows('t')",
    "def f(c: CAVEclient): c.demo.get_rows('t')",
    "def f(c: 'CAVEclient | None' = None, d: CAVEclient | None = None): d.demo.get_rows('t')",
    "def f(c: 'CAVEclient'): c.demo.get_rows('t')",
    "def f(cave_client=None): return lambda t: cave_client.demo.get_rows(t)",
    "self.client.demo.get_rows('t')",
]


@pytest.mark.parametrize("line", SURE)
def test_a_receiver_is_known(line, tmp_path):
    changes = planned(both(tmp_path, **RENAMED_OPERATION), RENAMED)
    assert places(changes, tmp_path, HEADER + line + "\n") == [(1, "sure", "op-renamed")]


CLASSES = """\
from dataclasses import dataclass
import functools
class Holder:
    kind = "x"
    def __init__(self, c):
        self.c = CAVEclient("y")
        self.rows = self.c.demo
    @property
    def shared(self):
        return self.c.demo
    @functools.cached_property
    def also(self) -> CAVEclient:
        return make()
    def run(self):
        self.c.demo.get_rows("t")
        self.rows.get_rows("t")
        self.shared.get_rows("t")
        self.also.demo.get_rows("t")
        self.kind.get_rows("t")
@dataclass
class Other(Holder):
    inner: CAVEclient
    def run(self):
        self.inner.demo.get_rows("t")
        self.rows.get_rows("t")
def make():
    return CAVEclient("z").demo
make().get_rows("t")
Holder(1).rows.get_rows("t")
"""


def test_receivers_are_followed_through_classes_and_functions(tmp_path):
    changes = planned(both(tmp_path, **RENAMED_OPERATION), RENAMED)
    told = places(changes, tmp_path, HEADER + CLASSES)
    assert [line for line, certainty, _ in told if certainty == "sure"] == [15, 16, 17, 18, 24, 25, 28, 29]
    assert len(told) == 8


def test_names_that_come_with_a_star_are_known(tmp_path):
    changes = planned(both(tmp_path, **RENAMED_OPERATION), RENAMED)
    text = "from caveclient import *\nCAVEclient().demo.get_rows('t')\n"
    assert places(changes, tmp_path, text) == [(2, "sure", "op-renamed")]


ELSE = [
    pytest.param("import sqlite3; db = sqlite3.connect(); db.get_rows('t')", id="standard library"),
    pytest.param("from tables import Reader; Reader().get_rows('t')", id="another class"),
    pytest.param("import helpers; helpers.get_rows('t')", id="a module"),
    pytest.param("class R:\n  def get_rows(self, t): ...\nR().get_rows('t')", id="a class of the script"),
    pytest.param("def get_rows(t): ...\nget_rows('t')", id="a function of that name"),
    pytest.param("[].get_rows('t'); 'a'.get_rows(); {}.get_rows()", id="literals"),
    pytest.param("client.demo.get_roots([1])", id="another method"),
    pytest.param("client.other.get_rows('t')", id="another service"),
    pytest.param("client.get_rows('t')", id="the framework's client itself"),
    pytest.param("client.demo.get_rows.x = 1; y.get_rows = 2", id="assigned"),
    pytest.param(
        "def f(x: int, y: 'pd.DataFrame'): x.get_rows(); y.get_rows()", id="annotated as something else"
    ),
    pytest.param("def f(x): x.get_rows('t')", id="an unknown receiver and a plain name"),
    pytest.param("'client.demo.get_rows(1)'  # client.demo.get_rows(1)", id="words"),
    pytest.param(
        "from .caveclient_gen import CAVEclient as C; x = C().get_rows('t')", id="a relative import"
    ),
]


@pytest.mark.parametrize("line", ELSE)
def test_what_is_something_else_is_not_told(line, tmp_path):
    changes = planned(both(tmp_path, **RENAMED_OPERATION), RENAMED)
    told = places(changes, tmp_path, HEADER + line + "\n")
    # Assigning to an attribute of the method still mentions the method.
    assert told == ([(1, "sure", "op-renamed")] if ".x = 1" in line else [])


MAYBE = [
    pytest.param(HEADER + "def f(x): x.demo.get_rows('t')\n", id="the service's name on something unknown"),
    pytest.param(HEADER + "def f(demo): demo.get_rows('t')\n", id="something called like the service"),
    pytest.param(
        "def f(client): client.demo.get_rows('t')\n" + HEADER.splitlines()[1] + "\n", id="no import"
    ),
    pytest.param(HEADER + "c = client.demo if x else y; c.get_rows('t')\n", id="one of two"),
]


@pytest.mark.parametrize("text", MAYBE)
def test_what_only_names_say_is_maybe_and_stays(text, tmp_path):
    changes = planned(both(tmp_path, **RENAMED_OPERATION), RENAMED)
    found = find(changes, [script(tmp_path, text)])
    assert {place.certainty for place in found.places} == {"maybe"}
    assert not any(place.edits for place in found.places)


DISTINCTIVE = finding("response-select-changed", "delete_row", silent=True)


def test_a_distinctive_name_is_enough_to_look(tmp_path):
    changes = planned(both(tmp_path), DISTINCTIVE)
    assert places(changes, tmp_path, "def f(x): x.delete_row(5)\n") == [(1, "maybe", DISTINCTIVE.id)]
    assert places(changes, tmp_path, "def f(client): client.demo.delete_row(5)\n") == [
        (1, "sure", DISTINCTIVE.id)
    ]


LIMITS = {
    "gone": finding("param-removed", param="limit"),
    "bound": finding("param-bound-tightened", param="limit"),
    "default": finding("param-default-changed", param="limit"),
    "unit": finding("param-unit-changed", param="limit", silent=True),
}
CALLS = [
    ("client.demo.get_rows('t', 3)", {"gone": "sure", "bound": "sure", "unit": "sure"}),
    ("client.demo.get_rows('t', limit=7)", {"gone": "sure", "unit": "sure"}),
    ("client.demo.get_rows('t', limit=None)", {"gone": "sure", "unit": "sure"}),
    ("client.demo.get_rows('t', limit=n)", {"gone": "sure", "bound": "maybe", "unit": "sure"}),
    ("client.demo.get_rows('t', offset=3)", {"default": "sure"}),
    ("client.demo.get_rows('t')", {"default": "sure"}),
    ("client.demo.get_rows('t', **more)", dict.fromkeys(LIMITS, "maybe")),
    ("client.demo.get_rows(*more)", dict.fromkeys(LIMITS, "maybe")),
    ("client.demo.get_rows('t', limit=3, **more)", {"gone": "sure", "bound": "sure", "unit": "sure"}),
    ("map(client.demo.get_rows, 'ab')", dict.fromkeys(LIMITS, "maybe")),
    ("import functools; functools.partial(client.demo.get_rows, 't', limit=3)",
     {"gone": "sure", "bound": "sure", "unit": "sure"}),
    ("from functools import partial; p = partial(client.demo.get_rows, 't')", dict.fromkeys(LIMITS, "maybe")),
]  # fmt: skip


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize(("line", "expected"), CALLS, ids=[line for line, _ in CALLS])
def test_only_calls_that_an_argument_touches_are_told(line, expected, name, tmp_path):
    tightened = ((LIMIT, LIMIT.replace("min: 1", "min: 5")),)
    gone = ((LIMIT, ""),)
    changes = planned(both(tmp_path, service=gone if name == "gone" else tightened), LIMITS[name])
    certainty = [(1, expected[name], LIMITS[name].id)] if name in expected else []
    assert places(changes, tmp_path, HEADER + line + "\n") == certainty


def test_a_call_of_a_partial_is_told_too(tmp_path):
    changes = planned(both(tmp_path, service=((LIMIT, ""),)), LIMITS["gone"])
    text = "from functools import partial\np = partial(client.demo.get_rows, 't')\np(limit=3)\n"
    assert places(changes, tmp_path, HEADER + text) == [
        (2, "maybe", "param-removed"),
        (3, "sure", "param-removed"),
    ]


def test_a_method_of_the_class_is_only_looked_at(tmp_path):
    changes = planned(both(tmp_path, **RENAMED_OPERATION), RENAMED)
    text = "from caveclient_gen.demo import DemoClient\nDemoClient.get_rows(c, 't')\n"
    found = find(changes, [script(tmp_path, text)])
    [place] = found.places
    assert (place.certainty, place.edits) == ("sure", ())
    assert "not called on a client" in place.advice


def test_a_new_argument_is_missing_until_it_is_passed(tmp_path):
    added = ((LIMIT, "    order: {type: str, in: body, required: true, doc: Order.}\n" + LIMIT),)
    example = (("call: {table: synapses}", "call: {table: synapses, order: up}"),)
    specs = both(tmp_path, service=added, v1=example)
    changes = planned(specs, finding("required-param-added", param="order"))
    text = "client.demo.get_rows('t')\nclient.demo.get_rows('t', order='up')\n"
    assert places(changes, tmp_path, HEADER + text) == [(1, "sure", "required-param-added")]


NAMES = [
    pytest.param(
        {"service": (("client: DemoClient", "client: RowsClient"),)},
        finding("client-class-renamed", None, api=None),
        "from caveclient_gen.demo import DemoClient, DemoClientV1\nd: DemoClient = DemoClient()\n"
        "x.DemoClient\n",
        [(1, "sure"), (2, "sure"), (2, "sure")],
        id="class",
    ),
    pytest.param(
        {"service": (("attribute: demo", "attribute: rows"),)},
        finding("service-renamed", None, api=None),
        "client.demo.version\nself.client.demo\nx.demo\nother.client.info\n",
        [(1, "sure"), (2, "sure")],
        id="attribute",
    ),
    pytest.param(
        {"service": (("module: demo", "module: rowservice"),)},
        finding("service-renamed", None, api=None),
        "from caveclient_gen import demo\nimport caveclient.demo as d\nfrom caveclient.demo import X\n"
        "demo.X\nd.X\nfrom other import demo as e\n",
        [(1, "sure"), (2, "sure"), (3, "sure"), (4, "sure")],
        id="module",
    ),
    pytest.param(
        {"service": (("errors: {404: NotFoundError}", "errors: {404: ServerError}"),)},
        finding("error-class-changed", param="errors", old="NotFoundError", new="ServerError"),
        "from caveclient_gen.errors import NotFoundError\nfrom caveclient_gen import errors\n"
        "try: client.demo.get_rows('t')\nexcept NotFoundError: pass\n"
        "try: client.demo.get_rows('t')\nexcept (KeyError, errors.NotFoundError) as e: pass\n"
        "try: client.demo.get_roots([1])\nexcept NotFoundError: pass\n",
        [(4, "sure"), (6, "sure")],
        id="error",
    ),
    pytest.param(
        {"service": (("  Row:\n", "  Line:\n"),), "v1": (('"list[Row]"', '"list[Line]"'),)},
        finding("response-type-removed", None, old="Row", source="warning"),
        "from caveclient_gen._generated.types_demo import Row\nfrom x import Row as R\n",
        [(1, "sure")],
        id="shape of an answer",
    ),
]


@pytest.mark.parametrize(("edits", "told", "text", "expected"), NAMES)
def test_names_are_found_where_scripts_write_them(edits, told, text, expected, tmp_path):
    changes = planned(both(tmp_path, **edits), told)
    found = places(changes, tmp_path, HEADER + text)
    assert found == [(line, certainty, told.id) for line, certainty in expected]


def test_keys_of_endpoint_tables_are_found(tmp_path):
    extra = "extra_endpoints:\n  status: {path: /demo/status, doc: A page.}\n"
    old, _ = both(tmp_path / "a", service=(("groups:\n", f"{extra}groups:\n"),))[::-1]
    _, new = both(tmp_path / "b")
    told = finding("endpoint-removed", None, old="status", api=None)
    text = (
        "from caveclient_gen.endpoints import demo_endpoints_v1 as table\nfrom caveclient import endpoints\n"
        "table['status']\nendpoints.demo_common['status']\ntable['rows']\nother['status']\n"
    )
    changes = planned((old, new), told)
    assert places(changes, tmp_path, HEADER + text) == [(3, "sure", told.id), (4, "sure", told.id)]


def test_files_and_folders_are_read_in_order_and_each_once(tmp_path):
    changes = planned(both(tmp_path, **RENAMED_OPERATION), RENAMED)
    folder = tmp_path / "scripts"
    for name in ("b.py", "a.py", "sub/c.py", ".hidden/d.py", "__pycache__/e.py", "f.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        script(folder, HEADER + "client.demo.get_rows('t')\n", name)
    found = find(changes, [folder / "b.py", folder])
    names = [place.spot.file.removeprefix(f"{folder.as_posix()}/") for place in found.places]
    assert names == ["b.py", "a.py", "sub/c.py"]
    assert found.looked_at == 3


@pytest.mark.parametrize("name", ["f.txt", "nowhere.py"])
def test_a_path_that_is_no_script_is_refused(name, tmp_path):
    script(tmp_path, "", "f.txt")
    with pytest.raises(UsageError, match=r"Name \.py files"):
        find((), [tmp_path / name])


UNREADABLE = [
    pytest.param(b"def f(:\n", "syntax error", id="syntax"),
    pytest.param(b"print 'python 2'\n", "syntax error", id="another Python"),
    pytest.param(b"x = '\xff'\n", "cannot be decoded", id="encoding"),
    pytest.param(b"# coding: nonsense\n", "cannot be decoded", id="unknown encoding"),
    pytest.param(b"x = " + b"+".join([b"get_rows"] * 600), "nested too deeply", id="depth"),
]


@pytest.mark.parametrize(("raw", "reason"), UNREADABLE)
def test_what_cannot_be_read_is_named_and_does_not_stop_the_others(raw, reason, tmp_path):
    changes = planned(both(tmp_path, **RENAMED_OPERATION), RENAMED)
    folder = tmp_path / "scripts"
    folder.mkdir()
    (folder / "a.py").write_bytes(raw)
    script(folder, HEADER + "client.demo.get_rows('t')\n", "b.py")
    found = find(changes, [folder])
    [unreadable] = found.unreadable
    assert unreadable.file.endswith("a.py")
    assert reason in unreadable.reason
    assert len(found.places) == 1


def test_lines_and_columns_are_those_of_editors(tmp_path):
    changes = planned(both(tmp_path, **RENAMED_OPERATION), RENAMED)
    text = HEADER.replace("\n", "\r\n") + "x = 'é\U0001f600'; client.demo.get_rows('t')\r\n"
    [place] = find(changes, [script(tmp_path, text)]).places
    assert (place.spot.line, place.spot.column) == (3, 11)
    assert place.code == "x = 'é\U0001f600'; client.demo.get_rows('t')"
