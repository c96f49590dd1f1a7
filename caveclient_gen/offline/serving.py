"""Offline CAVE over HTTP, in this process: `with serve("fly.cave") as server: client = server.client()`."""

from __future__ import annotations

import asyncio
import atexit
import errno
import os
import socket
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from caveclient_gen.errors import CAVEError
from caveclient_gen.offline.dataset import Dataset
from caveclient_gen.offline.extra import require_extra
from caveclient_gen.offline.workplaces import workplace

if TYPE_CHECKING:
    from types import TracebackType

    import uvicorn

    from caveclient_gen.frameworkclient import CAVEclient
    from caveclient_gen.offline.cave import Cave
    from caveclient_gen.offline.http.browsers import Hosts

__all__ = ["Server", "serve"]

LARGEST_PORT = 65_535
PATIENCE = 10.0
"""Seconds for starting and for stopping."""
SHORT_PATIENCE = 1.0
"""Seconds for those who are slow to send a request, and for what has had its time already."""

MOST_CONNECTIONS = 500
"""More are refused (503): each takes a file of the process, of which there may be 1024."""


class Server:
    """A running server, which ends with its `with` block. `serve` makes it.

    Parameters
    ----------
    dataset : Dataset
        What it serves.
    host : str
        The address to listen on.
    port : int
        0 takes a free one.
    public_address : str, optional
        Under which address clients reach it, where it listens on another one.

    Attributes
    ----------
    address : str
        Where clients reach it: "http://127.0.0.1:54321".
    dataset : Dataset
        What it serves.

    Raises
    ------
    CAVEError
        The address or port cannot be used.
    """

    def __init__(self, dataset: Dataset, host: str, port: int, public_address: str | None = None) -> None:
        from caveclient_gen.offline.http.app import App

        self.dataset = dataset
        self._tokens: dict[str, str] = {}
        if not 0 <= port <= LARGEST_PORT:
            raise CAVEError(f"Choose a port from 0 (a free one) to {LARGEST_PORT}: {port} is none.")
        self._socket = _listener(host, port)
        taken = self._socket.getsockname()[1]
        own = f"http://{f'[{host}]' if ':' in host else host}:{taken}"
        self.address = own if public_address is None else public_address.rstrip("/")
        try:
            self.app = App(dataset.open(), self.address, _hosts(host, own, public_address))
        except BaseException:
            self._socket.close()
            raise
        self._uvicorn: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._temporary = ExitStack()
        """Vanishes with the server: the copy that it serves, where that is one."""
        self._ended = False

    def __repr__(self) -> str:
        return f"Server({self.address!r}, {self.dataset!r}{', ended' if self._ended else ''})"

    def _repr_html_(self) -> str:
        """Return what a notebook shows. A token is not in it."""
        from caveclient_gen.offline.notebooks import as_table

        rows = {
            "address": self.address,
            "state": "running" if self.is_running else "ended" if self._ended else "not started",
            "datastack": self.dataset.facts.datastack,
            "about": self.dataset.facts.description,
            "folder": self.dataset.path,
            "to ask": 'server.client() or server.client("viewer")',
        }
        return as_table("Offline CAVE", rows) + self.dataset.details_html()

    @property
    def cave(self) -> Cave:
        """The engines behind it, for tests that look or edit without HTTP."""
        return self.app.cave

    def token(self, person: str = "admin") -> str:
        """Return a token of one of the dataset's people; random, valid until the server ends.

        Parameters
        ----------
        person : str
            As for `client`.

        Raises
        ------
        CAVEError
            There is nobody of that name, or the server has ended.
        """
        self._refuse_ended()
        if person not in self._tokens:
            self._tokens[person] = self.cave.identity.issue(person, description="offline server")
        return self._tokens[person]

    def client(self, person: str = "admin", *, token: str | None = None) -> CAVEclient:
        """Return a client of this server.

        Parameters
        ----------
        person : str
            Whose token it has: "admin", "editor", "viewer", "stranger" (no rights) or "newcomer" (terms not
            accepted).
        token : str, optional
            Another token, `server.cave.identity.issue("viewer", lifetime=0)` for an expired one.
        """
        from caveclient_gen.frameworkclient import CAVEclient

        client = CAVEclient(
            self.dataset.facts.datastack,
            server_address=self.address,
            auth_token=token or self.token(person),
            write_server_cache=False,
        )
        client.skeleton.storage_address = f"{self.address}/skeletoncache"  # files come from here too
        return client

    def start(self) -> Server:
        """Answer requests from now on."""
        import uvicorn

        self._refuse_ended()
        if self.is_running:
            return self
        # Who forgets to stop it leaves no valid token behind.
        atexit.register(self._end_tokens)
        # No record of requests, not even for test runners that listen to all loggers: tokens stand in paths.
        config = uvicorn.Config(
            self.app,
            log_config=None,
            log_level="warning",
            access_log=False,
            lifespan="off",
            ws="none",
            http="h11",  # it refuses headers that are none, and more than 64 KB of them
            limit_concurrency=MOST_CONNECTIONS,
        )
        self._uvicorn = uvicorn.Server(config)
        run = self._uvicorn.serve(sockets=[self._socket])
        self._thread = threading.Thread(target=asyncio.run, args=(run,), name="offline CAVE", daemon=True)
        self._thread.start()
        end = time.monotonic() + PATIENCE
        while not self._uvicorn.started:
            if time.monotonic() > end or not self._thread.is_alive():
                self.stop()
                raise CAVEError("Look at the log: offline CAVE did not start.")
            time.sleep(0.005)
        return self

    def stop(self) -> None:
        """End it. What is being answered is answered, if that takes no longer than `PATIENCE`."""
        if self._uvicorn is not None and self._thread is not None:
            self._uvicorn.should_exit = True
            self.app.faults.end_delays()
            self._thread.join(SHORT_PATIENCE)
            if self._thread.is_alive():
                self.app.abandon_bodies()
                self._thread.join(PATIENCE)
            self._uvicorn.force_exit = True  # who still waits is left alone
            self._thread.join(SHORT_PATIENCE)
        self._ended = True
        self._end_tokens()
        atexit.unregister(self._end_tokens)
        self._socket.close()
        self.app.in_use.close(self.app.cave, SHORT_PATIENCE)
        self._temporary.close()

    def _refuse_ended(self) -> None:
        if self._ended:
            raise CAVEError("Serve the dataset again, with `serve(...)`: this server has ended.")

    def _end_tokens(self) -> None:
        tokens, self._tokens = self._tokens, {}
        if tokens:
            self.app.cave.identity.end(tokens.values())

    def use(self, dataset: Dataset) -> None:
        """Serve another dataset from the next request on. Requests that run end with the one before."""
        self._refuse_ended()
        opened = dataset.open()
        self._end_tokens()
        before = self.app.in_use.exchange(opened)
        self.dataset = dataset
        self.app.in_use.close(before, PATIENCE)

    @property
    def is_running(self) -> bool:
        """Whether it answers requests."""
        return self._thread is not None and self._thread.is_alive()

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _listener(host: str, port: int) -> socket.socket:
    """Return a bound socket."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = None
    try:
        # Said to be TCP: only then asyncio sends small answers at once, not 40 ms later.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        # A port can be had again at once after a server ended. Elsewhere the option means more than that.
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError as error:
        if listener is not None:
            listener.close()
        what = "port" if error.errno in (errno.EADDRINUSE, errno.EACCES) else "address to listen on"
        raise CAVEError(f"Choose another {what}: {host}:{port} cannot be used ({error}).") from error
    return listener


def _hosts(host: str, own: str, public_address: str | None) -> Hosts | None:
    """Return the names under which a server answers; None if nobody can say, as in a network of others."""
    from caveclient_gen.offline.http.browsers import Hosts, is_loopback

    if public_address is None and not is_loopback(host):
        return None
    return Hosts(own, public_address or own)


def serve(
    dataset: Dataset | str | os.PathLike[str] | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    public_address: str | None = None,
) -> Server:
    """Serve a dataset over HTTP on this machine.

    Parameters
    ----------
    dataset : Dataset, str or Path, optional
        The folder. Left out: a copy of the starter dataset, which vanishes with the server.
    host : str
        The address to listen on. Anything but a loopback address lets other machines in.
    port : int
        0 takes a free one.
    public_address : str, optional
        Under which address clients reach it ("http://cave.lab:8000"), where it listens on another one.

    Returns
    -------
    Server
        Running; a context manager that ends it. Several servers may serve one dataset.

    Raises
    ------
    CAVEError
        There is no dataset in the folder, the address or port cannot be used, or the extra `offline` is not
        installed.

    Examples
    --------
    >>> from caveclient_gen.offline import new_dataset, serve
    >>> dataset = new_dataset("served.cave", small=True, progress=False)
    >>> with serve(dataset) as server:
    ...     client = server.client()
    ...     client.materialize.get_versions()
    [2, 3]
    """
    require_extra()
    if dataset is None:
        return _serve_starter(host, port, public_address)
    opened = dataset if isinstance(dataset, Dataset) else Dataset(dataset)
    return Server(opened, host, port, public_address).start()


def _serve_starter(host: str, port: int, public_address: str | None) -> Server:
    from caveclient_gen.offline.generator.starter import starter_dataset

    starter = starter_dataset()
    with ExitStack() as copied:
        folder = copied.enter_context(workplace(Path(tempfile.gettempdir()), "cave-"))
        copy = starter.copy(folder / f"{starter.facts.datastack}.cave")
        server = Server(copy, host, port, public_address)
        server._temporary = copied.pop_all()
    return server.start()
