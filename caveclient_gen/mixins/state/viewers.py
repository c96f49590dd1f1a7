"""Links that open a state in Neuroglancer.

There are two families of Neuroglancer, and they take links in different forms. Which family a deployment
belongs to can only be seen from its address or be asked of it. A link is a text, so making one asks
nobody, unless that is wanted: `target_site="detect"`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

from caveclient_gen._runtime.addresses import host_of, normalise_address
from caveclient_gen._runtime.errors import DecodeError, InvalidArgumentError, NotFoundError
from caveclient_gen._runtime.ids import as_id

if TYPE_CHECKING:
    from caveclient_gen._generated.state_v1 import JSONServiceOperationsV1 as _Operations
else:
    _Operations = object

TargetSite = Literal["seunglab", "cave-explorer", "mainline", "spelunker", "detect"]

SEUNGLAB_NAMES = ["seunglab"]
SPELUNKER_NAMES = ["spelunker", "mainline", "cave-explorer"]
FALLBACK_VIEWER = "https://neuroglancer.neuvue.io"
"""Deployment for datastacks that name none."""

SEUNGLAB_HOSTS = frozenset(
    {"neuroglancer.neuvue.io", "neuromancer-seung-import.appspot.com", "ngl.flywire.ai"}
)
"""Deployments of the older family. Those of the newer one are too many to list, and new ones are of it."""


_API = re.compile(r"/api/v\d+(?=/\d+$)")
"""Addresses in old links lack this; they lead to the same states."""


class ViewersMixin(_Operations):
    """The viewer of a client, and links to it."""

    _ngl_url: str | None
    _sites: dict[str, str]
    """What viewers that were asked turned out to be, by address."""

    @property
    def ngl_url(self) -> str:
        """
        Address of the Neuroglancer deployment that links lead to, without a slash at its end.

        Until it is set, it is the one that the datastack names, or a common one.
        """
        if self._ngl_url is None:
            self._ngl_url = self._viewer_of_datastack() or FALLBACK_VIEWER
        return self._ngl_url

    @ngl_url.setter
    def ngl_url(self, value: str | None) -> None:
        self._ngl_url = None if value is None else normalise_address(value, name="ngl_url")

    def _viewer_of_datastack(self) -> str | None:
        info = getattr(self.fc, "info", None)
        if info is None or getattr(self.fc, "datastack_name", None) is None:
            return None
        site = info.viewer_site()
        return normalise_address(site, name="viewer_site") if site else None

    def get_neuroglancer_info(self, ngl_url: str | None = None) -> dict[str, Any]:
        """Ask a Neuroglancer deployment what it is. Your token does not go there.

        Parameters
        ----------
        ngl_url : str, optional
            Address of the deployment. Left out: `ngl_url` of this client.

        Returns
        -------
        dict
            What the deployment tells of itself: tag, commit, address of its code. Empty if it does not tell,
            as those of the older family do not.
        """
        viewer = self._viewer(ngl_url)
        try:
            found: Any = self._get_neuroglancer_info(viewer)
        except (NotFoundError, DecodeError):
            # There is no such file, or the deployment answers all addresses with its page.
            found = {}
        info: dict[str, Any] = found if isinstance(found, dict) else {}
        self._sites[viewer] = SPELUNKER_NAMES[0] if info else SEUNGLAB_NAMES[0]
        return info

    def build_neuroglancer_url(
        self,
        state_id: int | str,
        ngl_url: str | None = None,
        target_site: TargetSite | None = None,
        static_url: bool = False,
        *,
        format_properties: bool = False,
    ) -> str:
        """Write a link that opens a state in Neuroglancer.

        Nothing is asked of the deployment, unless `target_site` is "detect".

        Parameters
        ----------
        state_id : int or str
            Number of the state; with `static_url`, the address of a file with a state.
        ngl_url : str, optional
            Address of the Neuroglancer deployment. Left out: `ngl_url` of this client.
        target_site : {"seunglab", "cave-explorer", "mainline", "spelunker", "detect"}, optional
            Family of the deployment: "seunglab" for the older one; "cave-explorer", "mainline" and
            "spelunker" for the newer one. "detect" asks the deployment, once per client. Left out: what the
            deployment was found to be by "detect" or `get_neuroglancer_info`, else what its address tells:
            the newer family but for a few known addresses.
        static_url : bool
            `state_id` is the address of a file, and the state service plays no part.
        format_properties : bool
            `state_id` is the number of segment properties: return their address as a source for a layer.

        Returns
        -------
        str
            The link.

        Examples
        --------
        >>> client.state.build_neuroglancer_url(4242, "https://spelunker.cave-explorer.org")
        'https://spelunker.cave-explorer.org/#!middleauth+https://cave.example.org/nglstate/api/v1/4242'
        >>> client.state.build_neuroglancer_url(2, format_properties=True)
        'precomputed://middleauth+https://cave.example.org/nglstate/api/v1/property/2'
        """
        if target_site not in (None, "detect", *SEUNGLAB_NAMES, *SPELUNKER_NAMES):
            known = ", ".join(map(repr, (*SEUNGLAB_NAMES, *SPELUNKER_NAMES, "detect")))
            raise InvalidArgumentError(f"Pass target_site as one of {known}, not {target_site!r}.")
        if format_properties:
            return f"precomputed://middleauth+{self._property_url(as_id(state_id, name='state_id'))}"
        viewer = self._viewer(ngl_url)
        is_old = self._family(viewer, target_site) in SEUNGLAB_NAMES
        opening = "/?json_url=" if is_old else "/#!"
        if static_url:
            return f"{viewer}{opening}{_address(state_id)}"
        # The newer family is told to send the user's token along; the older one always does.
        login = "" if is_old else "middleauth+"
        return f"{viewer}{opening}{login}{self._state_url(as_id(state_id, name='state_id'))}"

    def _is_own(self, address: str, number: int) -> bool:
        """Tell whether an address is that of a state on this client's server, in old links too."""
        return _API.sub("", address.rstrip("/")) == _API.sub("", self._state_url(number))

    def _viewer(self, ngl_url: str | None) -> str:
        return self.ngl_url if ngl_url is None else normalise_address(ngl_url, name="ngl_url")

    def _family(self, viewer: str, target_site: str | None) -> str:
        if target_site == "detect" and viewer not in self._sites:
            self.get_neuroglancer_info(viewer)
        if target_site not in (None, "detect"):
            return str(target_site)
        is_old = host_of(viewer) in SEUNGLAB_HOSTS
        return self._sites.get(viewer, SEUNGLAB_NAMES[0] if is_old else SPELUNKER_NAMES[0])


def _address(text: int | str) -> str:
    if not isinstance(text, str) or "://" not in text:
        raise InvalidArgumentError(
            f"Pass state_id as the address of a file, or leave out static_url: {text!r}."
        )
    return text
