"""Read by mypy, never run: what type checkers see of generated methods."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, assert_type

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import pyarrow as pa

    from caveclient_gen._generated.chunkedgraph_v1 import ChunkedGraphOperationsV1
    from caveclient_gen._generated.info_v2 import InfoServiceOperationsV2
    from caveclient_gen._generated.materialize_v3 import MaterializationOperationsV3
    from caveclient_gen._generated.types_info import ImageMirror
    from caveclient_gen._runtime.answer import Answer
    from caveclient_gen._runtime.typing import IdArray


def ids_come_in_any_container(client: ChunkedGraphOperationsV1) -> None:
    """Lists, sets, ranges, texts, arrays and columns are ids; floats are not."""
    assert_type(client.get_roots([1, 2]), IdArray)
    client.get_roots({1, 2}, datetime(2024, 1, 2))
    client.get_roots(["864691135000000000"], "2024-01-02", stop_layer=2)
    client.get_roots(np.array([1, 2]))
    client.get_roots(pd.Series([1, 2]))
    client.get_roots([1.5])  # type: ignore[list-item]  # has to be refused
    client.get_roots()  # type: ignore[call-arg]  # has to be refused
    client.get_roots([1], nothing=2)  # type: ignore[call-arg]  # has to be refused


def answers_have_their_shapes(info: InfoServiceOperationsV2, client: ChunkedGraphOperationsV1) -> None:
    """Records are typed dicts, moments are datetimes."""
    assert_type(info.get_datastacks(), list[str])
    assert_type(info.get_image_mirrors(), list[ImageMirror])
    assert_type(info.get_image_mirrors()[0]["name"], str)
    assert_type(client.get_oldest_timestamp(), datetime)


def arguments_choose_the_type(client: MaterializationOperationsV3, decided_later: bool) -> None:
    """One overload per form of the answer, and one for callers who decide at run time."""
    assert_type(client._query_table("t"), Answer[pa.Table])
    assert_type(client._query_table("t", as_arrow=True), Answer[pa.Table])
    assert_type(client._query_table("t", as_arrow=False), Answer[list[dict[str, Any]]])
    assert_type(
        client._query_table("t", as_arrow=decided_later), Answer[pa.Table] | Answer[list[dict[str, Any]]]
    )
