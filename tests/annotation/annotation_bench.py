"""An annotation server on the loopback that keeps its rows, and fails when a test says so."""

import json
import threading
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

TOKEN = "a" * 32
RECORDINGS = Path(__file__).parents[1] / "recordings" / "schema"


def schema_document(name):
    """Return a schema as the service published it."""
    body = json.loads((RECORDINGS / "009_schema_definition_all.json").read_text())
    return json.loads(body["exchanges"][0]["response"]["body"]["text"])[name]


@dataclass
class AnnotationServer:
    """Rows by id. `scripted[(method, n)]` says what becomes of the n-th request of a method, from 1.

    "lost": done, then a 502. "denied": done, then a 503. "dropped": not done, and a 502. "gone": done,
    then the connection breaks.
    A number: not done, and that status. (number, value): done, and that answer instead.
    "middle": an update of which only the first half is done, then a refusal.
    """

    url: str = ""
    schema: str = "bound_tag"
    rows: dict = field(default_factory=dict)
    scripted: dict = field(default_factory=dict)
    seen: list = field(default_factory=list)
    counts: Counter = field(default_factory=Counter)
    next_id: int = 1
    can_count: bool = True
    others: int = 0
    """Rows that somebody else inserts at the same time, before each of ours."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def writes(self):
        return [one for one in self.seen if one[0] in ("POST", "PUT") and "annotations" in one[1]]

    def contents(self):
        return [row["tag"] for row in self.rows.values() if row["valid"]]

    def insert(self, annotations):
        ids = []
        for one in annotations:
            self._insert_others()
            number = one.get("id", self.next_id)
            self.next_id = max(self.next_id, number + 1)
            flat = {
                f"{key}_position" if isinstance(value, dict) else key: [int(x) for x in value["position"]]
                if isinstance(value, dict)
                else value
                for key, value in one.items()
            }
            life = {"valid": True, "superceded_id": None, "created": "2024-01-02 03:04:05", "deleted": "None"}
            self.rows[number] = {**flat, **life, "id": number}
            ids.append(number)
        return ids

    def _insert_others(self):
        for _ in range(self.others):
            self.rows[self.next_id] = {"id": self.next_id, "tag": "not ours", "valid": True}
            self.next_id += 1

    def update(self, annotations):
        new = {}
        for one in annotations:
            old = self.rows[one["id"]]
            if old["superceded_id"] is not None:
                return new, f"409 Conflict: {one['id']} has been superceded"
            fields = {key: value for key, value in one.items() if key != "id"}
            (number,) = self.insert([fields])
            old.update(valid=False, superceded_id=number)
            new[str(one["id"])] = number
        return new, None

    def answer(self, method, path, query, body):
        """Return status and value, or None for a connection that breaks."""
        self.counts[method] += 1
        what = (
            self.scripted.get((method, self.counts[method]))
            if "annotations" in path or method != "GET"
            else None
        )
        if isinstance(what, int) and not isinstance(what, bool):
            return what, {"code": what, "message": "scripted"}
        if what == "dropped":
            return 502, "bad gateway"
        if what == "middle":
            annotations = body["annotations"]
            self.update(annotations[: len(annotations) // 2])
            return 500, {"code": 500, "message": "422 Unprocessable Entity: scripted"}
        status, value = self._done(method, path, query, body)
        if what == "lost":
            return 502, "bad gateway"
        if what == "denied":
            return 503, "not now"
        if what == "gone":
            return None
        return what if isinstance(what, tuple) else (status, value)

    def _done(self, method, path, query, body):
        if path.startswith("/schema"):
            return 200, schema_document(path.rsplit("/", 1)[1])
        if path.endswith("/count"):
            valid = sum(row["valid"] for row in self.rows.values())
            return (200, valid) if self.can_count else (500, {"code": 500, "message": "no count"})
        if not path.endswith("/annotations"):
            sizes = dict.fromkeys(("voxel_resolution_x", "voxel_resolution_y"), 4.0) | {
                "voxel_resolution_z": 40.0
            }
            return 201, {"table_name": path.rsplit("/", 1)[1], "schema_type": self.schema, **sizes}
        if method == "POST":
            return 200, self.insert(body["annotations"])
        if method == "PUT":
            new, conflict = self.update(body["annotations"])
            return (500, {"code": 500, "message": conflict}) if conflict else (200, new)
        if method == "DELETE":
            return 200, body["annotation_ids"]
        ids = map(int, query["annotation_ids"][0].split(","))
        return 200, [self.rows[one] for one in ids if one in self.rows]


def handler_for(server):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _serve(self):
            parts = urlsplit(self.path)
            text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = json.loads(text) if text else None
            with server.lock:
                server.seen.append((self.command, parts.path, body))
                answer = server.answer(self.command, parts.path, parse_qs(parts.query), body)
            if answer is None:
                self.close_connection = True
                return
            status, value = answer
            reply = json.dumps(value).encode()
            self.send_response_only(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815  the names that http.server calls

        def log_message(self, *_):
            pass

    return Handler
