"""Compare generated files with those on disk, and bring the disk up to date in one go.

What a file may be found to be:

- *changed*: the descriptors (or the generator) say something else now;
- *missing*: it is not there;
- *stale*: it was generated once, and no descriptor produces it any more;
- *edited by hand*: it is not what the generator wrote last time.

The lock file tells the last two from the first two: it holds a hash of everything that was written,
and of the descriptors that it was written from.
"""

from __future__ import annotations

import difflib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from codegen.lock import Lock, digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from codegen.render import Output

MEND = "python -m codegen generate"

Kind = Literal["changed", "missing", "stale", "edited by hand"]


@dataclass(frozen=True, slots=True, order=True)
class Mismatch:
    """A file on disk that is not what it should be."""

    path: str
    kind: Kind
    cause: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.path}: {self.kind}: {self.cause}. {self.remedy}"


@dataclass(frozen=True, slots=True)
class Plan:
    """What should stand on disk, what stands there, and how they differ."""

    root: Path
    lock: str
    """Path of the lock."""
    wanted: Mapping[str, str]
    """Path -> text, the lock among them."""
    gone: tuple[str, ...]
    """Files that the lock lists and nothing produces any more."""
    mismatches: tuple[Mismatch, ...]

    def diff(self) -> str:
        """Show what `publish` would change, as a unified diff."""
        return "".join(
            line
            for path in sorted({*self.wanted, *self.gone})
            for line in _diff(path, _read(self.root / path), self.wanted.get(path))
        )

    def publish(self) -> tuple[str, ...]:
        """Write what differs and remove what is gone; return the paths that were touched.

        Every file is written beside its target first and then moved over it, so that no reader
        ever sees half a file; nothing is moved before all are written. The lock comes last, after
        what is removed: whoever is interrupted runs the command again, and it knows what is left to do.
        """
        differing = {path: text for path, text in self.wanted.items() if _read(self.root / path) != text}
        removed = tuple(path for path in self.gone if (self.root / path).exists())
        staged = _stage(self.root, differing)
        lock = staged.get(self.lock)
        try:
            for path, temporary in sorted(staged.items()):
                if path != self.lock:
                    os.replace(temporary, self.root / path)
            for path in removed:
                # Another run may have been faster.
                (self.root / path).unlink(missing_ok=True)
            if lock is not None:
                os.replace(lock, self.root / self.lock)
        finally:
            for temporary in staged.values():
                temporary.unlink(missing_ok=True)
        return tuple(sorted((*differing, *removed)))


def plan(
    root: Path,
    outputs: Iterable[Output],
    lock_path: str,
    *,
    keep_others: bool = False,
    but_in: str | None = None,
) -> Plan:
    """Compare `outputs` with the files under `root`.

    With `keep_others`, files that the lock lists and `outputs` lacks are left as they are, `but_in` a
    folder of which `outputs` are all.
    """
    made = {output.path: output for output in outputs}
    old = Lock.read(root / lock_path)
    new = Lock.of(root, made.values())
    unmade = [path for path in old.outputs if path not in made]
    if keep_others:
        unmade = [path for path in unmade if but_in is not None and path.startswith(f"{but_in}/")]
        new = old.without(unmade).merged_with(new)
    gone = tuple(sorted(path for path in unmade if (root / path).exists()))
    wanted = {path: output.text for path, output in made.items()} | {lock_path: new.text()}
    mismatches = [found for output in made.values() if (found := _mismatch(root, output, old, new))]
    mismatches += [_stale(path) for path in gone]
    lock_text = _read(root / lock_path)
    if lock_text is None:
        mismatches.append(Mismatch(lock_path, "missing", "nothing says what was generated last", _run(MEND)))
    elif lock_text != wanted[lock_path] and not mismatches:
        cause = _because(old.changed_inputs(new)) or "it does not match what is generated"
        mismatches.append(Mismatch(lock_path, "changed", cause, _run(MEND)))
    return Plan(root, lock_path, wanted, gone, tuple(sorted(mismatches)))


def replace_file(file: Path, text: str) -> None:
    """Write one file so that no reader ever sees half of it."""
    os.replace(_stage(file.parent, {file.name: text})[file.name], file)


def _mismatch(root: Path, output: Output, old: Lock, new: Lock) -> Mismatch | None:
    text = _read(root / output.path)
    if text == output.text:
        return None
    if text is None:
        return Mismatch(output.path, "missing", "it is generated, but not there", _run(MEND))
    written = old.outputs.get(output.path)
    if written is not None and digest(text) != written:
        remedy = f"Move the edit into {_sources(output)}, then run `{MEND}`, which discards it"
        return Mismatch(output.path, "edited by hand", "it is not what was generated last", remedy)
    cause = _because(old.changed_inputs(new, output.inputs)) or "the generator writes it differently now"
    if written is None:
        cause = "the descriptors say something else"
    return Mismatch(output.path, "changed", cause, _run(MEND))


def _stale(path: str) -> Mismatch:
    return Mismatch(path, "stale", "no descriptor produces it any more", f"Run `{MEND}`, which removes it")


def _run(command: str) -> str:
    return f"Run `{command}`"


def _sources(output: Output) -> str:
    return " or ".join(output.inputs) if 0 < len(output.inputs) <= 3 else "the descriptors"


def _because(changed: tuple[str, ...]) -> str:
    if not changed:
        return ""
    names = ", ".join(changed[:3]) + (f" and {len(changed) - 3} more" if len(changed) > 3 else "")
    return f"{names} changed since"


def _read(path: Path) -> str | None:
    """Return the text of a file, None if there is none; line ends do not count."""
    try:
        return path.read_bytes().decode(errors="replace").replace("\r\n", "\n")
    except FileNotFoundError:
        return None


def _diff(path: str, old: str | None, new: str | None) -> Iterable[str]:
    return difflib.unified_diff(
        (old or "").splitlines(keepends=True),
        (new or "").splitlines(keepends=True),
        f"a/{path}" if old is not None else "/dev/null",
        f"b/{path}" if new is not None else "/dev/null",
    )


def _stage(root: Path, texts: Mapping[str, str]) -> dict[str, Path]:
    """Write the texts beside their targets, under names that nobody imports."""
    staged: dict[str, Path] = {}
    try:
        for path, text in texts.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=".staged-", dir=target.parent)
            staged[path] = Path(name)
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode())
            os.chmod(name, 0o644)
    except BaseException:
        # Whatever went wrong (a full disk, Ctrl-C), nothing half-done stays behind.
        for temporary in staged.values():
            temporary.unlink(missing_ok=True)
        raise
    return staged
