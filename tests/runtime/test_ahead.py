"""Requests that go out before their answers are needed: which may, and that steps find them."""

from __future__ import annotations

from unittest.mock import Mock

import pytest
from toy_service import RecordingTransport, client_with, operation, param

from caveclient_gen._runtime.operation import CachePolicy, ItemLimit

LOOK = operation("look")
KEEP = operation("keep", method="PUT", path="/toy/api/v2/keep")


class Pooled(RecordingTransport):
    pool_maxsize = 4


def test_a_step_takes_what_is_under_way():
    client = client_with(LOOK, transport=Pooled({"seen": 1}))
    with client._asking_ahead() as begin:
        assert begin("look")
        assert client._call("look") == {"seen": 1}
    assert client._transport.paths == ["/toy/api/v2/look"]


def test_what_may_be_repeated_but_changes_something_waits_for_its_step():
    client = client_with(KEEP, transport=Pooled({}))
    with client._asking_ahead() as begin:
        assert not begin("keep")
    assert client._transport.paths == []


@pytest.mark.parametrize("most", [None, 1, 9])
def test_no_more_than_there_are_connections(most):
    transport = RecordingTransport({})
    if most is not None:
        transport.pool_maxsize = most
    operations = [operation(f"look{n}", path=f"/toy/api/v2/look{n}") for n in range(6)]
    client = client_with(*operations, transport=transport)
    with client._asking_ahead() as begin:
        assert sum(begin(one.name) for one in operations) == min(most or 0, 4)


def test_a_transport_that_has_every_attribute():
    """As the stand-ins of `unittest.mock` do: only `send` is relied on."""
    limits = (ItemLimit("ids", 2, "split", "concat"),)
    ids = operation("ids", param("ids", "id_array"), path="/toy/api/v2/ids", items=limits)
    look = operation("look", cache=CachePolicy(60, 10, (), lasting=600))
    answers = RecordingTransport([7])
    client = client_with(look, ids, transport=Mock(send=answers.send))
    with client._asking_ahead() as begin:
        assert not begin("look")
    assert client._call("look") == [7]
    assert client._call("ids", ids=[1, 2, 3, 4]) == [7, 7]
    assert len(answers.requests) == 3
