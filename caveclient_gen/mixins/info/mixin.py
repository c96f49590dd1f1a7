"""What is read out of the records of the info service: servers, cloud paths, volumes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, cast

from caveclient_gen._runtime.addresses import normalise_address, trusted_local_server
from caveclient_gen._runtime.credentials import Credentials, TokenProvider
from caveclient_gen._runtime.errors import UnsupportedFeatureError
from caveclient_gen.mixins.info.paths import format_source
from caveclient_gen.mixins.info.records import RecordsMixin

if TYPE_CHECKING:
    import numpy as np
    from cloudvolume import CloudVolume

FormatName = Literal["raw", "cloudvolume", "neuroglancer", "cave_explorer", "cave-explorer", "spelunker"]


class InfoMixin(RecordsMixin):
    """What is read out of the records of datastacks."""

    _token_provider: TokenProvider | None

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

        Examples
        --------
        >>> client.info.local_server()
        'https://cave.example.org'
        """
        record = self.get_datastack_info(datastack_name, use_stored)
        return normalise_address(record["local_server"], name="local_server")

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

        Examples
        --------
        >>> client.info.viewer_resolution()
        array([ 4.,  4., 40.])
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

        Examples
        --------
        >>> client.info.segmentation_source()
        'graphene://https://cave.example.org/segmentation/table/testpcg'
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
                "Ask the people of the datastack for the path: the info service has no synapse segmentation "
                f"of {name!r}."
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
        """Return the token, if the path is a segmentation graph on a server that may have it."""
        if not path.startswith("graphene://"):
            return None
        servers = [self.server_address, trusted_local_server(self.local_server(), self.server_address)]
        address = path.removeprefix("graphene://").removeprefix("middleauth+")
        header = Credentials(self._token_provider, servers).header_for(address).get("Authorization")
        return None if header is None else header.removeprefix("Bearer ")


def _open_volume(path: str, options: dict[str, Any]) -> CloudVolume:
    try:
        from cloudvolume import CloudVolume
    except ImportError as error:
        raise ImportError(
            "Install cloud-volume to open volumes: pip install 'caveclient-gen[cv]'."
        ) from error
    defaults = {"use_https": True, "fill_missing": True, "bounded": False}
    return CloudVolume(path, **{**defaults, **options})
