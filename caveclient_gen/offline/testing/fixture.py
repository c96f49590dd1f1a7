"""What the fixture `cave` is: a server of this test session with a dataset of this test's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caveclient_gen.offline.http.faults import AskForFaults

if TYPE_CHECKING:
    from caveclient_gen.frameworkclient import CAVEclient
    from caveclient_gen.offline.cave import Cave
    from caveclient_gen.offline.dataset import Dataset
    from caveclient_gen.offline.http.faults import Fault
    from caveclient_gen.offline.serving import Server

__all__ = ["OfflineCave"]


class OfflineCave(AskForFaults):
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

    def _add(self, fault: Fault) -> None:
        self.server.app.faults._add(fault)

    def _cap(self, rows: int | None) -> None:
        self.server.app.faults._cap(rows)
