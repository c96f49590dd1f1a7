"""From the files of spec/ to the representation that everything else works on, or to all mistakes at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codegen import ir, service_checks
from codegen.build import Draft, Reader, Surroundings, build_api, build_service, draft
from codegen.checks import check
from codegen.facts import Facts
from codegen.kinds import Block
from codegen.language import OPERATION
from codegen.problems import Problems
from codegen.resolve import ServiceSource, resolve
from codegen.validate import checked, report_missing
from codegen.yaml_source import MapNode, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_VERSION_FILE = re.compile(r"v(0|[1-9][0-9]*)\.yaml")


def load_spec(root: Path) -> ir.Spec:
    """Read all descriptors below `root`.

    Raises
    ------
    SpecErrors
        With every mistake of every file.
    """
    problems = Problems()
    services = tuple(_Service(source, problems).built() for source in sources(root, problems))
    problems.raise_if_any()
    spec = ir.Spec(services)
    problems.update(service_checks.between_services(spec))
    problems.raise_if_any()
    return spec


def sources(root: Path, problems: Problems) -> Iterator[ServiceSource]:
    """Read and validate the files of each service, in the order of their names."""
    if not root.is_dir():
        problems.add(ir.Origin(root.name, 0), "there is no such folder.")
        return
    found = False
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        files = sorted(path for path in folder.iterdir() if path.suffix in (".yaml", ".yml"))
        if files:
            found = True
            yield _source(folder, files, problems)
    if not found:
        problems.add(ir.Origin(root.name, 0), "there is no descriptor below this folder.")


def _source(folder: Path, files: list[Path], problems: Problems) -> ServiceSource:
    versions: dict[int, MapNode | None] = {}
    service: MapNode | None = None
    names = [file.name for file in files]
    for file in files:
        name = f"{folder.parent.name}/{folder.name}/{file.name}"
        match = _VERSION_FILE.fullmatch(file.name)
        if not file.is_file():
            # A folder, a link into nowhere; to open a pipe would wait for ever.
            problems.add(ir.Origin(name, 0), "this is no file.", "Put a descriptor there, or remove it.")
            if match:
                versions[int(match[1])] = None
        elif file.name == "service.yaml":
            service = _tree(file, name, "service", problems)
        elif match:
            versions[int(match[1])] = _tree(file, name, "version", problems)
        else:
            problems.add(
                ir.Origin(name, 0), "no name of a descriptor.", "Call it service.yaml or v<number>.yaml."
            )
    here = ir.Origin(f"{folder.parent.name}/{folder.name}", 0)
    if "service.yaml" not in names:
        problems.add(here, "service.yaml is missing.")
    if not versions and len(files) == names.count("service.yaml"):
        problems.add(here, "there is no v<number>.yaml: a service has at least one API version.")
    return ServiceSource(folder.name, service, {str(number): versions[number] for number in sorted(versions)})


def _tree(file: Path, name: str, block: str, problems: Problems) -> MapNode | None:
    node = read(file, name, problems)
    if node is None:
        return None
    valid = checked(node, Block(block), problems)
    return valid if isinstance(valid, MapNode) else None


class _Service:
    """One service on its way from files to the representation."""

    def __init__(self, source: ServiceSource, problems: Problems) -> None:
        self._source = source
        self._problems = problems
        self._read = Reader(source.service)
        self._versions = {number: Reader(tree) for number, tree in source.versions.items()}
        self._made = self._drafts()

    def built(self) -> ir.Service:
        """Return the service, after reporting everything that does not hold for it."""
        apis = tuple(self._api(number, made) for number, made in self._made.items())
        service = build_service(self._source.name, self._read, apis)
        if self._source.service is not None:
            declared = self._read.get("service")
            self._problems.update(service_checks.service(service, declared, tuple(self._versions)))
        return service

    def _drafts(self) -> dict[str, tuple[Draft, ...]]:
        prefixes = {number: str(read.get("prefix", "")) for number, read in self._versions.items()}
        result = {}
        for number, operations in resolve(self._source, self._problems).items():
            around = Surroundings(self._read, self._versions[number], number, prefixes)
            result[number] = tuple(draft(name, tree, around) for name, tree in operations.items())
        return result

    def _api(self, number: str, made: tuple[Draft, ...]) -> ir.Api:
        for each in made:
            report_missing(each.tree, OPERATION, self._problems)
        if self._source.service is not None:
            facts = self._facts(number, made)
            for each in made:
                check(each, facts, self._problems)
        read = self._versions[number]
        api = build_api(self._source.name, number, read, tuple(each.operation for each in made))
        self._problems.update(service_checks.api(api, str(read.get("api", number))))
        return api

    def _facts(self, number: str, made: tuple[Draft, ...]) -> Facts:
        return Facts(
            attributes=_field_of(self._read, "attributes", "type"),
            defaults=_field_of(self._read, "defaults", "attr"),
            features=_names(self._read, "features"),
            types=_names(self._read, "types"),
            numbers=tuple(self._versions),
            number=number,
            operations=frozenset(each.operation.name for each in made),
        )


def _names(read: Reader, field: str) -> tuple[str, ...]:
    """Return the keys of a mapping, also those whose values have been reported: they do exist."""
    node = read.node.get(field)
    return tuple(map(str, node.items)) if isinstance(node, MapNode) else ()


def _field_of(read: Reader, field: str, inner: str) -> Mapping[str, str]:
    entries = {name: Reader(None) for name in _names(read, field)} | dict(read.entries(field))
    return {name: str(entry.get(inner, "any")) for name, entry in entries.items()}
