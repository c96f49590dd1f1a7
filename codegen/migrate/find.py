"""The places in scripts that changes touch, found in the syntax tree.

When is a place *sure*? If the receiver is known (an import of the package, under either name, an
assignment, an annotation), or is called a client and the file imports the package, or is called a client
and the method's name is distinctive. It is *maybe* if only names say so: `x.materialize.query_table` of an
unknown `x`, or a distinctive method name on something unknown. A name is distinctive if it has two words and
nine letters at least and only one service has it. A method of something that is known to be something
else is not told.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst
from libcst import metadata

from codegen.migrate.infer import Inference, is_builtin, is_partial
from codegen.migrate.mentions import Mentions
from codegen.migrate.notebook import Notebook
from codegen.migrate.rewrite import Text
from codegen.migrate.scripts import PythonFile, Unreadable, UnreadableError, files, parsed
from codegen.migrate.syntax import module_of, text_of, walk
from codegen.migrate.uses import Site, Use
from codegen.migrate.values import PACKAGES, Known

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from codegen.migrate.change import ScriptChange
    from codegen.migrate.edit import Edit
    from codegen.migrate.mentions import Mention
    from codegen.migrate.scripts import Source, Spot
    from codegen.migrate.uses import Certainty, Told
    from codegen.migrate.values import Value, Values

_LINE_END = re.compile(r"\r\n?|\n")
_BINDING = (cst.ImportFrom, cst.ImportAlias, cst.AsName, cst.Param, cst.AssignTarget)
"""Nodes in which a name is bound, not used."""


@dataclass(frozen=True, slots=True)
class ScriptPlace:
    """A place in a script, and what one change means there."""

    spot: Spot
    change: ScriptChange
    certainty: Certainty
    advice: str
    """What to do here."""
    code: str
    """The line."""
    edits: tuple[Edit, ...] = ()
    """What `--write` does here; none: it needs a person."""


@dataclass(frozen=True, slots=True)
class Script:
    """A script with places, and the file that it is in."""

    source: Source
    places: tuple[ScriptPlace, ...]

    @property
    def edits(self) -> tuple[Edit, ...]:
        """Every edit once: one call can be touched by several changes."""
        return tuple(dict.fromkeys(edit for place in self.places for edit in place.edits))

    def rewritten(self) -> bytes:
        """Return the file with all edits made."""
        return self.source.rewritten(self.edits)


@dataclass(frozen=True, slots=True)
class Places:
    """All places, and what could not be looked at."""

    scripts: tuple[Script, ...]
    unreadable: tuple[Unreadable, ...]
    looked_at: int
    """How many files were read."""

    @property
    def edited(self) -> tuple[Script, ...]:
        """The scripts that `--write` changes; in the others there is nothing, or something for a person."""
        return tuple(script for script in self.scripts if script.edits)

    @property
    def places(self) -> tuple[ScriptPlace, ...]:
        """All places, in the order of files and lines."""
        return tuple(place for script in self.scripts for place in script.places)


def find(changes: Iterable[ScriptChange], paths: Iterable[Path], *, pin_defaults: bool = False) -> Places:
    """Find the places that changes touch in scripts, notebooks, and folders of them.

    Parameters
    ----------
    changes : iterable of ScriptChange
        What to look for.
    paths : iterable of Path
        Files and folders.
    pin_defaults : bool
        Plan to write the old default into calls that leave out an argument whose default changed.

    Raises
    ------
    UsageError
        If a path is not there or is no script.
    """
    changes = tuple(changes)
    found: list[Script] = []
    unreadable: list[Unreadable] = []
    looked_at = 0
    for path in files(paths):
        looked_at += 1
        try:
            source = _read(path)
            unreadable += source.unreadable
            found.append(Script(source, tuple(_places(source, changes, pin_defaults=pin_defaults))))
        except UnreadableError as error:
            unreadable.append(Unreadable(path.as_posix(), str(error), getattr(error, "line", 0)))
        except RecursionError:
            unreadable.append(Unreadable(path.as_posix(), "its expressions are nested too deeply"))
    return Places(tuple(script for script in found if script.places), tuple(unreadable), looked_at)


def _read(path: Path) -> Source:
    reader: type[Source] = Notebook if path.suffix == ".ipynb" else PythonFile
    return reader.read(path, path.as_posix())


def _places(source: Source, changes: Sequence[ScriptChange], *, pin_defaults: bool) -> Iterator[ScriptPlace]:
    module = parsed(source.code)
    if not any(word in source.code for word in _words(changes)):
        return
    # The tree was parsed for this alone, so no copy is needed to mark its nodes.
    search = _Search(
        metadata.MetadataWrapper(module, unsafe_skip_copy=True), changes, pin_defaults=pin_defaults
    )
    # The parser swallows a form feed at the beginning, after which its places are not the file's.
    obstacle = source.obstacle or ("" if module.code == source.code else "its first bytes cannot be kept")
    lines = _LINE_END.split(module.code)
    placed = []
    for line, column, told in search.told():
        spot = source.spot(line, column)
        edits = () if obstacle else told.edits
        advice = f"{told.advice} ({obstacle})" if told.edits and obstacle else told.advice
        placed.append(ScriptPlace(spot, told.change, told.certainty, advice, lines[line - 1].strip(), edits))
    yield from sorted(placed, key=lambda place: (place.spot, place.change.finding.sort_key))


def _words(changes: Iterable[ScriptChange]) -> set[str]:
    """List what a script must contain to be touched at all."""
    found = {change.move.old.name for change in changes if change.move is not None}
    return found | {name.old.rpartition(".")[2] for change in changes for name in change.names}


class _Search:
    """Looks through one script; inner expressions come before those around them.

    Parameters
    ----------
    module : MetadataWrapper
        The script.
    changes : sequence of ScriptChange
        What to look for.
    pin_defaults : bool
        Plan to write old defaults into calls.
    """

    def __init__(
        self, module: metadata.MetadataWrapper, changes: Sequence[ScriptChange], *, pin_defaults: bool
    ) -> None:
        self._pin_defaults = pin_defaults
        parents = walk(module.module)
        self._nodes = list(parents)
        self._known = Known(changes)
        self._inference = Inference(module, parents, self._known)
        spans = module.resolve(metadata.ByteSpanPositionProvider)
        ends = {node: (span.start, span.start + span.length) for node, span in spans.items()}
        self._text = Text(module.module.code.encode(), ends)
        self._changes: dict[tuple[str, str], list[ScriptChange]] = {}
        for change in changes:
            if change.move is not None:
                self._changes.setdefault(change.move.key, []).append(change)
        self._trusts_names = any(map(_imports_package, self._nodes))
        words = frozenset(node.value for node in self._nodes if isinstance(node, cst.Name))
        self._mentions = Mentions(
            changes, self._inference, self._text, words, trusts_names=self._trusts_names
        )
        self._uses: list[Use] = []

    def told(self) -> Iterator[tuple[int, int, Told]]:
        """Yield line (from 1), column (from 0) and meaning of every place."""
        for node in reversed(self._nodes):
            for place, told in self._told(node):
                yield *self._text.position(place), told

    def _told(self, node: cst.CSTNode) -> Iterable[Mention]:
        if isinstance(node, cst.Attribute):
            return self._attribute(node)
        if isinstance(node, cst.Name):
            return self._name(node)
        if isinstance(node, cst.Call):
            return self._call(node)
        if isinstance(node, cst.Import | cst.ImportFrom):
            return self._mentions.imports(node)
        if isinstance(node, cst.Subscript):
            return self._mentions.key(node)
        return self._mentions.handlers(node, self._uses) if isinstance(node, cst.Try | cst.TryStar) else ()

    def _attribute(self, node: cst.Attribute) -> Iterator[Mention]:
        if not isinstance(self._around(node), cst.AssignTarget | cst.ImportFrom | cst.ImportAlias):
            yield from self._mentions.attribute(node)
            yield from self._use(node, node.attr)

    def _name(self, node: cst.Name) -> Iterator[Mention]:
        around = self._around(node)
        is_label = (isinstance(around, cst.Attribute) and around.attr is node) or (
            isinstance(around, cst.Arg) and around.keyword is node
        )
        if is_label or isinstance(around, _BINDING):
            return
        yield from self._mentions.name(node)
        if isinstance(around, cst.Call | cst.Arg):
            yield from self._use(node, None)

    def _call(self, node: cst.Call) -> Iterator[Mention]:
        functions = self._inference.values(node.func)
        if is_partial(functions):
            return
        by_name = is_builtin(node.func, "getattr", functions) and len(node.args) > 1
        if is_builtin(node.func, "hasattr", functions) and len(node.args) > 1:
            yield from self._asked_for(node)
            return
        name = node.args[1].value if by_name else None
        if isinstance(name, cst.SimpleString):
            yield from self._mentions.service(node.args[0].value, name, text_of(name))
            yield from self._use(node, name)
        else:
            yield from self._use(node, None)

    def _asked_for(self, node: cst.Call) -> Iterator[Mention]:
        """Look at `hasattr(client.demo, "get_rows")`: only what the method is called matters there."""
        receiver, name = (argument.value for argument in node.args[:2])
        yield from self._mentions.service(receiver, name, text_of(name))
        for place, told in self._use(node, name, self._inference.named((receiver, name))):
            is_gone = told.change.move is not None and told.change.move.new is None
            if told.change.touches == "name" or (is_gone and told.change.touches == "use"):
                yield place, told

    def _around(self, node: cst.CSTNode) -> cst.CSTNode | None:
        return self._inference.parents.get(node)

    def _use(
        self, node: cst.BaseExpression, name: cst.CSTNode | None, values: Values | None = None
    ) -> Iterator[Mention]:
        """Look at an expression that may be a method; or, with `values`, that asks for one."""
        values = self._inference.values(node) if values is None else values
        for value in sorted(values, key=lambda value: (value.name, value.member, value.evidence)):
            changes = self._changes.get((value.name, value.member), [])
            moves = [change.move for change in changes if change.move is not None]
            if value.kind not in ("method", "unbound", "bound") or not moves:
                continue
            # Of several API versions, the one that scripts have by default says how calls are written.
            move = next((move for move in moves if move.is_current), moves[0])
            if name is None and move.old.operation.is_property:
                continue
            use = self._placed(node, name, value, self._certainty(value, len(values)))
            self._uses.append(use)
            site = Site(use, changes, move, self._text, pin_defaults=self._pin_defaults)
            yield from ((node, told) for told in site.told())

    def _certainty(self, value: Value, alternatives: int) -> Certainty:
        if alternatives > 1 or value.evidence == "guessed":
            return "maybe"
        is_trusted = self._trusts_names or value.member in self._known.distinctive
        return "sure" if value.evidence == "known" or is_trusted else "maybe"

    def _placed(self, node: cst.CSTNode, name: cst.CSTNode | None, value: Value, certainty: Certainty) -> Use:
        around = self._around(node)
        call = around if isinstance(around, cst.Call) and around.func is node else None
        is_traced = isinstance(around, cst.Assign | cst.AnnAssign | cst.NamedExpr)
        kind = value.kind if value.kind in ("unbound", "bound") else "method"
        return Use(node, certainty, kind, name, call, self._partial(around), is_traced)

    def _partial(self, argument: cst.CSTNode | None) -> cst.Call | None:
        """Return the `functools.partial(...)` whose first argument it is."""
        call = self._around(argument) if isinstance(argument, cst.Arg) else None
        if not isinstance(call, cst.Call) or call.args[0] is not argument:
            return None
        return call if is_partial(self._inference.values(call.func)) else None


def _imports_package(node: cst.CSTNode) -> bool:
    if isinstance(node, cst.ImportFrom):
        return module_of(node).partition(".")[0] in PACKAGES
    names = node.names if isinstance(node, cst.Import) else ()
    return any(alias.evaluated_name.partition(".")[0] in PACKAGES for alias in names)


def difference(script: Script) -> str:
    """Return what rewriting changes in an edited script, as a unified diff."""
    encoding = script.source.encoding
    before, after = script.source.rewritten(()), script.rewritten()
    old, new = (_lines(text, encoding) for text in (before, after))
    name = script.source.name.lstrip("/")
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in difflib.unified_diff(old, new, f"a/{name}", f"b/{name}")
    )


def _lines(text: bytes, encoding: str) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+", text.decode(encoding, errors="replace"))
