"""A small service, a transport that keeps what it is given, and shorthands for operations."""

import json
import threading

from caveclient_gen._runtime.client import ClientBase
from caveclient_gen._runtime.operation import Arm, Feature, Operation, Param, ServiceInfo
from caveclient_gen._runtime.request import Headers, Response

ADDRESS = "https://cave.example"
SERVICE = ServiceInfo(
    name="toy",
    attribute="toy",
    base="/toy",
    key="toy_server_address",
    address="local",
    auth="bearer",
    version_path="/version",
    api_versions_path="/api/versions",
    api_versions=("2", "3"),
    fallback_api="2",
    unknown_version=None,
    connect_timeout=3.0,
    read_timeout=30.0,
    features=(Feature("l2cache", "has_l2cache", "Choose a datastack with an L2 cache."),),
)
ENCODERS = {"id_array": "csv", "datetime": "epoch_seconds", "mapping": "native", "bool": "scalar"}


def param(name, type_="str", location="query", **more):
    more.setdefault("wire", (name,))
    default = "native" if location == "body" else ENCODERS.get(type_, "scalar")
    more.setdefault("encode", default)
    return Param(name=name, type=type_, location=location, **more)


def operation(name="look", *params, method="GET", path="/toy/api/v2/look", safe=True, **more):
    more.setdefault("response", (Arm(decode="json"),))
    return Operation(name=name, method=method, path=path, safe=safe, params=params, **more)


class RecordingTransport:
    """Answers `answers[path]`, or `default`; each may be a value, a Response-making callable or an error."""

    def __init__(self, default=None, **answers):
        self.default = default
        self.answers = {f"/toy/{path.replace('__', '/')}": answer for path, answer in answers.items()}
        self.requests = []
        self._lock = threading.Lock()

    def send(self, request):
        with self._lock:
            self.requests.append(request)
        path = request.url.removeprefix(ADDRESS)
        answer = self.answers.get(path, self.default)
        if callable(answer):
            answer = answer(request)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, Response) else reply(request, answer)

    def __getstate__(self):
        return {"default": None, "answers": {}, "requests": []}

    def __setstate__(self, state):
        vars(self).update(state)
        self._lock = threading.Lock()

    @property
    def paths(self):
        return [request.url.removeprefix(ADDRESS) for request in self.requests]


def reply(request, document=None, *, status=200, body=None, headers=(), kind="application/json"):
    body = json.dumps(document).encode() if body is None else body
    return Response(status, Headers((("Content-Type", kind), *headers)), body, request.full_url, request)


class ToyClient(ClientBase):
    _service = SERVICE
    table_name = "tbl"
    moment = "2024-01-02T03:04:05Z"
    has_l2cache = True


def client_with(*operations, transport=None, cls=ToyClient, service=SERVICE, **more):
    """A client of a class of its own that has these operations and knows one API version."""
    namespace = {"_operations": {each.name: each for each in operations}, "_api": "2", "_service": service}
    more.setdefault("server_version", "5.0.0")
    return type("MadeToyClient", (cls,), namespace)(
        ADDRESS, transport=RecordingTransport({}) if transport is None else transport, **more
    )
