"""One name for framework clients with and without a datastack: callable, and usable in `isinstance()`."""

from __future__ import annotations

import inspect
from typing import Any, TypeVar, cast

S = TypeVar("S")


class FrameworkFactory(type):
    """Calls the class that `_class_for` of a class names, but with that class's own `__init__`.

    So `CAVEclient(...)` makes a `CAVEclientFull` or `CAVEclientGlobal`, and is still the class that
    `isinstance()`, annotations and `inspect.signature()` want. Subclasses are called as any class.
    """

    def __call__(cls: type[S], *args: Any, **kwargs: Any) -> S:
        choose = vars(cls).get("_class_for")
        if choose is None:
            return cast("S", type.__call__(cls, *args, **kwargs))
        given = inspect.signature(cls).bind(*args, **kwargs).arguments
        client = object.__new__(choose(**given))
        # This class's own, on an object of the subclass: the two have different parameters.
        vars(cls)["__init__"](client, *args, **kwargs)
        return cast("S", client)

    @property
    def __signature__(cls) -> inspect.Signature:
        # Else `inspect` shows the (*args, **kwargs) of __call__ above.
        signature = inspect.signature(vars(cls).get("__init__", object.__init__))
        _self, *parameters = signature.parameters.values()
        return signature.replace(parameters=parameters, return_annotation=inspect.Signature.empty)
