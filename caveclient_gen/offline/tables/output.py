"""Which columns an answer has, under which names, and in which order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.tables.sources import AXES, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from caveclient_gen.offline.tables.query import Query
    from caveclient_gen.offline.tables.sources import Column, Source

__all__ = ["Output", "outputs"]

ROOT, SUPERVOXEL = "_root_id", "_supervoxel_id"
LONGEST_SUFFIX = 40


@dataclass(frozen=True)
class Output:
    """One column of an answer: of which table it is, and its name there. A position is one of them."""

    table: int
    column: Column
    name: str

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """Columns of the file, each with its name in the answer."""
        if self.column.kind != "position":
            return ((self.column.name, self.name),)
        return tuple((self.column.name + axis, self.name + axis) for axis in AXES)


def outputs(query: Query, sources: Sequence[Source]) -> list[Output]:
    """Return the columns of an answer, table after table; endings stand where several tables have a name."""
    selected = [
        (place, column)
        for place, source in enumerate(sources)
        for column in _selected(query, source, sources)
    ]
    if not selected:
        raise Refusal(400, "Select at least one column.")
    counts = Counter(column.name for _, column in selected)
    endings = _endings(query)
    found = [
        Output(place, column, column.name + (endings[place] if counts[column.name] > 1 else ""))
        for place, column in selected
    ]
    _check_names(found)
    return found


def live_order(found: list[Output]) -> list[Output]:
    """Return columns as live queries of changed tables have them: the segmentation's last, then `valid`."""
    return sorted(found, key=lambda output: _live_rank(output.column.name))


def _live_rank(name: str) -> int:
    if name == "valid":
        return 2
    return 1 if name.endswith((ROOT, SUPERVOXEL)) else 0


def _selected(query: Query, source: Source, sources: Sequence[Source]) -> list[Column]:
    if not query.select:
        return list(source.columns.values())
    if isinstance(query.select, Mapping):
        _check_tables(query.select, sources)
        names = list(query.select.get(source.name, ()))
    else:
        names = [name for name in query.select if name in source.columns]
        _check_somewhere(query.select, sources)
    if query.with_supervoxels:
        names = list(_with_supervoxels(names, source))
    return [source.column(name) for name in dict.fromkeys(names)]


def _with_supervoxels(names: Iterable[str], source: Source) -> Iterable[str]:
    for name in names:
        supervoxel = name.removesuffix(ROOT) + SUPERVOXEL
        if name.endswith(ROOT) and supervoxel in source.columns:
            yield supervoxel
        yield name


def _check_tables(select: Mapping[str, Sequence[str]], sources: Sequence[Source]) -> None:
    known = [source.name for source in sources]
    for table in select:
        if table not in known:
            raise Refusal(
                400, f"select names {table[:80]!r}, which the query is not about.{nearest(table, known)}"
            )


def _check_somewhere(names: Iterable[str], sources: Sequence[Source]) -> None:
    for name in names:
        if not any(name in source.columns for source in sources):
            if len(sources) == 1:
                sources[0].column(name)
            tables = " or ".join(source.name for source in sources)
            known = {column for source in sources for column in source.columns}
            raise Refusal(400, f"{name[:80]!r}: there is no such column in {tables}.{nearest(name, known)}")


def _endings(query: Query) -> list[str]:
    for table, ending in query.suffixes.items():
        if table not in query.tables:
            raise Refusal(
                400,
                f"A suffix is for {table[:80]!r}, which the query is not about."
                f"{nearest(table, query.tables)}",
            )
        if len(ending) > LONGEST_SUFFIX or not ending.isprintable():
            raise Refusal(400, f"A suffix must be text of at most {LONGEST_SUFFIX} printable characters.")
    return [query.suffixes.get(table, _usual_ending(place)) for place, table in enumerate(query.tables)]


def _usual_ending(place: int) -> str:
    """Return x, y, z, xx, yy, zz, xxx..., as servers do."""
    return "xyz"[place % 3] * (place // 3 + 1)


def _check_names(found: Sequence[Output]) -> None:
    counts = Counter(name for output in found for _, name in output.parts)
    twice = [name for name, count in counts.items() if count > 1]
    if twice:
        raise Refusal(400, f"Choose other suffixes: with these, several columns are named {twice[0][:80]!r}.")
