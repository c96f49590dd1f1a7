"""Lists that stand beside the descriptors, like `spec/accepted.yaml`: `spec: 1`, and entries of one form.

They are read as strictly as descriptors are: what is misspelt would otherwise allow or warn of nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.kinds import Data, Kind, Many
from codegen.language import FORMAT, BlockDef, Field
from codegen.validate import checked_block
from codegen.yaml_source import ListNode, MapNode, read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from codegen.problems import Problems


def field(name: str, kind: Kind, doc: str, *, required: bool = True) -> Field:
    """Describe a field of an entry: it is for people, and nothing is generated from it."""
    return Field(name, kind, doc, "meta", required=required)


def entries(file: Path, name: str, key: str, entry: BlockDef, problems: Problems) -> Iterator[MapNode]:
    """
    Yield the entries of a list, without what is no value of its field; none if there is no such file.

    Parameters
    ----------
    file : Path
        The list.
    name : str
        What messages call it.
    key : str
        What holds the entries.
    entry : BlockDef
        The fields of each.
    problems : Problems
        Where mistakes are noted.
    """
    tree = read(file, name, problems) if file.exists() else None
    if tree is None:
        return
    if not isinstance(tree, MapNode):
        problems.add(tree.origin, "the file must be a mapping.", "Begin it with `spec: 1`.")
        return
    listed = checked_block(tree, _head(key), problems).get(key)
    for node in listed.items if isinstance(listed, ListNode) else ():
        if isinstance(node, MapNode):
            yield checked_block(node, entry, problems)
        else:
            fields = ", ".join(each.name for each in entry.fields)
            problems.add(node.origin, "an entry must be a mapping.", f"Write its fields: {fields}.")


def _head(key: str) -> BlockDef:
    return BlockDef(
        "A list beside the descriptors.",
        (
            field("spec", FORMAT, "Write `spec: 1`."),
            field(key, Many(Data()), f"Write `{key}: []` if there is none."),
        ),
    )
