# Generated from spec/info/v2.yaml. Change the descriptor and run `make generate`.
"""InfoService API 2: what datastacks there are, and where each keeps its imagery, segmentation, tables and servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caveclient_gen._runtime.client import ClientBase
from caveclient_gen._runtime.operation import Arm, CachePolicy, Operation, Param

from .endpoints import INFO_COMMON, INFO_V2
from .services import INFO

if TYPE_CHECKING:
    from .types_info import AlignedVolume, DatastackInfo, DatastackRecord, ImageMirror, ViewerLayers


class InfoServiceOperationsV2(ClientBase):
    """What datastacks there are, and where each keeps its imagery, segmentation, tables and servers.

    Aligned volumes and the datastacks built on them.
    """

    _service = INFO
    _api = "2"
    _endpoints = {**INFO_COMMON, **INFO_V2}
    _operations = {
        "get_datastacks": Operation(
            name="get_datastacks",
            method="GET",
            path="/info/api/v2/datastacks",
            safe=True,
            response=(Arm(decode="json"),),
        ),
        "get_datastack_info": Operation(
            name="get_datastack_info",
            method="GET",
            path="/info/api/v2/datastack/full/{datastack_name}",
            safe=True,
            errors=((404, "NotFoundError"),),
            params=(
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
                Param(
                    name="image_mirror",
                    type="str",
                    location="query",
                    wire=("image_source_name",),
                    encode="scalar",
                    server=(">=4.3.1",),
                ),
            ),
            response=(Arm(decode="json"),),
            cache=CachePolicy(ttl=3600, maxsize=32, key=("datastack_name", "image_mirror"), lasting=86400),
        ),
        "get_datastack_record": Operation(
            name="get_datastack_record",
            method="GET",
            path="/info/api/v2/datastack/{datastack_name}",
            safe=True,
            errors=((404, "NotFoundError"),),
            params=(
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_viewer_layers": Operation(
            name="get_viewer_layers",
            method="GET",
            path="/info/api/v2/ngl_info",
            safe=True,
            response=(Arm(decode="json"),),
        ),
        "get_image_mirrors": Operation(
            name="get_image_mirrors",
            method="GET",
            path="/info/api/v2/datastack/{datastack_name}/image_sources",
            safe=True,
            server=(">=4.3.1",),
            server_message="Image mirrors need info service 4.3.1 or newer.",
            errors=((404, "NotFoundError"),),
            params=(
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_aligned_volumes": Operation(
            name="get_aligned_volumes",
            method="GET",
            path="/info/api/v2/aligned_volume",
            safe=True,
            response=(Arm(decode="json"),),
        ),
        "get_aligned_volume_info_by_name": Operation(
            name="get_aligned_volume_info_by_name",
            method="GET",
            path="/info/api/v2/aligned_volume/{aligned_volume_name}",
            safe=True,
            errors=((404, "NotFoundError"),),
            params=(
                Param(
                    name="aligned_volume_name",
                    type="str",
                    location="path",
                    wire=("aligned_volume_name",),
                    encode="scalar",
                    required=True,
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_aligned_volume_info_by_id": Operation(
            name="get_aligned_volume_info_by_id",
            method="GET",
            path="/info/api/v2/aligned_volume/id/{aligned_volume_id}",
            safe=True,
            errors=((404, "NotFoundError"),),
            params=(
                Param(
                    name="aligned_volume_id",
                    type="int",
                    location="path",
                    wire=("aligned_volume_id",),
                    encode="scalar",
                    required=True,
                    minimum=0,
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_datastacks_by_aligned_volume": Operation(
            name="get_datastacks_by_aligned_volume",
            method="GET",
            path="/info/api/v2/aligned_volume/{aligned_volume_name}/datastacks",
            safe=True,
            errors=((404, "NotFoundError"),),
            params=(
                Param(
                    name="aligned_volume",
                    type="str",
                    location="path",
                    wire=("aligned_volume_name",),
                    encode="scalar",
                    required=True,
                ),
            ),
            response=(Arm(decode="json"),),
        ),
    }

    def get_datastacks(self) -> list[str]:
        """List the datastacks that you may see.

        Returns
        -------
        list[str]
            Names of the datastacks.

        Examples
        --------
        >>> client.info.get_datastacks()
        ['testds', 'testds_public']
        """
        answer: list[str] = self._call("get_datastacks")
        return answer

    def _get_datastack_info(
        self, datastack_name: str | None = None, *, image_mirror: str | None = None
    ) -> DatastackInfo:
        """Get everything that a client must know of a datastack.

        Parameters
        ----------
        datastack_name : str, optional
            Name of the datastack. Left out: the client's datastack.
        image_mirror : str, optional
            Name of an image mirror; the record then gives the imagery's path there. `get_image_mirrors`
            lists what there is. Needs server >=4.3.1.

        Returns
        -------
        DatastackInfo
            The record of the datastack.

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
        Answers are reused for 3600 s.
        In a cache folder they are kept for 1 d.
        """
        answer: DatastackInfo = self._call(
            "get_datastack_info", datastack_name=datastack_name, image_mirror=image_mirror
        )
        return answer

    def get_datastack_record(self, datastack_name: str | None = None) -> DatastackRecord:
        """Get a datastack as the info service stores it, with its number, layer name and first viewer state.

        Parameters
        ----------
        datastack_name : str, optional
            Name of the datastack. Left out: the client's datastack.

        Returns
        -------
        DatastackRecord
            The stored record.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.

        Examples
        --------
        >>> answer = client.info.get_datastack_record()
        """
        answer: DatastackRecord = self._call("get_datastack_record", datastack_name=datastack_name)
        return answer

    def get_viewer_layers(self) -> dict[str, ViewerLayers]:
        """Get the layers of all aligned volumes and datastacks that you may see, in one call.

        Returns
        -------
        dict[str, ViewerLayers]
            Layers, by display name of the aligned volume.

        Examples
        --------
        >>> answer = client.info.get_viewer_layers()
        """
        answer: dict[str, ViewerLayers] = self._call("get_viewer_layers")
        return answer

    def get_image_mirrors(self, datastack_name: str | None = None) -> list[ImageMirror]:
        """List the other places that hold the imagery of a datastack.

        Parameters
        ----------
        datastack_name : str, optional
            Name of the datastack. Left out: the client's datastack.

        Returns
        -------
        list[ImageMirror]
            Mirrors of the imagery.

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
        Needs server >=4.3.1.

        Examples
        --------
        >>> answer = client.info.get_image_mirrors()
        """
        answer: list[ImageMirror] = self._call("get_image_mirrors", datastack_name=datastack_name)
        return answer

    def get_aligned_volumes(self) -> list[str]:
        """List the aligned volumes that the server knows.

        Returns
        -------
        list[str]
            Names of the aligned volumes.

        Examples
        --------
        >>> client.info.get_aligned_volumes()
        ['testvol']
        """
        answer: list[str] = self._call("get_aligned_volumes")
        return answer

    def get_aligned_volume_info_by_name(self, aligned_volume_name: str) -> AlignedVolume:
        """Get the record of an aligned volume, by its name.

        Parameters
        ----------
        aligned_volume_name : str
            Name of the aligned volume. `get_aligned_volumes` lists what there is.

        Returns
        -------
        AlignedVolume
            The record of the volume.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.

        Examples
        --------
        >>> answer = client.info.get_aligned_volume_info_by_name("testvol")
        """
        answer: AlignedVolume = self._call(
            "get_aligned_volume_info_by_name", aligned_volume_name=aligned_volume_name
        )
        return answer

    def _get_aligned_volume_info_by_id(self, aligned_volume_id: int) -> AlignedVolume:
        """Get the record of an aligned volume, by its number.

        Parameters
        ----------
        aligned_volume_id : int
            Number of the aligned volume. At least 0.

        Returns
        -------
        AlignedVolume
            The record of the volume.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.
        """
        answer: AlignedVolume = self._call(
            "get_aligned_volume_info_by_id", aligned_volume_id=aligned_volume_id
        )
        return answer

    def _get_datastacks_by_aligned_volume(self, aligned_volume: str) -> list[str]:
        """List the datastacks that are built on an aligned volume.

        Parameters
        ----------
        aligned_volume : str
            Name of the aligned volume. `get_aligned_volumes` lists what there is.

        Returns
        -------
        list[str]
            Names of the datastacks that you may see.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.
        """
        answer: list[str] = self._call("get_datastacks_by_aligned_volume", aligned_volume=aligned_volume)
        return answer
