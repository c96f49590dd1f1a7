"""Known deployments and the versions that their services report: `spec/deployments.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codegen.ir import Origin
from codegen.problems import Problems, suggest
from codegen.yaml_source import ListNode, MapNode, Node, is_intact, plain, read

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE = "deployments.yaml"

_FIELDS = ("name", "address", "role", "services", "versions")


@dataclass(frozen=True, slots=True)
class Deployment:
    """A public server, or a group of them under one address."""

    name: str
    address: str
    role: str
    services: tuple[str, ...]
    versions: Mapping[str, str]
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
    file = folder / FILE
    if not file.is_file():
        return ()
    problems = Problems()
    tree = read(file, f"{folder.name}/{FILE}", problems)
    problems.raise_if_any()
    listed = tree.get("deployments") if isinstance(tree, MapNode) else None
    if not isinstance(listed, ListNode):
        problems.add(Origin(f"{folder.name}/{FILE}", 1), "'deployments' has to be a list.")
        problems.raise_if_any()
        return ()
    found = tuple(made for item in listed.items if (made := _deployment(item, problems)) is not None)
    problems.raise_if_any()
    return found


def _deployment(node: Node, problems: Problems) -> Deployment | None:
    if not isinstance(node, MapNode) or not is_intact(node):
        problems.add(node.origin, f"a deployment is a mapping of {', '.join(_FIELDS)}.")
        return None
    for key in node.items:
        if key not in _FIELDS:
            problems.add(node.items[key].origin, f"{key!r} is no field.", suggest(key, _FIELDS))
    fields = {str(key): plain(value) for key, value in node.items.items()}
    versions = fields.get("versions") or {}
    if not isinstance(fields.get("name"), str) or not isinstance(versions, dict):
        problems.add(node.origin, "a deployment has a 'name', and 'versions' by service.")
        return None
    for service, version in versions.items():
        if not isinstance(version, str):
            problems.add(node.origin, f"the version of {service!r} is no text.", "Put it into quotes.")
    return Deployment(
        name=fields["name"],
        address=str(fields.get("address", "")),
        role=str(fields.get("role", "")),
        services=tuple(fields.get("services") or ()),
        versions=versions,
    )
