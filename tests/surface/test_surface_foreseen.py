"""What the surface shows, the spec diff foresaw: after every kind of edit, and after several at once."""

import random
from dataclasses import replace

import pytest
from random_edits import OPERATION_EDITS, PARAM_EDITS, SPEC, edited, with_operation, with_param
from surface_spec import copies, said, spec_of

from codegen.diff.compare import compare as spec_diff
from codegen.surface.compare import compare
from codegen.surface.prediction import unpredicted
from codegen.surface.rules import BY_ID

ORDER = {"required", "optional", "new required"}
"""Edits after which a required argument may stand behind one that is not: no signature says that."""

SEEDS = range(20)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return spec_of(tmp_path_factory.mktemp("small")).service("demo")


def public(service):
    """Make all operations public, so that scripts see what is edited."""
    apis = tuple(
        replace(api, operations=tuple(replace(each, raw=False) for each in api.operations))
        for api in service.apis
    )
    return replace(service, apis=apis)


def operations(services):
    """List operations with their services and versions."""
    return [
        (service, api.number, each) for service in services for api in service.apis for each in api.operations
    ]


def single(services):
    """Make every kind of edit once, where it first fits."""
    places = operations(services)
    for kind, (fits, edit) in OPERATION_EDITS.items():
        service, number, old = next(place for place in places if fits(place[2]))
        yield kind, service, with_operation(service, number, old.name, edit(old))
    for kind in PARAM_EDITS.keys() - ORDER:
        fits, edit = PARAM_EDITS[kind]
        service, number, old, param = next(
            (*place, p) for place in places for p in place[2].params if fits(p)
        )
        new = with_param(old, param.name, edit(param))
        yield f"{kind} of an argument", service, with_operation(service, number, old.name, new)


def several(service):
    """Make a few edits at random."""
    for seed in SEEDS:
        chance, new, kinds = random.Random(seed), service, []
        while len(kinds) < 1 + seed % 4:
            following = edited(chance, new)
            if following.kind not in ORDER:
                new = following.service
                kinds.append(" ".join(following.target))
        yield ", ".join(kinds), service, new


def unforeseen(edits, step):
    """Return what the surface shows and the spec diff does not, and all the kinds that it shows."""
    titles, *services = zip(*edits, strict=True)
    old, new = [copies(each) for each in services][::step]
    changes = compare(old, new)
    missed = unpredicted(changes, spec_diff(old, new).findings)
    told = [(titles[int(each.service.removeprefix("service_"))], said(each)) for each in missed]
    return told, {change.kind for change in changes}


@pytest.mark.parametrize("step", [1, -1], ids=["made", "undone"])
def test_every_kind_of_edit_is_foreseen(small, step):
    told, kinds = unforeseen(list(single([small, *map(public, SPEC.services)])), step)
    assert told == []
    assert len(kinds) > 3


@pytest.mark.parametrize("step", [1, -1], ids=["made", "undone"])
@pytest.mark.parametrize("name", ["annotation", "state"])
def test_several_edits_at_once_are_foreseen(name, step):
    told, kinds = unforeseen(list(several(public(SPEC.service(name)))), step)
    assert told == []
    assert kinds <= set(BY_ID)
    assert len(kinds) > 3
