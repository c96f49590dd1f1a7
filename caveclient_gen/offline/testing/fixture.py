"""What the fixture `cave` is: a server of this test session with a dataset of this test's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from caveclient_gen.frameworkclient import CAVEclient
    from caveclient_gen.offline.cave import Cave
    from caveclient_gen.offline.dataset import Dataset
    from caveclient_gen.offline.serving import Server

__all__ = ["OfflineCave"]


class OfflineCave:
    """Offline CAVE for one test. Whatever the test changes, no other test sees.

    Parameters
    ----------
    server : Server
        The running server; it serves the test's own copy of the dataset.

    Examples
    --------
    >>> def test_my_analysis(cave):
    ...     client = cave.client()
    ...     cave.fail_next(status=503, times=2)
    ...     assert len(client.materialize.query_table("synapses", limit=10)) == 10
    """

    def __init__(self, server: Server) -> None:
        self.server = server

    def __repr__(self) -> str:
        return f"OfflineCave({self.address!r}, datastack={self.datastack!r})"

    @property
    def address(self) -> str:
        """Where it is: "http://127.0.0.1:54321"."""
        return self.server.address

    @property
    def datastack(self) -> str:
        """The name of its datastack."""
        return self.server.dataset.facts.datastack

    @property
    def dataset(self) -> Dataset:
        """The test's own copy of the dataset."""
        return self.server.dataset

    @property
    def engines(self) -> Cave:
        """What stands behind the services, for arranging a test and for looking at what it did."""
        return self.server.cave

    @property
    def faults_waiting(self) -> list[str]:
        """Faults that were asked for and did not happen yet, in words."""
        return self.server.app.faults.waiting

    def client(self, person: str = "admin", *, token: str | None = None) -> CAVEclient:
        """Return a client.

        Parameters
        ----------
        person : str
            Whose token it has: "admin", "editor", "viewer", "stranger" (no rights) or "newcomer" (terms not
            accepted).
        token : str, optional
            Another token.
        """
        return self.server.client(person, token=token)

    def token(self, person: str = "admin", *, lifetime: float | None = None) -> str:
        """Return a token of somebody.

        Parameters
        ----------
        person : str
            As for `client`.
        lifetime : float, optional
            Make a new one that is valid for so many seconds (0: expired).
        """
        if lifetime is None:
            return self.server.token(person)
        return self.server.cave.identity.issue(person, lifetime=lifetime, description="asked by a test")

    def materialize(self) -> int:
        """Freeze the present into a new version and return its number."""
        return self.server.cave.versions.materialize().number

    def fail_next(
        self,
        status: int = 503,
        times: int = 1,
        *,
        on: str | None = None,
        message: str = "A test asked for this.",
        retry_after: float | None = None,
    ) -> None:
        """Refuse the next requests.

        Parameters
        ----------
        status : int
            From 400 to 599. 502, 503 and 504 look as proxies write them, others as the service does.
        times : int
            How many requests.
        on : str, optional
            Only of an operation ("get_roots"), a service ("chunkedgraph") or "chunkedgraph.get_roots".
        message : str
            What the refusal says.
        retry_after : float, optional
            Seconds for a `Retry-After` header.
        """
        self.server.app.faults.fail_next(
            status=status, times=times, on=on, message=message, retry_after=retry_after
        )

    def delay(self, seconds: float, times: int = 1, *, on: str | None = None) -> None:
        """Let the next requests wait before they are looked at.

        Parameters
        ----------
        seconds : float
            How long. Real seconds: choose few, and a client with a short timeout.
        times : int
            How many requests.
        on : str, optional
            Which requests, as for `fail_next`.
        """
        self.server.app.faults.delay(seconds, times=times, on=on)

    def truncate_at(self, rows: int | None) -> None:
        """Cut answers of queries, with the warning that servers send.

        Parameters
        ----------
        rows : int or None
            At how many rows; None ends it.
        """
        self.server.app.faults.truncate_at(rows)

    def drop_connection(
        self,
        times: int = 1,
        *,
        on: str | None = None,
        when: Literal["before", "after"] = "before",
        after_bytes: int | None = None,
    ) -> None:
        """Break the connection of the next requests.

        Parameters
        ----------
        times : int
            How many requests.
        on : str, optional
            Which requests, as for `fail_next`.
        when : "before" or "after"
            Before the request is looked at, or after: what it changed is changed, and its answer is lost.
        after_bytes : int, optional
            Send so many bytes of the answer's body first. Means "after".
        """
        self.server.app.faults.drop_connection(times=times, on=on, when=when, after_bytes=after_bytes)
