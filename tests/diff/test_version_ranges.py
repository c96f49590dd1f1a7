"""Arithmetic on version ranges, and who falls out of one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from codegen.deployments import Deployment, load_deployments
from codegen.diff.gates import compare_ranges
from codegen.diff.versions import allows, relation
from codegen.problems import SpecErrors

RELATIONS = [
    ((), (), "same"),
    ((">=5.13.0",), (">=5.13.0",), "same"),
    ((">=5.13",), (">=5.13.0",), "same"),  # trailing zeros do not count
    (("<3,>=2.18",), (">=2.18,<3",), "same"),
    ((">=2", "<2"), (), "same"),  # two halves are the whole
    ((">=1,<2", ">=2,<3"), (">=1,<3",), "same"),
    (("!=2.1",), ("<2.1", ">2.1"), "same"),
    (("~=1.4",), (">=1.4,<2",), "same"),
    (("==1.4.*",), (">=1.4,<1.5",), "same"),
    ((), (">=5.13.0",), "narrower"),
    ((">=5.13.0",), (), "wider"),
    ((">=5.13.0",), (">=5.14.0",), "narrower"),
    ((">=5.13.0",), (">5.13.0",), "narrower"),
    ((">5.13.0",), (">=5.13.0",), "wider"),
    ((">=5.13.0",), (">=5.13.0,!=5.13.7",), "narrower"),
    ((">=5.13.0",), (">=5.13.0,<6",), "narrower"),
    (("<3,>=2.18.0",), ("<3,>=2.18.0", "<4,>=3.0.5"), "wider"),
    (("<3,>=2.18.0", "<4,>=3.0.5"), ("<4,>=3.0.5",), "narrower"),
    ((">=2,<3",), (">=3,<4",), "other"),
    ((">=2,<4",), (">=3,<5",), "other"),
]


@pytest.mark.parametrize(("old", "new", "expected"), RELATIONS)
def test_relation(old, new, expected):
    assert relation(old, new) == expected
    mirrored = {"narrower": "wider", "wider": "narrower"}.get(expected, expected)
    assert relation(new, old) == mirrored


numbers = st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 4)).map(
    lambda parts: ".".join(map(str, parts))
)
clauses = st.tuples(st.sampled_from([">=", "<=", ">", "<", "!=", "=="]), numbers).map("".join)
ranges = st.lists(st.lists(clauses, min_size=1, max_size=3).map(",".join), max_size=3).map(tuple)


@given(ranges, ranges, st.tuples(*[st.integers(0, 5)] * 3))
def test_no_version_contradicts_the_relation(old, new, parts):
    """What is called narrower wins no version, and what is called the same neither wins nor loses one."""
    version = Version(".".join(map(str, parts)))
    lost = allows(old, version) and not allows(new, version)
    won = allows(new, version) and not allows(old, version)
    how = relation(old, new)
    assert not (lost and how in ("same", "wider"))
    assert not (won and how in ("same", "narrower"))


OLD_SERVER = Deployment("minniev1", "https://minniev1", "local", ("materialize",), {"materialize": "5.13.2"})
NEW_SERVER = Deployment("other", "https://other", "local", ("materialize",), {"materialize": "5.26.4"})
ODD_SERVER = Deployment("odd", "https://odd", "local", ("materialize",), {"materialize": "unknown"})


@pytest.mark.parametrize(
    ("old", "new", "rule", "affects"),
    [
        ((), (">=5.14.0",), "server-constraint-tightened", ("minniev1 (5.13.2)",)),
        ((">=5.13.0",), (">=5.14.0",), "server-constraint-tightened", ("minniev1 (5.13.2)",)),
        ((">=5.13.0",), (">=6",), "server-constraint-tightened", ("minniev1 (5.13.2)", "other (5.26.4)")),
        ((), (">=5.13.0",), "server-constraint-added", ()),
        ((">=5",), (">=5.13.0",), "server-constraint-narrowed", ()),
        ((">=5,<7",), (">=5.13.0,<8",), "server-constraint-moved", ()),
        ((">=5.14.0",), (">=5.13.0",), "server-constraint-loosened", ()),
        ((">=5.14.0",), (), "server-constraint-removed", ()),
        ((">=5.14.0",), (">=6",), "server-constraint-tightened", ("other (5.26.4)",)),
    ],
)
def test_a_known_deployment_makes_it_breaking(old, new, rule, affects):
    [note] = compare_ranges("materialize", old, new, (OLD_SERVER, NEW_SERVER, ODD_SERVER))
    assert (note.rule, note.affects) == (rule, affects)
    assert not any(each in note.text for each in affects), "reports say it beside the text, once"


def test_deployments_of_other_services_do_not_count():
    [note] = compare_ranges("chunkedgraph", (), (">=5.14.0",), (OLD_SERVER,))
    assert note.rule == "server-constraint-added"


def written(tmp_path, text):
    (tmp_path / "deployments.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_deployments_are_read(tmp_path):
    text = (
        "spec: 1\ndeployments:\n  - name: here\n    address: https://here\n    role: local\n"
        '    services: [info]\n    versions: {info: "4.3"}\n'
    )
    [found] = load_deployments(written(tmp_path, text))
    assert found == Deployment("here", "https://here", "local", ("info",), {"info": "4.3"})
    assert found.labelled("info") == "here (4.3)"


def test_no_file_is_no_deployment(tmp_path):
    assert load_deployments(tmp_path) == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("[]", "the file must be a mapping. Begin it with `spec: 1`."),
        ("deployments: []", "'spec' is missing. Write `spec: 1`."),
        ("spec: 1", "'deployments' is missing. Write `deployments: []` if there is none."),
        ("spec: 1\ndeployments: 3", "deployments: 3 is not a list."),
        ("spec: 1\ndeployments: [3]", "an entry must be a mapping. Write its fields: name, address, role"),
        ("spec: 1\ndeployments: [{name: a, adress: b}]", "Did you mean 'address'?"),
        ('spec: 1\ndeployments: [{address: "https://b"}]', "'name' is missing. Name the deployment."),
        (
            "spec: 1\ndeployments: [{name: a, address: b}]",
            "address: 'b' is not an address like https://host.",
        ),
        ("spec: 1\ndeployments: [{name: a, services: info}]", "services: 'info' is not a list."),
        ("spec: 1\ndeployments: [{name: a, services: 3}]", "services: 3 is not a list."),
        ("spec: 1\ndeployments: [{name: a, versions: {info: 4.3}}]", "4.3 is not a version in quotes."),
        ("spec: 1\ndeployments: [{name: a, versions: {info: nonsense", "not YAML"),
    ],
)
def test_mistakes_in_the_list_are_named(tmp_path, text, message):
    with pytest.raises(SpecErrors, match=r"deployments\.yaml:[123]") as caught:
        load_deployments(written(tmp_path, text))
    assert message in str(caught.value)
