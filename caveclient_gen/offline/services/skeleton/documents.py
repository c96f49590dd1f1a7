"""What the service says of itself: versions, how viewers read skeletons, what is kept, what is refused."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

from caveclient_gen.offline.http.call import is_number
from caveclient_gen.offline.http.json_forms import indented_json
from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.services.skeleton.files import file_name
from caveclient_gen.offline.services.skeleton.reading import attachment, path_version
from caveclient_gen.offline.services.skeleton.registry import served
from caveclient_gen.offline.skeletons.engine import DEFAULT, VERSIONS
from caveclient_gen.offline.skeletons.forms import FLOAT_COMPARTMENTS

if TYPE_CHECKING:
    from caveclient_gen.offline.http.answers import Reply
    from caveclient_gen.offline.http.call import Call

VERSION = "0.23.11"
"""Whose answers these are."""

NO_MESHWORKS = "A meshwork is made of a cell's mesh, and offline datasets have no meshes."

served.not_here("get_meshwork", "generate_bulk_meshworks_async", reason=NO_MESHWORKS)


@served.also("/api/version")
def version(call: Call) -> Reply:
    """Return the version of the software that is mirrored."""
    return indented_json(VERSION)


@served("get_versions", needs="nothing")
def versions(call: Call) -> Reply:
    """List the versions of skeletons."""
    return indented_json(VERSIONS, indent=2)


@served("get_default_skeleton_info", needs="view")
def default_info(call: Call) -> Reply:
    """Tell viewers how to read skeletons of the default version."""
    return _info(DEFAULT)


@served("get_precomputed_skeleton_info", needs="view")
def info(call: Call) -> Reply:
    """Tell viewers how to read skeletons of one version."""
    return _info(path_version(call, "skvn"))


def _info(version: int) -> Reply:
    compartment = "float32" if version <= FLOAT_COMPARTMENTS else "uint8"
    return indented_json(
        {
            "@type": "neuroglancer_skeletons",
            "transform": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0],
            "vertex_attributes": [
                {"id": "radius", "data_type": "float32", "num_components": 1},
                {"id": "compartment", "data_type": compartment, "num_components": 1},
            ],
        }
    )


@served("get_refusal_list", needs="view")
def refusal_list(call: Call) -> Reply:
    """List the cells that are given up: none, since each is made within the request."""
    return attachment(gzip.compress(b"DATASTACK_NAME,ROOT_ID\n", mtime=0))


@served("get_cache_contents", needs="view")
def cache_contents(call: Call) -> Reply:
    """List the skeletons that are kept, as files."""
    version = path_version(call)
    prefixes = call.path["root_id_prefixes"].split(",")
    if not all(map(is_number, prefixes)):
        raise Refusal(400, "Pass the first digits of root ids, with commas between them.")
    limit = call.path_id("limit")
    files = [file_name(call, version, root) for root in call.cave.skeletons.with_prefixes(prefixes, version)]
    return indented_json({"num_found": len(files), "files": files[:limit] if limit else files})
