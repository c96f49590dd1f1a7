"""Skeletons as files of an object storage: the token that opens them, and the storage.

Clients that `Server.client` makes look here; others are told with
`client.skeleton.storage_address = f"{address}/skeletoncache"`, and ask Google's storage otherwise.
"""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING

import numpy as np

from caveclient_gen.offline.http.answers import Reply
from caveclient_gen.offline.http.json_forms import indented_json
from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.moments import iso
from caveclient_gen.offline.services.skeleton.reading import path_version
from caveclient_gen.offline.services.skeleton.registry import served
from caveclient_gen.offline.skeletons.forms import file_of, unpack

if TYPE_CHECKING:
    from caveclient_gen.offline.http.call import Call

__all__ = ["file_name"]

BUCKET = "offline_skeletons"
NAME = re.compile(r"skeleton__v([1-4])__rid-([0-9]{1,18}|[1-8][0-9]{18})__ds-(.+)\.h5\.gz", re.ASCII)


def file_name(call: Call, version: int, root: int | str) -> str:
    """Return what the file of a skeleton is called."""
    return f"skeleton__v{version}__rid-{root}__ds-{call.cave.facts.datastack}.h5.gz"


@served("get_skeleton_token", needs="view")
def token(call: Call) -> Reply:
    """Answer a token that opens the skeletons of one version for an hour."""
    version = path_version(call)
    call.fields()
    word, expires = call.cave.skeletons.issue_ticket(version)
    return indented_json(
        {
            "token": word,
            "token_type": "Bearer",
            "expiry": iso(expires),
            "bucket": BUCKET,
            "path_template": file_name(call, version, "{rid}"),
        }
    )


@served.also("/download/storage/v1/b/{bucket}/o/{name}")
def file(call: Call) -> Reply:
    """Answer the file of a skeleton that is kept, to who has a token for it."""
    found = NAME.fullmatch(call.path["name"])
    if call.path["bucket"] != BUCKET or found is None or found[3] != call.cave.facts.datastack:
        raise Refusal(404, "There is no such file.")
    version, root = int(found[1]), np.array([int(found[2])], np.int64)
    skeletons = call.cave.skeletons
    if not skeletons.opens(call.token or "", version):
        raise Refusal(401, "Ask for a new token: this one does not open the file, or no more.")
    packed = skeletons.documents(root, version).get(int(root[0]))
    if packed is None:
        raise Refusal(404, "There is no such file.")
    return Reply(gzip.compress(file_of(unpack(packed)), mtime=0), "application/x-hdf5")
