"""What the info service answers: the one datastack of a dataset, and the volume that it is built on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from caveclient_gen.offline.http.access import admit
from caveclient_gen.offline.http.answers import Reply
from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.http.served import Served

if TYPE_CHECKING:
    from caveclient_gen.offline.http.call import Call

__all__ = ["served"]

served = Served("info")

VERSION, API_VERSIONS = "4.3.3", [2]
"""Whose answers these are, and the APIs that it speaks."""

NUMBER = 1
"""Of the datastack and of the volume: a dataset has one of each."""

FULL = (
    "segmentation_source",
    "skeleton_source",
    "analysis_database",
    "viewer_site",
    "synapse_table",
    "soma_table",
    "local_server",
    "description",
    "viewer_resolution_x",
    "viewer_resolution_y",
    "viewer_resolution_z",
    "proofreading_status_table",
    "cell_identification_table",
    "proofreading_review_table",
)
"""What the record that clients begin with has beside the volume, in the order of the answer."""

NO_SUCH = (
    "The requested URL was not found on the server. If you entered the URL manually please check your "
    "spelling and try again."
)

served.not_here(
    "get_datasets",
    "get_dataset_info",
    reason="Servers speak API 2 of the info service alone, where get_datastacks and get_datastack_info tell "
    "the same.",
)


@served.also("/version")
def version(call: Call) -> Reply:
    """Return the version of the software that is mirrored."""
    return _json(VERSION)


@served.also("/api/versions")
def api_versions(call: Call) -> Reply:
    """Return the API versions."""
    return _json(API_VERSIONS)


# ---- datastacks


@served("get_datastacks", needs="login")
def datastacks(call: Call) -> Reply:
    """List the datastack, to those who may see it."""
    return _json(_visible(call))


@served("get_datastack_info", needs="view")
def datastack_info(call: Call) -> Reply:
    """Answer the record that clients begin with."""
    volume = _volume(call)
    mirror = call.text("image_source_name")
    if mirror is not None:
        volume["image_source"] = _mirror(call, mirror)["image_source"]
    record = _record(call)
    return _json({"aligned_volume": volume, **{name: record[name] for name in FULL}})


@served("get_datastack_record", needs="login")
def datastack_record(call: Call) -> Reply:
    """Answer the record as it is stored; terms that are not accepted do not matter here."""
    if call.cave.facts.datastack != call.path["datastack_name"] or not _may_see(call):
        admit(call.cave.identity, "view", call.path, call.token, call.address)
    return _json(_record(call))


@served("get_image_mirrors", needs="view")
def image_mirrors(call: Call) -> Reply:
    """List the other places of the imagery."""
    return _json(_mirrors(call))


@served("get_viewer_layers", needs="login")
def viewer_layers(call: Call) -> Reply:
    """Answer the layers of the volume, to those who may see the datastack."""
    facts = call.cave.facts
    if not _may_see(call):
        return _json({})
    images = [
        {
            "image_source": mirror["image_source"],
            "ngl_image_name": mirror["name"],
            "name": mirror["name"],
            "description": mirror["description"],
        }
        for mirror in _mirrors(call)
    ]
    segmentation = {
        "name": facts.datastack,
        "description": facts.description,
        "segmentation_source": _record(call)["segmentation_source"],
    }
    if facts.skeleton_source:
        segmentation["skeleton_source"] = facts.skeleton_source
    layers = {
        "image_layers": images,
        "segmentation_layers": [segmentation],
        "description": facts.volume_description,
    }
    return _json({facts.volume_display_name or facts.aligned_volume: layers})


# ---- aligned volumes


@served("get_aligned_volumes", needs="login")
def aligned_volumes(call: Call) -> Reply:
    """List the volume."""
    return _json([call.cave.facts.aligned_volume])


@served("get_aligned_volume_info_by_name", needs="view")
def volume_by_name(call: Call) -> Reply:
    """Answer the record of the volume."""
    _need_volume(call)
    return _json(_volume(call))


@served("get_aligned_volume_info_by_id", needs="nothing")
def volume_by_id(call: Call) -> Reply:
    """Answer the record of the volume; servers ask for no token here."""
    if call.path_id("aligned_volume_id") != NUMBER:
        raise _no_such(f"aligned_volume/id/{call.path['aligned_volume_id']}")
    return _json(_volume(call))


@served("get_datastacks_by_aligned_volume", needs="login")
def datastacks_of_volume(call: Call) -> Reply:
    """List the datastack, to those who may see it."""
    _need_volume(call)
    return _json(_visible(call))


# ---- parts of records


def _record(call: Call) -> dict[str, Any]:
    facts = call.cave.facts
    table = facts.segmentation_table
    x, y, z = facts.viewer_resolution
    return {
        "aligned_volume": f"/info/api/v2/aligned_volume/id/{NUMBER}",
        "id": NUMBER,
        "name": facts.datastack,
        "display_name": facts.display_name or facts.datastack,
        "viewer_layer_name": "seg",
        "segmentation_source": f"graphene://{call.address}/segmentation/table/{table}" if table else "",
        "skeleton_source": facts.skeleton_source,
        "analysis_database": None,
        "viewer_site": facts.viewer_site or f"{call.address}/ngl",
        "synapse_table": facts.synapse_table,
        "soma_table": facts.soma_table,
        "proofreading_status_table": facts.proofreading_status_table,
        "cell_identification_table": facts.cell_identification_table,
        "proofreading_review_table": facts.proofreading_review_table,
        "local_server": call.address,
        "description": facts.description,
        "viewer_resolution_x": float(x),
        "viewer_resolution_y": float(y),
        "viewer_resolution_z": float(z),
        "base_link_id": None,
    }


def _volume(call: Call) -> dict[str, Any]:
    facts = call.cave.facts
    return {
        "id": NUMBER,
        "name": facts.aligned_volume,
        "display_name": facts.volume_display_name or facts.aligned_volume,
        "description": facts.volume_description,
        "image_source": facts.image_source or f"precomputed://{call.address}/img/{facts.aligned_volume}",
    }


def _mirrors(call: Call) -> list[dict[str, Any]]:
    return [
        {
            "id": number,
            "name": mirror["name"],
            "viewer_layer_name": mirror.get("viewer_layer_name", mirror["name"]),
            "image_source": mirror["image_source"],
            "description": mirror.get("description"),
        }
        for number, mirror in enumerate(call.cave.facts.image_mirrors, 1)
    ]


def _mirror(call: Call, name: str) -> dict[str, Any]:
    found = next((mirror for mirror in _mirrors(call) if mirror["name"] == name), None)
    if found is None:
        raise _no_such(f"datastack/full/{call.path['datastack_name']}")
    return found


def _may_see(call: Call) -> bool:
    return call.user is not None and call.user.may("view", call.cave.facts.permission_set)


def _visible(call: Call) -> list[str]:
    return [call.cave.facts.datastack] if _may_see(call) else []


def _need_volume(call: Call) -> None:
    name = call.path["aligned_volume_name"]
    if name != call.cave.facts.aligned_volume:
        raise _no_such(f"aligned_volume/{name}")


def _no_such(path: str) -> Refusal:
    return Refusal(404, f"{NO_SUCH} You have requested this URI [/info/api/v2/{path}].")


def _json(value: Any) -> Reply:
    return Reply(json.dumps(value).encode() + b"\n", "application/json")
