# Generated from spec/skeleton/v1.yaml. Change the descriptor and run `make generate`.
"""Skeleton API 1: skeletons of cells, made on demand and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias, overload

from caveclient_gen._runtime.client import ClientBase
from caveclient_gen._runtime.operation import Arm, CachePolicy, ItemLimit, Operation, Param

from .endpoints import SKELETON_COMMON, SKELETON_V1
from .services import SKELETON

if TYPE_CHECKING:
    from caveclient_gen._runtime.typing import IdLike, IdsLike, StrsLike

    from .types_skeleton import CacheContents, Skeleton, SkeletonToken

OutputFormat: TypeAlias = Literal["flatdict", "swccompressed"]


class SkeletonOperationsV1(ClientBase):
    """Skeletons of cells, made on demand and kept.

    Skeletons of cells, what is kept of them, and how to have them made.
    """

    _service = SKELETON
    _api = "1"
    _endpoints = {**SKELETON_COMMON, **SKELETON_V1}
    _operations = {
        "get_versions": Operation(
            name="get_versions",
            method="GET",
            path="/skeletoncache/api/versions",
            safe=True,
            errors=((404, "NotFoundError"),),
            response=(Arm(decode="json"),),
            cache=CachePolicy(ttl=3600, maxsize=1, key=()),
        ),
        "get_default_skeleton_info": Operation(
            name="get_default_skeleton_info",
            method="GET",
            path="/skeletoncache/api/v1/{datastack_name}/precomputed/skeleton/info",
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
            cache=CachePolicy(ttl=3600, maxsize=20, key=("datastack_name",)),
        ),
        "get_precomputed_skeleton_info": Operation(
            name="get_precomputed_skeleton_info",
            method="GET",
            path="/skeletoncache/api/v1/{datastack_name}/precomputed/skeleton/{skvn}/info",
            safe=True,
            errors=((404, "NotFoundError"),),
            params=(
                Param(
                    name="skvn",
                    type="int",
                    location="path",
                    wire=("skvn",),
                    encode="scalar",
                    required=True,
                    minimum=1,
                ),
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
            cache=CachePolicy(ttl=3600, maxsize=20, key=("skvn", "datastack_name")),
        ),
        "get_refusal_list": Operation(
            name="get_refusal_list",
            method="GET",
            path="/skeletoncache/api/v1/{datastack_name}/precomputed/skeleton/get_refusal_list",
            safe=True,
            server=(">=0.21.0",),
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
                    name="log_warning",
                    type="bool",
                    location="none",
                    wire=("log_warning",),
                    encode="native",
                    default=True,
                    effect="log_warnings",
                ),
                Param(
                    name="verbose_level",
                    type="int",
                    location="query",
                    wire=("verbose_level",),
                    encode="scalar",
                    default=0,
                ),
            ),
            response=(Arm(decode="gzip_text"),),
        ),
        "get_cache_contents": Operation(
            name="get_cache_contents",
            method="GET",
            path="/skeletoncache/api/v1/{datastack_name}/precomputed/skeleton/query_cache/{skeleton_version}/{root_id_prefixes}/{limit}",
            safe=True,
            server=(">=0.5.9",),
            errors=((404, "NotFoundError"),),
            params=(
                Param(
                    name="root_id_prefixes",
                    type="str_array",
                    location="path",
                    wire=("root_id_prefixes",),
                    encode="csv",
                    required=True,
                ),
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
                Param(
                    name="log_warning",
                    type="bool",
                    location="none",
                    wire=("log_warning",),
                    encode="native",
                    default=True,
                    effect="log_warnings",
                ),
                Param(
                    name="verbose_level",
                    type="int",
                    location="query",
                    wire=("verbose_level",),
                    encode="scalar",
                    default=0,
                ),
                Param(
                    name="skeleton_version",
                    type="int",
                    location="path",
                    wire=("skeleton_version",),
                    encode="scalar",
                    default=4,
                ),
                Param(
                    name="limit",
                    type="int",
                    location="path",
                    wire=("limit",),
                    encode="scalar",
                    default=0,
                    minimum=0,
                ),
            ),
            response=(Arm(decode="json"),),
            items=(ItemLimit(param="root_id_prefixes", max=150, on_exceed="error"),),
        ),
        "skeletons_exist": Operation(
            name="skeletons_exist",
            method="POST",
            path="/skeletoncache/api/v1/{datastack_name}/precomputed/skeleton/exists",
            safe=True,
            server=(">=0.9.0",),
            errors=((404, "NotFoundError"),),
            params=(
                Param(
                    name="root_ids",
                    type="id_array",
                    location="body",
                    wire=("root_ids",),
                    encode="native",
                    required=True,
                ),
                Param(
                    name="skeleton_version",
                    type="int",
                    location="body",
                    wire=("skeleton_version",),
                    encode="native",
                    default=4,
                ),
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
                Param(
                    name="log_warning",
                    type="bool",
                    location="none",
                    wire=("log_warning",),
                    encode="native",
                    default=True,
                    effect="log_warnings",
                ),
                Param(
                    name="verbose_level",
                    type="int",
                    location="body",
                    wire=("verbose_level",),
                    encode="native",
                    default=0,
                ),
                Param(
                    name="progress",
                    type="bool",
                    location="none",
                    wire=("progress",),
                    encode="native",
                    effect="progress",
                ),
            ),
            response=(Arm(decode="json", map_keys="int", keyed_by="root_ids"),),
            items=(ItemLimit(param="root_ids", max=1000, on_exceed="split", merge="dict_union"),),
        ),
        "get_skeleton": Operation(
            name="get_skeleton",
            method="GET",
            path="/skeletoncache/api/v1/{datastack_name}/async/get_skeleton/{skeleton_version}/{root_id}/{output_format}",
            safe=True,
            server=(">=0.13.7",),
            errors=((404, "NotFoundError"),),
            timeout=900,
            params=(
                Param(
                    name="root_id",
                    type="id",
                    location="path",
                    wire=("root_id",),
                    encode="scalar",
                    required=True,
                ),
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
                Param(
                    name="log_warning",
                    type="bool",
                    location="none",
                    wire=("log_warning",),
                    encode="native",
                    default=True,
                    effect="log_warnings",
                ),
                Param(
                    name="verbose_level",
                    type="int",
                    location="query",
                    wire=("verbose_level",),
                    encode="scalar",
                    default=0,
                ),
                Param(
                    name="skeleton_version",
                    type="int",
                    location="path",
                    wire=("skeleton_version",),
                    encode="scalar",
                    default=4,
                ),
                Param(
                    name="output_format",
                    type="str",
                    location="path",
                    wire=("output_format",),
                    encode="scalar",
                    default="flatdict",
                    choices=("flatdict", "swccompressed"),
                ),
            ),
            response=(
                Arm(decode="gzip_json", when=(("output_format", "flatdict"),)),
                Arm(decode="gzip_text", when=(("output_format", "swccompressed"),)),
            ),
        ),
        "get_skeleton_at_once": Operation(
            name="get_skeleton_at_once",
            method="GET",
            path="/skeletoncache/api/v1/{datastack_name}/precomputed/skeleton/{skeleton_version}/{root_id}/{output_format}",
            safe=True,
            server=(">=0.6.0",),
            errors=((404, "NotFoundError"),),
            timeout=900,
            params=(
                Param(
                    name="root_id",
                    type="id",
                    location="path",
                    wire=("root_id",),
                    encode="scalar",
                    required=True,
                ),
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
                Param(
                    name="log_warning",
                    type="bool",
                    location="none",
                    wire=("log_warning",),
                    encode="native",
                    default=True,
                    effect="log_warnings",
                ),
                Param(
                    name="verbose_level",
                    type="int",
                    location="query",
                    wire=("verbose_level",),
                    encode="scalar",
                    default=0,
                ),
                Param(
                    name="skeleton_version",
                    type="int",
                    location="path",
                    wire=("skeleton_version",),
                    encode="scalar",
                    default=4,
                ),
                Param(
                    name="output_format",
                    type="str",
                    location="path",
                    wire=("output_format",),
                    encode="scalar",
                    default="flatdict",
                    choices=("flatdict", "swccompressed"),
                ),
            ),
            response=(
                Arm(decode="gzip_json", when=(("output_format", "flatdict"),)),
                Arm(decode="gzip_text", when=(("output_format", "swccompressed"),)),
            ),
        ),
        "get_bulk_skeletons": Operation(
            name="get_bulk_skeletons",
            method="GET",
            path="/skeletoncache/api/v1/{datastack_name}/bulk/get_skeletons/{skeleton_version}/{output_format}/{generate_missing_skeletons}/{root_ids}",
            safe=True,
            server=(">=0.6.0",),
            errors=((404, "NotFoundError"),),
            timeout=600,
            params=(
                Param(
                    name="root_ids",
                    type="id_array",
                    location="path",
                    wire=("root_ids",),
                    encode="csv",
                    required=True,
                ),
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
                Param(
                    name="log_warning",
                    type="bool",
                    location="none",
                    wire=("log_warning",),
                    encode="native",
                    default=True,
                    effect="log_warnings",
                ),
                Param(
                    name="verbose_level",
                    type="int",
                    location="query",
                    wire=("verbose_level",),
                    encode="scalar",
                    default=0,
                ),
                Param(
                    name="progress",
                    type="bool",
                    location="none",
                    wire=("progress",),
                    encode="native",
                    effect="progress",
                ),
                Param(
                    name="skeleton_version",
                    type="int",
                    location="path",
                    wire=("skeleton_version",),
                    encode="scalar",
                    default=4,
                ),
                Param(
                    name="output_format",
                    type="str",
                    location="path",
                    wire=("output_format",),
                    encode="scalar",
                    default="flatdict",
                    choices=("flatdict", "swccompressed"),
                ),
                Param(
                    name="generate_missing_skeletons",
                    type="bool",
                    location="path",
                    wire=("generate_missing_skeletons",),
                    encode="scalar",
                    default=False,
                ),
            ),
            response=(Arm(decode="json", map_keys="int"),),
            items=(ItemLimit(param="root_ids", max=10, on_exceed="split", merge="dict_union"),),
        ),
        "generate_bulk_skeletons_async": Operation(
            name="generate_bulk_skeletons_async",
            method="POST",
            path="/skeletoncache/api/v1/{datastack_name}/bulk/gen_skeletons",
            safe=True,
            server=(">=0.8.0",),
            errors=((404, "NotFoundError"),),
            params=(
                Param(
                    name="root_ids",
                    type="id_array",
                    location="body",
                    wire=("root_ids",),
                    encode="native",
                    required=True,
                ),
                Param(
                    name="skeleton_version",
                    type="int",
                    location="body",
                    wire=("skeleton_version",),
                    encode="native",
                    default=4,
                ),
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
                Param(
                    name="log_warning",
                    type="bool",
                    location="none",
                    wire=("log_warning",),
                    encode="native",
                    default=True,
                    effect="log_warnings",
                ),
                Param(
                    name="verbose_level",
                    type="int",
                    location="body",
                    wire=("verbose_level",),
                    encode="native",
                    default=0,
                ),
                Param(
                    name="progress",
                    type="bool",
                    location="none",
                    wire=("progress",),
                    encode="native",
                    effect="progress",
                ),
            ),
            response=(Arm(decode="json"),),
            items=(ItemLimit(param="root_ids", max=1000, on_exceed="split", merge="sum"),),
        ),
        "fetch_skeletons": Operation(
            name="fetch_skeletons",
            method="POST",
            path="/skeletoncache/api/v1/{datastack_name}/bulk/get_cached_skeletons/{skeleton_version}/{output_format}",
            safe=True,
            server=(">=0.23.9",),
            errors=((404, "NotFoundError"),),
            timeout=300,
            params=(
                Param(
                    name="root_ids",
                    type="id_array",
                    location="body",
                    wire=("root_ids",),
                    encode="native",
                    required=True,
                ),
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
                Param(
                    name="log_warning",
                    type="bool",
                    location="none",
                    wire=("log_warning",),
                    encode="native",
                    default=True,
                    effect="log_warnings",
                ),
                Param(
                    name="verbose_level",
                    type="int",
                    location="body",
                    wire=("verbose_level",),
                    encode="native",
                    default=0,
                ),
                Param(
                    name="progress",
                    type="bool",
                    location="none",
                    wire=("progress",),
                    encode="native",
                    effect="progress",
                ),
                Param(
                    name="skeleton_version",
                    type="int",
                    location="path",
                    wire=("skeleton_version",),
                    encode="scalar",
                    default=4,
                ),
                Param(
                    name="output_format",
                    type="str",
                    location="path",
                    wire=("output_format",),
                    encode="scalar",
                    default="flatdict",
                    choices=("flatdict", "swccompressed"),
                ),
                Param(
                    name="generate_missing",
                    type="bool",
                    location="body",
                    wire=("generate_missing",),
                    encode="native",
                    default=False,
                ),
            ),
            response=(Arm(decode="json", map_keys="int"),),
            items=(ItemLimit(param="root_ids", max=500, on_exceed="split", merge="dict_union"),),
        ),
        "get_skeleton_token": Operation(
            name="get_skeleton_token",
            method="POST",
            path="/skeletoncache/api/v1/{datastack_name}/bulk/get_skeleton_token/{skeleton_version}",
            safe=True,
            server=(">=0.23.9",),
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
                    name="verbose_level",
                    type="int",
                    location="body",
                    wire=("verbose_level",),
                    encode="native",
                    default=0,
                ),
                Param(
                    name="skeleton_version",
                    type="int",
                    location="path",
                    wire=("skeleton_version",),
                    encode="scalar",
                    default=4,
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_meshwork": Operation(
            name="get_meshwork",
            method="GET",
            path="/skeletoncache/api/v1/{datastack_name}/precomputed/meshwork/{root_id}",
            safe=True,
            errors=((404, "NotFoundError"),),
            timeout=900,
            params=(
                Param(
                    name="root_id",
                    type="id",
                    location="path",
                    wire=("root_id",),
                    encode="scalar",
                    required=True,
                ),
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
                Param(
                    name="log_warning",
                    type="bool",
                    location="none",
                    wire=("log_warning",),
                    encode="native",
                    default=True,
                    effect="log_warnings",
                ),
                Param(
                    name="verbose_level",
                    type="int",
                    location="query",
                    wire=("verbose_level",),
                    encode="scalar",
                    default=0,
                ),
            ),
            response=(Arm(decode="gzip_bytes"),),
        ),
        "generate_bulk_meshworks_async": Operation(
            name="generate_bulk_meshworks_async",
            method="POST",
            path="/skeletoncache/api/v1/{datastack_name}/bulk/gen_meshworks",
            safe=True,
            errors=((404, "NotFoundError"),),
            params=(
                Param(
                    name="root_ids",
                    type="id_array",
                    location="body",
                    wire=("root_ids",),
                    encode="native",
                    required=True,
                ),
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
                Param(
                    name="log_warning",
                    type="bool",
                    location="none",
                    wire=("log_warning",),
                    encode="native",
                    default=True,
                    effect="log_warnings",
                ),
                Param(
                    name="verbose_level",
                    type="int",
                    location="body",
                    wire=("verbose_level",),
                    encode="native",
                    default=0,
                ),
                Param(
                    name="progress",
                    type="bool",
                    location="none",
                    wire=("progress",),
                    encode="native",
                    effect="progress",
                ),
            ),
            response=(Arm(decode="json"),),
            items=(ItemLimit(param="root_ids", max=1000, on_exceed="split", merge="sum"),),
        ),
    }

    def _get_versions(self) -> list[int]:
        """List the skeleton versions that the server makes.

        Returns
        -------
        list[int]
            Versions: -1 stands for the newest, 0 for the default.

        Raises
        ------
        NotFoundError
            The server knows no such thing.

        Notes
        -----
        Answers are reused for 3600 s.
        """
        answer: list[int] = self._call("get_versions")
        return answer

    def _get_default_skeleton_info(self, datastack_name: str | None = None) -> dict[str, Any]:
        """Tell how Neuroglancer reads skeletons of the default version.

        Parameters
        ----------
        datastack_name : str, optional
            The datastack, if it is not the client's. Left out: the client's datastack.

        Returns
        -------
        dict[str, Any]
            The info document of the precomputed format.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.

        Notes
        -----
        Answers are reused for 3600 s.
        """
        answer: dict[str, Any] = self._call("get_default_skeleton_info", datastack_name=datastack_name)
        return answer

    def _get_precomputed_skeleton_info(self, skvn: int, datastack_name: str | None = None) -> dict[str, Any]:
        """Tell how Neuroglancer reads skeletons of one version.

        Parameters
        ----------
        skvn : int
            Version of the skeletons. At least 1.
        datastack_name : str, optional
            The datastack, if it is not the client's. Left out: the client's datastack.

        Returns
        -------
        dict[str, Any]
            The info document of the precomputed format.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.

        Notes
        -----
        Answers are reused for 3600 s.
        """
        answer: dict[str, Any] = self._call(
            "get_precomputed_skeleton_info", skvn=skvn, datastack_name=datastack_name
        )
        return answer

    def _get_refusal_list(
        self, datastack_name: str | None = None, *, log_warning: bool = True, verbose_level: int = 0
    ) -> str:
        """List the cells of which the server makes no skeleton.

        Parameters
        ----------
        datastack_name : str, optional
            The datastack, if it is not the client's. Left out: the client's datastack.
        log_warning : bool, default True
            Log the notices that the server sends with the answer.
        verbose_level : int, default 0
            How much the server writes into its own log.

        Returns
        -------
        str
            Lines of datastack and root id, with a head line.

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
        Needs server >=0.21.0.
        """
        answer: str = self._call(
            "get_refusal_list",
            datastack_name=datastack_name,
            log_warning=log_warning,
            verbose_level=verbose_level,
        )
        return answer

    def _get_cache_contents(
        self,
        root_id_prefixes: StrsLike,
        datastack_name: str | None = None,
        skeleton_version: int = 4,
        limit: int = 0,
        *,
        log_warning: bool = True,
        verbose_level: int = 0,
    ) -> CacheContents:
        """List the skeletons that are kept, by the first digits of their root ids.

        Parameters
        ----------
        root_id_prefixes : list of str
            First digits of root ids.
        datastack_name : str, optional
            The datastack, if it is not the client's. Left out: the client's datastack.
        skeleton_version : int, default 4
            Version of the skeletons.
        limit : int, default 0
            Most files to list. 0 lists all. At least 0.
        log_warning : bool, default True
            Log the notices that the server sends with the answer.
        verbose_level : int, default 0
            How much the server writes into its own log.

        Returns
        -------
        CacheContents
            How many there are and what their files are called.

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
        Needs server >=0.5.9.
        At most 150 `root_id_prefixes`.
        """
        answer: CacheContents = self._call(
            "get_cache_contents",
            root_id_prefixes=root_id_prefixes,
            datastack_name=datastack_name,
            skeleton_version=skeleton_version,
            limit=limit,
            log_warning=log_warning,
            verbose_level=verbose_level,
        )
        return answer

    def _skeletons_exist(
        self,
        root_ids: IdsLike,
        skeleton_version: int = 4,
        datastack_name: str | None = None,
        *,
        log_warning: bool = True,
        verbose_level: int = 0,
        progress: bool | None = None,
    ) -> dict[int, bool]:
        """Tell which cells have a skeleton that is kept.

        Parameters
        ----------
        root_ids : array of root ids, shape (n,)
            The cells.
        skeleton_version : int, default 4
            Version of the skeletons.
        datastack_name : str, optional
            The datastack, if it is not the client's. Left out: the client's datastack.
        log_warning : bool, default True
            Log the notices that the server sends with the answer.
        verbose_level : int, default 0
            How much the server writes into its own log.
        progress : bool, optional
            Show a bar when the call goes out as several requests. Left out: where a person can see it.

        Returns
        -------
        dict[int, bool]
            Root id: whether there is a skeleton.

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
        Needs server >=0.9.0.
        More than 1000 `root_ids` are sent in several requests.
        """
        answer: dict[int, bool] = self._call(
            "skeletons_exist",
            root_ids=root_ids,
            skeleton_version=skeleton_version,
            datastack_name=datastack_name,
            log_warning=log_warning,
            verbose_level=verbose_level,
            progress=progress,
        )
        return answer

    @overload
    def _get_skeleton(
        self,
        root_id: IdLike,
        datastack_name: str | None = None,
        skeleton_version: int = 4,
        output_format: Literal["flatdict"] = "flatdict",
        *,
        log_warning: bool = True,
        verbose_level: int = 0,
    ) -> Skeleton | None: ...

    @overload
    def _get_skeleton(
        self,
        root_id: IdLike,
        datastack_name: str | None = None,
        skeleton_version: int = 4,
        *,
        output_format: Literal["swccompressed"],
        log_warning: bool = True,
        verbose_level: int = 0,
    ) -> str: ...

    @overload
    def _get_skeleton(
        self,
        root_id: IdLike,
        datastack_name: str | None = None,
        skeleton_version: int = 4,
        output_format: OutputFormat = "flatdict",
        *,
        log_warning: bool = True,
        verbose_level: int = 0,
    ) -> Skeleton | None | str: ...

    def _get_skeleton(
        self,
        root_id: IdLike,
        datastack_name: str | None = None,
        skeleton_version: int = 4,
        output_format: OutputFormat = "flatdict",
        *,
        log_warning: bool = True,
        verbose_level: int = 0,
    ) -> Skeleton | None | str:
        """Fetch one skeleton; the request waits in a queue until it is made.

        Parameters
        ----------
        root_id : int, root id
            The cell.
        datastack_name : str, optional
            The datastack, if it is not the client's. Left out: the client's datastack.
        skeleton_version : int, default 4
            Version of the skeleton.
        output_format : str, default "flatdict"
            Form of the answer. One of "flatdict", "swccompressed".
        log_warning : bool, default True
            Log the notices that the server sends with the answer.
        verbose_level : int, default 0
            How much the server writes into its own log.

        Returns
        -------
        Skeleton | None
            The skeleton, or None when there is none, with `output_format="flatdict"`.
        str
            Lines in SWC form, in micrometres, with `output_format="swccompressed"`.

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
        Needs server >=0.13.7.
        """
        answer: Skeleton | None | str = self._call(
            "get_skeleton",
            root_id=root_id,
            datastack_name=datastack_name,
            skeleton_version=skeleton_version,
            output_format=output_format,
            log_warning=log_warning,
            verbose_level=verbose_level,
        )
        return answer

    @overload
    def _get_skeleton_at_once(
        self,
        root_id: IdLike,
        datastack_name: str | None = None,
        skeleton_version: int = 4,
        output_format: Literal["flatdict"] = "flatdict",
        *,
        log_warning: bool = True,
        verbose_level: int = 0,
    ) -> Skeleton | None: ...

    @overload
    def _get_skeleton_at_once(
        self,
        root_id: IdLike,
        datastack_name: str | None = None,
        skeleton_version: int = 4,
        *,
        output_format: Literal["swccompressed"],
        log_warning: bool = True,
        verbose_level: int = 0,
    ) -> str: ...

    @overload
    def _get_skeleton_at_once(
        self,
        root_id: IdLike,
        datastack_name: str | None = None,
        skeleton_version: int = 4,
        output_format: OutputFormat = "flatdict",
        *,
        log_warning: bool = True,
        verbose_level: int = 0,
    ) -> Skeleton | None | str: ...

    def _get_skeleton_at_once(
        self,
        root_id: IdLike,
        datastack_name: str | None = None,
        skeleton_version: int = 4,
        output_format: OutputFormat = "flatdict",
        *,
        log_warning: bool = True,
        verbose_level: int = 0,
    ) -> Skeleton | None | str:
        """Fetch one skeleton; the server makes it within the request if it has none.

        Parameters
        ----------
        root_id : int, root id
            The cell.
        datastack_name : str, optional
            The datastack, if it is not the client's. Left out: the client's datastack.
        skeleton_version : int, default 4
            Version of the skeleton.
        output_format : str, default "flatdict"
            Form of the answer. One of "flatdict", "swccompressed".
        log_warning : bool, default True
            Log the notices that the server sends with the answer.
        verbose_level : int, default 0
            How much the server writes into its own log.

        Returns
        -------
        Skeleton | None
            The skeleton, or None when there is none, with `output_format="flatdict"`.
        str
            Lines in SWC form, in micrometres, with `output_format="swccompressed"`.

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
        Needs server >=0.6.0.
        """
        answer: Skeleton | None | str = self._call(
            "get_skeleton_at_once",
            root_id=root_id,
            datastack_name=datastack_name,
            skeleton_version=skeleton_version,
            output_format=output_format,
            log_warning=log_warning,
            verbose_level=verbose_level,
        )
        return answer

    def _get_bulk_skeletons(
        self,
        root_ids: IdsLike,
        datastack_name: str | None = None,
        skeleton_version: int = 4,
        output_format: OutputFormat = "flatdict",
        generate_missing_skeletons: bool = False,
        *,
        log_warning: bool = True,
        verbose_level: int = 0,
        progress: bool | None = None,
    ) -> dict[int, str]:
        """Fetch some skeletons, as far as they are kept, and have the others made.

        Parameters
        ----------
        root_ids : array of root ids, shape (n,)
            The cells.
        datastack_name : str, optional
            The datastack, if it is not the client's. Left out: the client's datastack.
        skeleton_version : int, default 4
            Version of the skeletons.
        output_format : str, default "flatdict"
            Form of the skeletons. One of "flatdict", "swccompressed".
        generate_missing_skeletons : bool, default False
            Have those made that are not kept.
        log_warning : bool, default True
            Log the notices that the server sends with the answer.
        verbose_level : int, default 0
            How much the server writes into its own log.
        progress : bool, optional
            Show a bar when the call goes out as several requests. Left out: where a person can see it.

        Returns
        -------
        dict[int, str]
            Root id: the skeleton in hexadecimal digits, or a word for why there is none.

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
        Needs server >=0.6.0.
        More than 10 `root_ids` are sent in several requests.
        """
        answer: dict[int, str] = self._call(
            "get_bulk_skeletons",
            root_ids=root_ids,
            datastack_name=datastack_name,
            skeleton_version=skeleton_version,
            output_format=output_format,
            generate_missing_skeletons=generate_missing_skeletons,
            log_warning=log_warning,
            verbose_level=verbose_level,
            progress=progress,
        )
        return answer

    def _generate_bulk_skeletons_async(
        self,
        root_ids: IdsLike,
        skeleton_version: int = 4,
        datastack_name: str | None = None,
        *,
        log_warning: bool = True,
        verbose_level: int = 0,
        progress: bool | None = None,
    ) -> float:
        """Have skeletons made.

        Parameters
        ----------
        root_ids : array of root ids, shape (n,)
            The cells.
        skeleton_version : int, default 4
            Version of the skeletons.
        datastack_name : str, optional
            The datastack, if it is not the client's. Left out: the client's datastack.
        log_warning : bool, default True
            Log the notices that the server sends with the answer.
        verbose_level : int, default 0
            How much the server writes into its own log.
        progress : bool, optional
            Show a bar when the call goes out as several requests. Left out: where a person can see it.

        Returns
        -------
        float
            Seconds until they will be there.

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
        Needs server >=0.8.0.
        More than 1000 `root_ids` are sent in several requests.
        """
        answer: float = self._call(
            "generate_bulk_skeletons_async",
            root_ids=root_ids,
            skeleton_version=skeleton_version,
            datastack_name=datastack_name,
            log_warning=log_warning,
            verbose_level=verbose_level,
            progress=progress,
        )
        return answer

    def _fetch_skeletons(
        self,
        root_ids: IdsLike,
        datastack_name: str | None = None,
        skeleton_version: int = 4,
        output_format: OutputFormat = "flatdict",
        generate_missing: bool = False,
        *,
        log_warning: bool = True,
        verbose_level: int = 0,
        progress: bool | None = None,
    ) -> dict[int, str]:
        """Fetch those skeletons that are kept.

        Parameters
        ----------
        root_ids : array of root ids, shape (n,)
            The cells.
        datastack_name : str, optional
            The datastack, if it is not the client's. Left out: the client's datastack.
        skeleton_version : int, default 4
            Version of the skeletons.
        output_format : str, default "flatdict"
            Form of the skeletons. One of "flatdict", "swccompressed".
        generate_missing : bool, default False
            Have those made that are not kept.
        log_warning : bool, default True
            Log the notices that the server sends with the answer.
        verbose_level : int, default 0
            How much the server writes into its own log.
        progress : bool, optional
            Show a bar when the call goes out as several requests. Left out: where a person can see it.

        Returns
        -------
        dict[int, str]
            Root id: the skeleton in hexadecimal digits. Those that are not kept are left out.

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
        Needs server >=0.23.9.
        More than 500 `root_ids` are sent in several requests.
        """
        answer: dict[int, str] = self._call(
            "fetch_skeletons",
            root_ids=root_ids,
            datastack_name=datastack_name,
            skeleton_version=skeleton_version,
            output_format=output_format,
            generate_missing=generate_missing,
            log_warning=log_warning,
            verbose_level=verbose_level,
            progress=progress,
        )
        return answer

    def _get_skeleton_token(
        self, datastack_name: str | None = None, skeleton_version: int = 4, *, verbose_level: int = 0
    ) -> SkeletonToken:
        """Get a short-lived token for reading kept skeletons where they lie.

        Parameters
        ----------
        datastack_name : str, optional
            The datastack, if it is not the client's. Left out: the client's datastack.
        skeleton_version : int, default 4
            Version of the skeletons.
        verbose_level : int, default 0
            How much the server writes into its own log.

        Returns
        -------
        SkeletonToken
            The token, and what it opens.

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
        Needs server >=0.23.9.
        """
        answer: SkeletonToken = self._call(
            "get_skeleton_token",
            datastack_name=datastack_name,
            skeleton_version=skeleton_version,
            verbose_level=verbose_level,
        )
        return answer

    def _get_meshwork(
        self,
        root_id: IdLike,
        datastack_name: str | None = None,
        *,
        log_warning: bool = True,
        verbose_level: int = 0,
    ) -> bytes:
        """Fetch the meshwork of a cell.

        Parameters
        ----------
        root_id : int, root id
            The cell.
        datastack_name : str, optional
            The datastack, if it is not the client's. Left out: the client's datastack.
        log_warning : bool, default True
            Log the notices that the server sends with the answer.
        verbose_level : int, default 0
            How much the server writes into its own log.

        Returns
        -------
        bytes
            An HDF5 file.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.
        """
        answer: bytes = self._call(
            "get_meshwork",
            root_id=root_id,
            datastack_name=datastack_name,
            log_warning=log_warning,
            verbose_level=verbose_level,
        )
        return answer

    def _generate_bulk_meshworks_async(
        self,
        root_ids: IdsLike,
        datastack_name: str | None = None,
        *,
        log_warning: bool = True,
        verbose_level: int = 0,
        progress: bool | None = None,
    ) -> float:
        """Have meshworks made.

        Parameters
        ----------
        root_ids : array of root ids, shape (n,)
            The cells.
        datastack_name : str, optional
            The datastack, if it is not the client's. Left out: the client's datastack.
        log_warning : bool, default True
            Log the notices that the server sends with the answer.
        verbose_level : int, default 0
            How much the server writes into its own log.
        progress : bool, optional
            Show a bar when the call goes out as several requests. Left out: where a person can see it.

        Returns
        -------
        float
            Seconds until they will be there.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.

        Notes
        -----
        More than 1000 `root_ids` are sent in several requests.
        """
        answer: float = self._call(
            "generate_bulk_meshworks_async",
            root_ids=root_ids,
            datastack_name=datastack_name,
            log_warning=log_warning,
            verbose_level=verbose_level,
            progress=progress,
        )
        return answer
