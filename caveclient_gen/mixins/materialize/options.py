"""What queries take beside what is looked for; for the signatures of queries whose answer has two forms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from caveclient_gen._runtime.typing import ResolutionLike, TimeLike

Filter = Mapping[str, Any]
"""Column -> value."""
TableFilter = Mapping[str, Filter]
"""Table -> column -> value."""
Select = Iterable[str] | Mapping[str, Iterable[str]]
"""Columns, or table -> columns."""
Records = list[dict[str, Any]]
"""Rows as JSON has them."""

if TYPE_CHECKING:
    Frame = pd.DataFrame | pa.Table | pl.DataFrame
    """Rows in the form that `output` says."""


class _Options(TypedDict, total=False):
    split_positions: bool
    materialization_version: int | None
    metadata: bool
    desired_resolution: ResolutionLike | None
    random_sample: int | None
    log_warning: bool
    progress: bool | None


class ViewOptions(_Options, total=False):
    """What `query_view` takes after `return_df`."""

    merge_reference: bool
    get_counts: bool
    filter_greater_dict: Filter | None
    filter_less_dict: Filter | None
    filter_greater_equal_dict: Filter | None
    filter_less_equal_dict: Filter | None


class TableOptions(ViewOptions, total=False):
    """What `query_table` takes after `return_df`."""

    timestamp: TimeLike | None


class JoinOptions(_Options, total=False):
    """What `join_query` takes after `return_df`."""

    filter_greater_dict: TableFilter | None
    filter_less_dict: TableFilter | None
    filter_greater_equal_dict: TableFilter | None
    filter_less_equal_dict: TableFilter | None


class _MoreFilters(TypedDict, total=False):
    filter_greater_dict: Filter | None
    filter_less_dict: Filter | None
    filter_greater_equal_dict: Filter | None
    filter_less_equal_dict: Filter | None


class LiveOptions(_MoreFilters, total=False):
    """What `live_query` takes after `datastack_name`."""

    split_positions: bool
    post_filter: bool
    metadata: bool
    merge_reference: bool
    desired_resolution: ResolutionLike | None
    random_sample: int | None
    log_warning: bool
    progress: bool | None


class LiveLiveOptions(TypedDict, total=False):
    """What `live_live_query` takes after `datastack_name`."""

    split_positions: bool
    metadata: bool
    suffixes: Mapping[str, str] | None
    desired_resolution: ResolutionLike | None
    allow_missing_lookups: bool
    allow_invalid_root_ids: bool
    random_sample: int | None
    filter_greater_dict: TableFilter | None
    filter_less_dict: TableFilter | None
    filter_greater_equal_dict: TableFilter | None
    filter_less_equal_dict: TableFilter | None
    log_warning: bool
    progress: bool | None


class SynapseOptions(TypedDict, total=False):
    """What `synapse_query` takes after `timestamp`."""

    remove_autapses: bool
    include_zeros: bool
    limit: int | None
    offset: int | None
    split_positions: bool
    desired_resolution: ResolutionLike | None
    materialization_version: int | None
    synapse_table: str | None
    datastack_name: str | None
    metadata: bool
    progress: bool | None


class RowOptions(TypedDict, total=False):
    """What `.query()` of a table or view takes after `select_columns`."""

    offset: int | None
    limit: int | None
    split_positions: bool
    materialization_version: int | None
    timestamp: TimeLike | None
    metadata: bool
    desired_resolution: ResolutionLike | None
    get_counts: bool
    random_sample: int | None
    log_warning: bool
    progress: bool | None


class LiveRowOptions(TypedDict, total=False):
    """What `.live_query()` of a table or view takes after `timestamp`."""

    offset: int | None
    limit: int | None
    split_positions: bool
    metadata: bool
    desired_resolution: ResolutionLike | None
    allow_missing_lookups: bool
    random_sample: int | None
    select_columns: Select | None
    allow_invalid_root_ids: bool
    log_warning: bool
    progress: bool | None
