"""What queries take beside what is looked for; for the signatures of queries whose answer has two forms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    from caveclient_gen._runtime.typing import ResolutionLike, TimeLike

Filter = Mapping[str, Any]
"""Column -> value."""
TableFilter = Mapping[str, Filter]
"""Table -> column -> value."""
Select = Iterable[str] | Mapping[str, Iterable[str]]
"""Columns, or table -> columns."""
Records = list[dict[str, Any]]
"""Rows as JSON has them."""


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
