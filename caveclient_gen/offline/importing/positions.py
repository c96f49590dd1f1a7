"""Positions, in the forms in which dumps write them, as three columns of whole voxels.

Three columns of numbers; or one column: text "[x y z]" or "POINT Z (x y z)", lists of three, or the binary
form of PostGIS (WKB: byte order, type, perhaps a reference system, three doubles), also as hexadecimal text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from caveclient_gen.errors import CAVEError
from caveclient_gen.offline.importing.values import as_kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["as_position"]

TYPE_3D = (0x80000001, 0xA0000001, 1001)
"""A point with three numbers, in the words of EWKB (without and with a reference system) and ISO WKB."""
HAS_SYSTEM = 0x20000000
PLAIN, WITH_SYSTEM = 29, 33
"""Bytes of a point."""
DIGITS = r"[+-]?[0-9]*\.?[0-9]+\.?(?:[eE][+-]?[0-9]+)?"
TEXT = (
    r"^\s*(?:POINT\s*Z?\s*)?[\[(]\s*"
    + r"\s*[,\s]\s*".join(f"(?P<{axis}>{DIGITS})" for axis in "xyz")
    + r"\s*[\])]\s*$"
)
HEX = r"^(0[01]([0-9a-fA-F]{56}|[0-9a-fA-F]{64}))$"
LARGEST = 2**31 - 1
ALMOST = 1e-6
"""What arithmetic may take from a whole number of voxels."""


def as_position(
    name: str, parts: Sequence[Any], first_row: int, voxel: tuple[float, float, float] | None
) -> list[Any]:
    """Convert a position to three int32 columns; empty where any part of it is.

    Parameters
    ----------
    name : str
        For messages.
    parts : sequence of pa.Array
        Three columns, or one that has all.
    first_row : int
        The number of the first of these rows, for messages.
    voxel : tuple of float or None
        Size of a voxel in nm if the file counts in nm; None if it counts in voxels.
    """
    import pyarrow as pa

    if len(parts) == 3:
        columns = [as_kind(name, "float", part, first_row) for part in parts]
        missing = np.any([np.asarray(column.is_null()) for column in columns], axis=0)
        points = np.stack([_floats(column) for column in columns], axis=1)
    else:
        points, missing = _from_one(name, parts[0], first_row)
    points[missing] = 0
    if voxel is not None:
        points = points / np.array(voxel)
    outside = ~(np.abs(points) <= LARGEST).all(axis=1)
    if outside.any():
        raise CAVEError(
            f"Mend the column {name!r}: row {first_row + int(np.argmax(outside))} is no position in voxels."
        )
    whole = np.floor(points + ALMOST).astype(np.int32)
    return [pa.array(whole[:, axis], mask=missing) for axis in range(3)]


def _floats(values: Any) -> Floats:
    import pyarrow as pa

    floats: Floats = np.array(values.cast(pa.float64()).to_numpy(zero_copy_only=False))
    return floats


def _from_one(name: str, values: Any, first_row: int) -> tuple[Floats, npt.NDArray[np.bool_]]:
    import pyarrow as pa

    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    missing = np.asarray(values.is_null())
    points = np.zeros((len(values), 3))
    present = values.drop_null()
    kind = present.type
    if not len(present):
        return points, missing
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        points[~missing] = _of_lists(name, present, first_row)
    elif pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        points[~missing] = _of_bytes(name, present, first_row)
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
        points[~missing] = _of_text(name, present, first_row)
    else:
        raise CAVEError(f"Say in a schema file what {name!r} is: a position is no {kind}.")
    return points, missing


def _of_lists(name: str, values: Any, first_row: int) -> Floats:
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pc.all(pc.equal(pc.list_value_length(values), pa.scalar(3))).as_py():
        raise CAVEError(f"Mend the column {name!r}, from row {first_row} on: a position has three numbers.")
    return _floats(as_kind(name, "float", pc.list_flatten(values), first_row)).reshape(-1, 3)


def _of_text(name: str, values: Any, first_row: int) -> Floats:
    import pyarrow as pa
    import pyarrow.compute as pc

    values = values.cast(pa.string())
    if pc.all(pc.match_substring_regex(values, HEX)).as_py():
        lengths = pc.utf8_length(values).to_numpy()
        raw = np.frombuffer(bytes.fromhex("".join(values.to_pylist())), np.uint8)
        return _of_wkb(name, raw, lengths // 2, first_row)
    found = pc.extract_regex(values, TEXT)
    if found.null_count:
        place = int(np.argmax(np.asarray(found.is_null())))
        raise CAVEError(
            f"Mend the column {name!r}: row {first_row + place} or after has "
            f"{values[place].as_py()[:60]!r}, which is no position: "
            "write [x y z], POINT Z (x y z), WKB, or three columns."
        )
    return np.stack([_floats(found.field(axis)) for axis in range(3)], axis=1)


def _of_bytes(name: str, values: Any, first_row: int) -> Floats:
    import pyarrow.compute as pc

    lengths = pc.binary_length(values).to_numpy()
    return _of_wkb(name, np.frombuffer(b"".join(values.to_pylist()), np.uint8), lengths, first_row)


def _of_wkb(name: str, raw: npt.NDArray[np.uint8], lengths: npt.NDArray[Any], first_row: int) -> Floats:
    """Read points that lie one after the other; each has one of the two lengths."""
    starts = np.cumsum(lengths) - lengths
    points = np.full((len(lengths), 3), np.nan)
    for length in (PLAIN, WITH_SYSTEM):
        as_long = np.flatnonzero(lengths == length)
        for order, little in ((b"<", 1), (b">", 0)):
            rows = as_long[raw[starts[as_long]] == little]
            block = raw[starts[rows, None] + np.arange(length)]
            kind = block[:, 1:5].copy().view(f"{order.decode()}u4").ravel()
            fits = np.isin(kind, TYPE_3D) & ((kind & HAS_SYSTEM > 0) == (length == WITH_SYSTEM))
            numbers = block[:, length - 24 :].copy().view(f"{order.decode()}f8").reshape(-1, 3)
            points[rows[fits]] = numbers[fits]
    bad = np.isnan(points).any(axis=1)
    if bad.any():
        raise CAVEError(
            f"Mend the column {name!r}: row {first_row + int(np.argmax(bad))} or after is no point of three "
            "numbers."
        )
    return points
