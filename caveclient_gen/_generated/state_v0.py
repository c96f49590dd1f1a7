# Generated from spec/state/v0.yaml. Change the descriptor and run `make generate`.
"""JSONService API 0: neuroglancer states, and properties of segments to show in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.client import ClientBase
from caveclient_gen._runtime.operation import Arm, Body, Operation, Param

from .endpoints import STATE_COMMON, STATE_V0
from .services import STATE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caveclient_gen._runtime.typing import IdLike


class JSONServiceOperationsV0(ClientBase):
    """Neuroglancer states, and properties of segments to show in them.

    The addresses of the first servers. Servers of today answer them with the code of API 1, which has
    more; use that.

    This API version is legacy.
    """

    _service = STATE
    _api = "0"
    _endpoints = {**STATE_COMMON, **STATE_V0}
    _operations = {
        "get_state_json": Operation(
            name="get_state_json",
            method="GET",
            path="/nglstate/{state_id}",
            safe=True,
            headers=(("Accept-Encoding", "gzip, deflate"),),
            errors=((500, "NotFoundError"),),
            params=(
                Param(
                    name="state_id",
                    type="id",
                    location="path",
                    wire=("state_id",),
                    encode="scalar",
                    required=True,
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_state_raw": Operation(
            name="get_state_raw",
            method="GET",
            path="/nglstate/raw/{state_id}",
            safe=True,
            errors=((500, "NotFoundError"),),
            params=(
                Param(
                    name="state_id",
                    type="id",
                    location="path",
                    wire=("state_id",),
                    encode="scalar",
                    required=True,
                ),
            ),
            response=(Arm(decode="bytes"),),
        ),
        "state_url": Operation(
            name="state_url",
            method="GET",
            path="/nglstate/{state_id}",
            safe=True,
            kind="url",
            params=(
                Param(
                    name="state_id",
                    type="id",
                    location="path",
                    wire=("state_id",),
                    encode="scalar",
                    required=True,
                ),
            ),
        ),
        "state_service_endpoint": Operation(
            name="state_service_endpoint", method="GET", path="/nglstate/post", safe=True, kind="url"
        ),
        "upload_state_json": Operation(
            name="upload_state_json",
            method="POST",
            path="/nglstate/post",
            safe=False,
            check="Upload it again: a state that was stored without your knowing its number is in nobody's way.",
            params=(
                Param(
                    name="json_state",
                    type="mapping",
                    location="body",
                    wire=("json_state",),
                    encode="browser_json",
                    required=True,
                ),
            ),
            body=Body(kind="json", param="json_state"),
            response=(Arm(decode="json"),),
        ),
    }

    def _get_state_json(self, state_id: IdLike) -> dict[str, Any]:
        """Download a state.

        Parameters
        ----------
        state_id : int
            Number of the state.

        Returns
        -------
        dict[str, Any]
            The state as it was uploaded.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.

        Notes
        -----
        This operation is legacy.
        """
        answer: dict[str, Any] = self._call("get_state_json", state_id=state_id)
        return answer

    def get_state_raw(self, state_id: IdLike) -> bytes:
        """Download a state compressed, as the server keeps it.

        `zlib.decompress` makes JSON of it.

        Parameters
        ----------
        state_id : int
            Number of the state.

        Returns
        -------
        bytes
            JSON in zlib's format.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.

        Notes
        -----
        This operation is legacy.

        Examples
        --------
        >>> answer = client.state.get_state_raw(4242)
        """
        answer: bytes = self._call("get_state_raw", state_id=state_id)
        return answer

    def _state_url(self, state_id: IdLike) -> str:
        """Address of a state.

        Parameters
        ----------
        state_id : int
            Number of the state.

        Returns
        -------
        str
            The address; nothing is sent.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Notes
        -----
        This operation is legacy.
        """
        answer: str = self._call("state_url", state_id=state_id)
        return answer

    @property
    def state_service_endpoint(self) -> str:
        """Address that takes new states.

        Returns
        -------
        str
            The address; nothing is sent.

        Notes
        -----
        This operation is legacy.

        Examples
        --------
        >>> client.state.state_service_endpoint
        'https://cave.example/nglstate/post'
        """
        answer: str = self._call("state_service_endpoint")
        return answer

    def _upload_state_json(self, json_state: Mapping[str, Any]) -> str:
        """Store a state.

        Parameters
        ----------
        json_state : dict
            The state.

        Returns
        -------
        str
            Address of the state; its number stands at the end.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        UnknownOutcomeError
            The answer was lost, so it may have happened. Upload it again: a state that was stored without
            your knowing its number is in nobody's way.

        Notes
        -----
        This operation is legacy.
        """
        answer: str = self._call("upload_state_json", json_state=json_state)
        return answer
