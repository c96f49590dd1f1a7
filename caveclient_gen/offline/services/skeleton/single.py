"""One skeleton, in any of the forms; it is made within the request if it is not kept."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import numpy as np

from caveclient_gen.offline.http.answers import Reply
from caveclient_gen.offline.http.json_forms import indented_json
from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.services.skeleton.reading import (
    ATTACHMENT,
    attachment,
    need_roots,
    path_version,
)
from caveclient_gen.offline.services.skeleton.registry import served
from caveclient_gen.offline.skeletons.engine import DEFAULT
from caveclient_gen.offline.skeletons.forms import file_of, precomputed, swc, unpack

if TYPE_CHECKING:
    from caveclient_gen.offline.http.call import Call

PACKED = ("flatdict", "jsoncompressed", "arrayscompressed")
"""JSON in gzip."""
PLAIN = ("json", "arrays")
OTHERS = ("swccompressed", "swc", "precomputed", "h5")


@served("get_skeleton", "get_skeleton_at_once", needs="view")
def skeleton(call: Call) -> Reply:
    """Answer one skeleton."""
    version, form = path_version(call), call.path["output_format"]
    if form not in (*PACKED, *PLAIN, *OTHERS):
        known = ", ".join((*PACKED, *PLAIN, *OTHERS))
        raise Refusal(400, f"Invalid output format: {form[:40]}. Valid formats: {known}.")
    return _in_form(form, version, _made(call, version))


@served.also("/api/v1/{datastack_name}/precomputed/skeleton/{root_id}", needs="view")
@served.also("/api/v1/{datastack_name}/async/get_skeleton/{root_id}", needs="view")
@served.also("/api/v1/{datastack_name}/precomputed/skeleton/{skeleton_version}/{root_id}", needs="view")
@served.also("/api/v1/{datastack_name}/async/get_skeleton/{skeleton_version}/{root_id}", needs="view")
def for_viewers(call: Call) -> Reply:
    """Answer one skeleton as Neuroglancer reads it; of the default version, if the path names none."""
    version = path_version(call) if "skeleton_version" in call.path else DEFAULT
    return _in_form("precomputed", version, _made(call, version))


def _made(call: Call, version: int) -> bytes:
    root = np.array([call.path_id("root_id")], np.int64)
    need_roots(call, root)
    skeletons = call.cave.skeletons
    skeletons.make(root, version)
    return skeletons.documents(root, version)[int(root[0])]


def _in_form(form: str, version: int, packed: bytes) -> Reply:
    if form in PACKED:
        return attachment(packed)
    document = unpack(packed)
    if form in PLAIN:
        return indented_json(document)
    if form == "swc":
        return Reply(swc(document), "text/plain; charset=utf-8", headers=ATTACHMENT)
    if form == "swccompressed":
        return attachment(gzip.compress(swc(document), mtime=0))
    return attachment(file_of(document) if form == "h5" else precomputed(document, version))
