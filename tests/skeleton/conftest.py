"""A skeleton server on the loopback, and clients of it."""

from types import SimpleNamespace

import pytest
from skeleton_bench import TOKEN, SkeletonServer, running

from caveclient_gen.skeletonservice import SkeletonClient


@pytest.fixture
def service():
    with running(SkeletonServer()) as server:
        yield server


@pytest.fixture
def make(service):
    """Make a client of the server; keywords go to its constructor."""
    made = []

    def make_client(**keywords):
        known = {"server_version": "0.23.11", "max_retries": 0} | keywords
        client = SkeletonClient(service.url, "ds", SimpleNamespace(token=TOKEN), **known)
        made.append(client)
        return client

    yield make_client
    for client in made:
        client._transport.close()


@pytest.fixture
def client(make):
    return make()
