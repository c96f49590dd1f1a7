"""What holds for any specs: nothing differs from itself, both directions tell the same, steps add up."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date

import networkx as nx
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from random_edits import OPERATION_EDITS, PARAM_EDITS, SERVICES, SPEC, edited, side

from codegen.diff.compare import compare
from codegen.diff.context import Facts
from codegen.diff.rules import RULES
from codegen.diff.sides import Side

FACTS = Facts(today=date(2026, 1, 1))
CALM = settings(max_examples=150, deadline=None)

seeds = st.integers(0, 2**32)
"""A run of edits each. They are drawn from a seed, since what fits depends on the edits before."""


def begun(seed):
    """Return a source of chance, and a service to edit."""
    chance = random.Random(seed)
    return chance, SPEC.service(chance.choice(SERVICES))


def findings(old, new):
    return compare(side(old), side(new), FACTS).findings


def test_nothing_differs_from_itself():
    whole = Side(SPEC, "spec")
    assert compare(whole, whole, FACTS).findings == ()
    for service in SPEC.services:
        for api in service.apis:
            one = Side(SPEC, "one", service.name, api.number)
            assert compare(one, one, FACTS).findings == ()


@CALM
@given(seeds)
def test_one_edit_is_one_finding(seed):
    """Of an operation that other versions do not inherit; those have findings of their own lines."""
    chance, service = begun(seed)
    edit = edited(chance, service)
    found = findings(service, edit.service)
    assert len(found) == 1, (edit.target, [(each.id, each.text) for each in found])


@CALM
@given(seeds)
def test_swapping_the_sides_mirrors(seed):
    chance, service = begun(seed)
    new = service
    for _ in range(chance.randint(1, 4)):
        new = edited(chance, new).service
    there, back = findings(service, new), findings(new, service)
    assert len(there) == len(back)
    pairs = nx.Graph()
    for one, finding in enumerate(there):
        pairs.add_node(("there", one))
        for other, mirrored in enumerate(back):
            if mirrored.id in RULES[finding.id].mirror and finding.id in RULES[mirrored.id].mirror:
                pairs.add_edge(("there", one), ("back", other))
    top = [node for node in pairs if node[0] == "there"]
    matching = nx.bipartite.maximum_matching(pairs, top)
    assert sum(node[0] == "there" for node in matching) == len(there), (there, back)


@CALM
@given(seeds)
def test_the_whole_is_in_its_steps(seed):
    """What differs from 1 to 3 differs from 1 to 2 or from 2 to 3, if no step takes back the other."""
    chance, service = begun(seed)
    first = edited(chance, service)
    second = edited(chance, first.service)
    new_names = dict(first.renames) | dict(second.renames)
    meet = first.target[:2] == second.target[:2] or first.kind == second.kind == "rename"
    assume(not meet)
    # An operation that is gone, renamed or new tells for all that is in it.
    assume(first.target[0] != second.target[0] or not {"gone", "rename"} & {first.kind, second.kind})

    def places(one, other):
        return {
            (finding.id, *(new_names.get(part, part) for part in finding.where.split(".")))
            for finding in findings(one, other)
        }

    steps = places(service, first.service) | places(first.service, second.service)
    assert places(service, second.service) <= steps


@CALM
@given(seeds)
def test_fingerprints_do_not_depend_on_lines(seed):
    """They stay when lines move, and differ between findings."""
    chance, service = begun(seed)
    new = service
    for _ in range(3):
        new = edited(chance, new).service
    found = findings(service, new)
    moved = replace(new, origins={})
    bare = [
        replace(api, operations=tuple(replace(o, origins={}) for o in api.operations)) for api in moved.apis
    ]
    again = findings(service, replace(moved, apis=tuple(bare)))
    assert {each.fingerprint for each in found} == {each.fingerprint for each in again}
    told = Counter((each.id, each.where, each.text, each.versions, each.affects) for each in found)
    assert len({each.fingerprint for each in found}) == len(told)


@pytest.mark.parametrize("seed", range(5))
def test_order_does_not_depend_on_the_order_of_operations(seed):
    service = SPEC.service("chunkedgraph")
    old, new = service.api("0"), service.api("1")

    def shuffled(api, number):
        operations = list(api.operations)
        random.Random(seed + number).shuffle(operations)
        return replace(api, operations=tuple(operations))

    def told(one, other):
        changed = replace(service, apis=(one, other))
        sides = [
            Side(replace(SPEC, services=(changed,)), "x", "chunkedgraph", api.number) for api in (one, other)
        ]
        return [(each.id, each.where, each.text) for each in compare(*sides, FACTS).findings]

    assert told(shuffled(old, 1), shuffled(new, 2)) == told(old, new)


def test_the_edits_fit_somewhere():
    """An edit that fits nowhere proves nothing."""
    operations = [o for name in SERVICES for api in SPEC.service(name).apis for o in api.operations]
    everywhere = [o for service in SPEC.services for api in service.apis for o in api.operations]
    unused = [kind for kind, (fits, _) in OPERATION_EDITS.items() if not any(map(fits, everywhere))]
    params = [param for operation in operations for param in operation.params]
    unused += [kind for kind, (fits, _) in PARAM_EDITS.items() if not any(map(fits, params))]
    assert unused == []
