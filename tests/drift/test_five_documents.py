"""The five documents that servers publish: what differs in them is reviewed, and nothing else does."""

import json
from datetime import date

import pytest
from published import RECORDED, ROOT, SPEC, TREES, operations_on, routes_of, text_of, told, whole

from codegen.cli import main
from codegen.drift.compare import compare
from codegen.drift.guess import service_of
from codegen.drift.reviewed import apply, load_reviewed
from codegen.drift.rules import OF_DOCUMENTS
from codegen.drift.swagger import read_document

ENTRIES = load_reviewed(ROOT / "spec", RECORDED)
TODAY = date(2026, 1, 1)
FOUND = [
    finding
    for service in RECORDED
    for finding in compare(read_document(text_of(service), service), SPEC.service(service))
]


@pytest.fixture
def documents(tmp_path):
    for service in RECORDED:
        (tmp_path / f"{service}.json").write_text(text_of(service))
    return [f"--swagger={tmp_path / service}.json" for service in RECORDED]


def test_the_command_finds_nothing_that_is_not_reviewed(documents, capsys):
    assert main(["drift", *documents, "--fail-on", "info"]) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == f"no differences; {len(FOUND)} accepted in spec/drift_reviewed.yaml\n"


@pytest.mark.parametrize("service", RECORDED)
def test_each_alone(service, documents):
    document = next(each for each in documents if each.endswith(f"{service}.json"))
    assert main(["drift", service, document, "--fail-on", "info"]) == 0


@pytest.mark.parametrize("api", ["materialize@2", "materialize@3", "skeleton@1", "info@2"])
def test_one_version_alone(api, documents):
    service = api.partition("@")[0]
    document = next(each for each in documents if each.endswith(f"{service}.json"))
    assert main(["drift", api, document, "--fail-on", "info"]) == 0


def test_there_is_something_to_review():
    assert len(FOUND) == 147
    assert len(ENTRIES) == len(FOUND)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.what} {entry.where}")
def test_every_entry_is_needed(entry):
    left, _ = apply([each for each in ENTRIES if each is not entry], FOUND, RECORDED, TODAY)
    assert left
    assert {finding.id for finding in left} == {entry.what}
    assert all(entry.fits(finding) for finding in left)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.what} {entry.where}")
def test_an_entry_hides_one_difference_and_not_what_comes_beside_it(entry):
    assert [entry.fits(finding) for finding in FOUND].count(True) == 1
    assert "*" not in entry.where


@pytest.mark.parametrize("service", RECORDED)
def test_what_a_server_gets_beside_what_is_reviewed_is_told(service):
    """Also below routes that nobody needs, and as a parameter of those that are described."""
    tree, spec = whole(service)
    new = {"name": "brand_new", "in": "query", "type": "string"}
    places = routes_of(tree)
    for path, method in places:
        tree["paths"][path][method].setdefault("parameters", []).append(new)
        tree["paths"].setdefault(f"{path.rstrip('/')}/brand_new", {})[method] = {}
    found = compare(read_document(json.dumps(tree), service), spec.service(service))
    left, _ = apply(ENTRIES, found, (), TODAY)
    routes = [each for each in left if each.id == "route-unknown"]
    params = [each for each in left if each.id == "param-unknown"]
    assert len(routes) == len(places)
    assert {each.param for each in params} == {"brand_new"}
    assert len(params) == sum(bool(operations_on(service, tree, *place)) for place in places)


def test_no_entry_is_about_a_difference_that_another_one_hides():
    for finding in FOUND:
        assert sum(entry.fits(finding) for entry in ENTRIES) == 1, finding


@pytest.mark.parametrize("service", RECORDED)
def test_every_route_of_a_document_is_described_or_reviewed(service):
    """Counted without the code that compares: what is left over is what drift calls unknown."""
    tree = TREES[service]
    paths = {
        f"{method.upper()} {tree['basePath']}{path}"
        for path, item in tree["paths"].items()
        for method in item
    }
    unknown = {
        finding.operation for finding in FOUND if finding.service == service and finding.id == "route-unknown"
    }
    described = {
        f"{operation.method} {operation.path}"
        for api in SPEC.service(service).apis
        for operation in api.operations
    }
    shapes = {_shape(route) for route in described}
    left = {route for route in paths if not route.startswith("PARAMETERS") and _shape(route) not in shapes}
    assert left == unknown


def _shape(route):
    return "".join(
        part.partition("}")[2] if "}" in part else part for part in route.replace("{", "\0{").split("\0")
    )


@pytest.mark.parametrize("service", RECORDED)
def test_the_service_is_found_out(service):
    assert service_of(read_document(text_of(service), service), SPEC).name == service


@pytest.mark.parametrize("service", RECORDED)
def test_the_title_tells_where_the_path_does_not(service):
    document = text_of(service).replace(f'"basePath": "{TREES[service]["basePath"]}"', '"basePath": "/moved"')
    assert service_of(read_document(document, service), SPEC).name == service


def test_findings_are_whole():
    for finding in FOUND:
        assert finding.id in OF_DOCUMENTS
        assert finding.place is not None
        assert (ROOT / finding.place.file).is_file()
        assert finding.place.line > 0
        assert finding.hint


def test_findings_do_not_depend_on_the_order_of_the_document():
    for service in RECORDED:
        turned = {**TREES[service], "paths": dict(reversed(TREES[service]["paths"].items()))}
        assert told(turned, service) == told(TREES[service], service)


def test_a_document_that_is_given_twice_is_told_once(tmp_path, capsys):
    tree, _ = whole("info")
    tree["paths"]["/v2/new"] = {"get": {}}
    file = tmp_path / "info.json"
    file.write_text(json.dumps(tree))
    assert main(["drift", "--swagger", str(file), "--swagger", str(file), "--format", "json"]) == 1
    assert len(json.loads(capsys.readouterr().out)["findings"]) == 1
