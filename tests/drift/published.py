"""The documents that five servers publish about themselves, as recorded, and what differs in them."""

import copy
import json
import pickle
from dataclasses import replace
from functools import cache
from pathlib import Path

from codegen import ir
from codegen.drift.compare import compare
from codegen.drift.document import shape
from codegen.drift.reviewed import spot
from codegen.drift.swagger import read_document
from codegen.load import load_spec

ROOT = Path(__file__).parents[2]
SPEC = load_spec(ROOT / "spec")
RECORDED = {
    "materialize": "059_swagger_mat",
    "info": "060_swagger_info",
    "annotation": "061_swagger_annotation",
    "schema": "062_swagger_schema",
    "skeleton": "063_swagger_skeleton",
}
METHODS = ("get", "post", "put", "delete")


def text_of(service):
    """Return a document as it came."""
    recording = ROOT / "tests/recordings/routes" / f"{RECORDED[service]}.json"
    return json.loads(recording.read_text())["exchanges"][0]["response"]["body"]["text"]


TREES = {service: json.loads(text_of(service)) for service in RECORDED}


def tree_of(service):
    """Return a document to change, with definitions where they are used: so one edit has one place."""
    tree = copy.deepcopy(TREES[service])
    for _, item in _places(tree):
        for parameter in item.get("parameters", []):
            if "$ref" in parameter.get("schema", {}):
                name = parameter["schema"]["$ref"].split("/")[-1]
                parameter["schema"] = copy.deepcopy(tree["definitions"][name])
    return tree


def _places(tree):
    for path, item in tree["paths"].items():
        yield path, item
        yield from ((path, item[method]) for method in METHODS if method in item)


def routes_of(tree):
    """List the routes of a document: (path, method)."""
    return [(path, method) for path, item in tree["paths"].items() for method in METHODS if method in item]


def split_shared(tree):
    """Give every method the parameters of its path, so that one edit is about one route."""
    for item in tree["paths"].values():
        shared = item.pop("parameters", [])
        for method in METHODS:
            if method in item:
                own = item[method].get("parameters", [])
                named = {(each["name"], each["in"]) for each in own}
                kept = [each for each in copy.deepcopy(shared) if (each["name"], each["in"]) not in named]
                item[method]["parameters"] = [*kept, *own]
    return tree


def told(tree, service, spec=SPEC, api=None):
    """Compare a document; return what is found as a set: rule, place, words."""
    document = read_document(json.dumps(tree), f"{service}.json")
    found = compare(document, spec.service(service), api)
    result = {(each.id, spot(each), each.text) for each in found}
    assert len(result) == len(found), "the same difference was told twice"
    return result


@cache
def _pickled(service, path=None):
    """Keep a document as a pickle, which is copied ten times as fast as a tree."""
    tree = split_shared(tree_of(service))
    if path is not None:
        tree["paths"] = {path: tree["paths"][path]}
    return pickle.dumps(tree)


def whole(service):
    """Return a document to edit, and the spec."""
    return pickle.loads(_pickled(service)), SPEC


def only(service, path):
    """Return the same with one path alone: that is enough, as `test_paths_are_independent` holds."""
    return pickle.loads(_pickled(service, path)), _spec_of(service, path)


@cache
def _spec_of(service, path):
    tree = TREES[service]
    return with_operations(SPEC, service, lambda each: each if is_on(each, tree, path) else None)


def is_on(operation, tree, path):
    """Whether an operation is about a path of a document."""
    return shape(operation.path) == shape(tree["basePath"] + path)


def with_operations(spec, service, change):
    """Change every operation of a service (None: drop it)."""
    old = spec.service(service)
    apis = tuple(
        replace(api, operations=tuple(each for each in map(change, api.operations) if each is not None))
        for api in old.apis
    )
    return ir.Spec(tuple(replace(old, apis=apis) if each is old else each for each in spec.services))


def operations_on(service, tree, path, method):
    """List the operations that ask a route, looked up in the descriptors without the code under test."""
    key = method.upper(), shape(tree["basePath"] + path)
    return [
        operation
        for api in SPEC.service(service).apis
        for operation in api.operations
        if operation.kind == "request" and (operation.method, shape(operation.path)) == key
    ]
