"""What the info service tells of a datastack, stored so that it is asked once.

Records are kept per datastack and image mirror: a record with the imagery of a mirror never stands in for
the plain one. What is handed out is a copy.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, cast

from caveclient_gen._runtime.errors import InvalidArgumentError, UnsupportedFeatureError
from caveclient_gen.mixins.info_paths import format_source

if TYPE_CHECKING:
    import numpy as np
    from cloudvolume import CloudVolume

    from caveclient_gen._generated.info_v2 import InfoServiceOperationsV2 as _Operations
    from caveclient_gen._generated.types_info import AlignedVolume, DatastackInfo
else:
    _Operations = object

FormatName = Literal["raw", "cloudvolume", "neuroglancer", "cave_explorer", "cave-explorer", "spelunker"]
_Key = tuple[str, str | None]


class InfoMixin(_Operations):
    """Records of datastacks and what is read out of them."""

    _datastack_name: str | None

    def _store_records(self, info_cache: Mapping[str, Any] | None) -> None:
        """Begin with records that somebody has already; called by the constructor."""
        self._records: dict[_Key, DatastackInfo] = {
            (name, None): copy.deepcopy(record) for name, record in (info_cache or {}).items()
        }
        self._volumes: dict[int, AlignedVolume] = {}
        self._record_lock = threading.RLock()

    def __getstate__(self) -> dict[str, Any]:
        inherited = getattr(super(), "__getstate__", None)
        state = dict(inherited() if inherited is not None else self.__dict__)
        state.pop("_record_lock", None)
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        inherited = getattr(super(), "__setstate__", None)
        if inherited is not None:
            inherited(state)
        else:
            self.__dict__.update(state)
        self._record_lock = threading.RLock()

    @property
    def info_cache(self) -> dict[str, Any]:
        """Records by datastack name, as the `info_cache` argument takes them; a copy.

        Keep it, and another session can begin without asking the info service.
        """
        return {name: copy.deepcopy(record) for (name, mirror), record in self._records.items() if not mirror}

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
        """
        name = self._datastack(datastack_name)
        key = (name, image_mirror)
        with self._record_lock:
            # The lock is held while the server is asked, so that threads that start together ask once.
            if not use_stored or key not in self._records:
                self._records[key] = self._get_datastack_info(name, image_mirror=image_mirror)
            return copy.deepcopy(self._records[key])

    def refresh_stored_data(self) -> None:
        """Ask the server again for every stored record."""
        with self._record_lock:
            fresh = {key: self._get_datastack_info(key[0], image_mirror=key[1]) for key in self._records}
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
        """
        return self.get_datastack_info(datastack_name, use_stored, image_mirror=image_mirror)["aligned_volume"]

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
        number = self.aligned_volume_id if aligned_volume_id is None else aligned_volume_id
        with self._record_lock:
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

    @property
    def aligned_volume_name(self) -> str:
        """Name of the aligned volume under the client's datastack."""
        return self.get_aligned_volume_info()["name"]

    @property
    def aligned_volume_id(self) -> int:
        """Number of the aligned volume under the client's datastack."""
        return self.get_aligned_volume_info()["id"]

    def local_server(self, datastack_name: str | None = None, use_stored: bool = True) -> str:
        """Get the address of the server that holds a datastack's own services.

        Parameters
        ----------
        datastack_name : str, optional
            Name of the datastack. Left out: the client's own.
        use_stored : bool
            Use the record if it is stored already. False asks the server again.

        Returns
        -------
        str
            Address, without a slash at the end.
        """
        return self.get_datastack_info(datastack_name, use_stored)["local_server"].rstrip("/")

    def annotation_endpoint(self, datastack_name: str | None = None, use_stored: bool = True) -> str:
        """Get the address of the annotation service of a datastack.

        Parameters
        ----------
        datastack_name : str, optional
            Name of the datastack. Left out: the client's own.
        use_stored : bool
            Use the record if it is stored already. False asks the server again.

        Returns
        -------
        str
            Address.
        """
        return f"{self.local_server(datastack_name, use_stored)}/annotation"

    def viewer_site(self, datastack_name: str | None = None, use_stored: bool = True) -> str | None:
        """Get the address of the neuroglancer deployment of a datastack.

        Parameters
        ----------
        datastack_name : str, optional
            Name of the datastack. Left out: the client's own.
        use_stored : bool
            Use the record if it is stored already. False asks the server again.

        Returns
        -------
        str or None
            Address. None if the datastack names none.
        """
        return self.get_datastack_info(datastack_name, use_stored)["viewer_site"]

    def viewer_resolution(
        self, datastack_name: str | None = None, use_stored: bool = True
    ) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Get the size of a voxel in the viewer of a datastack.

        Parameters
        ----------
        datastack_name : str, optional
            Name of the datastack. Left out: the client's own.
        use_stored : bool
            Use the record if it is stored already. False asks the server again.

        Returns
        -------
        numpy.ndarray of float64, shape (3,)
            Size along x, y and z, in nm.
        """
        import numpy as np

        record = self.get_datastack_info(datastack_name, use_stored)
        size = [record["viewer_resolution_x"], record["viewer_resolution_y"], record["viewer_resolution_z"]]
        return np.array(size, dtype=np.float64)

    def image_source(
        self,
        datastack_name: str | None = None,
        use_stored: bool = True,
        format_for: FormatName = "raw",
        *,
        image_mirror: str | None = None,
    ) -> str:
        """Get the cloud path of the imagery of a datastack.

        Parameters
        ----------
        datastack_name : str, optional
            Name of the datastack. Left out: the client's own.
        use_stored : bool
            Use the record if it is stored already. False asks the server again.
        format_for : str
            "raw": as the info service has it. Or the form that a program reads: "cloudvolume",
            "neuroglancer", "spelunker" (also "cave_explorer").
        image_mirror : str, optional
            Name of an image mirror, whose path is given instead. Needs server >=4.3.1.

        Returns
        -------
        str
            Cloud path.

        Raises
        ------
        InvalidArgumentError
            There is no such form, or the path cannot be said in it.
        """
        volume = self.get_aligned_volume_info(datastack_name, use_stored, image_mirror=image_mirror)
        return format_source(volume["image_source"], format_for)

    def segmentation_source(
        self, datastack_name: str | None = None, format_for: FormatName = "raw", use_stored: bool = True
    ) -> str:
        """Get the cloud path of the segmentation of a datastack.

        Parameters
        ----------
        datastack_name : str, optional
            Name of the datastack. Left out: the client's own.
        format_for : str
            "raw": as the info service has it. Or the form that a program reads: "cloudvolume",
            "neuroglancer", "spelunker" (also "cave_explorer").
        use_stored : bool
            Use the record if it is stored already. False asks the server again.

        Returns
        -------
        str
            Cloud path; for a segmentation that is proofread, `graphene://...`.

        Raises
        ------
        InvalidArgumentError
            There is no such form, or the path cannot be said in it.
        """
        source = self.get_datastack_info(datastack_name, use_stored)["segmentation_source"]
        return format_source(source, format_for, is_segmentation=True)

    def synapse_segmentation_source(
        self, datastack_name: str | None = None, use_stored: bool = True, format_for: FormatName = "raw"
    ) -> str:
        """Get the cloud path of the segmentation of synapses, where the info service knows one.

        Parameters
        ----------
        datastack_name : str, optional
            Name of the datastack. Left out: the client's own.
        use_stored : bool
            Use the record if it is stored already. False asks the server again.
        format_for : str
            "raw": as the info service has it. Or the form that a program reads: "cloudvolume",
            "neuroglancer", "spelunker" (also "cave_explorer").

        Returns
        -------
        str
            Cloud path.

        Raises
        ------
        UnsupportedFeatureError
            The record of this datastack has none; servers of today leave it out.
        """
        record = cast("dict[str, Any]", self.get_datastack_info(datastack_name, use_stored))
        source = record.get("synapse_segmentation_source")
        if source is None:
            name = self._datastack(datastack_name)
            raise UnsupportedFeatureError(
                f"Ask the datastack's people for the path: the info service has no synapse segmentation of {name!r}."
            )
        return format_source(source, format_for)

    def image_cloudvolume(self, *, image_mirror: str | None = None, **kwargs: Any) -> CloudVolume:
        """Open the imagery of the client's datastack as a volume; needs the extra `cv`.

        Parameters
        ----------
        image_mirror : str, optional
            Name of an image mirror to open instead. Needs server >=4.3.1.
        **kwargs
            For CloudVolume. What is left out: `use_https=True`, `fill_missing=True`, `bounded=False`.

        Returns
        -------
        cloudvolume.CloudVolume
            The volume.

        Raises
        ------
        ImportError
            cloud-volume is not installed.
        """
        path = self.image_source(format_for="cloudvolume", image_mirror=image_mirror)
        return _open_volume(path, kwargs)

    def segmentation_cloudvolume(self, use_client_secret: bool = True, **kwargs: Any) -> CloudVolume:
        """Open the segmentation of the client's datastack as a volume; needs the extra `cv`.

        Parameters
        ----------
        use_client_secret : bool
            Let CloudVolume use this client's token, if there is one and the path is on a server that it
            belongs to. False: CloudVolume looks for one itself.
        **kwargs
            For CloudVolume. What is left out: `use_https=True`, `fill_missing=True`, `bounded=False`.

        Returns
        -------
        cloudvolume.CloudVolume
            The volume.

        Raises
        ------
        ImportError
            cloud-volume is not installed.
        """
        path = self.segmentation_source(format_for="cloudvolume")
        if use_client_secret and "secrets" not in kwargs:
            token = self._token_for_path(path)
            if token is not None:
                kwargs["secrets"] = {"token": token}
        return _open_volume(path, kwargs)

    def _token_for_path(self, path: str) -> str | None:
        """The token, if the path is a segmentation graph on a server that may have it."""
        if not path.startswith("graphene://"):
            return None
        address = path.removeprefix("graphene://").removeprefix("middleauth+")
        header = self._credentials.header_for(address).get("Authorization")
        return None if header is None else header.removeprefix("Bearer ")

    def _datastack(self, name: str | None) -> str:
        chosen = name if name is not None else self._datastack_name
        if chosen is None:
            raise InvalidArgumentError("Name a datastack: this client has none; get_datastacks() lists them.")
        return chosen


def _open_volume(path: str, options: dict[str, Any]) -> CloudVolume:
    try:
        from cloudvolume import CloudVolume
    except ImportError as error:
        raise ImportError(
            "Install cloud-volume to open volumes: pip install 'caveclient-gen[cv]'."
        ) from error
    defaults = {"use_https": True, "fill_missing": True, "bounded": False}
    return CloudVolume(path, **{**defaults, **options})
