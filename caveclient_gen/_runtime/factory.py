"""One name for all API versions of a client: callable as documented, and usable in `isinstance()`.

A public module says::

    class MaterializationClient(MaterializationMixin, MaterializationOperationsV3,
                                metaclass=VersionedClient, factory=True):
        _operations_by_api = {"2": MaterializationOperationsV2._operations,
                              "3": MaterializationOperationsV3._operations}

        def __init__(self, server_address, datastack_name=None, ..., api_version="latest", ...): ...

    class MaterializationClientV2(MaterializationClient, api="2"):
        def __init__(self, server_address, auth_header, api_version, ...): ...

    class MaterializationClientV3(MaterializationClientV2, api="3"): ...

Rules
-----
1. Calling the factory runs the *factory's* `__init__`, on an object of the class for the API version:
   the one given as `api_version`, or the newest for "latest". Nothing is sent; with "latest" the first
   call finds out what the server speaks, and goes by that version's operations from then on.
2. Calling a class for one API version runs its own `__init__`. "latest" means its version there; another
   number is an error.
3. All of them are subclasses of the factory, so `isinstance(client, MaterializationClient)` and
   annotations hold, and a type checker sees the factory's signature and the newest methods.
4. A user's subclass without `factory` or `api` is an ordinary class and constructs ordinarily.
"""

from __future__ import annotations

import inspect
from typing import Any, TypeVar, cast

from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen._runtime.negotiation import LATEST
from caveclient_gen._runtime.versions import newest, read_api

C = TypeVar("C")


class VersionedClient(type):
    """Metaclass of clients that have one class for each API version. See the module for its rules."""

    _class_of_api: dict[str, VersionedClient]
    _pinned_api: str | None

    def __new__(
        mcs,
        name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        *,
        factory: bool = False,
        api: str | None = None,
    ) -> VersionedClient:
        """Make a class; `factory` and `api` are written in the class statement."""
        cls = super().__new__(mcs, name, bases, namespace)
        if factory:
            cls._class_of_api = {}
            cls._pinned_api = None
        if api is not None:
            cls._class_of_api[api] = cls
            cls._pinned_api = api
        return cls

    def __init__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **_: Any) -> None:
        super().__init__(name, bases, namespace)

    def __call__(cls: type[C], *args: Any, **kwargs: Any) -> C:
        """Make a client: of the class for the API version, if this is the factory."""
        own: Any = cls
        if not own._is_factory():
            client = type.__call__(cls, *args, **kwargs)
            client._pin_api()
        else:
            chosen = own._class_for(args, kwargs)
            client = chosen.__new__(chosen)
            # The factory's own: the classes for one API version have other parameters.
            own.__init__(client, *args, **kwargs)
        return cast("C", client)

    def _is_factory(cls) -> bool:
        return bool(cls.__dict__.get("_class_of_api"))

    def _class_for(cls, args: tuple[Any, ...], kwargs: dict[str, Any]) -> VersionedClient:
        bound = inspect.signature(cls).bind(*args, **kwargs)
        wanted = read_api(bound.arguments.get("api_version", LATEST))
        known = cls._class_of_api
        if wanted != LATEST and wanted not in known:
            raise InvalidArgumentError(
                f"Pass api_version as one of {', '.join(sorted(known))} or 'latest': {cls.__name__} has no "
                f"{wanted}."
            )
        return known[newest(known) if wanted == LATEST else wanted]

    @property
    def __signature__(cls) -> inspect.Signature:
        # Else `inspect` shows the (*args, **kwargs) of __call__ above.
        own: Any = cls
        signature = inspect.signature(own.__init__)
        _self, *parameters = signature.parameters.values()
        return signature.replace(parameters=parameters, return_annotation=inspect.Signature.empty)
