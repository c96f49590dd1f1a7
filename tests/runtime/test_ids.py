from __future__ import annotations

import enum
import subprocess
import sys

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caveclient_gen._runtime.errors import InvalidArgumentError, InvalidIdError
from caveclient_gen._runtime.ids import as_id, as_ids, as_integers

ROOT = 864691136008567725  # odd, and beyond 2**53: one trip through a float changes it
TWO = [ROOT, 7]


class Layer(enum.IntEnum):
    TWO = 2


ACCEPTED = [
    (ROOT, [ROOT]),
    (str(ROOT), [ROOT]),
    (f" {ROOT}\n", [ROOT]),  # copied from a web page
    (np.int64(ROOT), [ROOT]),
    (np.uint64(ROOT), [ROOT]),
    (np.array(ROOT), [ROOT]),
    (np.array(str(ROOT)), [ROOT]),
    (Layer.TWO, [2]),
    ([ROOT, 7, 7, ROOT], [ROOT, 7, 7, ROOT]),  # order and duplicates stay
    ((ROOT, 7), TWO),
    ({ROOT}, [ROOT]),
    (frozenset({ROOT}), [ROOT]),
    (range(3, 9, 2), [3, 5, 7]),
    ((i for i in TWO), TWO),
    (iter(TWO), TWO),
    (dict.fromkeys(TWO).keys(), TWO),
    ({"a": ROOT, "b": 7}.values(), TWO),
    ([str(ROOT), "7"], TWO),
    ([str(ROOT), 7], TWO),
    ([np.uint64(ROOT), 7], TWO),  # numpy would make float64 of this mixture
    ([np.uint64(ROOT), np.int8(7)], TWO),
    ([np.str_(ROOT), np.int64(7)], TWO),
    (np.array(TWO), TWO),
    (np.array(TWO, dtype=np.uint64), TWO),
    (np.array([1, 2], dtype=np.uint8), [1, 2]),
    (np.array(TWO, dtype=">i8"), TWO),
    (np.array([ROOT, 0, 7, 0])[::2], TWO),  # not contiguous
    (np.array(TWO, dtype=object), TWO),
    (np.array([str(ROOT), 7, np.uint64(3)], dtype=object), [ROOT, 7, 3]),
    (np.array([str(ROOT), "7"]), TWO),
    (np.ma.masked_array(TWO, mask=[False, False]), TWO),
    (pd.Series(TWO, index=[5, 6]), TWO),
    (pd.Series(TWO, dtype="UInt64"), TWO),
    (pd.Series(TWO, dtype="Int64"), TWO),
    (pd.Series(TWO, dtype=object), TWO),
    (pd.Series([str(ROOT), "7"]), TWO),
    (pd.Series([str(ROOT), "7"], dtype="string"), TWO),
    (pd.Series(TWO, dtype="category"), TWO),
    (pd.Series(TWO, dtype=pd.ArrowDtype(pa.int64())), TWO),
    (pd.Series(TWO, dtype=pd.ArrowDtype(pa.uint64())), TWO),
    (pd.Index(TWO), TWO),
    (pd.Index(TWO, dtype="Int64"), TWO),
    (pd.array(TWO, dtype="Int64"), TWO),
    (pa.array(TWO), TWO),
    (pa.array(TWO, type=pa.uint64()), TWO),
    (pa.array([str(ROOT), "7"]), TWO),
    (pa.array(TWO).dictionary_encode(), TWO),
    (pa.chunked_array([[ROOT], [7]]), TWO),
    (pa.scalar(ROOT), [ROOT]),
    (list(pa.array(TWO)), TWO),
    (pl.Series(TWO), TWO),
    (pl.Series(TWO, dtype=pl.UInt64), TWO),
    (pl.Series([str(ROOT), "7"]), TWO),
    ([], []),
    ((), []),
    (np.array([]), []),  # float64 by numpy's default, and none of it lost
    (pd.Series([], dtype=float), []),
    (pd.Series([], dtype=object), []),
    (pd.Series([], dtype="Int64"), []),
    (pa.array([]), []),
    (pl.Series([]), []),
    (2**63 - 1, [2**63 - 1]),
    ([0], [0]),
]


@pytest.mark.parametrize(("values", "expected"), ACCEPTED)
def test_reads_ids_exactly(values, expected):
    ids = as_ids(values)
    assert ids.dtype == np.int64
    assert ids.tolist() == expected
    assert ids.ndim == 1
    assert ids.flags.c_contiguous
    assert ids.flags.writeable


PRECISION, MASK, GAPS, NEGATIVE = "lost precision", "bools", "missing", "not negative"
LARGE, FLAT, OTHER = "64 bits", "flat", "only digits"

