"""Importing and making a client costs next to nothing; one client serves threads and other processes."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from promise_bench import TOKEN, Handler, Seen, quick, serve

from caveclient_gen import CAVEclient, CAVEclientGlobal
from caveclient_gen.auth import AuthClient
from caveclient_gen.chunkedgraph import ChunkedGraphClient
from caveclient_gen.errors import AuthError

HEAVY = (
    *("numpy", "pandas", "pyarrow", "networkx", "jinja2", "yaml", "cloudvolume", "codegen"),
    *("tqdm", "orjson", "h5py", "responses", "attr", "attrs", "IPython"),
)
NO_NETWORK = """
import socket
def refuse(*_, **__):
    raise SystemExit("the network was used")
for name in ("connect", "connect_ex", "sendto"):
    setattr(socket.socket, name, refuse)
socket.getaddrinfo = socket.create_connection = refuse
"""
FRAMEWORK = """
from caveclient_gen import CAVEclient
c = CAVEclient('x', server_address='http://127.0.0.1:9', auth_token='t')
""".strip()
SNIPPETS = {
    "import": "import caveclient_gen",
    "public names": "from caveclient_gen import *; import caveclient_gen.errors",
    "client": FRAMEWORK,
    "repr": f"{FRAMEWORK}; repr(c); c.info; c.auth; c.schema; c.server_address",
    "shared services": "from caveclient_gen import CAVEclient; CAVEclient(auth_token='t').auth",
    "session defaults": "import caveclient_gen; caveclient_gen.set_session_defaults(max_retries=1)",
}


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_nothing_heavy_is_loaded_and_nothing_is_sent(snippet: str) -> None:
    end = f"import sys; print(sorted(set(sys.modules) & set({HEAVY})))"
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"{NO_NETWORK}\n{SNIPPETS[snippet]}\n{end}"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (run.returncode, run.stdout.strip(), run.stderr) == (0, "[]", "")


@pytest.mark.parametrize("use", ["c.info.get_datastacks()", "c.chunkedgraph.get_roots([1])"])
def test_the_network_is_watched(use: str) -> None:
    """A guard of the test above: what does send something is noticed."""
    run = subprocess.run(
        [sys.executable, "-c", f"{NO_NETWORK}\n{FRAMEWORK}\n{use}"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "the network was used" in run.stderr


def record(url: str) -> dict[str, Any]:
    return {
        "local_server": url,
        "segmentation_source": f"graphene://{url}/segmentation/table/tbl",
        "aligned_volume": {"id": 1, "name": "vol"},
    }


def echo(handler: Handler, seen: Seen) -> None:
    """Answer with what only this request can have asked for."""
    path = seen.path.partition("?")[0]
    if seen.headers.get("Authorization") != f"Bearer {TOKEN}":
        handler.reply(401, {"error": "invalid_token", "message": "no"})
    elif path.endswith("/roots_binary"):
        handler.reply(200, (np.frombuffer(seen.body, "<u8") + 1).tobytes())
    elif path.endswith("/root"):
        handler.reply(200, {"root_id": int(path.split("/")[-2]) + 1})
    elif path.endswith("/is_latest_roots"):
        handler.reply(200, {"is_latest": [one % 2 == 0 for one in json.loads(seen.body)["node_ids"]]})
    elif path.startswith("/auth/api/v1/user/"):
        handler.reply(200, {"id": int(path.rsplit("/", 1)[1]), "name": "Ada"})
    elif path.endswith("/segmentation/api/versions"):
        handler.reply(200, [0, 1])
    else:
        handler.reply(404, {"message": path})


def test_threads_share_a_client() -> None:
    threads, calls = 8, 50
    begin = threading.Barrier(threads)

    def work(client: CAVEclient, thread: int) -> list[str]:
        begin.wait(10)
        wrong = []
        for call in range(calls):
            one = (thread << 40) + call * 2
            graph = client.chunkedgraph
            answers: dict[str, Any] = {
                "roots": (graph.get_roots([one, one + 1]).tolist(), [one + 1, one + 2]),
                "root": (int(graph.get_root_id(one)), one + 1),
                "latest": (
                    graph.is_latest_roots([one, one + 1]).tolist(),
                    [one % 2 == 0, one % 2 == 1] if one else [False, False],
                ),
                "user": (client.auth.get_user(one)["id"], one),
            }
            name = list(answers)[call % len(answers)]
            got, expected = answers[name]
            if got != expected:
                wrong.append(f"{thread}/{call} {name}: {got} is not {expected}")
        return wrong

    with serve(echo) as server:
        transport = quick(TOKEN, server.url)
        client = CAVEclient(
            "ds", server.url, auth_token=TOKEN, info_cache={"ds": record(server.url)}, transport=transport
        )
        with ThreadPoolExecutor(threads) as pool:
            futures = [pool.submit(work, client, thread) for thread in range(threads)]
            wrong = [line for future in futures for line in future.result(60)]
        transport.close()
    assert wrong == []
    assert len(server.seen) >= threads * calls


CHILD = """
import pickle, sys
client = pickle.loads(sys.stdin.buffer.read())
graph = getattr(client, "chunkedgraph", client)
print(type(client).__name__, graph.get_roots([1, 2]).tolist())
"""


def child(client: Any, token: str | None, home: str) -> subprocess.CompletedProcess[bytes]:
    """Use a pickled client in a new process, which has only its environment in common with this one."""
    variables = {"HOME": home, "PATH": "/usr/bin:/bin"} | ({} if token is None else {"CAVE_TOKEN": token})
    stored = pickle.dumps(client)
    assert TOKEN.encode() not in stored
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", CHILD],
        input=stored,
        capture_output=True,
        env=variables,
        timeout=60,
    )


def made(name: str, url: str) -> Any:
    full = CAVEclient("ds", url, auth_token=TOKEN, info_cache={"ds": record(url)})
    makers: dict[str, Any] = {
        "CAVEclientFull": lambda: full,
        "ChunkedGraphClientV1": lambda: full.chunkedgraph,
        "used": lambda: full,
        "alone": lambda: ChunkedGraphClient(url, "tbl", AuthClient(token=TOKEN, server_address=url)),
    }
    client = makers[name]()
    if name == "used":
        client.chunkedgraph.get_roots([1])
    return client


@pytest.mark.parametrize("name", ["CAVEclientFull", "ChunkedGraphClientV1", "used", "alone"])
def test_a_client_in_another_process(name: str, home: Any) -> None:
    with serve(echo) as server:
        client = made(name, server.url)
        run = child(client, TOKEN, str(home))
        client._transport.close()
    assert run.stderr == b""
    assert run.stdout.split(maxsplit=1)[1] == b"[2, 3]\n"


def test_a_client_whose_token_stayed_behind(home: Any) -> None:
    with serve(echo) as server:
        run = child(made("CAVEclientFull", server.url), None, str(home))
    assert AuthError.__name__ in run.stderr.decode()
    assert "Set the environment variable CAVE_TOKEN" in run.stderr.decode()
    assert server.seen == []


SERVICES = ("info", "auth", "schema", "chunkedgraph", "materialize", "skeleton", "state", "l2cache")


@pytest.mark.parametrize("service", SERVICES)
def test_every_client_survives_a_pickle(service: str) -> None:
    url = "http://127.0.0.1:9"
    client = CAVEclient("ds", url, auth_token=TOKEN, info_cache={"ds": record(url)}, version=None)
    copy = pickle.loads(pickle.dumps(getattr(client, service)))
    assert type(copy) is type(getattr(client, service))
    assert repr(copy) == repr(getattr(client, service))
    whole = pickle.loads(pickle.dumps(client))
    assert repr(whole) == repr(client)
    assert getattr(whole, service).fc is whole
    assert pickle.loads(pickle.dumps(CAVEclientGlobal(url, auth_token=TOKEN))).server_address == url
