"""One cell at a time, and what the service says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from caveclient_gen._runtime.errors import DecodeError, InvalidArgumentError, NotReadyError
from caveclient_gen._runtime.ids import as_id, as_integers
from caveclient_gen.mixins.skeleton.checks import ChecksMixin
from caveclient_gen.mixins.skeleton.forms import skeleton_of, swc_frame

if TYPE_CHECKING:
    import pandas as pd
    from packaging.version import Version

    from caveclient_gen._generated.types_skeleton import CacheContents
    from caveclient_gen._runtime.typing import IdLike, IntsLike, StrsLike
    from caveclient_gen.mixins.skeleton.forms import OutputFormat, Skeleton

_QUEUES_SINCE = (0, 13, 7)
_NOTHING = ("", "null")


class SingleMixin(ChecksMixin):
    """Single skeletons, and the service's own lists."""

    def get_version(self) -> Version | None:
        """Get the version of the service's software.

        Returns
        -------
        packaging.version.Version or None
            The version. None if the server does not tell.

        Examples
        --------
        >>> client.skeleton.get_version()
        <Version('0.23.11')>
        """
        return self.server_version

    def get_refusal_list(
        self,
        datastack_name: str | None = None,
        log_warning: bool = True,
        verbose_level: int | None = 0,
    ) -> pd.DataFrame:
        """List the cells of which the server makes no skeleton. Needs server >=0.21.0.

        Parameters
        ----------
        datastack_name : str, optional
            The datastack, if it is not the client's.
        log_warning : bool
            Log the notices that the server sends with the answer.
        verbose_level : int
            How much the server writes into its own log.

        Returns
        -------
        pandas.DataFrame
            Columns `DATASTACK_NAME` (text) and `ROOT_ID` (int64).

        Examples
        --------
        >>> list(client.skeleton.get_refusal_list().columns)
        ['DATASTACK_NAME', 'ROOT_ID']
        """
        import io

        import pandas as pd

        text = self._get_refusal_list(
            datastack_name, log_warning=log_warning, verbose_level=_level(verbose_level)
        )
        names = ["DATASTACK_NAME", "ROOT_ID"]
        try:
            cells = pd.read_csv(io.StringIO(text), dtype=str, names=names, header=None)
            if cells["ROOT_ID"].iloc[:1].eq("ROOT_ID").any():  # servers before the head line had none
                cells = cells.iloc[1:].reset_index(drop=True)
            return cells.astype({"ROOT_ID": "int64"})
        except ValueError as error:
            raise DecodeError(
                f"Report this answer to the service's maintainers: it is no list of root ids ({error})."
            ) from None

    def get_cache_contents(
        self,
        datastack_name: str | None = None,
        skeleton_version: int | None = 4,
        root_id_prefixes: int | str | IntsLike | StrsLike = 0,
        limit: int | None = 0,
        log_warning: bool = True,
        verbose_level: int | None = 0,
    ) -> CacheContents:
        """List the skeletons that are kept, by the first digits of their root ids. Needs server >=0.5.9.

        Parameters
        ----------
        datastack_name : str, optional
            The datastack, if it is not the client's.
        skeleton_version : int
            Version of the skeletons.
        root_id_prefixes : int, str, or list of them
            First digits of root ids; at most 150.
        limit : int
            Most files to list. 0 lists all.
        log_warning : bool
            Log the notices that the server sends with the answer.
        verbose_level : int
            How much the server writes into its own log.

        Returns
        -------
        dict
            `num_found` and `files`, the names of the files.

        Examples
        --------
        >>> client.skeleton.get_cache_contents(root_id_prefixes=288230376151711751)
        {'num_found': 0, 'files': []}
        """
        words = root_id_prefixes.split(",") if isinstance(root_id_prefixes, str) else root_id_prefixes
        prefixes = [str(one) for one in as_integers(words, name="root_id_prefixes").tolist()]
        if not prefixes:
            raise InvalidArgumentError("Pass at least one of root_id_prefixes: 864691 finds most root ids.")
        return self._get_cache_contents(
            prefixes,
            datastack_name,
            skeleton_version=self._checked_version(skeleton_version),
            limit=limit or 0,
            log_warning=log_warning,
            verbose_level=_level(verbose_level),
        )

    def get_precomputed_skeleton_info(self, skvn: int, datastack_name: str | None = None) -> dict[str, Any]:
        """Tell how Neuroglancer reads skeletons of one version. Answers are reused for an hour.

        Parameters
        ----------
        skvn : int
            Version of the skeletons: -1 for the newest, 0 for the server's default.
        datastack_name : str, optional
            The datastack, if it is not the client's.

        Returns
        -------
        dict
            The info document of the precomputed format.

        Raises
        ------
        NoL2CacheException
            The datastack has no L2 cache, of which skeletons are made.

        Examples
        --------
        >>> client.skeleton.get_precomputed_skeleton_info(4)["@type"]
        'neuroglancer_skeletons'
        """
        self._need_l2cache(datastack_name)
        version = self._checked_version(skvn)
        if version == 0:
            return self._get_default_skeleton_info(datastack_name)
        if version < 0:  # the route takes real versions only
            version = max(self.get_versions() or [4])
        return self._get_precomputed_skeleton_info(version, datastack_name)

    @overload
    def get_skeleton(
        self,
        root_id: IdLike,
        datastack_name: str | None = None,
        skeleton_version: int | None = 4,
        output_format: Literal["dict"] = "dict",
        log_warning: bool = True,
        verbose_level: int | None = 0,
    ) -> Skeleton: ...
    @overload
    def get_skeleton(
        self,
        root_id: IdLike,
        datastack_name: str | None = None,
        skeleton_version: int | None = 4,
        *,
        output_format: Literal["swc"],
        log_warning: bool = True,
        verbose_level: int | None = 0,
    ) -> pd.DataFrame: ...
    @overload
    def get_skeleton(
        self,
        root_id: IdLike,
        datastack_name: str | None,
        skeleton_version: int | None,
        output_format: Literal["swc"],
        log_warning: bool = True,
        verbose_level: int | None = 0,
    ) -> pd.DataFrame: ...
    def get_skeleton(
        self,
        root_id: IdLike,
        datastack_name: str | None = None,
        skeleton_version: int | None = 4,
        output_format: OutputFormat = "dict",
        log_warning: bool = True,
        verbose_level: int | None = 0,
    ) -> Skeleton | pd.DataFrame:
        """Fetch the skeleton of one cell. If there is none yet, the call waits until it is made: minutes.

        Parameters
        ----------
        root_id : int
            The cell.
        datastack_name : str, optional
            The datastack, if it is not the client's.
        skeleton_version : int
            Version of the skeleton: -1 for the newest.
        output_format : str
            "dict" for arrays, "swc" for a frame.
        log_warning : bool
            Log the notices that the server sends with the answer.
        verbose_level : int
            How much the server writes into its own log.

        Returns
        -------
        dict or pandas.DataFrame
            "dict": `vertices` (float64, nm, shape (n, 3)), `edges` (int64, shape (m, 2)), `root`, `radius`
            (float64, nm), `compartment` (int64), `mesh_to_skel_map` (int64), `lvl2_ids` (int64, from
            version 4 on) and `meta`. "swc": columns `id`, `type`, `x`, `y`, `z`, `radius` (micrometres) and
            `parent`.

        Raises
        ------
        InvalidIdError
            The id is not a root id.
        NoL2CacheException
            The datastack has no L2 cache, of which skeletons are made.
        NotReadyError
            The server has no skeleton to send: it is still being made, or that failed.

        Examples
        --------
        >>> skeleton = client.skeleton.get_skeleton(288230376151711749)
        >>> skeleton["vertices"].shape, skeleton["root"]
        ((5, 3), 4)
        """
        root = as_id(root_id, name="root_id")
        form, version = self._checked_format(output_format), self._checked_version(skeleton_version)
        self._refuse_no_roots([root], datastack_name)
        self._need_l2cache(datastack_name)
        ask = self._get_skeleton if self._can_wait() else self._get_skeleton_at_once
        answer = ask(
            root,
            datastack_name,
            skeleton_version=version,
            output_format=form,
            log_warning=log_warning,
            verbose_level=_level(verbose_level),
        )
        if answer is None or (isinstance(answer, str) and answer.strip() in _NOTHING):
            raise _no_skeleton(root)
        return swc_frame(answer) if isinstance(answer, str) else skeleton_of(answer)

    def get_meshwork(
        self,
        root_id: IdLike,
        datastack_name: str | None = None,
        *,
        log_warning: bool = True,
        verbose_level: int | None = 0,
    ) -> bytes:
        """Fetch the meshwork of one cell: its level 2 graph, skeleton and annotations in one file.

        Parameters
        ----------
        root_id : int
            The cell.
        datastack_name : str, optional
            The datastack, if it is not the client's.
        log_warning : bool
            Log the notices that the server sends with the answer.
        verbose_level : int
            How much the server writes into its own log.

        Returns
        -------
        bytes
            An HDF5 file: `Path("cell.h5").write_bytes(...)`, or `h5py.File(io.BytesIO(...))`.

        Raises
        ------
        InvalidIdError
            The id is not a root id.
        NotReadyError
            The server has no meshwork to send.
        """
        root = as_id(root_id, name="root_id")
        self._refuse_no_roots([root], datastack_name)
        self._need_l2cache(datastack_name)
        file = self._get_meshwork(
            root, datastack_name, log_warning=log_warning, verbose_level=_level(verbose_level)
        )
        if file.strip() in (b"", b"null"):
            raise _no_skeleton(root, "meshwork")
        return file

    def _can_wait(self) -> bool:
        """Whether the server has the route that waits in a queue; one of unknown version is a new one."""
        version = self.server_version
        return version is None or version.release >= _QUEUES_SINCE


def _level(verbose_level: int | None) -> int:
    return 0 if verbose_level is None else verbose_level


def _no_skeleton(root: int, what: str = "skeleton") -> NotReadyError:
    return NotReadyError(
        f"Try again in some minutes; the server has no {what} of {root} to send.\n"
        "It is still being made, or making it failed: get_refusal_list() tells of cells that are given up."
    )
