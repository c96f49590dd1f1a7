"""One client for a datastack: all services, one token, one set of connections.

    client = CAVEclient("my_datastack", server_address="https://global.daf-apis.com")
    client.info  client.auth  client.schema  client.state  client.annotation
    client.chunkedgraph  client.materialize  client.l2cache  client.skeleton

Making a client sends nothing. The datastack's record, which names its own server and segmentation, is
asked for when something first needs it, and once. Each service is made at its first use and fails alone.
What sends is loaded with the first client, so that importing this module costs little.

Clients may be shared between threads, and pickled: a pickle holds where to find the token, not the token.
"""

from __future__ import annotations

import html
import logging
import os
import threading
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import urlsplit

from caveclient_gen import datastack_lookup, framework_services
from caveclient_gen._runtime.addresses import DEFAULT_GLOBAL_SERVER, normalise_address, trusted_local_server
from caveclient_gen._runtime.framework_factory import FrameworkFactory
from caveclient_gen._runtime.plain_errors import GlobalClientError, UnsupportedFeatureError
from caveclient_gen.mixins.pinning import PinningMixin, version_number
from caveclient_gen.mixins.token_places import SHARED_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from caveclient_gen._runtime.transport import Transport
    from caveclient_gen.annotationengine import AnnotationClient
    from caveclient_gen.auth import AuthClient
    from caveclient_gen.chunkedgraph import ChunkedGraphClient
    from caveclient_gen.emannotationschemas import SchemaClient
    from caveclient_gen.infoservice import InfoServiceClient
    from caveclient_gen.jsonservice import JSONService
    from caveclient_gen.l2cache import L2CacheClient
    from caveclient_gen.materializationengine import MaterializationClient
    from caveclient_gen.skeletonservice import SkeletonClient

__all__ = ["CAVEclient", "CAVEclientFull", "CAVEclientGlobal", "GlobalClientError"]

logger = logging.getLogger(__name__)

Path = str | os.PathLike[str]
S = TypeVar("S")


