"""Offline servers asked with nothing but requests, and recorded exchanges to hold them against."""

import contextlib
import json
import re
from pathlib import Path

import requests

RECORDINGS = Path(__file__).parents[2] / "recordings"
VOLUME = "/annotation/api/v2/aligned_volume/testvol/table"
RESOLUTION = {"voxel_resolution_x": 8.0, "voxel_resolution_y": 8.0, "voxel_resolution_z": 40.0}
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{6})?")


def recorded(name):
    """Return the exchanges of a recording: "annotation/001_get_tables_empty"."""
    return json.loads((RECORDINGS / f"{name}.json").read_text())["exchanges"]


def ask(server, method, path, *, person="admin", **more):
    """Ask as somebody."""
    headers = {"Authorization": f"Bearer {server.token(person)}", **more.pop("headers", {})}
    return requests.request(method, server.address + path, headers=headers, timeout=30, **more)


def ask_again(server, exchange):
    """Ask what was recorded."""
    request = exchange["request"]
    return ask(
        server,
        request["method"],
        request["url"],
        headers=request["headers"],
        data=request.get("body", {}).get("text"),
    )


def without_moments(text):
    """Return a text with all moments alike."""
    return MOMENT.sub("(moment)", text)


def metadata(**more):
    """Return what a table must say when it is made."""
    return {"description": "of a test", **RESOLUTION, **more}


def tag(x, text="a tag", **more):
    """Return a row of a table of tags."""
    return {"pt": {"position": [x, 20, 16]}, "tag": text, **more}


class TakenBack(Exception):
    """Ends a transaction that is to leave nothing."""


@contextlib.contextmanager
def taken_back(store):
    """Roll back what is done within, unless it fails by itself."""
    with contextlib.suppress(TakenBack), store.write():
        yield
        raise TakenBack


def contents(store):
    """Return all rows of all tables of the database, revisions left aside."""
    connection = store.read()
    names = [
        name
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        if name.startswith("annotation")
    ]
    return {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}
