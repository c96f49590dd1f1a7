"""What the info service tells of a datastack, stored so that it is asked once.

Records are kept per datastack and image mirror: a record with the imagery of a mirror never stands in for
the plain one. What is handed out is a copy.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen._runtime.lasting import anew
from caveclient_gen._runtime.turns import Turn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from caveclient_gen._generated.info_v2 import InfoServiceOperationsV2 as _Operations
    from caveclient_gen._generated.types_info import AlignedVolume, DatastackInfo
else:
    _Operations = object

_Key = tuple[str, str | None]


class RecordsMixin(_Operations):
    """Records of datastacks and aligned volumes."""

    _datastack_name: str | None
    _on_record: Callable[[str, DatastackInfo], None] | None = None
    """Told of every record that the server sends; the framework client learns the local server this way."""

    def _store_records(self, info_cache: Mapping[str, Any] | None) -> None:
        """Begin with records that somebody has already; called by the constructor."""
        self._records: dict[_Key, DatastackInfo] = {
            (name, None): copy.deepcopy(record) for name, record in (info_cache or {}).items()
        }
        self._volumes: dict[int, AlignedVolume] = {}
        self._turn = Turn()

    @property
    def info_cache(self) -> dict[str, Any]:
        """Records by datastack name, as the `info_cache` argument takes them; a copy.

        Keep it, and another session can begin without asking the info service.
        """
        with self._turn.taken():
            plain = {name: record for (name, mirror), record in self._records.items() if not mirror}
        # Records are replaced, never changed, so copying them needs no lock.
        return copy.deepcopy(plain)

    def get_datastack_info(
        self, datastack_name: str | None = None, use_stored: bool = True, *, image_mirror: str | None = None
    ) -> DatastackInfo:
        """Get everything that a client must know of a datastack.

        Parameters
        ----------
        datastack_name : str, optional
            Name of the datastack. Left out: the client's own.
        use_stored : bool
            Use the record if it is stored already. False asks the server again.
        image_mirror : str, optional
            Name of an image mirror: the record then gives the imagery's path there. Needs server >=4.3.1.

        Returns
        -------
        DatastackInfo
            The record, with `aligned_volume`, `segmentation_source`, `local_server` and more.

        Raises
        ------
        InvalidArgumentError
            Neither the call nor the client names a datastack.
        NotFoundError
            The server has no such datastack or mirror.

        Examples
        --------
        >>> record = client.info.get_datastack_info()
        >>> record["synapse_table"]
        'synapses'
        """
        name = self._datastack(datastack_name)
        key = (name, image_mirror)
        with self._turn.taken():
            # The lock is held while the server is asked, so that threads that start together ask once.
            if not use_stored or key not in self._records:
                self._records[key] = self._record(name, image_mirror, use_stored)
                if self._on_record is not None:
                    self._on_record(name, self._records[key])
            return copy.deepcopy(self._records[key])

    def refresh_stored_data(self) -> None:
        """Ask the server again for every stored record."""
        with self._turn.taken():
            fresh = {key: self._record(*key, use_stored=False) for key in self._records}
            self._records.update(fresh)
            self._volumes.clear()

    def get_aligned_volume_info(
        self, datastack_name: str | None = None, use_stored: bool = True, *, image_mirror: str | None = None
    ) -> AlignedVolume:
        """Get the record of the aligned volume under a datastack.

        Parameters
        ----------
        datastack_name : str, optional
            Name of the datastack. Left out: the client's own.
        use_stored : bool
            Use the record if it is stored already. False asks the server again.
        image_mirror : str, optional
            Name of an image mirror: the record then gives the imagery's path there. Needs server >=4.3.1.

        Returns
        -------
        AlignedVolume
            The record.

        Examples
        --------
        >>> client.info.get_aligned_volume_info()["display_name"]
        'Test volume'
        """
        return self.get_datastack_info(datastack_name, use_stored, image_mirror=image_mirror)[
            "aligned_volume"
        ]

    def get_aligned_volume_info_by_id(
        self, aligned_volume_id: int | None = None, use_stored: bool = True
    ) -> AlignedVolume:
        """Get the record of an aligned volume, by its number.

        Parameters
        ----------
        aligned_volume_id : int, optional
            Number of the volume. Left out: the one under the client's datastack.
        use_stored : bool
            Use the record if it is stored already. False asks the server again.

        Returns
        -------
        AlignedVolume
            The record.

        Raises
        ------
        NotFoundError
            The server has no volume of that number.
        """
        number = self.get_aligned_volume_info()["id"] if aligned_volume_id is None else aligned_volume_id
        with self._turn.taken():
            if not use_stored or number not in self._volumes:
                self._volumes[number] = self._get_aligned_volume_info_by_id(number)
            return copy.deepcopy(self._volumes[number])

    def get_datastacks_by_aligned_volume(self, aligned_volume: str | None = None) -> list[str]:
        """List the datastacks that are built on an aligned volume.

        Parameters
        ----------
        aligned_volume : str
            Name of the volume.

        Returns
        -------
        list of str
            Names of the datastacks that you may see.

        Raises
        ------
        InvalidArgumentError
            No volume is named.
        NotFoundError
            The server has no such volume.

        Examples
        --------
        >>> client.info.get_datastacks_by_aligned_volume("testvol")
        ['testds', 'testds_public']
        """
        if aligned_volume is None:
            raise InvalidArgumentError("Name an aligned volume; get_aligned_volumes() lists them.")
        return self._get_datastacks_by_aligned_volume(aligned_volume)

    def get_image_mirror_names(self, datastack_name: str | None = None) -> list[str]:
        """List the names of the other places that hold the imagery of a datastack.

        Parameters
        ----------
        datastack_name : str, optional
            Name of the datastack. Left out: the client's own.

        Returns
        -------
        list of str
            What `image_mirror` arguments accept. Needs server >=4.3.1.
        """
        return [mirror["name"] for mirror in self.get_image_mirrors(datastack_name)]

    def _record(self, name: str, image_mirror: str | None, use_stored: bool) -> DatastackInfo:
        if use_stored:
            return self._get_datastack_info(name, image_mirror=image_mirror)
        with anew():
            return self._get_datastack_info(name, image_mirror=image_mirror)

    def _datastack(self, name: str | None) -> str:
        chosen = name if name is not None else self._datastack_name
        if chosen is None:
            raise InvalidArgumentError("Name a datastack: this client has none; get_datastacks() lists them.")
        return chosen
