"""States and segment properties: down, up, and into files."""

from __future__ import annotations

import os
import re
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.addresses import address_in_link
from caveclient_gen._runtime.browser_json import browser_json
from caveclient_gen._runtime.errors import DecodeError, InvalidArgumentError
from caveclient_gen._runtime.ids import as_id
from caveclient_gen.mixins.state.viewers import ViewersMixin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caveclient_gen._runtime.typing import TimeLike

_NUMBER_AT_END = re.compile(r"/(\d+)/?$")
_LINK = re.compile(r"https?://")


class DocumentsMixin(ViewersMixin):
    """States and segment properties: down, up, and into files."""

    def get_state_json(self, state_id: int | str) -> dict[str, Any]:
        """Download a Neuroglancer state.

        Parameters
        ----------
        state_id : int or str
            Number of the state; or its address; or a link that opens it in Neuroglancer. Addresses of other
            servers than this client's are asked without your token.

        Returns
        -------
        dict
            The state.

        Raises
        ------
        NotFoundError
            There is no state with that number. The service answers every failure of its own in the same
            words, so a number that you know to be right may be worth another try.

        Examples
        --------
        >>> state = client.state.get_state_json(4242)
        >>> [layer["name"] for layer in state["layers"]]
        ['seg']
        """
        if not (isinstance(state_id, str) and _LINK.search(state_id)):
            return self._get_state_json(as_id(state_id, name="state_id"))
        address = address_in_link(state_id)
        number = _NUMBER_AT_END.search(address)
        if number is not None and self._is_own(address, int(number[1])):
            return self._get_state_json(int(number[1]))
        return self._get_linked_json(address)

    def upload_state_json(
        self,
        json_state: Mapping[str, Any],
        state_id: int | None = None,
        timestamp: TimeLike | None = None,
    ) -> int:
        """Store a Neuroglancer state.

        Browsers round integers beyond 2^53, so these are written as text, which Neuroglancer takes for ids;
        so are numpy's integers.

        Parameters
        ----------
        json_state : dict
            The state. It may hold numpy and pandas data.
        state_id : int, optional
            Number to store it under, which no state has yet. Only administrators may choose one. Left out:
            the service finds one.
        timestamp : datetime or float, optional
            When the state was made; a float is seconds since 1970. Needs `state_id`. Left out: now.

        Returns
        -------
        int
            Number of the state.

        Examples
        --------
        >>> client.state.upload_state_json({"layers": []})
        1
        """
        if state_id is not None:
            return _number(
                self._upload_state_json_with_id(json_state, as_id(state_id, name="state_id"), timestamp)
            )
        if timestamp is not None:
            raise InvalidArgumentError("Pass state_id too: the service takes a timestamp only with one.")
        return _number(self._upload_state_json(json_state))

    def upload_property_json(
        self,
        property_json: Mapping[str, Any],
        state_id: int | None = None,
        max_size: int | None = 2_500_000,
        *,
        timestamp: TimeLike | None = None,
    ) -> int:
        """Store properties of segments, for a segmentation layer to show.

        Needs a server of version 0.4.0 or newer.

        Parameters
        ----------
        property_json : dict
            Neuroglancer's document of segment properties. It may hold numpy and pandas data.
        state_id : int, optional
            Number to store it under, which is not taken yet. Only administrators may choose one. Left out:
            the service finds one.
        max_size : int or None
            Most bytes of JSON that may be sent: viewers load all of it. None for any size.
        timestamp : datetime or float, optional
            When the properties were made; a float is seconds since 1970. Needs `state_id`. Left out: now.

        Returns
        -------
        int
            Number of the properties; `build_neuroglancer_url(number, format_properties=True)` makes a source
            for a layer of it.
        """
        if max_size is not None and (size := len(browser_json(property_json, "property_json"))) > max_size:
            raise InvalidArgumentError(
                f"Leave out some properties, or pass a larger max_size: these are {size} bytes, "
                f"more than {max_size}."
            )
        if state_id is not None:
            number = as_id(state_id, name="state_id")
            return _number(self._upload_property_json_with_id(property_json, number, timestamp))
        if timestamp is not None:
            raise InvalidArgumentError("Pass state_id too: the service takes a timestamp only with one.")
        return _number(self._upload_property_json(property_json))

    def save_state_json_local(
        self, json_state: Mapping[str, Any], filename: str | os.PathLike[str], overwrite: bool = False
    ) -> None:
        """Save a Neuroglancer state to a file, as it would be uploaded.

        Parameters
        ----------
        json_state : dict
            The state. It may hold numpy and pandas data.
        filename : str or Path
            The file; `~` is your home.
        overwrite : bool
            Replace the file if there is one. It is replaced at once, when the new one is complete.

        Raises
        ------
        InvalidArgumentError
            There is such a file, and `overwrite` is False.
        """
        path = Path(filename).expanduser().absolute()
        if path.exists() and not overwrite:
            raise InvalidArgumentError(
                f"Choose another name, or pass overwrite=True: {path} is there already."
            )
        # Through links, so that a link stays one.
        path = Path(os.path.realpath(path))
        text = browser_json(json_state, "json_state")
        beside = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
        try:
            beside.write_bytes(text)
            os.replace(beside, path)
        finally:
            beside.unlink(missing_ok=True)


def _number(address: Any) -> int:
    """Return the number at the end of the address that the service answers an upload with."""
    found = _NUMBER_AT_END.search(address) if isinstance(address, str) else None
    if found is None:
        raise DecodeError(
            f"Check the server address: it took the upload, but answered {address!r:.200} instead of an "
            "address with a number."
        )
    return int(found[1])
