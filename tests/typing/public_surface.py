"""What type checkers see of the client; read by mypy --strict, never run."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, assert_type

import networkx as nx
import numpy as np
import numpy.typing as npt
import pandas as pd
import polars as pl
import pyarrow as pa

from caveclient_gen import CAVEclient
from caveclient_gen.accessor import CaveAccessor
from caveclient_gen.annotationengine import AnnotationClient
from caveclient_gen.chunkedgraph import ChunkedGraphClient, ChunkedGraphClientV1
from caveclient_gen.infoservice import InfoServiceClient
from caveclient_gen.jsonservice import JSONService
from caveclient_gen.l2cache import L2CacheClient
from caveclient_gen.materializationengine import (
    MaterializationClient,
    MaterializationClientV2,
    MaterializationClientV3,
)
from caveclient_gen.positions import read_attrs, xyz
from caveclient_gen.skeletonservice import Skeleton, SkeletonClient
from caveclient_gen.tools.stage import StagedAnnotations

IdArray = npt.NDArray[np.int64]


def framework(client: CAVEclient) -> None:
    assert_type(client.info, InfoServiceClient)
    assert_type(client.chunkedgraph, ChunkedGraphClient)
    assert_type(client.materialize, MaterializationClient)
    assert_type(client.info.get_datastacks(), list[str])
    assert_type(client.info.get_datastack_info()["viewer_resolution_x"], float)


def graph(client: ChunkedGraphClient, ids: pd.Series[int]) -> None:
    assert_type(client.get_roots([1, 2]), IdArray)
    assert_type(client.get_roots(ids, timestamp="2024-01-02"), IdArray)
    assert_type(client.get_root_id(1), np.int64)
    assert_type(client.get_leaves("72057594037927937", stop_layer=2), IdArray)
    assert_type(client.is_latest_roots({1, 2}), npt.NDArray[np.bool_])
    assert_type(client.get_oldest_timestamp(), datetime)
    lineage: nx.DiGraph[int] = client.get_lineage_graph(1, as_nx_graph=True)
    assert lineage is not None
    assert_type(client.cloudvolume_path, str)


def tables(client: MaterializationClient) -> None:
    assert_type(client.query_table("synapses"), pd.DataFrame)
    assert_type(client.query_table("synapses", return_df=False), list[dict[str, Any]])
    assert_type(client.synapse_query(pre_ids=[1]), pd.DataFrame)
    assert_type(client.get_versions(), list[int])
    assert_type(client.version, int)


def outputs(
    client: MaterializationClient, two: MaterializationClientV2, form: Literal["arrow", "polars"]
) -> None:
    assert_type(client.query_table("synapses", output="pandas"), pd.DataFrame)
    assert_type(client.query_table("synapses", limit=3, split_positions=True, output="arrow"), pa.Table)
    assert_type(client.query_table("synapses", return_df=True, output="polars"), pl.DataFrame)
    assert_type(client.query_table("synapses", output=form), pa.Table | pl.DataFrame)
    assert_type(client.join_query([["a", "id"], ["b", "id"]], output="arrow"), pa.Table)
    assert_type(client.query_view("sums", get_counts=True, output="polars"), pl.DataFrame)
    assert_type(client.live_query("synapses", "now", post_filter=False, output="arrow"), pa.Table)
    assert_type(client.live_live_query("synapses", "now", metadata=False, output="polars"), pl.DataFrame)
    assert_type(client.synapse_query([1], limit=3, output="arrow"), pa.Table)
    assert_type(two.live_live_query("synapses", "now", output="arrow"), pa.Table)
    assert_type(client.tables["synapses"]().query(limit=3, output="arrow"), pa.Table)
    assert_type(client.views["sums"]().live_query("now", output="polars"), pl.DataFrame)


def arrays(frame: pd.DataFrame, table: pa.Table, polars: pl.DataFrame) -> None:
    assert_type(xyz(frame, "pre_pt"), npt.NDArray[np.float64])
    assert_type(xyz(polars, "pre_pt", unit="um", resolution=[4, 4, 40]), npt.NDArray[np.float64])
    assert_type(xyz(table, "pre_pt", unit="voxel"), npt.NDArray[np.int64] | npt.NDArray[np.float64])
    assert_type(read_attrs(table), dict[str, Any])
    assert_type(CaveAccessor(frame).xyz("pre_pt"), npt.NDArray[np.float64])


def versions(three: MaterializationClientV3, one: ChunkedGraphClientV1) -> None:
    two: MaterializationClientV2 = three
    graph_client: ChunkedGraphClient = one
    assert two is not None
    assert graph_client is not None


def skeletons(client: SkeletonClient, ids: pd.Series[int]) -> None:
    assert_type(client.get_skeleton(1), Skeleton)
    assert_type(client.get_skeleton(1)["lvl2_ids"], IdArray)
    assert_type(client.get_skeleton(1, output_format="swc"), pd.DataFrame)
    assert_type(client.get_skeleton(1, None, 4, "swc"), pd.DataFrame)
    assert_type(client.fetch_skeletons(ids).missing, dict[int, str])
    assert_type(client.generate_bulk_skeletons_async(ids), float)
    assert_type(client.get_meshwork("1"), bytes)


def uploads(client: AnnotationClient, df: pd.DataFrame, staged: StagedAnnotations) -> None:
    assert_type(client.get_tables(), list[str])
    assert_type(client.get_annotation("t", [1, 2])[0]["id"], int)
    assert_type(client.post_annotation("t", {"tag": "a"}), list[int])
    assert_type(client.post_annotation_df("t", df, {"pt_column": "pt"}), list[int])
    assert_type(client.update_annotation("t", [{"id": 1}]), dict[int, int])
    assert_type(client.delete_annotation("t", 1), list[int])
    assert_type(client.get_annotation_count("t"), int)
    assert_type(client.stage_annotations("t"), StagedAnnotations)
    assert_type(client.upload_staged_annotations(staged), list[int] | dict[int, int])
    assert_type(staged.annotation_dataframe(), pd.DataFrame)
    assert_type(staged.unknown_rows, list[int])


def states(client: JSONService) -> None:
    assert_type(client.get_state_json(1), dict[str, Any])
    assert_type(client.upload_state_json({"layers": []}), int)
    assert_type(client.build_neuroglancer_url(1), str)


def level_two(client: L2CacheClient, ids: pd.Series[int]) -> None:
    assert_type(client.get_l2data_table(ids), pd.DataFrame)
    assert_type(client.has_cache(), bool)
    assert_type(client.attributes, list[str])


def table_manager(client: MaterializationClient) -> None:
    assert_type(client.tables.table_names, list[str])
    assert_type(client.tables.find("syn"), list[str])
    assert_type(client.tables["synapses"](id=[1]).query(), pd.DataFrame)
    assert_type(client.views["sums"]().query(), pd.DataFrame)
