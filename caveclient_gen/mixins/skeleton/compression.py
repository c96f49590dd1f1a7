"""Texts and JSON as gzip, for scripts that exchange skeletons with the service themselves."""

from __future__ import annotations

import gzip
import json
from typing import Any

from caveclient_gen._runtime.jsonable import jsonable


class CompressionMixin:
    """The documented little tools; they need no client."""

    @staticmethod
    def compressStringToBytes(inputString: str) -> bytes:  # noqa: N802, N803  documented names
        """Compress a text.

        Parameters
        ----------
        inputString : str
            The text.

        Returns
        -------
        bytes
            Its UTF-8 as gzip.
        """
        return gzip.compress(inputString.encode(), mtime=0)

    @staticmethod
    def compressDictToBytes(inputDict: Any, remove_spaces: bool = True) -> bytes:  # noqa: N802, N803  documented names
        """Write a dict as compressed JSON.

        Parameters
        ----------
        inputDict : dict
            What JSON can hold; arrays become lists.
        remove_spaces : bool
            Leave out blanks between the parts; those inside of texts stay.

        Returns
        -------
        bytes
            JSON as gzip.

        Examples
        --------
        >>> data = client.skeleton.compressDictToBytes({"a b": "hello world"})
        >>> client.skeleton.decompressBytesToDict(data)
        {'a b': 'hello world'}
        """
        separators = (",", ":") if remove_spaces else (", ", ": ")
        text = json.dumps(jsonable(inputDict), separators=separators, allow_nan=False)
        return CompressionMixin.compressStringToBytes(text)

    @staticmethod
    def decompressBytesToString(inputBytes: bytes) -> str:  # noqa: N802, N803  documented names
        """Undo `compressStringToBytes`.

        Parameters
        ----------
        inputBytes : bytes
            Gzip.

        Returns
        -------
        str
            The text.
        """
        return gzip.decompress(inputBytes).decode()

    @staticmethod
    def decompressBytesToDict(inputBytes: bytes) -> Any:  # noqa: N802, N803  documented names
        """Undo `compressDictToBytes`; integers stay exact.

        Parameters
        ----------
        inputBytes : bytes
            JSON as gzip.

        Returns
        -------
        dict
            What the JSON holds.
        """
        return json.loads(CompressionMixin.decompressBytesToString(inputBytes))
