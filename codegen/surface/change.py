"""A change of the Python surface: what scripts lose, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codegen import naming

if TYPE_CHECKING:
    from codegen.report.finding import Place

_GENERATED = naming.PACKAGE.replace("/", ".") + "."


@dataclass(frozen=True, slots=True)
class SurfaceChange:
    """One way in which a script that was written for the old package may fail with the new one."""

    kind: str
    """Id of its rule."""
    path: str
    """Dotted path in the old package: "caveclient_gen._generated.demo_v1.DemoOperationsV1.get(limit)"."""
    service: str | None = None
    """None: it is in a module that people write."""
    api: str | None = None
    """Number of the API version; of two, "2 -> 3"."""
    operation: str | None = None
    param: str | None = None
    """Parameter, or "response"."""
    old: str | None = None
    new: str | None = None
    old_place: Place | None = None
    """Line of the old module, as `generate` writes it."""
    new_place: Place | None = None

    @property
    def name(self) -> str:
        """The path without the part that all generated modules share."""
        return self.path.removeprefix(_GENERATED)

    @property
    def is_generated(self) -> bool:
        """Whether the spec decides it; what people write, no difference between specs can tell."""
        return self.path.startswith(_GENERATED)

    @property
    def sort_key(self) -> tuple[str, ...]:
        """The order in which changes are told: by place."""
        places = (self.service or "", self.api or "", self.operation or "", self.param or "")
        return (*places, self.path, self.kind, self.old or "", self.new or "")
