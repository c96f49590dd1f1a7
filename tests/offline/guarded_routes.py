"""Two routes of other services that only say who asked, to try permissions on."""

from contextlib import contextmanager

import pytest
import requests

from caveclient_gen.offline.http.json_forms import spaced_json
from caveclient_gen.offline.http.routes import all_served
from caveclient_gen.offline.http.served import Endpoint
from caveclient_gen.offline.serving import serve

VIEW = "/info/api/v2/datastack/full/testds"
EDIT = "/segmentation/api/v1/table/testpcg/merge"
SCRIPT = {"X-Requested-With": "tests"}
"""What makes a server take a request for a script's, when it has no token."""


def _who(call):
    return spaced_json({"asked": call.user.name})


@contextmanager
def guarded_server(dataset):
    """Serve a dataset; VIEW and EDIT say who asked."""
    served = all_served()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(served["info"].endpoints, ("2", "get_datastack_info"), Endpoint(_who, "view"))
        patch.setitem(served["chunkedgraph"].endpoints, ("1", "do_merge"), Endpoint(_who, "edit"))
        with serve(dataset) as server:
            yield server


def ask(server, path, *, method="GET", person=None, token=None, headers=(), **more):
    """Ask with nothing but requests, following no redirect."""
    sent = dict(headers)
    if person or token:
        sent["Authorization"] = f"Bearer {token or server.token(person)}"
    return requests.request(
        method, server.address + path, headers=sent, allow_redirects=False, timeout=10, **more
    )
