"""The small materialization engine, with a schema service beside it and as many tables as a test wants."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from materialize_bench import Ask, Bench, record, served

from caveclient_gen.chunkedgraph import ChunkedGraphClient
from caveclient_gen.emannotationschemas import SchemaClient
from caveclient_gen.materializationengine import MaterializationClient

RECORDED = Path(__file__).parents[1] / "recordings" / "schema" / "009_schema_definition_all.json"
DEFINITIONS: dict[str, Any] = json.loads(
    json.loads(RECORDED.read_text())["exchanges"][0]["response"]["body"]["text"]
)

VIEWS = {"nucleus_types": {"description": "a view", "live_compatible": True, "notice_text": None}}
VIEW_SCHEMAS = {
    "nucleus_types": {
        "id": {"type": "integer"},
        "pt_position": {"type": "SpatialPoint"},
        "volume": {"type": "number", "format": "float"},
        "cell_type": {"type": "string"},
    }
}


def table(name: str, schema: str, reference: str | None = None, **more: Any) -> dict[str, Any]:
    return {**record(name, reference), "schema": schema, "schema_type": schema, **more}


FEW = [
    table("synapses", "synapse"),
    table("nuclei", "nucleus_detection", notice_text="please cite"),
    table("cell_types", "cell_type_reference", "nuclei"),
]
NAMES = ["find", "table_names", "items", "class", "two words", "_hidden", "_records"]
"""Names of tables that are also names of something else, or no names at all."""


@dataclass
class TablesBench:
    """The servers, and what they answer."""

    bench: Bench
    records: list[dict[str, Any]] = field(default_factory=lambda: list(FEW))
    definitions: dict[str, Any] = field(default_factory=lambda: dict(DEFINITIONS))
    views: tuple[int, Any] = (200, VIEWS)
    view_schemas: tuple[int, Any] = (200, VIEW_SCHEMAS)
    schema_status: int = 200

    def __post_init__(self) -> None:
        self.bench.overrides |= {
            "/tables/metadata": lambda ask: (200, self.records_of(ask)),
            "/types_all": lambda ask: (self.schema_status, self.definitions),
            "/views": lambda ask: self.views,
            "/views/schemas": lambda ask: self.view_schemas,
            "/tables": lambda ask: (200, [one["table_name"] for one in self.records_of(ask)]),
        }

    def records_of(self, ask: Ask) -> list[dict[str, Any]]:
        return self.records

    def framework(self, **kwargs: Any) -> Framework:
        return Framework(self.bench, **kwargs)

    @property
    def paths(self) -> list[str]:
        return [ask.path for ask in self.bench.asked]

    def sent(self) -> dict[str, Any]:
        """Return the body of the last query."""
        return next(ask.body for ask in reversed(self.bench.asked) if ask.method == "POST")


class Framework:
    """As much of a framework client as the table manager needs."""

    version = None
    desired_resolution = None

    def __init__(self, bench: Bench, **kwargs: Any) -> None:
        kwargs = {"version": 2, "server_version": "5.26.4", "api_version": 3, **kwargs}
        self.schema = SchemaClient(bench.address, over_client=self)
        token = _Token()
        self.chunkedgraph = ChunkedGraphClient(bench.address, "tbl", token, server_version="2.21.1")
        self.materialize = MaterializationClient(
            bench.address,
            kwargs.pop("datastack_name", "ds"),
            token,
            over_client=self,
            cg_client=self.chunkedgraph,
            **kwargs,
        )


class _Token:
    token = "t" * 32

    @property
    def request_header(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@contextmanager
def tables_served() -> Iterator[TablesBench]:
    with served() as bench:
        yield TablesBench(bench)
