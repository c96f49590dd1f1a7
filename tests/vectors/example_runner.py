"""Runs the examples of the descriptors through the generated clients."""

from __future__ import annotations

import builtins
import importlib
import io
import json
import re
import warnings
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

from caveclient_gen._runtime import errors
from caveclient_gen._runtime.request import Headers, Response
from codegen import ir, naming
from codegen.load import load_spec

ROOT = Path(__file__).parents[2]
HOST = "https://host"


@cache
def spec():
    """Load the project's descriptors once."""
    return load_spec(ROOT / "spec")


@dataclass(frozen=True)
class Vector:
    """One example of one operation of one API version."""

    service: ir.Service
    api: ir.Api
    operation: ir.Operation
    example: ir.Example
    number: int

    def __str__(self):
        return f"{self.service.name}@{self.api.number}.{self.operation.name}[{self.number}]"


def vectors():
    """List every example that holds for the API version it stands under."""
    return [
        Vector(service, api, operation, example, number)
        for service in spec().services
        for api in service.apis
        for operation in api.operations
        for number, example in enumerate(operation.examples)
        if example.api in (None, api.number)
    ]


@dataclass
class Recorder:
    """A transport that keeps what it is asked to send, and answers with the example's response."""

    answer: dict
    sent: list = field(default_factory=list)

    def send(self, request):
        self.sent.append(request)
        headers, body = written(self.answer)
        return Response(self.answer.get("status", 200), Headers(headers), body, request.full_url, request)


def written(answer):
    """Write a response of a descriptor as headers and bytes."""
    headers = [
        (name, value) for name, values in answer.get("headers", {}).items() for value in _listed(values)
    ]
    given = {name.lower() for name, _ in headers}
    kind, body = _body(answer)
    if kind and "content-type" not in given:
        headers.append(("Content-Type", kind))
    return tuple(headers), body


def _listed(value):
    return [str(item) for item in value] if isinstance(value, (list, tuple)) else [str(value)]


def _body(answer):
    if "json" in answer:
        return "application/json", json.dumps(answer["json"]).encode()
    if "text" in answer:
        return "text/plain", answer["text"].encode()
    if "body_hex" in answer:
        return "", bytes.fromhex(answer["body_hex"])
    if "arrow" in answer:
        return "data.arrow", arrow_stream(answer["arrow"]["columns"])
    return "", b""


ARROW_NAMES = {"float64": "double", "float32": "float", "str": "string"}


def arrow_stream(columns):
    """Write columns as the servers do: an Arrow IPC stream."""
    import pyarrow as pa

    arrays = {
        name: pa.array(_values(column), type=_arrow_type(column["type"])) for name, column in columns.items()
    }
    table = pa.table(arrays)
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue()


def _arrow_type(name):
    import pyarrow as pa

    found = re.fullmatch(r"timestamp\[(s|ms|us|ns)(?:, ?tz=(.+))?\]", name)
    if found:
        return pa.timestamp(found[1], tz=found[2])
    listed = re.fullmatch(r"list<(.+)>", name)
    if listed:
        return pa.list_(_arrow_type(listed[1]))
    return pa.type_for_alias(ARROW_NAMES.get(name, name))


def _values(column):
    is_time = column["type"].startswith("timestamp")
    return [
        datetime.fromisoformat(value) if is_time and value is not None else value
        for value in column["values"]
    ]


def client_of(vector, recorder):
    """Make an instance of the generated class that holds what the example says of the client."""
    module = importlib.import_module(
        f"caveclient_gen._generated.{naming.operations_module(vector.service, vector.api)}"
    )
    generated = getattr(module, naming.operations_class(vector.service, vector.api))
    held = {attribute.name: attribute.example for attribute in vector.service.attributes}
    held |= {feature.attr: True for feature in vector.service.features}
    held |= dict(vector.example.client)
    held |= {name: _method(held[name]) for name in _methods(vector.api) & held.keys()}
    made = type("Example", (generated,), held)
    return made(
        host_of(vector.example),
        api_version=vector.api.number,
        transport=recorder,
        server_version=vector.example.server,
    )


def _methods(api):
    """The client's attributes that are asked about a parameter."""
    params = [param for operation in api.operations for param in operation.params]
    return {param.client_default for param in params if param.default_for is not None}


def _method(value):
    return lambda client, asked: value


def host_of(example):
    """The server that an example of an address speaks of."""
    found = re.search(r"https?://[^/]+", example.returns) if isinstance(example.returns, str) else None
    return found[0] if found else HOST


def call(vector, client):
    """Make the example's call and return its value."""
    name = vector.operation.python_name
    with warnings.catch_warnings():
        # Servers that tell no version, and deprecated operations, warn; the runtime's own tests look at that.
        warnings.simplefilter("ignore")
        if vector.operation.is_property:
            return getattr(client, name)
        return getattr(client, name)(**dict(vector.example.call))


def plain(value):
    """Write a value as the descriptors do: arrays as lists, times and bytes as text, tables as columns."""
    if hasattr(value, "truncated") and hasattr(value, "headers"):
        return plain(value.value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if hasattr(value, "to_pydict"):
        return plain(value.to_pydict())
    if hasattr(value, "to_dict"):
        return plain(value.to_dict("list"))
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def same(value, expected):
    """Compare a plain value with what a descriptor says: times by the moment, all else exactly."""
    if isinstance(expected, dict) and isinstance(value, dict):
        wanted = {str(key): item for key, item in expected.items()}
        found = {str(key): item for key, item in value.items()}
        return wanted.keys() == found.keys() and all(same(found[key], wanted[key]) for key in wanted)
    if isinstance(expected, (list, tuple)) and isinstance(value, list):
        return len(value) == len(expected) and all(map(same, value, expected))
    if isinstance(value, str) and isinstance(expected, str) and value != expected:
        return _moment(value) is not None and _moment(value) == _moment(expected)
    return type(value) is type(expected) and value == expected


def _moment(text):
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def error_named(name):
    """Find the class that an example says is raised."""
    return getattr(errors, name, None) or getattr(builtins, name)
