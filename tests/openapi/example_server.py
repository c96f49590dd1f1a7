"""A server on loopback that answers as the examples of the descriptors do, and is strict about requests.

It reads the descriptors, never the OpenAPI documents: a document that says something else than they do
makes it refuse what the document allows, or answer what the document does not describe.

Rule 1: a request is taken only if an operation has its method and path, and everything in it is what the
        operation sends: no unknown name, nothing missing, every value readable as its type and in bounds.
Rule 2: it is answered by an example of that operation, of the form that the request asks for.
Rule 3: what examples leave out of an answer type is filled in, because real servers send it.
Rule 4: whatever else comes is refused in the way of the service (see `REFUSALS`), and without a token
        in the way of the layer that checks tokens.
"""

from __future__ import annotations

import ast
import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from contract import said
from example_runner import written
from wire_values import Unreadable, read_document, read_text

from codegen import ir
from codegen.example import arm_of

TOKEN = "t" * 32


class Refused(Exception):
    """The server does not take a request; the text says why."""


def _page(status: int, text: str) -> tuple[int, str, str]:
    return status, "text/html", f"<html><head><title>{text}</title></head></html>"


def _meant(status: int, text: str) -> tuple[int, str, str]:
    names = {400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed"}
    document = {"code": 500, "message": f"{status} {names[status]}: {text}", "traceback": []}
    return 500, "application/json", json.dumps(document)


def _coded(status: int, text: str) -> tuple[int, str, str]:
    document = {"timestamp": "2026-11-22 12:48:09.4", "duration": 1.5, "code": status, "message": text}
    return status, "application/json", json.dumps(document)


REFUSALS: Mapping[str, Any] = {
    "annotation": _meant,
    "materialize": _meant,
    "chunkedgraph": _coded,
    "l2cache": _coded,
    "info": lambda status, text: (status, "application/json", json.dumps({"message": text})),
    "schema": lambda status, text: (status, "application/json", json.dumps({"message": text})),
    "skeleton": lambda status, text: (status, "application/json", json.dumps({"Error": text})),
    "auth": lambda status, text: (status, "text/html", text),
    "state": lambda status, text: _page(500, "Internal Server Error"),
}
"""Service -> status, content type and body with which its servers refuse."""

NO_TOKEN = json.dumps({"error": "no_token", "message": "Unauthorized - No Token Provided"})


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    query: list[tuple[str, str]]
    body: bytes
    authorized: bool


@dataclass
class ExampleService:
    """One API version, as it answers."""

    service: ir.Service
    api: ir.Api
    taken: set[str] = field(default_factory=set)
    """Operations that a request was taken for."""
    refused: list[str] = field(default_factory=list)

    def answer(self, asked: Asked) -> tuple[int, list[tuple[str, str]], bytes]:
        """Answer one request."""
        try:
            fitting = self._understood(asked)
        except Refused as refusal:
            return self._refuse(*refusal.args)
        operation, arguments = fitting[0]
        elsewhere = any(param.location == "address" for param in operation.params)
        if self.service.server.auth == "bearer" and not asked.authorized and not elsewhere:
            headers = [("Content-Type", "application/json"), ("WWW-Authenticate", "Bearer")]
            return 401, headers, NO_TOKEN.encode()
        self.taken |= {each.name for each, _ in fitting}
        return self._shown(operation, arguments)

    def _refuse(self, status: int, text: str) -> tuple[int, list[tuple[str, str]], bytes]:
        self.refused.append(text)
        status, content_type, body = REFUSALS[self.service.name](status, text)
        return status, [("Content-Type", content_type)], body.encode()

    def _understood(self, asked: Asked) -> list[tuple[ir.Operation, dict[str, Any]]]:
        """Find the operations that send such a request, and read its arguments."""
        fitting = []
        why = Refused(404, f"there is no route {asked.path}")
        for operation, values in self._routed(asked.path):
            if operation.method != asked.method:
                why = why if why.args[0] == 400 else Refused(405, f"{asked.method} is not served")
                continue
            try:
                fitting.append((operation, _arguments(operation, values, asked)))
            except Unreadable as error:
                why = Refused(400, f"{operation.name}: {error}")
        if not fitting:
            raise why
        return fitting

    def _routed(self, path: str) -> Iterator[tuple[ir.Operation, dict[str, str]]]:
        requests = [each for each in self.api.operations if each.kind == "request"]
        best = None
        for operation in sorted(requests, key=lambda each: (-said(each.path), each.path)):
            match = _pattern(operation.path).fullmatch(path)
            shape = re.sub(r"\{[^{}]*\}", "{}", operation.path)
            if match and best in (None, shape):
                best = shape
                holes = re.findall(r"\{([^{}]*)\}", operation.path)
                yield operation, dict(zip(holes, map(unquote, match.groups()), strict=True))

    def _shown(
        self, operation: ir.Operation, arguments: Mapping[str, Any]
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        """Answer with an example of the form that the arguments choose."""
        arm = _arm(operation, arguments)
        fitting = [
            example.response
            for example in operation.examples
            if example.response is not None
            and example.api in (None, self.api.number)
            and example.response.get("status", 200) < 400
            and arm_of(operation, example) is arm
        ]
        types = {named.name: named for named in self.service.types}
        response = dict(fitting[0]) if fitting else _empty(arm, types)
        if "json" in response and arm is not None and arm.returns and not arm.select:
            response["json"] = completed(response["json"], ast.parse(arm.returns, mode="eval").body, types)
        headers, body = written(response)
        return response.get("status", 200), _labelled(headers, arm), body


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile("([^/]+)".join(map(re.escape, re.split(r"\{[^{}]*\}", template))))


def _arguments(operation: ir.Operation, path_values: Mapping[str, str], asked: Asked) -> dict[str, Any]:
    """Read what a request says; Unreadable where it is not what the operation sends."""
    found: dict[str, Any] = {}
    known = {name for param in operation.params if param.location == "query" for name in param.wire_names}
    if unknown := {name for name, _ in asked.query} - known:
        raise Unreadable(f"unknown: {', '.join(sorted(unknown))}")
    for param in operation.params:
        if param.location == "path":
            found[param.name] = read_text(param, [path_values[param.wire_names[0]]])
        elif param.location == "query":
            for name in param.wire_names:
                texts = [text for key, text in asked.query if key == name]
                if texts:
                    found[param.name] = read_text(param, texts)
                elif param.required or param.is_const:
                    raise Unreadable(f"{name} is missing")
    return found | read_document(operation, asked.body)


def _arm(operation: ir.Operation, arguments: Mapping[str, Any]) -> ir.Arm | None:
    given = {param.name: param.default for param in operation.params} | dict(arguments)
    for arm in operation.response:
        if all(given.get(name) == value for name, value in arm.when):
            return arm
    return None


def _empty(arm: ir.Arm | None, types: Mapping[str, ir.NamedType]) -> dict[str, Any]:
    """Return an answer without rows, for forms that no example shows."""
    if arm is None or arm.decode == "none":
        return {}
    if arm.decode == "json" and arm.returns:
        return {"json": _sample(ast.parse(arm.returns, mode="eval").body, types)}
    shown = {"arrow_stream": {"arrow": {"columns": {}}}, "text": {"text": ""}}
    return shown.get(arm.decode, {"body_hex": ""})


def _labelled(headers: tuple[tuple[str, str], ...], arm: ir.Arm | None) -> list[tuple[str, str]]:
    """Label an answer; `data.arrow` is no media type, and tools that check labels refuse to read it."""
    kept = [
        (name, value) for name, value in headers if (name.lower(), value) != ("content-type", "data.arrow")
    ]
    if any(name.lower() == "content-type" for name, _ in kept) or arm is None:
        return kept
    usual = {"json": "application/json", "text": "text/plain"}.get(arm.decode, "application/octet-stream")
    return [*kept, ("Content-Type", next((label for label in arm.media_type if "/" in label), usual))]


def completed(value: Any, node: ast.expr, types: Mapping[str, ir.NamedType]) -> Any:
    """Fill in the required keys that an example leaves out."""
    match node:
        case ast.Name(id=name) if name in types and isinstance(value, dict):
            fields = {each.name: ast.parse(each.type, mode="eval").body for each in types[name].fields}
            missing = [each.name for each in types[name].fields if each.required and each.name not in value]
            whole = {**value, **{key: _sample(fields[key], types) for key in missing}}
            return {
                key: completed(item, fields[key], types) if key in fields else item
                for key, item in whole.items()
            }
        case ast.Subscript(value=ast.Name(id="list"), slice=item) if isinstance(value, list):
            return [completed(each, item, types) for each in value]
        case ast.Subscript(value=ast.Name(id="dict"), slice=ast.Tuple(elts=[_, item])) if isinstance(
            value, dict
        ):
            return {key: completed(each, item, types) for key, each in value.items()}
        case ast.BinOp(left=left):
            return completed(value, left, types)
    return value


def _sample(node: ast.expr, types: Mapping[str, ir.NamedType]) -> Any:
    samples = {"int": 1, "float": 1.5, "str": "text", "bool": True, "Any": None}
    match node:
        case ast.Name(id=name) if name in samples:
            return samples[name]
        case ast.Name():
            return completed({}, node, types)
        case ast.Subscript(value=ast.Name(id="list")):
            return []
        case ast.BinOp(left=left):
            return _sample(left, types)
    return {}


@dataclass
class Running:
    """A server that runs."""

    address: str
    example: ExampleService


def _handler(example: ExampleService) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # one packet for each answer: two would wait for each other

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = urlsplit(self.path)
            authorized = self.headers.get("Authorization") == f"Bearer {TOKEN}"
            query = parse_qsl(parts.query, keep_blank_values=True)
            status, headers, content = example.answer(
                Asked(self.command, parts.path, query, body, authorized)
            )
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815  names given by http.server

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  named by http.server
            """Keep the test output quiet."""

    return Handler


@contextmanager
def serve(service: ir.Service, api: ir.Api) -> Iterator[Running]:
    """Serve one API version on a free loopback port until the block ends."""
    example = ExampleService(service, api)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(example))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield Running(f"http://127.0.0.1:{server.server_address[1]}", example)
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
