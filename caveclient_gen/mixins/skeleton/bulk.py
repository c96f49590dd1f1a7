"""Many cells in one call: any number of ids, and a reason for each that did not come."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Literal

from caveclient_gen._runtime import storage
from caveclient_gen._runtime.errors import (
    AuthError,
    CAVEError,
    DecodeError,
    InvalidArgumentError,
    NotFoundError,
)
from caveclient_gen._runtime.ids import as_ids
from caveclient_gen._runtime.progress import bar
from caveclient_gen.mixins.skeleton.checks import ChecksMixin
from caveclient_gen.mixins.skeleton.files import need_reader, read_file
from caveclient_gen.mixins.skeleton.forms import swc_of
from caveclient_gen.mixins.skeleton.results import (
    NO_ANSWER,
    NOT_KEPT,
    QUEUED,
    Skeletons,
    ask_and_fill,
    first_line,
    put,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from caveclient_gen._runtime.typing import IdLike, IdsLike
    from caveclient_gen.mixins.skeleton.forms import OutputFormat

STORAGE_ROUND = 500
"""Files that one token is asked for at a time: it may end while very many are fetched."""


class BulkMixin(ChecksMixin):
    """Skeletons of several cells."""

    storage_address: str = storage.GOOGLE
    """Where `fetch_skeletons(method="gcs")` reads files."""
    _tickets: storage.Tickets

    def skeletons_exist(
        self,
        datastack_name: str | None = None,
        skeleton_version: int | None = 4,
        root_ids: IdLike | IdsLike = 0,
        log_warning: bool = True,
        verbose_level: int | None = 0,
        *,
        progress: bool | None = None,
    ) -> bool | dict[int, bool]:
        """Tell which cells have a skeleton that is kept. Needs server >=0.9.0.

        Parameters
        ----------
        datastack_name : str, optional
            The datastack, if it is not the client's.
        skeleton_version : int
            Version of the skeletons.
        root_ids : int or array of int
            One cell, or any number of them.
        log_warning : bool
            Log the notices that the server sends with the answer.
        verbose_level : int
            How much the server writes into its own log.
        progress : bool, optional
            Show a bar when the call goes out as several requests. Left out: where a person can see it.

        Returns
        -------
        bool or dict of int to bool
            A bool for one id; for a list of ids, of one too, a dict in the order asked.

        Examples
        --------
        >>> client.skeleton.skeletons_exist(root_ids=[288230376151711751, 288230376151712144])
        {288230376151711751: True, 288230376151712144: False}
        """
        ids = _distinct(root_ids)
        if ids == [0]:
            raise InvalidArgumentError("Pass root_ids: the cells to look for.")
        found: dict[int, bool] = {}
        if ids:
            found = self._skeletons_exist(
                ids,
                self._checked_version(skeleton_version),
                datastack_name,
                log_warning=log_warning,
                verbose_level=verbose_level or 0,
                progress=progress,
            )
        unsaid = [one for one in ids if not isinstance(found.get(one), bool)]
        if unsaid:
            raise DecodeError(
                f"Ask again: the server did not say whether {unsaid[0]} has a skeleton, "
                f"nor about {len(unsaid) - 1} more."
            )
        return found[ids[0]] if _is_one(root_ids) else {one: found[one] for one in ids}

    def get_bulk_skeletons(
        self,
        root_ids: IdsLike,
        datastack_name: str | None = None,
        skeleton_version: int | None = 4,
        output_format: OutputFormat = "dict",
        generate_missing_skeletons: bool = False,
        log_warning: bool = True,
        verbose_level: int | None = 0,
        *,
        progress: bool | None = None,
    ) -> Skeletons[Any]:
        """Fetch skeletons of several cells, as far as they are kept. Needs server >=0.6.0.

        Servers answer ten cells at a time; for many, `fetch_skeletons` is faster.

        Parameters
        ----------
        root_ids : array of int
            The cells, any number.
        datastack_name : str, optional
            The datastack, if it is not the client's.
        skeleton_version : int
            Version of the skeletons: -1 for the newest.
        output_format : str
            "dict" for arrays, "swc" for frames; see `get_skeleton`.
        generate_missing_skeletons : bool
            Have those made that are not kept.
        log_warning : bool
            Log which did not come, and the notices that the server sends.
        verbose_level : int
            How much the server writes into its own log.
        progress : bool, optional
            Show a bar when the call goes out as several requests. Left out: where a person can see it.

        Returns
        -------
        Skeletons
            A dict of the skeletons by root id (int), in the order asked. Its `missing` has the ids whose
            skeleton is not there yet, `failed` those that have none, each with the reason.

        Raises
        ------
        NoL2CacheException
            The datastack has no L2 cache, of which skeletons are made.
        CAVEError
            The service failed. Where some requests were answered, `partial` of the error is a Skeletons
            with what came.

        Examples
        --------
        >>> found = client.skeleton.get_bulk_skeletons([288230376151711751, 288230376151712144])
        >>> list(found), found.missing
        ([288230376151711751], {288230376151712144: 'queued'})
        """
        form, version = self._checked_format(output_format), self._checked_version(skeleton_version)
        result, wanted = self._sorted_out(root_ids, datastack_name)
        self._need_l2cache(datastack_name)
        if not wanted:
            return result.told(log_warning)
        ask = functools.partial(
            self._get_bulk_skeletons,
            wanted,
            datastack_name,
            skeleton_version=version,
            output_format=form,
            generate_missing_skeletons=generate_missing_skeletons,
            log_warning=log_warning,
            verbose_level=verbose_level or 0,
            progress=progress,
        )
        ask_and_fill(result, wanted, ask, output_format, NO_ANSWER)
        return result.told(log_warning)

    def fetch_skeletons(
        self,
        root_ids: IdsLike,
        datastack_name: str | None = None,
        skeleton_version: int | None = 4,
        output_format: OutputFormat = "dict",
        method: Literal["server", "gcs"] = "server",
        generate_missing_skeletons: bool = False,
        verbose_level: int | None = 0,
        *,
        log_warning: bool = True,
        progress: bool | None = None,
    ) -> Skeletons[Any]:
        """Fetch those skeletons of many cells that are kept. Needs server >=0.23.9.

        Parameters
        ----------
        root_ids : array of int
            The cells, any number.
        datastack_name : str, optional
            The datastack, if it is not the client's.
        skeleton_version : int
            Version of the skeletons: -1 for the newest.
        output_format : str
            "dict" for arrays, "swc" for frames; see `get_skeleton`.
        method : str
            "server": through the service. "gcs": straight from Google's storage, with a token of its own
            that lasts for a short while; needs h5py.
        generate_missing_skeletons : bool
            Have those made that are not kept.
        verbose_level : int
            How much the server writes into its own log.
        log_warning : bool
            Log which did not come, and the notices that the server sends.
        progress : bool, optional
            Show a bar when the call goes out as several requests. Left out: where a person can see it.

        Returns
        -------
        Skeletons
            A dict of the skeletons by root id (int), in the order asked. Its `missing` has the ids whose
            skeleton is not there, `failed` those that could not be fetched or read, each with the reason.

        Raises
        ------
        ImportError
            h5py is not installed, and method is "gcs".
        CAVEError
            The service failed; or the storage did, for every file. Where some requests were answered,
            `partial` of the error is a Skeletons with what came.

        Examples
        --------
        >>> found = client.skeleton.fetch_skeletons([288230376151711751, 288230376151712144])
        >>> found[288230376151711751]["vertices"].shape, found.missing
        ((1, 3), {288230376151712144: 'not kept'})
        """
        form, version = self._checked_format(output_format), self._checked_version(skeleton_version)
        if method not in ("server", "gcs"):
            raise InvalidArgumentError(f"Pass method as 'server' or 'gcs', not {method!r:.40}.")
        if method == "gcs":
            need_reader()
        result, wanted = self._sorted_out(root_ids, datastack_name)
        if generate_missing_skeletons:
            self._need_l2cache(datastack_name)
        if not wanted:
            return result.told(log_warning)
        if method == "server":
            ask = functools.partial(
                self._fetch_skeletons,
                wanted,
                datastack_name,
                skeleton_version=version,
                output_format=form,
                generate_missing=generate_missing_skeletons,
                log_warning=log_warning,
                verbose_level=verbose_level or 0,
                progress=progress,
            )
            absent = QUEUED if generate_missing_skeletons else NOT_KEPT
            ask_and_fill(result, wanted, ask, output_format, absent)
        else:
            self._fill_from_storage(result, wanted, datastack_name, version, output_format, progress)
            if generate_missing_skeletons and result.missing:
                self.generate_bulk_skeletons_async(list(result.missing), datastack_name, version, log_warning)
                result.missing = dict.fromkeys(result.missing, QUEUED)
        return result.told(log_warning)

    def generate_bulk_skeletons_async(
        self,
        root_ids: IdsLike,
        datastack_name: str | None = None,
        skeleton_version: int | None = None,
        log_warning: bool = True,
        verbose_level: int | None = 0,
        *,
        progress: bool | None = None,
    ) -> float:
        """Have skeletons made, without waiting for them. Needs server >=0.8.0.

        Parameters
        ----------
        root_ids : array of int
            The cells, any number.
        datastack_name : str, optional
            The datastack, if it is not the client's.
        skeleton_version : int, optional
            Version of the skeletons. Left out: 4, which the other calls fetch.
        log_warning : bool
            Log the notices that the server sends with the answer.
        verbose_level : int
            How much the server writes into its own log.
        progress : bool, optional
            Show a bar when the call goes out as several requests. Left out: where a person can see it.

        Returns
        -------
        float
            Seconds until they will be there, as the server guesses.

        Raises
        ------
        InvalidIdError
            Some ids are not root ids; nothing was sent.
        NoL2CacheException
            The datastack has no L2 cache, of which skeletons are made.

        Examples
        --------
        >>> client.skeleton.generate_bulk_skeletons_async([288230376151712144, 288230376151712154])
        120.0
        """
        version = self._checked_version(skeleton_version)
        ids = _distinct(root_ids)
        self._refuse_no_roots(ids, datastack_name)
        self._need_l2cache(datastack_name)
        if not ids:
            return 0.0
        seconds = self._generate_bulk_skeletons_async(
            ids,
            version,
            datastack_name,
            log_warning=log_warning,
            verbose_level=verbose_level or 0,
            progress=progress,
        )
        return float(seconds)

    def generate_bulk_meshworks_async(
        self,
        root_ids: IdsLike,
        datastack_name: str | None = None,
        *,
        log_warning: bool = True,
        verbose_level: int | None = 0,
        progress: bool | None = None,
    ) -> float:
        """Have meshworks made, without waiting for them; `get_meshwork` fetches them.

        Parameters
        ----------
        root_ids : array of int
            The cells, any number.
        datastack_name : str, optional
            The datastack, if it is not the client's.
        log_warning : bool
            Log the notices that the server sends with the answer.
        verbose_level : int
            How much the server writes into its own log.
        progress : bool, optional
            Show a bar when the call goes out as several requests. Left out: where a person can see it.

        Returns
        -------
        float
            Seconds until they will be there, as the server guesses.
        """
        ids = _distinct(root_ids)
        self._refuse_no_roots(ids, datastack_name)
        self._need_l2cache(datastack_name)
        if not ids:
            return 0.0
        seconds = self._generate_bulk_meshworks_async(
            ids,
            datastack_name,
            log_warning=log_warning,
            verbose_level=verbose_level or 0,
            progress=progress,
        )
        return float(seconds)

    def _sorted_out(self, root_ids: IdsLike, datastack_name: str | None) -> tuple[Skeletons[Any], list[int]]:
        """Return an empty result that tells of ids that are no roots, and the others."""
        result: Skeletons[Any] = Skeletons()
        ids = _distinct(root_ids)
        result.failed.update(self._no_roots(ids, datastack_name))
        return result, [one for one in ids if one not in result.failed]

    def _fill_from_storage(
        self,
        result: Skeletons[Any],
        wanted: Sequence[int],
        datastack_name: str | None,
        version: int,
        output_format: str,
        progress: bool | None,
    ) -> None:
        name = self.datastack_name if datastack_name is None else datastack_name

        def ask() -> Any:
            return self._get_skeleton_token(name, skeleton_version=version)

        files: dict[int, bytes | CAVEError] = {}
        with bar(len(wanted), "skeletons", progress) as advance:
            for first in range(0, len(wanted), STORAGE_ROUND):
                part = wanted[first : first + STORAGE_ROUND]
                try:
                    ticket = self._tickets.get((name, version), ask)
                    files |= storage.download(self, ticket, part, "skeleton.fetch_skeletons", advance)
                except CAVEError as error:
                    if isinstance(error, AuthError):
                        self._tickets.forget()
                    if files:
                        _put_files(result, files, output_format)
                        result.failed.update(
                            dict.fromkeys(wanted[first:], f"not fetched: {first_line(error)}")
                        )
                        error.partial = result
                    raise
        failures = [
            one for one in files.values() if isinstance(one, CAVEError) and not isinstance(one, NotFoundError)
        ]
        if len(failures) == len(files):  # an outage, which must not look like skeletons that are not there
            raise failures[0]
        _put_files(result, files, output_format)


def _put_files(result: Skeletons[Any], files: Mapping[int, bytes | CAVEError], output_format: str) -> None:
    for one, file in files.items():
        if isinstance(file, NotFoundError):
            result.missing[one] = NOT_KEPT
        elif isinstance(file, CAVEError):
            result.failed[one] = f"not fetched: {first_line(file)}"
        else:
            put(result, one, lambda file=file: _from_file(file, output_format))  # type: ignore[misc]  # a default is not inferred


def _from_file(file: bytes, output_format: str) -> Any:
    skeleton = read_file(file)
    return swc_of(skeleton) if output_format == "swc" else skeleton


def _is_one(root_ids: Any) -> bool:
    import numpy as np

    return isinstance(root_ids, (int, str, np.integer)) or (
        isinstance(root_ids, np.ndarray) and root_ids.ndim == 0
    )


def _distinct(root_ids: Any) -> list[int]:
    """Return exact ids, each once, in the order given."""
    return list(dict.fromkeys(as_ids(root_ids, name="root_ids").tolist()))
