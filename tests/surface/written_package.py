"""Packages that a test writes itself, for what no descriptor says."""

from pathlib import Path

import griffe

from codegen.surface.passes import differences
from codegen.surface.trees import GENERATED, load, plant

HEAD = """\
from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict, overload

from caveclient_gen._runtime.client import ClientBase

"""


def package(folder: Path, generated: str = "", errors: str = "", **public: str) -> griffe.Module:
    """Write a package with one generated module, the errors and some public modules, and read it."""
    texts = {
        "caveclient_gen/_generated/demo_v1.py": HEAD + generated,
        "caveclient_gen/_runtime/errors.py": errors,
    }
    plant(folder, texts | {f"caveclient_gen/{name}.py": text for name, text in public.items()})
    return load(folder)


def found(old: griffe.Module, new: griffe.Module) -> list[str]:
    """Tell the differences of two packages in short: kind and path."""
    prefix = "caveclient_gen._generated.demo_v1."
    return sorted(f"{each.kind} {each.path.removeprefix(prefix)}" for each in differences(old, new))


def found_by_griffe(old: griffe.Module, new: griffe.Module) -> list[str]:
    """Tell what griffe finds without us, of what is compared."""
    roots = (GENERATED, "_runtime.errors")
    return [each.kind.name for root in roots for each in griffe.find_breaking_changes(old[root], new[root])]
