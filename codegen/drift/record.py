"""Write what servers report into `spec/deployments.yaml`, and leave everything else in it as it stands.

The file is edited as text, so that its comments, its order and its form stay. For that the lists and
mappings of an entry stand on one line each. What comes out is read again before it is written: if anything
else than was meant has changed, nothing is written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codegen.deployments import FILE, load_deployments
from codegen.drift.yaml_text import flow, scalar
from codegen.problems import Problems, SpecErrors
from codegen.yaml_source import ListNode, MapNode, parse, plain

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

_NAME = f"spec/{FILE}"
_EMPTY = "spec: 1\ndeployments:\n"
_ONE_LINE = r"^(?P<start>\s*(?:- )?{key}:\s*)(?P<value>\{{[^{{}}]*\}}|\[[^\[\]]*\])(?P<rest>\s*(?:#.*)?)$"


class RecordError(ValueError):
    """The file cannot be edited; the message says what to do. Nothing was written."""


@dataclass(frozen=True, slots=True)
class Report:
    """What one deployment reports."""

    name: str
    address: str
    role: str
    versions: Mapping[str, str]
    """Software version by service."""


def known(folder: Path, address: str) -> tuple[Collection[str], Mapping[str, str]]:
    """Return the services of the deployment at an address, and their versions, as far as written down."""
    for deployment in load_deployments(folder):
        if deployment.address.rstrip("/") == address:
            return deployment.services, deployment.versions
    return (), {}


def recorded(text: str, report: Report) -> str:
    """
    Return the text of the file with what a deployment reports.

    Parameters
    ----------
    text : str
        The file as it stands; empty if there is none.
    report : Report
        The deployment. One that is not listed is added at the end; of one that is, services that did not
        answer keep the version that they had.

    Raises
    ------
    RecordError
        The file has another form than can be edited, or name and address do not belong together in it.
    SpecErrors
        It cannot be read.
    """
    wanted = [dict(each) for each in _deployments(text)]
    entry = _entry_of(report, wanted)
    if entry is None:
        wanted.append(_entry(report))
        result = _appended(text or _EMPTY, report)
    else:
        services = entry.get("services") or []
        entry["services"] = [*services, *sorted(report.versions.keys() - set(services))]
        entry["versions"] = (entry.get("versions") or {}) | dict(sorted(report.versions.items()))
        result = _edited(text, report.name, entry)
    if not _holds(result, wanted):
        raise RecordError(
            f"{_NAME} cannot be edited safely. Write them into it by hand: {flow(dict(report.versions))}"
        )
    return result


def _entry_of(report: Report, listed: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the entry that has the name and the address; None if none has either."""
    for each in listed:
        name, address = each.get("name"), each.get("address")
        is_there = str(address).rstrip("/") == report.address
        if name == report.name and not is_there:
            raise RecordError(
                f"{_NAME}: {name} is at {address}, not at {report.address}. "
                "Record under another name, or correct the address there."
            )
        if is_there and name != report.name:
            raise RecordError(f"{_NAME}: {address} stands there as {name}. Record under that name.")
        if is_there:
            return each
    return None


def _holds(text: str, wanted: list[dict[str, Any]]) -> bool:
    try:
        return _deployments(text) == wanted
    except (RecordError, SpecErrors):
        return False


def _deployments(text: str) -> list[dict[str, Any]]:
    if not text:
        return []
    problems = Problems()
    tree = parse(text, _NAME, problems)
    problems.raise_if_any()
    listed = tree.get("deployments") if isinstance(tree, MapNode) else None
    if not isinstance(listed, ListNode) or not all(isinstance(each, MapNode) for each in listed.items):
        raise RecordError(f"{_NAME}: 'deployments' has to be a list of mappings. Mend the file first.")
    entries: list[dict[str, Any]] = plain(listed)
    return entries


def _entry(report: Report) -> dict[str, Any]:
    return {
        "name": report.name,
        "address": report.address,
        "role": report.role,
        "services": sorted(report.versions),
        "versions": dict(sorted(report.versions.items())),
    }


def _appended(text: str, report: Report) -> str:
    lines = [
        f"{key}: {flow(value) if isinstance(value, list | dict) else scalar(value)}"
        for key, value in _entry(report).items()
    ]
    # An empty list on one line cannot be continued.
    text = re.sub(r"(?m)^deployments:\s*\[\]", "deployments:", text)
    return (
        text.rstrip("\n")
        + "\n"
        + "\n".join([f"  - {lines[0]}", *(f"    {line}" for line in lines[1:])])
        + "\n"
    )


def _edited(text: str, name: str, entry: Mapping[str, Any]) -> str:
    """Replace two lines of an entry."""
    lines = text.split("\n")
    begin, end = _span(text, name, len(lines))
    for key in ("services", "versions"):
        pattern = re.compile(_ONE_LINE.format(key=key))
        found = next(((at, match) for at in range(begin, end) if (match := pattern.match(lines[at]))), None)
        if found is None:
            raise RecordError(f"{_NAME}: write '{key}' of {name} on one line, like {key}: {flow(entry[key])}")
        at, match = found
        if _value(match["value"]) != entry[key]:
            lines[at] = match["start"] + flow(entry[key]) + match["rest"]
    return "\n".join(lines)


def _span(text: str, name: str, last: int) -> tuple[int, int]:
    """Return the lines of an entry, from 0: the first one, and the one after its last."""
    tree = parse(text, _NAME, Problems())
    listed = tree.get("deployments") if isinstance(tree, MapNode) else None
    items = listed.items if isinstance(listed, ListNode) else ()
    starts = [item.origin.line - 1 for item in items] + [last]
    for place, item in enumerate(items):
        if isinstance(item, MapNode) and plain(item).get("name") == name:
            return starts[place], starts[place + 1]
    raise RecordError(f"{_NAME}: there is no deployment {name!r}.")


def _value(text: str) -> Any:
    node = parse(text, _NAME, Problems())
    return plain(node) if node is not None else None
