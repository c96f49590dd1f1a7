# Generated from spec/state/v1.yaml. Change the descriptor and run `make generate`.
"""JSONService API 1: neuroglancer states, and properties of segments to show in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.client import ClientBase
from caveclient_gen._runtime.operation import Arm, Body, Operation, Param

from .endpoints import STATE_COMMON, STATE_V1
from .services import STATE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caveclient_gen._runtime.typing import IdLike, TimeLike


class JSONServiceOperationsV1(ClientBase):
    """Neuroglancer states, and properties of segments to show in them.

    Adds properties of segments, and states under numbers of one's own.
    """

    _service = STATE
    _api = "1"
    _endpoints = {**STATE_COMMON, **STATE_V1}
    _operations = {
        "get_state_json": Operation(
            name="get_state_json",
            method="GET",
            path="/nglstate/api/v1/{state_id}",
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
            path="/nglstate/api/v1/raw/{state_id}",
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
            path="/nglstate/api/v1/{state_id}",
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
            name="state_service_endpoint", method="GET", path="/nglstate/api/v1/post", safe=True, kind="url"
        ),
        "upload_state_json": Operation(
            name="upload_state_json",
            method="POST",
            path="/nglstate/api/v1/post",
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
        "upload_state_json_with_id": Operation(
            name="upload_state_json_with_id",
            method="POST",
            path="/nglstate/api/v1/post/{state_id}",
            safe=False,
            check="Download the state with that number: get_state_json(state_id).",
            params=(
                Param(
                    name="json_state",
                    type="mapping",
                    location="body",
                    wire=("json_state",),
                    encode="browser_json",
                    required=True,
                ),
                Param(
                    name="state_id",
                    type="id",
                    location="path",
                    wire=("state_id",),
                    encode="scalar",
                    required=True,
                ),
                Param(
                    name="timestamp",
                    type="datetime",
                    location="query",
                    wire=("timestamp",),
                    encode="epoch_seconds",
                ),
            ),
            body=Body(kind="json", param="json_state"),
            response=(Arm(decode="json"),),
        ),
        "get_property_json": Operation(
            name="get_property_json",
            method="GET",
            path="/nglstate/api/v1/property/{state_id}/info",
            safe=True,
            headers=(("Accept-Encoding", "gzip, deflate"),),
            server=(">=0.4.0",),
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
        "get_property_raw": Operation(
            name="get_property_raw",
            method="GET",
            path="/nglstate/api/v1/property/raw/{state_id}",
            safe=True,
            server=(">=0.4.0",),
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
        "property_url": Operation(
            name="property_url",
            method="GET",
            path="/nglstate/api/v1/property/{state_id}",
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
        "upload_property_json": Operation(
            name="upload_property_json",
            method="POST",
            path="/nglstate/api/v1/property/post",
            safe=False,
            check="Upload them again: properties that were stored without your knowing their number are in nobody's way.",
            server=(">=0.4.0",),
            params=(
                Param(
                    name="property_json",
                    type="mapping",
                    location="body",
                    wire=("property_json",),
                    encode="browser_json",
                    required=True,
                ),
            ),
            body=Body(kind="json", param="property_json"),
            response=(Arm(decode="json"),),
        ),
        "upload_property_json_with_id": Operation(
            name="upload_property_json_with_id",
            method="POST",
            path="/nglstate/api/v1/property/post/{state_id}",
            safe=False,
            check="Download the properties with that number: get_property_json(state_id).",
            server=(">=0.4.0",),
            params=(
                Param(
                    name="property_json",
                    type="mapping",
                    location="body",
                    wire=("property_json",),
                    encode="browser_json",
                    required=True,
                ),
                Param(
                    name="state_id",
                    type="id",
                    location="path",
                    wire=("state_id",),
                    encode="scalar",
                    required=True,
                ),
                Param(
                    name="timestamp",
                    type="datetime",
                    location="query",
                    wire=("timestamp",),
                    encode="epoch_seconds",
                ),
            ),
            body=Body(kind="json", param="property_json"),
            response=(Arm(decode="json"),),
        ),
        "get_table_info": Operation(
            name="get_table_info",
            method="GET",
            path="/nglstate/api/v1/table_info",
            safe=True,
            response=(Arm(decode="text"),),
        ),
        "get_neuroglancer_info": Operation(
            name="get_neuroglancer_info",
            method="GET",
            path="/version.json",
            safe=True,
            timeout=10,
            params=(
                Param(
                    name="ngl_url",
                    type="str",
                    location="address",
                    wire=("ngl_url",),
                    encode="scalar",
                    client_default="ngl_url",
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_linked_json": Operation(
            name="get_linked_json",
            method="GET",
            path="/",
            safe=True,
            params=(
                Param(
                    name="link",
                    type="str",
                    location="address",
                    wire=("link",),
                    encode="scalar",
                    required=True,
                ),
            ),
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

        Examples
        --------
        >>> client.state.state_service_endpoint
        'https://cave.example/nglstate/api/v1/post'
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
        """
        answer: str = self._call("upload_state_json", json_state=json_state)
        return answer

    def _upload_state_json_with_id(
        self, json_state: Mapping[str, Any], state_id: IdLike, timestamp: TimeLike | None = None
    ) -> str:
        """Store a state under a number of one's own.

        For administrators of the deployment.

        Parameters
        ----------
        json_state : dict
            The state.
        state_id : int
            Number that no state has yet.
        timestamp : datetime, str or float, optional
            When the state was made; the moment of the upload if left out.

        Returns
        -------
        str
            An address; the number stands at the end.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        UnknownOutcomeError
            The answer was lost, so it may have happened. Download the state with that number:
            get_state_json(state_id).
        """
        answer: str = self._call(
            "upload_state_json_with_id", json_state=json_state, state_id=state_id, timestamp=timestamp
        )
        return answer

    def get_property_json(self, state_id: IdLike) -> dict[str, Any]:
        """Download properties of segments.

        Parameters
        ----------
        state_id : int
            Number of the properties.

        Returns
        -------
        dict[str, Any]
            Neuroglancer's document of segment properties, as it was uploaded.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        ServerIncompatibilityError
            The server is too old, or too new.
        NotFoundError
            The server knows no such thing.

        Notes
        -----
        Needs server >=0.4.0.

        Examples
        --------
        >>> client.state.get_property_json(2)
        {'@type': 'neuroglancer_segment_properties', 'inline': {'ids': ['1'], 'properties': []}}
        """
        answer: dict[str, Any] = self._call("get_property_json", state_id=state_id)
        return answer

    def get_property_raw(self, state_id: IdLike) -> bytes:
        """Download properties of segments compressed, as the server keeps them.

        `zlib.decompress` makes JSON of them.

        Parameters
        ----------
        state_id : int
            Number of the properties.

        Returns
        -------
        bytes
            JSON in zlib's format.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        ServerIncompatibilityError
            The server is too old, or too new.
        NotFoundError
            The server knows no such thing.

        Notes
        -----
        Needs server >=0.4.0.

        Examples
        --------
        >>> answer = client.state.get_property_raw(2)
        """
        answer: bytes = self._call("get_property_raw", state_id=state_id)
        return answer

    def _property_url(self, state_id: IdLike) -> str:
        """Address of segment properties, as Neuroglancer takes it.

        Parameters
        ----------
        state_id : int
            Number of the properties.

        Returns
        -------
        str
            The address; nothing is sent.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        """
        answer: str = self._call("property_url", state_id=state_id)
        return answer

    def _upload_property_json(self, property_json: Mapping[str, Any]) -> str:
        """Store properties of segments.

        Parameters
        ----------
        property_json : dict
            The properties.

        Returns
        -------
        str
            Address of the properties; their number stands at the end.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        ServerIncompatibilityError
            The server is too old, or too new.
        UnknownOutcomeError
            The answer was lost, so it may have happened. Upload them again: properties that were stored
            without your knowing their number are in nobody's way.

        Notes
        -----
        Needs server >=0.4.0.
        """
        answer: str = self._call("upload_property_json", property_json=property_json)
        return answer

    def _upload_property_json_with_id(
        self, property_json: Mapping[str, Any], state_id: IdLike, timestamp: TimeLike | None = None
    ) -> str:
        """Store properties of segments under a number of one's own.

        For administrators of the deployment.

        Parameters
        ----------
        property_json : dict
            The properties.
        state_id : int
            Number that is not taken yet.
        timestamp : datetime, str or float, optional
            When they were made; the moment of the upload if left out.

        Returns
        -------
        str
            An address; the number stands at the end.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        ServerIncompatibilityError
            The server is too old, or too new.
        UnknownOutcomeError
            The answer was lost, so it may have happened. Download the properties with that number:
            get_property_json(state_id).

        Notes
        -----
        Needs server >=0.4.0.
        """
        answer: str = self._call(
            "upload_property_json_with_id",
            property_json=property_json,
            state_id=state_id,
            timestamp=timestamp,
        )
        return answer

    def get_table_info(self) -> str:
        """Ask the service who you are to it, and where it keeps states.

        Returns
        -------
        str
            A sentence for people.

        Examples
        --------
        >>> client.state.get_table_info()
        'User: 1 - project demo - table states'
        """
        answer: str = self._call("get_table_info")
        return answer

    def _get_neuroglancer_info(self, ngl_url: str | None = None) -> dict[str, Any]:
        """Ask a Neuroglancer deployment what it is.

        Parameters
        ----------
        ngl_url : str, optional
            Address of the deployment. Left out: address of the Neuroglancer deployment to show states in.

        Returns
        -------
        dict[str, Any]
            What the deployment tells of itself.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        """
        answer: dict[str, Any] = self._call("get_neuroglancer_info", ngl_url=ngl_url)
        return answer

    def _get_linked_json(self, link: str) -> dict[str, Any]:
        """Download a state from elsewhere.

        Parameters
        ----------
        link : str
            Address of the file.

        Returns
        -------
        dict[str, Any]
            The state.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        """
        answer: dict[str, Any] = self._call("get_linked_json", link=link)
        return answer
