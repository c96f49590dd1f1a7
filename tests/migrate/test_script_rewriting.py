"""Rewritten scripts: what becomes of each call, what stays, and that it fits the new client."""

import ast
import inspect
from types import SimpleNamespace

import pytest
from changed_spec import (
    AS_LIST,
    HEADER,
    LIMIT,
    NAME,
    OFFSET,
    RENAMED_ARGUMENT,
    RENAMED_OPERATION,
    both,
    finding,
    migrated,
    planned,
    script,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from codegen.migrate.edit import Edit, edited
from codegen.migrate.find import find
from codegen.migrate.write import write

INSERTED = {"service": ((LIMIT, "    order: {type: str, in: body, doc: Order.}\n" + LIMIT),)}
SWAPPED = {"service": ((LIMIT, ""), (OFFSET, OFFSET + LIMIT))}
KEYWORD_ONLY = {"v1": ((AS_LIST, AS_LIST.replace("default: true", "default: true, keyword_only: true")),)}
DEFAULT = {"v1": ((AS_LIST, AS_LIST.replace("default: true", "default: false")),)}
REQUIRED = {
    "v1": (
        (AS_LIST, AS_LIST.replace("default: true", "required: true, keyword_only: true")),
        ("call: {table: synapses}", "call: {table: synapses, as_list: true}"),
    )
}
CHANGES = {
    "renamed method": (RENAMED_OPERATION, finding("op-renamed", "list_rows")),
    "renamed argument": (RENAMED_ARGUMENT, finding("param-renamed", param="max_rows")),
    "inserted": (INSERTED, finding("positional-param-inserted", param="order", silent=True)),
    "swapped": (SWAPPED, finding("param-order-changed", silent=True)),
    "keyword only": (KEYWORD_ONLY, finding("param-became-keyword-only", param="as_list")),
    "default": (DEFAULT, finding("param-default-changed", param="as_list", silent=True)),
    "required": (REQUIRED, finding("param-became-required", param="as_list")),
}

CALLS = [
    ("renamed method", "get('t', 1)  # é", "list('t', 1)  # é"),
    ("renamed method", "f = client.demo.get_rows; f('t')", "f = client.demo.list_rows; f('t')"),
    ("renamed argument", "f = client.demo.get_rows; f(limit=5)", None),
    ("renamed method", "map(client.demo.get_rows, 'ab')", "map(client.demo.list_rows, 'ab')"),
    ("renamed method", "getattr(client.demo, 'get_rows')(1)", "getattr(client.demo, 'list_rows')(1)"),
    ("renamed method", 'getattr(client.demo, """get_rows""")', 'getattr(client.demo, """list_rows""")'),
    ("renamed method", "hasattr(client.demo, 'get_rows')", "hasattr(client.demo, 'list_rows')"),
    ("renamed method", "hasattr(other, 'get_rows'); get_rows = 1", None),
    ("default", "hasattr(client.demo, 'get_rows')", None),
    ("renamed method", "get('t', **more)", None),
    ("renamed method", "get(*more)", None),
    ("renamed method", "get('t', 1, 2, 3, 4)", None),
    ("renamed method", "get(limit=3)", None),
    ("renamed argument", "get('t', limit=5)", "get('t', max_rows=5)"),
    ("renamed argument", "get('t', 5)", None),
    ("renamed argument", "get('t', limit = 5 , offset=1,)", "get('t', max_rows = 5 , offset=1,)"),
    ("renamed argument", "get('t', limit=5, **more)", None),
    ("renamed argument", "get('t', limit=5, max_rows=6)", None),
    ("renamed argument", "get('t', limit=get('s', limit=1))", "get('t', max_rows=get('s', max_rows=1))"),
    (
        "renamed argument",
        "f = client.demo.get_rows; f(1, limit=5)",
        "f = client.demo.get_rows; f(1, max_rows=5)",
    ),
    ("renamed argument", "dict(limit=1); get('t', **dict(limit=1))", None),
    ("inserted", "get('t', 5)", "get('t', limit=5)"),
    ("inserted", "get('t', 5, 6, True)", "get('t', limit=5, offset=6, as_list=True)"),
    ("inserted", "get('t', 5, offset=6)", "get('t', limit=5, offset=6)"),
    ("inserted", "get('t', (5), -6)", "get('t', limit=(5), offset=-6)"),
    ("inserted", "get('t', (n := 5))", "get('t', limit=(n := 5))"),
    ("inserted", "get('t', *more)", None),
    ("inserted", "get(\n  't',  # table\n  5,  # rows\n)", "get(\n  't',  # table\n  limit=5,  # rows\n)"),
    ("inserted", "get('t')", None),
    ("swapped", "get('t', 5, 6)", "get('t', limit=5, offset=6)"),
    ("swapped", "get('t', 5, 6, False)", "get('t', limit=5, offset=6, as_list=False)"),
    ("swapped", "get('t', limit=5)", None),
    ("keyword only", "get('t', 5, 6, True)", "get('t', 5, 6, as_list=True)"),
    ("keyword only", "get('t', 5, 6)", None),
    ("default", "get('t')", "get('t', as_list=True)"),
    ("default", "get('t', limit=3,)", "get('t', limit=3, as_list=True,)"),
    ("default", "get('t', as_list=False)", None),
    ("default", "get('t', 1, 2, False)", None),
    ("default", "get('t', **more)", None),
    ("default", "get(t for t in 'ab')", "get((t for t in 'ab'), as_list=True)"),
    ("default", "get(t := 'ab')", "get((t := 'ab'), as_list=True)"),
    ("default", "map(client.demo.get_rows, 'ab')", None),
    ("required", "get('t')", "get('t', as_list=True)"),
]  # fmt: skip


def spelled(text):
    """Write the call out: `get(...)` is the old method."""
    return (
        HEADER
        + text.replace("list(", "client.demo.list_rows(").replace("get(", "client.demo.get_rows(")
        + "\n"
    )


@pytest.mark.parametrize(("change", "before", "after"), CALLS, ids=[f"{row[0]}: {row[1]}" for row in CALLS])
def test_a_call_becomes(change, before, after, tmp_path):
    edits, told = CHANGES[change]
    changes = planned(both(tmp_path, **edits), told)
    text = spelled(before)
    once = migrated(changes, tmp_path, text, pin_defaults=True)
    assert once == (text if after is None else spelled(after))
    ast.parse(once)
    assert migrated(changes, tmp_path, once, pin_defaults=True) == once


GIVEN_A_PLACE = [
    ("get('t', 5)", "get('t', limit=5)"),
    ("get('t', 5, 6, as_list=False)", "get('t', limit=5, offset=6, as_list=False)"),
    ("get('t', limit=5, as_list=False)", None),
    ("hasattr(client.demo, 'get_rows')", None),
]


@pytest.mark.parametrize(("before", "after"), GIVEN_A_PLACE)
def test_an_argument_that_gets_a_place_before_others_names_them(before, after, tmp_path):
    moved = ((AS_LIST, ""), ("      use: filters\n", f"{AS_LIST}      use: filters\n"))
    specs = both(tmp_path / "old", **KEYWORD_ONLY)[1], both(tmp_path / "new", v1=moved)[1]
    changes = planned(specs, finding("positional-param-inserted", param="as_list", silent=True))
    assert migrated(changes, tmp_path, spelled(before)) == spelled(after or before)


@pytest.mark.parametrize("change", ["default", "required"])
def test_old_defaults_are_written_only_when_asked_for(change, tmp_path):
    edits, told = CHANGES[change]
    text = spelled("get('t')")
    assert migrated(planned(both(tmp_path, **edits), told), tmp_path, text) == text


KINDS = [
    ("client.demo.get_it()", "client.demo.get_it"),
    ("client.demo.get_it ( )", "client.demo.get_it"),
    ("(client.demo.get_it)()", "(client.demo.get_it)"),
    ("x = client.demo.get_it()['a']", "x = client.demo.get_it['a']"),
    ("client.demo.get_it(  # why\n)", None),
    ("f = client.demo.get_it; f()", None),
    ("map(client.demo.get_it, 'ab')", None),
]
PARAMETERLESS = """\
  get_it:
    summary: Get it.
    method: GET
    path: /it
    response: {decode: json, doc: It.}
    examples:
      - call: {}
        request: {method: GET, path: /demo/api/v1/it}
"""


def kinds(tmp_path):
    """Load a spec where `get_it` is a method, and one where it is a property."""
    as_property = PARAMETERLESS.replace("get_it:\n", "get_it:\n    property: true\n")
    _, method = both(tmp_path / "a", v1=((NAME, PARAMETERLESS + NAME),))
    _, attribute = both(tmp_path / "b", v1=((NAME, as_property + NAME),))
    return method, attribute


@pytest.mark.parametrize(("before", "after"), KINDS)
def test_parentheses_go_where_a_method_became_a_property(before, after, tmp_path):
    changes = planned(kinds(tmp_path), finding("op-became-property", "get_it"))
    once = migrated(changes, tmp_path, spelled(before))
    assert once == spelled(before if after is None else after)
    assert migrated(changes, tmp_path, once) == once


@pytest.mark.parametrize("rule", ["op-became-method", "object-kind-changed"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("client.demo.get_it", "client.demo.get_it()"),
        ("print(client.demo.get_it['a'])", "print(client.demo.get_it()['a'])"),
        ("x = (client.demo.get_it)", "x = (client.demo.get_it())"),
        ("getattr(client.demo, 'get_it')", "getattr(client.demo, 'get_it')()"),
        ("client.demo.get_it()", None),
    ],
)
def test_parentheses_come_where_a_property_became_a_method(before, after, rule, tmp_path):
    changes = planned(kinds(tmp_path)[::-1], finding(rule, "get_it"))
    once = migrated(changes, tmp_path, spelled(before))
    assert once == spelled(before if after is None else after)
    assert migrated(changes, tmp_path, once) == once


NAMES = [
    pytest.param(
        {"service": (("client: DemoClient", "client: RowsClient"),)},
        "client-class-renamed",
        "from caveclient_gen.demo import (\n    DemoClient,  # ours\n)\nd: DemoClient = DemoClient('u')\n",
        "from caveclient_gen.demo import (\n    RowsClient,  # ours\n)\nd: RowsClient = RowsClient('u')\n",
        id="class",
    ),
    pytest.param(
        {"service": (("client: DemoClient", "client: RowsClient"),)},
        "client-class-renamed",
        "from caveclient.demo import DemoClient as D\nD(); import caveclient; caveclient.demo.DemoClient\n",
        "from caveclient.demo import RowsClient as D\nD(); import caveclient; caveclient.demo.RowsClient\n",
        id="class under another name",
    ),
    pytest.param(
        {"service": (("client: DemoClient", "client: RowsClient"),)},
        "client-class-renamed",
        "from caveclient.demo import DemoClient\nclass RowsClient: ...\nDemoClient('u')\n",
        None,
        id="the new name is taken",
    ),
    pytest.param(
        {"service": (("client: DemoClient", "client: RowsClient"),)},
        "client-class-renamed",
        "from elsewhere import DemoClient\nDemoClient('u')\n",
        None,
        id="a class of somebody else",
    ),
    pytest.param(
        {"service": (("attribute: demo", "attribute: rows"),)},
        "service-renamed",
        "client.demo.version; getattr(client, 'demo')\n",
        "client.rows.version; getattr(client, 'rows')\n",
        id="attribute",
    ),
    pytest.param(
        {"service": (("module: demo", "module: rowservice"),)},
        "service-renamed",
        "import caveclient_gen.demo\nfrom caveclient import demo\n"
        "from caveclient.demo import X\n"
        "caveclient_gen.demo.X; demo.X; client.demo.X\n",
        "import caveclient_gen.rowservice\nfrom caveclient import rowservice\n"
        "from caveclient.rowservice import X\n"
        "caveclient_gen.rowservice.X; rowservice.X; client.demo.X\n",
        id="module",
    ),
]


@pytest.mark.parametrize(("edits", "rule", "before", "after"), NAMES)
def test_names_become(edits, rule, before, after, tmp_path):
    changes = planned(both(tmp_path, **edits), finding(rule, None, api=None))
    once = migrated(changes, tmp_path, HEADER + before)
    assert once == HEADER + (before if after is None else after)
    ast.parse(once)
    assert migrated(changes, tmp_path, once) == once


def test_a_renamed_service_and_a_renamed_method_go_together(tmp_path):
    edits = RENAMED_OPERATION | {"service": (("attribute: demo", "attribute: rows"),)}
    told = [finding("service-renamed", None, api=None), finding("op-renamed", "list_rows")]
    changes = planned(both(tmp_path, **edits), *told)
    once = migrated(changes, tmp_path, spelled("get('t')"))
    assert once == HEADER + "client.rows.list_rows('t')\n"


ENCODINGS = [
    pytest.param(b"\xef\xbb\xbf", "utf-8", "\n", id="mark at the beginning"),
    pytest.param(b"# coding: latin-1\n", "latin-1", "\n", id="declared"),
    pytest.param(b"", "utf-8", "\r\n", id="line ends"),
]


@pytest.mark.parametrize(("start", "encoding", "newline"), ENCODINGS)
def test_all_other_bytes_stay(start, encoding, newline, tmp_path):
    changes = planned(both(tmp_path, **RENAMED_ARGUMENT), CHANGES["renamed argument"][1])

    def written(word):
        text = HEADER + f"é = 1\t;client.demo.get_rows( 't',{word}=5 )   \n\n\n# end"
        return start + text.replace("\n", newline).encode(encoding)

    path = tmp_path / "script.py"
    path.write_bytes(written("limit"))
    [found] = find(changes, [path]).scripts
    write(found)
    assert path.read_bytes() == written("max_rows")
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["script.py"]


def test_a_file_whose_places_the_parser_moves_is_left_to_people(tmp_path):
    changes = planned(both(tmp_path, **RENAMED_ARGUMENT), CHANGES["renamed argument"][1])
    text = "\x0c" + spelled("get('t', limit=5)")
    assert migrated(changes, tmp_path, text) == text


def test_edits_at_one_place_keep_their_order_and_never_overlap():
    assert edited(b"abc", [Edit(1, 1, "("), Edit(1, 1, ")"), Edit(2, 3, "")]) == b"a()b"
    with pytest.raises(ValueError, match="byte 1"):
        edited(b"abc", [Edit(0, 2, "x"), Edit(1, 3, "y")])


# ---- for any edit of the signature, and any call


RENAMED_LIMIT = LIMIT.replace("limit: {", "max_rows: {renamed_from: limit, wire: limit, ")
EDITS = {
    "renamed": ((LIMIT, RENAMED_LIMIT),),
    "inserted": INSERTED["service"],
    "swapped": SWAPPED["service"],
    "gone": ((LIMIT, ""),),
    "renamed and swapped": ((LIMIT, ""), (OFFSET, OFFSET + RENAMED_LIMIT)),
    "named": ((LIMIT, LIMIT.replace("limit: {", "limit: {keyword_only: true, ")),),
}
RULES = ["param-renamed", "positional-param-inserted", "param-order-changed", "param-became-keyword-only"]


@pytest.fixture(scope="module")
def specs(tmp_path_factory):
    """Load the specs of all edits once."""
    return {
        (name, star): both(
            tmp_path_factory.mktemp("spec"), service=edit, v1=KEYWORD_ONLY["v1"] if star else ()
        )
        for name, edit in EDITS.items()
        for star in (False, True)
    }


def signature(spec):
    """Make the signature of the generated method."""
    operation = spec.service("demo").api("1").operation("get_rows")
    kinds = {False: inspect.Parameter.POSITIONAL_OR_KEYWORD, True: inspect.Parameter.KEYWORD_ONLY}
    return inspect.Signature(
        [
            inspect.Parameter(
                param.name,
                kinds[param.keyword_only],
                default=inspect.Parameter.empty if param.required else None,
            )
            for param in operation.arguments
        ]
    )


def run(text, spec):
    """Run a script against a client of a spec; return what each call passed."""
    passed = []

    def get_rows(*args, **kwargs):
        passed.append(dict(signature(spec).bind(*args, **kwargs).arguments))
        return len(passed)

    exec(text.removeprefix(HEADER), {"client": SimpleNamespace(demo=SimpleNamespace(get_rows=get_rows))})
    return passed


@st.composite
def calls(draw, names, depth=1):
    """Write a call that fits the old signature; names that are left out end what is passed by position."""
    ordered = ["table", "limit", "offset", "as_list"]
    most = next((place for place, name in enumerate(ordered) if name not in names), len(ordered))
    count = draw(st.integers(0, most))
    plain = st.sampled_from(["1", "'x'", "(2)", "[3, 4]", "-5", "len", "(n := 6)", "{'a': 7}"])
    value = st.one_of(plain, calls(names, depth=0)) if depth else plain
    by_position = [draw(value) for _ in range(count)]
    later = draw(st.permutations([name for name in ordered[count:] if name in names]))
    kept = [name for name in later if name == "table" or draw(st.booleans())]
    by_name = [f"{name}{draw(st.sampled_from(['=', ' = ']))}{draw(value)}" for name in kept]
    comma = draw(st.sampled_from([", ", ",", ",\n    ", ",  # and\n"]))
    end = draw(st.sampled_from(["", ",", "  # end\n"]))
    return f"client.demo.get_rows({comma.join([*by_position, *by_name])}{end})"


@st.composite
def cases(draw):
    """Choose an edit of the signature, and a script whose calls pass nothing that is gone."""
    edit = draw(st.sampled_from(sorted(EDITS)))
    names = {"table", "offset", "as_list"} | (set() if edit == "gone" else {"limit"})
    text = "\n".join(draw(st.lists(calls(names), min_size=1, max_size=3)))
    return edit, draw(st.booleans()), f"{HEADER}{text}\n"


@given(case=cases())
@settings(max_examples=50, deadline=None)
def test_rewritten_calls_pass_the_same_values_to_the_same_arguments(specs, tmp_path_factory, case):
    edit, star, before = case
    old, new = specs[edit, star]
    told = [finding(rule, param=name) for rule in RULES for name in ("max_rows", "limit", "order", "as_list")]
    changes = planned((old, new), *told)
    folder = tmp_path_factory.getbasetemp()
    after = migrated(changes, folder, before)
    renamed = {"limit": "max_rows"} if "renamed" in edit else {}
    expected = [{renamed.get(name, name): value for name, value in each.items()} for each in run(before, old)]
    assert run(after, new) == expected
    assert migrated(changes, folder, after) == after


@given(text=st.text(alphabet="abc().=, 'n\n#\t\\:[]{}é", max_size=60))
@settings(max_examples=100, deadline=None)
def test_scripts_without_affected_calls_stay_byte_for_byte(specs, tmp_path_factory, text):
    changes = planned(specs["renamed", False], finding("param-renamed", param="max_rows"))
    found = find(changes, [script(tmp_path_factory.getbasetemp(), text + "\n# get_rows\n")])
    assert found.scripts == ()