class CAVEclient(PinningMixin, metaclass=FrameworkFactory):
    """All services of a datastack, or those that every datastack shares.

    Calling it makes a `CAVEclientFull`, or without a datastack a `CAVEclientGlobal`.

    Parameters
    ----------
    datastack_name : str, optional
        The datastack. Left out: only `info`, `auth`, `schema` and `state` can be used.
    server_address : str, optional
        The server that all datastacks share. Left out: the one on which this datastack was found last,
        or global.daf-apis.com.
    auth_token_file : str or Path, optional
        The only file to look for the token in. See `caveclient_gen.auth` for where it is looked for.
    auth_token_key : str, optional
        Key of the token in the files. "token" if left out.
    auth_token : str, optional
        The token itself. It is not kept in pickles of this client.
    global_only : bool
        Make a `CAVEclientGlobal` even with a datastack.
    max_retries : int, optional
        How often a request that may be repeated is repeated. None: as `session_config` says.
    pool_maxsize : int, optional
        Connections kept open. None: as `session_config` says.
    pool_block : bool, optional
        Wait for a free connection rather than open one more. None: as `session_config` says.
    desired_resolution : sequence of 3 float, optional
        Size of the voxels in which table queries give positions, in nm.
    info_cache : dict, optional
        Records by datastack name that somebody has already (`client.info.info_cache`): then the info
        service is not asked for them.
    write_server_cache : bool
        Remember `server_address` for this datastack, once the server has shown that it has it. What is
        remembered already stays: see `caveclient_gen.datastack_lookup`.
    version : int, optional
        Materialization version that all calls mean unless they say another.
    verify : bool or str
        Check certificates; a path names a file or folder of certificates to trust.
    transport : Transport, optional
        Sends the requests of all services, instead of one made from the arguments above.
    cache_folder : str or Path, optional
        A folder of yours in which answers that cannot change outlive the process, such as what is known of
        the tables of a frozen version. Left out: the one in CAVE_CACHE_FOLDER, or none.

    Examples
    --------
    >>> CAVEclient("my_datastack", server_address="https://global.daf-apis.com", version=1507)
    CAVEclient<datastack_name='my_datastack', server_address='https://global.daf-apis.com', version=1507>
    """

    def __init__(
        self,
        datastack_name: str | None = None,
        server_address: str | None = None,
        auth_token_file: Path | None = None,
        auth_token_key: str | None = None,
        auth_token: str | None = None,
        global_only: bool = False,
        max_retries: int | None = 3,
        pool_maxsize: int | None = None,
        pool_block: bool | None = None,
        desired_resolution: Iterable[float] | None = None,
        info_cache: Mapping[str, Any] | None = None,
        write_server_cache: bool = True,
        *,
        version: int | None = None,
        verify: bool | str = True,
        transport: Transport | None = None,
        cache_folder: Path | None = None,
    ) -> None:
        from caveclient_gen.auth import AuthClient

        datastack = None if global_only else datastack_name
        known = datastack_lookup.handle_server_address(datastack, server_address)
        self._begin(
            AuthClient(
                auth_token_file,
                auth_token_key,
                auth_token,
                known or DEFAULT_GLOBAL_SERVER,
                verify=verify,
                max_retries=max_retries,
                pool_maxsize=pool_maxsize,
                pool_block=pool_block,
                over_client=self,
                transport=transport,
            ),
            info_cache,
            cache_folder,
        )
        self._address_is_news = write_server_cache and server_address is not None
        self._choose_datastack(datastack, desired_resolution, version)

    @staticmethod
    def setup_token(server_address: str, overwrite: bool = True, open: bool = True) -> None:  # noqa: A002  documented name
        """Ask for a token at the prompt, try it, and save it.

        Parameters
        ----------
        server_address : str
            The server that all datastacks share.
        overwrite : bool
            Replace a token that is saved already.
        open : bool
            Open the page that lists your tokens in the browser.
        """
        from caveclient_gen.token_setup import set_up_token

        set_up_token(CAVEclientGlobal(server_address), overwrite, open)

    @staticmethod
    def _class_for(
        datastack_name: str | None = None, global_only: bool = False, **_: Any
    ) -> type[CAVEclient]:
        return CAVEclientGlobal if global_only or datastack_name is None else CAVEclientFull

    def _begin(
        self, auth: AuthClient, info_cache: Mapping[str, Any] | None, cache_folder: Path | None
    ) -> None:
        self._auth = auth
        framework_services.keep_answers(auth, cache_folder)
        self._info_cache = info_cache
        self._clients: dict[str, Any] = {}
        self._lock = threading.RLock()
        self._address_is_news = False
        self._choose_datastack(None, None, None)

    def _choose_datastack(
        self, name: str | None, desired_resolution: Iterable[float] | None, version: int | None
    ) -> None:
        self._datastack_name = name
        self._desired_resolution = None
        if desired_resolution is not None:
            # Here, where it is written, and not at the first query that uses it.
            from caveclient_gen._runtime.normalise import NORMALISERS

            size = NORMALISERS["resolution"](desired_resolution, "desired_resolution")
            self._desired_resolution = [float(length) for length in size]
        self._version = None if version is None else version_number(version)
        self._version_time = None

    @property
    def server_address(self) -> str:
        """Address of the server that all datastacks share."""
        return self._auth.server_address

    @property
    def local_server(self) -> str:
        """Address of the datastack's own server; the info service is asked once."""
        from caveclient_gen._runtime.transport import HTTPTransport

        self._need_datastack("local_server")
        address = trusted_local_server(self.info.local_server(), self.server_address)
        if isinstance(self._transport, HTTPTransport):
            self._transport.credentials.allow(address)
        self._auth.local_server = address
        return address

    @property
    def segmentation_table(self) -> str:
        """Name of the datastack's segmentation table on its own server; the info service is asked once."""
        self._need_datastack("segmentation_table")
        source = self.info.segmentation_source()
        table = urlsplit(source.removeprefix("graphene://")).path.rstrip("/").rpartition("/")[2]
        if not source.startswith(("graphene://", "http://", "https://")) or not table:
            raise UnsupportedFeatureError(
                f"Use a datastack that is proofread: {self._datastack_name!r} has no chunkedgraph, "
                f"its segmentation is {source!r}."
            )
        return table

    @property
    def desired_resolution(self) -> list[float] | None:
        """Size of the voxels in which table queries give positions, in nm; None: as each table has them."""
        return None if self._desired_resolution is None else list(self._desired_resolution)

    @property
    def auth(self) -> AuthClient:
        """Tokens, users, groups and permissions."""
        return self._auth

    @property
    def info(self) -> InfoServiceClient:
        """What datastacks there are, and where each keeps what."""
        return self._client("info", framework_services.make_info)

    @property
    def schema(self) -> SchemaClient:
        """Kinds of annotation that tables can hold."""
        return self._client("schema", framework_services.make_schema)

    @property
    def chunkedgraph(self) -> ChunkedGraphClient:
        """The segmentation and its edits."""
        self._need_datastack("chunkedgraph")
        return self._client("chunkedgraph", framework_services.make_chunkedgraph)

    @property
    def materialize(self) -> MaterializationClient:
        """Tables of annotations, frozen and live."""
        self._need_datastack("materialize")
        return self._client("materialize", framework_services.make_materialize)

    @property
    def state(self) -> JSONService:
        """Neuroglancer states and segment properties."""
        return self._client("state", framework_services.make_state)

    @property
    def annotation(self) -> AnnotationClient:
        """Annotations and their tables, as people write them."""
        self._need_datastack("annotation")
        return self._client("annotation", framework_services.make_annotation)

    @property
    def l2cache(self) -> L2CacheClient:
        """Size, position and shape of level 2 chunks."""
        self._need_datastack("l2cache")
        return self._client("l2cache", framework_services.make_l2cache)

    @property
    def skeleton(self) -> SkeletonClient:
        """Skeletons of cells."""
        self._need_datastack("skeleton")
        return self._client("skeleton", framework_services.make_skeleton)

    def change_auth(
        self,
        auth_token_file: Path | None = None,
        auth_token_key: str | None = None,
        auth_token: str | None = None,
    ) -> None:
        """Use another token from now on, for all services; they forget the answers they have stored.

        Parameters
        ----------
        auth_token_file : str or Path, optional
            File with the token. Left out: the same as before.
        auth_token_key : str, optional
            Key of the token in the files. Left out: the same as before.
        auth_token : str, optional
            The token itself. Left out: it is looked for again, in the files.
        """
        self._auth.change_token(auth_token, auth_token_file, auth_token_key)
        with self._lock:
            info = self._clients.get("info")
            self._clients = {} if info is None else {"info": info}

    @property
    def _transport(self) -> Transport:
        return self._auth._transport

    def _client(self, name: str, make: Callable[[CAVEclient], S]) -> S:
        with self._lock:
            if name not in self._clients:
                self._clients[name] = make(self)
            return cast("S", self._clients[name])

    def _learn_of(self, datastack_name: str, record: Mapping[str, Any]) -> None:
        """Remember the server, if it is new: it has sent a record, so it has that datastack."""
        if not self._address_is_news or datastack_name != self._datastack_name:
            return
        self._address_is_news = False
        remembered = datastack_lookup.get_datastack_cache().get(datastack_name)
        if remembered is None:
            datastack_lookup.handle_server_address(datastack_name, self.server_address, write=True)
        elif remembered != self.server_address:
            logger.info(
                "%s stays remembered to be on %s; datastack_lookup.reset_server_address_cache(%r) forgets it",
                datastack_name,
                remembered,
                datastack_name,
            )

    def _facts(self) -> Iterator[tuple[str, str]]:
        yield "datastack_name", repr(self._datastack_name)
        yield "server_address", repr(self.server_address)
        if self._version is not None:
            yield "version", repr(self._version)

    def __repr__(self) -> str:
        return f"CAVEclient<{', '.join(f'{name}={value}' for name, value in self._facts())}>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th>{html.escape(name)}</th><td>{html.escape(value)}</td></tr>"
            for name, value in self._facts()
        )
        return f"<table><caption>CAVEclient</caption>{rows}</table>"

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._lock = threading.RLock()


