"""What the L2 cache answers: attributes of level-2 nodes, computed when they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caveclient_gen.offline.http.json_forms import graph_json
from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.http.served import Served
from caveclient_gen.offline.segmentation.level2 import ATTRIBUTES, attributes_of

if TYPE_CHECKING:
    from caveclient_gen.offline.http.answers import Reply
    from caveclient_gen.offline.http.call import Call

__all__ = ["served"]

served = Served("l2cache")


def _reply(value: Any) -> Reply:
    """Answer JSON under the media type of pages, as the server does."""
    return graph_json(value, media_type="text/html; charset=utf-8")


@served("table_mapping", needs="nothing")
def table_mapping(call: Call) -> Reply:
    """Answer which segmentations have a cache."""
    table = call.cave.facts.segmentation_table
    if table is None or not call.cave.segmentation.exists:
        return _reply({})
    path = f"graphene://{call.address}/segmentation/table/{table}"
    return _reply({table: {"cv_path": path, "l2cache_id": f"l2cache_{table}"}})


@served("cache_metadata", needs="nothing")
def metadata(call: Call) -> Reply:
    """Answer the types of the attributes. A real server lists columns that no caller can ask for as well."""
    return _reply({name: f"<class 'numpy.{kind}'>" for name, kind in ATTRIBUTES.items()})


@served("get_l2data", needs="view")
def attributes(call: Call) -> Reply:
    """Answer attributes of level-2 nodes; an empty object for what is none."""
    names = [name for name in (call.text("attribute_names") or "").split(",") if name] or [*ATTRIBUTES]
    unknown = [name for name in names if name not in ATTRIBUTES]
    if unknown:
        known = ", ".join(sorted(ATTRIBUTES))
        raise Refusal(400, f"There is no attribute {unknown[0][:60]!r}. There are {known}.")
    call.flag("int64_as_str")
    call.flag("update_cache", default=True)
    ids = call.ids("l2_ids")
    call.check_number("l2_ids", len(ids))
    found = attributes_of(call.cave.segmentation, ids, names)
    return _reply({str(node): found.get(node, {}) for node in ids.tolist()})
