"""Known deployments and the versions that their services report: `spec/deployments.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import TYPE_CHECKING

from codegen.kinds import Many, MapOf, Text
from codegen.language import FOLDER, BlockDef
from codegen.lists import entries, field
from codegen.problems import Problems
from codegen.yaml_source import plain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from codegen.yaml_source import MapNode

FILE = "deployments.yaml"

_DEPLOYMENT = BlockDef(
    "A public server, or a group of them under one address.",
    (
        field("name", Text("a name, like minniev1", r"\S.*"), "Name the deployment."),
        field("address", Text("an address like https://host", r"https?://\S+"), "Say where it is."),
        field("role", Text(), "Say whether it is global or local.", required=False),
        field("services", Many(FOLDER), "List the services that it has.", required=False),
        field(
            "versions",
            MapOf(FOLDER, Text("a version in quotes")),
            "Say which version each service reported.",
            required=False,
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Deployment:
    """A public server, or a group of them under one address."""

    name: str
    address: str
    role: str = ""
    services: tuple[str, ...] = ()
    versions: Mapping[str, str] = dataclass_field(default_factory=dict)
    """Version that each service reported when somebody last asked."""

    def labelled(self, service: str) -> str:
        """Name the deployment with the version of one of its services: "minniev1 (5.13.2)"."""
        return f"{self.name} ({self.versions[service]})"


def load_deployments(folder: Path) -> tuple[Deployment, ...]:
    """Read the deployments that stand in the folder of the descriptors; none if there is no such file.

    Raises
    ------
    SpecErrors
        With every mistake in the file.
    """
    problems = Problems()
    nodes = list(entries(folder / FILE, f"{folder.name}/{FILE}", "deployments", _DEPLOYMENT, problems))
    problems.raise_if_any()
    return tuple(_deployment(node) for node in nodes)


def _deployment(node: MapNode) -> Deployment:
    values = plain(node)
    return Deployment(**(values | {"services": tuple(values.get("services", ()))}))