class CAVEclientGlobal(CAVEclient):
    """The services that every datastack shares: info, auth, schema.

    Parameters
    ----------
    server_address : str, optional
        The server. Left out: global.daf-apis.com.
    auth_token_file, auth_token_key, auth_token, max_retries, pool_maxsize, pool_block, info_cache
        As for `CAVEclient`.
    verify, transport, cache_folder
        As for `CAVEclient`.
    """

    def __init__(
        self,
        server_address: str | None = None,
        auth_token_file: Path | None = None,
        auth_token_key: str | None = None,
        auth_token: str | None = None,
        max_retries: int | None = 3,
        pool_maxsize: int | None = None,
        pool_block: bool | None = None,
        info_cache: Mapping[str, Any] | None = None,
        *,
        verify: bool | str = True,
        transport: Transport | None = None,
        cache_folder: Path | None = None,
    ) -> None:
        from caveclient_gen.auth import AuthClient

        self._begin(
            AuthClient(
                auth_token_file,
                auth_token_key,
                auth_token,
                normalise_address(server_address or DEFAULT_GLOBAL_SERVER),
                verify=verify,
                max_retries=max_retries,
                pool_maxsize=pool_maxsize,
                pool_block=pool_block,
                over_client=self,
                transport=transport,
            ),
            info_cache,
            cache_folder,
        )


class CAVEclientFull(CAVEclientGlobal):
    """All services of a datastack.

    Parameters
    ----------
    datastack_name : str, optional
        The datastack. Left out: what needs one raises `GlobalClientError`.
    server_address : str, optional
        The server that all datastacks share. Left out: global.daf-apis.com.
    auth_token_file : str or Path, optional
        File with the token. The default means what leaving it out means elsewhere: all places are asked.
    auth_token_key, auth_token, max_retries, pool_maxsize, pool_block, desired_resolution, info_cache
        As for `CAVEclient`.
    version, verify, transport, cache_folder
        As for `CAVEclient`.
    """

    def __init__(
        self,
        datastack_name: str | None = None,
        server_address: str | None = None,
        auth_token_file: Path | None = SHARED_FILE,
        auth_token_key: str | None = "token",  # noqa: S107  the key in the file, not a token
        auth_token: str | None = None,
        max_retries: int | None = 3,
        pool_maxsize: int | None = None,
        pool_block: bool | None = None,
        desired_resolution: Iterable[float] | None = None,
        info_cache: Mapping[str, Any] | None = None,
        *,
        version: int | None = None,
        verify: bool | str = True,
        transport: Transport | None = None,
        cache_folder: Path | None = None,
    ) -> None:
        super().__init__(
            server_address,
            None if auth_token_file == SHARED_FILE else auth_token_file,
            auth_token_key,
            auth_token,
            max_retries,
            pool_maxsize,
            pool_block,
            info_cache,
            verify=verify,
            transport=transport,
            cache_folder=cache_folder,
        )
        self._choose_datastack(datastack_name, desired_resolution, version)
