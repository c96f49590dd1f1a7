"""Other forms of a query's answer: Arrow tables, polars frames, and positions as one array, shape (n, 3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from row import FLOOR, OURS, Row, Target
from wire import QUERY, arrow, clients, framework, synapses

RESOLUTION = (4.0, 4.0, 40.0)
"""What the server says in its headers."""


@dataclass
class _Output(Row):
    """A query whose answer is no pandas frame. caveclient has none of these."""

    rows: int
    points: str

    contestants: ClassVar[tuple[str, ...]] = (OURS, FLOOR)
    target: ClassVar[Target] = Target(floor=1.1)
    output: ClassVar[str]

    def routes(self):
        return framework() | {QUERY: arrow(synapses(self.rows))}

    def call(self, package: Any, url: str):
        tables = clients(package, url).materialize
        split = self.points == "split positions"

        def query():
            return tables.query_table(
                "synapses", materialization_version=1, split_positions=split, output=self.output
            )

        return query


@dataclass
class ArrowOutput(_Output):
    """An Arrow table."""

    title: ClassVar[str] = "query_table as Arrow, {rows:,} rows, {points}"
    floor_is: ClassVar[str] = "The same bytes by requests, and `read_all()` of pyarrow: positions stay split."
    output: ClassVar[str] = "arrow"

    def floor(self, url: str):
        return lambda: read_all(url)

    def plain(self, answer: Any, who: str):
        import numpy as np

        if self.points == "split positions" or who == FLOOR:
            found = {name: answer[name].to_numpy() for name in answer.column_names}
            return found if self.points == "split positions" else _joined(found)
        return {
            name: np.asarray(answer[name].combine_chunks().values).reshape(-1, 3)
            if name.endswith("_position")
            else answer[name].to_numpy()
            for name in answer.column_names
        }


@dataclass
class PolarsOutput(_Output):
    """A polars frame."""

    quick: ClassVar[bool] = False
    title: ClassVar[str] = "query_table as polars, {rows:,} rows, {points}"
    floor_is: ClassVar[str] = (
        "The same bytes by requests, and `read_ipc_stream` of polars: positions stay split."
    )
    output: ClassVar[str] = "polars"

    def floor(self, url: str):
        import polars as pl
        import requests

        session = requests.Session()
        return lambda: pl.read_ipc_stream(session.post(url + QUERY, json={}).content)

    def plain(self, answer: Any, who: str):
        found = {name: answer[name].to_numpy() for name in answer.columns}
        return _joined(found) if who == FLOOR and self.points != "split positions" else found


@dataclass
class Positions(Row):
    """A position in nm, as people need it for distances and trees."""

    rows: int
    of: str

    title: ClassVar[str] = "positions as one array, {rows:,} rows, of {of}"
    floor_is: ClassVar[str] = (
        "The same bytes by requests, `read_all()` of pyarrow, and one array filled from the three columns of "
        "a position times the resolution."
    )
    target: ClassVar[Target] = Target(floor=1.1)
    most_rounds: ClassVar[int] = 7

    FORMS: ClassVar[dict[str, dict[str, Any]]] = {
        "a frame with split positions": {"split_positions": True},
        "a frame with points": {},
        "Arrow": {"output": "arrow"},
        "polars": {"output": "polars"},
    }

    def routes(self):
        return framework() | {QUERY: arrow(synapses(self.rows))}

    def ours(self, package: Any, url: str):
        from caveclient_gen.positions import xyz

        tables = clients(package, url).materialize
        form = self.FORMS[self.of]

        def query():
            rows = tables.query_table("synapses", materialization_version=1, **form)
            if "output" not in form:
                return rows.cave.xyz("pre_pt", unit="nm")
            return xyz(rows, "pre_pt", resolution=RESOLUTION if self.of == "polars" else None)

        return query

    def caveclient(self, package: Any, url: str):
        import numpy as np

        tables, form = clients(package, url).materialize, self.FORMS[self.of]
        split = [f"pre_pt_position_{letter}" for letter in "xyz"]

        def query():
            frame = tables.query_table("synapses", materialization_version=1, **form)
            return (
                frame[split].to_numpy(float) if form else np.vstack(frame["pre_pt_position"])
            ) * RESOLUTION

        return query

    def floor(self, url: str):
        import numpy as np

        def query():
            table = read_all(url)
            points = np.empty((table.num_rows, 3))
            for axis, letter in enumerate("xyz"):
                column = table[f"pre_pt_position_{letter}"].to_numpy()
                np.multiply(column, RESOLUTION[axis], out=points[:, axis])
            return points

        return query


@dataclass
class PositionsBeside(Positions):
    """The same of a form that caveclient does not have."""

    quick: ClassVar[bool] = False
    contestants: ClassVar[tuple[str, ...]] = (OURS, FLOOR)


def read_all(url: str) -> Any:
    """Ask with requests, and read with pyarrow."""
    import pyarrow as pa

    return pa.ipc.open_stream(_session().post(url + QUERY, json={}).content).read_all()


_SESSIONS: list[Any] = []


def _session() -> Any:
    import requests

    if not _SESSIONS:
        _SESSIONS.append(requests.Session())
    return _SESSIONS[0]


def _joined(columns: dict[str, Any]) -> dict[str, Any]:
    """Return columns with the three of each position as one."""
    import numpy as np

    found: dict[str, Any] = {}
    for name, values in columns.items():
        stem = name[:-2]
        if stem.endswith("_position"):
            if name.endswith("_x"):
                found[stem] = np.stack([columns[f"{stem}_{letter}"] for letter in "xyz"], axis=1)
        else:
            found[name] = values
    return found


ROWS = [
    *(
        form(500_000, points)
        for form in (ArrowOutput, PolarsOutput)
        for points in ("split positions", "points")
    ),
    *(Positions(500_000, of) for of in ("a frame with split positions", "a frame with points")),
    *(PositionsBeside(500_000, of) for of in ("Arrow", "polars")),
]
