"""A reader of Neuroglancer's precomputed annotations, as small as its format allows."""

import numpy as np

CODES = {"uint32": "<u4", "int32": "<i4", "float32": "<f4"}


def read_many(body, info):
    """Read a list of annotations: per annotation its id, geometry and properties by their names."""
    record = record_type(info)
    count = int.from_bytes(body[:8], "little")
    assert len(body) == 8 + count * (record.itemsize + 8)
    found = np.frombuffer(body, record, count, 8)
    ids = np.frombuffer(body, "<u8", count, 8 + count * record.itemsize)
    return {int(one): as_words(row, info) for one, row in zip(ids, found, strict=True)}


def read_one(body, info):
    """Read one annotation, and the segments that it lies on by relationship."""
    record = record_type(info)
    row = np.frombuffer(body, record, 1)[0]
    place, related = record.itemsize, {}
    for relation in info["relationships"]:
        count = int.from_bytes(body[place : place + 4], "little")
        related[relation["id"]] = np.frombuffer(body, "<u8", count, place + 4).tolist()
        place += 4 + 8 * count
    assert place == len(body)
    return as_words(row, info), related


def record_type(info):
    size = {"point": 3, "line": 6}[info["annotation_type"]]
    return np.dtype(
        [("geometry", "<f4", (size,)), *((one["id"], CODES[one["type"]]) for one in info["properties"])]
    )


def as_words(row, info):
    found = {"geometry": row["geometry"].tolist()}
    for one in info["properties"]:
        value = row[one["id"]].item()
        labels = dict(zip(one.get("enum_values", ()), one.get("enum_labels", ()), strict=True))
        found[one["id"]] = labels.get(value, value)
    return found
