"""Offline CAVE over HTTP, in this process: `with serve("fly.cave") as server: client = server.client()`."""

from __future__ import annotations

import asyncio
import atexit
import errno
import html
import socket
import tempfile
import threading
import time
from typing import TYPE_CHECKING

from caveclient_gen.errors import CAVEError
from caveclient_gen.offline.dataset import Dataset
from caveclient_gen.offline.extra import require_extra

if TYPE_CHECKING:
    import os
    from types import TracebackType

    import uvicorn

    from caveclient_gen.frameworkclient import CAVEclient
    from caveclient_gen.offline.cave import Cave

__all__ = ["Server", "serve"]

LARGEST_PORT = 65_535
PATIENCE = 10.0
"""Seconds for starting and for stopping."""


class Server:
    """A running server. `serve` makes it.

    Attributes
    ----------
    address : str
        "http://127.0.0.1:54321".
    dataset : Dataset
        What it serves.
    """

    def __init__(self, dataset: Dataset, host: str, port: int, public_address: str | None = None) -> None:
        from caveclient_gen.offline.http.app import App

        self.dataset = dataset
        self._tokens: dict[str, str] = {}
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # Said to be TCP: only then asyncio sends small answers at once, not 40 ms later.
        if not 0 <= port <= LARGEST_PORT:
            raise CAVEError(f"Choose a port from 0 (a free one) to {LARGEST_PORT}: {port} is none.")
        self._socket = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            self._socket.bind((host, port))
        except OSError as error:
            self._socket.close()
            what = "port" if error.errno in (errno.EADDRINUSE, errno.EACCES) else "address to listen on"
            raise CAVEError(f"Choose another {what}: {host}:{port} cannot be used ({error}).") from error
        taken = self._socket.getsockname()[1]
        own = f"http://{f'[{host}]' if ':' in host else host}:{taken}"
        self.address = own if public_address is None else public_address.rstrip("/")
        self.app = App(dataset.open(), self.address)
        self._uvicorn: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._ended = False

    def __repr__(self) -> str:
        return f"Server({self.address!r}, {self.dataset!r}{', ended' if self._ended else ''})"

    def _repr_html_(self) -> str | None:
        """Show it in notebooks: where it is and what it serves."""
        shown = self.dataset._repr_html_()
        state = "has ended" if self._ended else "answers requests" if self.is_running else "is not started"
        return None if shown is None else f"<p>{html.escape(self.address)} {state}.</p>{shown}"

    @property
    def cave(self) -> Cave:
        """The engines behind it, for tests that look or edit without HTTP."""
        return self.app.cave

    def token(self, person: str = "admin") -> str:
        """Return a token of one of the dataset's people; random, valid until the server ends."""
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
            self.app, log_config=None, log_level="warning", access_log=False, lifespan="off", ws="none"
        )
        self._uvicorn = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name="offline CAVE", daemon=True)
        self._thread.start()
        end = time.monotonic() + PATIENCE
        while not self._uvicorn.started:
            if time.monotonic() > end or not self._thread.is_alive():
                raise CAVEError("Look at the log: offline CAVE did not start.")
            time.sleep(0.005)
        return self

    def _run(self) -> None:
        assert self._uvicorn is not None
        asyncio.run(self._uvicorn.serve(sockets=[self._socket]))

    def stop(self) -> None:
        """End it. What is being answered is answered; every change is on disk by then."""
        if self._uvicorn is not None and self._thread is not None:
            self._uvicorn.should_exit = True
            self._thread.join(PATIENCE)
        self._ended = True
        self._end_tokens()
        atexit.unregister(self._end_tokens)
        self._socket.close()
        self.app.cave.close()
        if self._temporary is not None:
            self._temporary.cleanup()

    def _refuse_ended(self) -> None:
        if self._ended:
            raise CAVEError("Serve the dataset again, with `serve(...)`: this server has ended.")

    def _end_tokens(self) -> None:
        tokens, self._tokens = self._tokens, {}
        if tokens:
            self.app.cave.identity.end(tokens.values())

    def use(self, dataset: Dataset) -> None:
        """Serve another dataset from the next request on."""
        self._refuse_ended()
        self._end_tokens()
        before = self.app.cave
        self.app.cave = dataset.open()
        self.dataset = dataset
        before.close()

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
        There is no dataset in the folder, the port is taken, or the extra `offline` is not installed.

    Examples
    --------
    >>> with serve("fly.cave") as server:
    ...     client = server.client("viewer")
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
    folder = tempfile.TemporaryDirectory(prefix="cave-", ignore_cleanup_errors=True)
    try:
        copy = starter.copy(f"{folder.name}/{starter.facts.datastack}.cave")
        server = Server(copy, host, port, public_address)
    except BaseException:
        folder.cleanup()
        raise
    server._temporary = folder
    return server.start()
