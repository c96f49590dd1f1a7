"""Which members of the client there are, and which of them tests have asked an offline server by.

A test says with `@exercises("materialize", "query_table", ...)` what it is about. That is checked while it
runs: a member it names must be asked by the test itself, and what an answer is worth the test checks.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import inspect
import json
import sys
from pathlib import Path

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "data"
SERVICES = {
    "info": ("infoservice", "InfoServiceClientV2"),
    "auth": ("auth", "AuthClient"),
    "schema": ("emannotationschemas", "SchemaClientLegacy"),
    "state": ("jsonservice", "JSONServiceV1"),
    "annotation": ("annotationengine", "AnnotationClientV2"),
    "chunkedgraph": ("chunkedgraph", "ChunkedGraphClientV1"),
    "materialize": ("materializationengine", "MaterializationClientV3"),
    "l2cache": ("l2cache", "L2CacheClientLegacy"),
    "skeleton": ("skeletonservice", "SkeletonClient"),
    "client": ("frameworkclient", "CAVEclientFull"),
    "global": ("frameworkclient", "CAVEclientGlobal"),
    "ClientBase": ("base", "ClientBase"),
    "ClientBaseWithDataset": ("base", "ClientBaseWithDataset"),
    "ClientBaseWithDatastack": ("base", "ClientBaseWithDatastack"),
    "BaseEncoder": ("base", "BaseEncoder"),
    "staged": ("tools.stage", "StagedAnnotations"),
    "manager": ("tools.table_manager", "TableManager"),
}
"""Short name to the module and the class that has all of its members."""
GROUPS = {
    "AnnotationClient": "annotation",
    "AnnotationClientV2": "annotation",
    "AuthClient": "auth",
    "BaseManager": "manager",
    "CAVEclient": "client",
    "CAVEclientFull": "client",
    "CAVEclientGlobal": "global",
    "ChunkedGraphClient": "chunkedgraph",
    "ChunkedGraphClientV1": "chunkedgraph",
    "InfoServiceClient": "info",
    "InfoServiceClientV2": "info",
    "JSONService": "state",
    "JSONServiceV1": "state",
    "L2CacheClient": "l2cache",
    "L2CacheClientLegacy": "l2cache",
    "MaterializationClient": "materialize",
    "MaterializationClientV2": "materialize",
    "MaterializationClientV3": "materialize",
    "SchemaClient": "schema",
    "SchemaClientLegacy": "schema",
    "SkeletonClient": "skeleton",
    "StagedAnnotations": "staged",
}
"""Documented class to short name."""
BASES = ("ClientBase", "ClientBaseWithDataset", "ClientBaseWithDatastack", "BaseEncoder")
ASKED_KINDS = ("method", "property", "function")

exercised = {}
"""Member -> names of the tests that are about it; full when all test modules here are imported."""


def documented():
    """Return the documented members that can be asked: "materialize.query_table" and so on."""
    found = []
    for file in ("documented_api.json", "newer_api.json"):
        for entry in json.loads((DATA / file).read_text()):
            if entry["kind"] not in ASKED_KINDS:
                continue
            module = entry["module"].removeprefix("caveclient.")
            owner = entry.get("class")
            group = GROUPS.get(owner, owner if owner in BASES else None) if owner else module
            assert group, f"{owner} is a class that this list has no group for"
            found.append(f"{group}.{entry['name']}")
    return sorted(set(found))


def newer_still():
    """Return public members of the services that only this client has."""
    own = set()
    for group in set(SERVICES) - set(BASES):
        cls = class_of(group)
        own |= {f"{group}.{name}" for name in dir(cls) if not name.startswith("_")}
    return sorted(own - set(documented()))


def class_of(group):
    """Return the class of a group of members."""
    module, name = SERVICES[group]
    return getattr(importlib.import_module(f"caveclient_gen.{module}"), name)


def exercises(group, *names):
    """Say that a test asks members of a group, and see to it that it does.

    A table of cases needs each case to ask what it is about: then the first argument `member` of the test
    says which one, and only that is looked for.
    """

    def mark(test):
        for name in names:
            exercised.setdefault(f"{group}.{name}", set()).add(test.__name__)

        @functools.wraps(test)
        def watched(*args, **kwargs):
            wanted = {kwargs["member"]} if "member" in kwargs else set(names)
            assert wanted <= set(names), f"{wanted - set(names)} is not among what the test says it is about"
            with _watching(group, wanted) as asked:
                test(*args, **kwargs)
            assert asked == wanted, f"never asked: {sorted(wanted - asked)}"

        return watched

    return mark


@contextlib.contextmanager
def _watching(group, names):
    """Note which members are asked from a file of this folder, while it lasts."""
    asked = set()
    with contextlib.ExitStack() as undo:
        for name in names:
            owner, before = _place_of(group, name)
            setattr(owner, name, _noting(before, name, asked))
            undo.callback(setattr, owner, name, before)
        yield asked


def _place_of(group, name):
    mro = class_of(group).__mro__ if group in SERVICES else ()
    module = SERVICES[group][0] if group in SERVICES else group
    owner = next((cls for cls in mro if name in vars(cls)), None)
    owner = owner or importlib.import_module(f"caveclient_gen.{module}")
    return owner, inspect.getattr_static(owner, name)


def _noting(before, name, asked):
    """Return what stands in for a member: it notes that a test asked, and is the same otherwise."""

    def note():
        if Path(sys._getframe(2).f_code.co_filename).parent == HERE:
            asked.add(name)

    if isinstance(before, staticmethod | classmethod):
        return type(before)(_noting(before.__func__, name, asked))
    if inspect.isroutine(before):

        @functools.wraps(before)
        def call(*args, **kwargs):
            note()
            return before(*args, **kwargs)

        return call

    class Noted(property):
        def __get__(self, instance, owner=None):
            if instance is not None:
                note()
            return before.__get__(instance, owner) if hasattr(before, "__get__") else before

        def __set__(self, instance, value):
            note()
            before.__set__(instance, value)

    return Noted()
