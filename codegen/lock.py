"""The lock file: what was generated last, from what, and by which generator."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codegen.places import PACKAGE
from codegen.tidy import RUFF

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from codegen.render import Output

_PATH = re.compile(
    rf"{PACKAGE}/\w+\.(py|json)|spec/descriptor\.schema\.json|docs/openapi/\w+-v\d+\.json"
    r"|docs/(api/\w+|changes/(index|\w+-v\d+-v\d+)|support|diff-rules)\.md",
    re.ASCII,
)
"""Paths that the lock may name: what it lists may be removed, so never more than what is generated."""


def digest(text: str) -> str:
    """Hash a text, the same on every platform."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Lock:
    """Hashes by path, of descriptors and of generated files."""

    inputs: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Path, outputs: Iterable[Output]) -> Lock:
        """Make the lock of `outputs`, whose descriptors stand under `root`."""
        made = tuple(outputs)
        sources = sorted({path for output in made for path in output.inputs})
        inputs = {path: digest(_text(root / path)) for path in sources if (root / path).exists()}
        return cls(inputs, {output.path: digest(output.text) for output in made})

    @classmethod
    def read(cls, path: Path) -> Lock:
        """Read a lock; none, or one that cannot be read, is empty: everything is then written anew."""
        try:
            document = json.loads(path.read_bytes())
            inputs, outputs = dict(document["inputs"]), dict(document["outputs"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return cls()
        return cls(inputs, {path: hashed for path, hashed in outputs.items() if _PATH.fullmatch(path)})

    def text(self) -> str:
        """Write the lock, sorted."""
        document = {
            "generator": {"ruff": RUFF},
            "inputs": dict(sorted(self.inputs.items())),
            "outputs": dict(sorted(self.outputs.items())),
        }
        return json.dumps(document, indent=2) + "\n"

    def without(self, paths: Iterable[str]) -> Lock:
        """Forget generated files."""
        forgotten = set(paths)
        return Lock(
            self.inputs, {path: hashed for path, hashed in self.outputs.items() if path not in forgotten}
        )

    def merged_with(self, newer: Lock) -> Lock:
        """Keep what `newer` does not know, take the rest from it."""
        return Lock(self.inputs | newer.inputs, self.outputs | newer.outputs)

    def changed_inputs(self, newer: Lock, among: Iterable[str] | None = None) -> tuple[str, ...]:
        """List descriptors whose text changed, came or went."""
        paths = {*self.inputs, *newer.inputs} if among is None else set(among)
        return tuple(sorted(path for path in paths if self.inputs.get(path) != newer.inputs.get(path)))


def _text(path: Path) -> str:
    return path.read_bytes().decode(errors="replace").replace("\r\n", "\n")