REFUSED = [
    (float(ROOT), PRECISION),
    ([float(ROOT)], PRECISION),
    ([ROOT, 1.0], PRECISION),  # a single float among integers
    ([1.0, str(ROOT)], PRECISION),
    ([np.float32(3)], PRECISION),
    (np.float64(3), PRECISION),
    (np.array(3.0), PRECISION),
    (np.array([1.0, 2.0]), PRECISION),
    (np.array([1.0, 2], dtype=object), PRECISION),
    (pd.Series([1.0]), PRECISION),
    (pd.Series([1.0], dtype="Float64"), PRECISION),
    (pa.array([1.0]), PRECISION),
    (pl.Series([1.0]), PRECISION),
    (True, MASK),
    ([1, True], MASK),
    (np.bool_(True), MASK),
    (np.array([True]), MASK),
    (pd.Series([True], dtype="boolean"), MASK),
    (pa.array([True]), MASK),
    (pl.Series([True]), MASK),
    (None, GAPS),
    ([1, None], GAPS),
    (float("nan"), GAPS),
    ([1, float("nan")], GAPS),
    (pd.NA, GAPS),
    (pd.NaT, GAPS),
    (np.array([1, None]), GAPS),
    (np.array([np.nan]), GAPS),
    (np.ma.masked_array(TWO, mask=[False, True]), GAPS),
    (pd.Series([ROOT, None], dtype="Int64"), GAPS),
    (pd.Series([1, None], dtype=pd.ArrowDtype(pa.int64())), GAPS),
    (pd.Series(["1", None], dtype="string"), GAPS),
    (pa.array([1, None]), GAPS),
    (pa.array(["1", None]), GAPS),
    (pl.Series([1, None]), GAPS),
    (-1, NEGATIVE),
    ("-1", NEGATIVE),
    (np.array([3, -1]), NEGATIVE),
    (2**63, LARGE),
    ([1, 2**70], LARGE),
    (str(2**63), LARGE),
    (np.uint64(2**63), LARGE),
    (np.array([2**63], dtype=np.uint64), LARGE),
    (pd.Series([2**63], dtype="UInt64"), LARGE),
    (pa.array([2**63], type=pa.uint64()), LARGE),
    (pl.Series([2**63], dtype=pl.UInt64), LARGE),
    ([[1, 2]], FLAT),
    ([(1,)], FLAT),
    (np.array([[1, 2]]), FLAT),
    (np.empty((0, 3)), FLAT),
    (pd.DataFrame({"id": [1]}), FLAT),
    (pd.Series([[1, 2]]), FLAT),
    (pa.table({"id": [1]}), FLAT),
    (pl.DataFrame({"id": [1]}), FLAT),
    ("", OTHER),
    ("1.5", OTHER),
    ("1e5", OTHER),
    ("1,2", OTHER),
    ("1_000", OTHER),
    ("٣", OTHER),  # a digit to Python, not to a server
    ("7" * 5000, OTHER),
    (b"7", OTHER),
    ([b"7"], OTHER),
    (3 + 0j, OTHER),
    (object(), OTHER),
    (np.array(["2024-01-01"], dtype="M8[ns]"), OTHER),  # whose .tolist() is integers
    (pd.Series(pd.to_datetime(["2024-01-01"])), OTHER),
    (np.datetime64("2024-01-01"), OTHER),
    ({1: 2}, "mapping"),
]


@pytest.mark.parametrize(("values", "reason"), REFUSED)
def test_refuses_what_is_no_exact_id(values, reason):
    with pytest.raises(InvalidIdError) as caught:
        as_ids(values, name="root_ids")
    first_line = str(caught.value).splitlines()[0]
    assert reason in first_line
    assert "root_ids" in first_line
    assert isinstance(caught.value, InvalidArgumentError)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    "source",
    [np.array(TWO), pd.Series(TWO), pd.array(TWO, dtype="Int64"), pa.array(TWO), pl.Series(TWO)],
    ids=lambda source: type(source).__name__,
)
def test_hands_out_memory_of_its_own(source):
    ids = as_ids(source)
    ids[:] = 1
    assert as_ids(source).tolist() == TWO


def test_names_the_offending_item():
    with pytest.raises(InvalidIdError, match=r"item 2 \(1\.5\)|floats"):
        as_ids([1, 2, 1.5])
    with pytest.raises(InvalidIdError, match=r"item 1 \('x'\)"):
        as_ids([1, "x"])


@pytest.mark.parametrize(
    "value", [ROOT, str(ROOT), np.int64(ROOT), np.uint64(ROOT), np.array(ROOT), pa.scalar(ROOT)]
)
def test_reads_one_id(value):
    one = as_id(value)
    assert one == ROOT
    assert type(one) is int


@pytest.mark.parametrize(
    "value",
    [
        [ROOT],
        (ROOT,),
        np.array([ROOT]),
        pd.Series([ROOT]),
        pa.array([ROOT]),
        [],
        1.0,
        True,
        None,
        -1,
        2**63,
        "",
    ],
)
def test_refuses_what_is_not_one_id(value):
    with pytest.raises(InvalidIdError, match="node_id"):
        as_id(value, name="node_id")


def test_integers_may_be_negative():
    assert as_integers([-1, "-2", np.int8(-3)]).tolist() == [-1, -2, -3]
    assert as_integers(-(2**63)).tolist() == [-(2**63)]


@given(st.lists(st.integers(0, 2**63 - 1)))
def test_every_form_gives_the_same_ids(values):
    forms = [values, tuple(values), list(map(str, values)), np.array(values, dtype=np.uint64), iter(values)]
    forms += [
        pd.Series(values, dtype="Int64"),
        pa.array(values, type=pa.int64()),
        pl.Series(values, dtype=pl.UInt64),
    ]
    assert all(as_ids(form).tolist() == values for form in forms)


def test_loads_no_library_for_plain_numbers():
    code = "import sys; from caveclient_gen._runtime.ids import as_id; as_id(5); print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"numpy", "pandas", "pyarrow", "polars"} & set(loaded)
