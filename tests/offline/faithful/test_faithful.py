"""Each recorded exchange, asked of offline CAVE: the same status, headers, form and values, or a reason.

`differences.py` and `uncompared.py` have the reasons. Each of them must be needed, and of its kind: an
exchange that differs in another way than is said there fails.
"""

import re
from collections import Counter

import pytest
from comparing import compare
from differences import DIFFERENCES
from mirror import Mirror
from recorded_exchanges import FOLDERS, RECORDINGS, exchanges
from uncompared import CHANCE, NOT_MIRRORED
from walk import walk

from caveclient_gen.offline.serving import serve

FORM = {name: aspects for one in DIFFERENCES for name, aspects in one.form.items()}
VALUES = {name: one.where for one in DIFFERENCES for name in one.values.split()}
BY_CHANCE = {name: where for where, names in CHANCE.values() for name in names.split()}


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """What the mirror answered to everything, asked in the recorded order."""
    mirror = Mirror(tmp_path_factory.mktemp("faithful") / "mirror.cave")
    with serve(mirror.dataset) as server:
        return {asked.recorded.key: asked for asked in walk(server, mirror.shift).values()}


@pytest.mark.parametrize("exchange", [pytest.param(one, id=one.name) for one in exchanges()])
def test_an_answer_is_as_recorded_or_differs_as_is_said(answers, exchange):
    key = exchange.key
    found = compare(answers[key])
    if key in NOT_MIRRORED:
        assert found.form
        return
    aspects = [line.partition(":")[0].replace(",", "") for line in found.form]
    said = FORM[key].split(", ") if key in FORM else []
    assert aspects == said, "\n".join(found.form)
    if key in FORM:
        return
    where = VALUES.get(key) or BY_CHANCE.get(key)
    assert bool(found.values) == (where is not None), "\n".join(found.values)
    others = [place for place in found.places if not re.fullmatch(where, place)]
    assert others == [], "\n".join(found.values)


def test_each_exchange_has_one_reason_at_most():
    keys = [one.key for one in exchanges()]
    assert len(set(keys)) == len(keys)
    reasons = Counter([*NOT_MIRRORED, *BY_CHANCE])
    reasons.update(name for one in DIFFERENCES for name in one.recorded)
    assert set(reasons) <= set(keys)
    assert [name for name, count in reasons.items() if count > 1] == []


def test_all_folders_are_asked():
    assert {path.name for path in RECORDINGS.iterdir() if path.is_dir()} == set(FOLDERS)
    assert len(exchanges()) == 418
