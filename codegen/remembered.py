"""What was right once is right again while nothing has changed: a check need not repeat all the work.

The generated files follow from *inputs*: the descriptors, the generator itself, Python, and the libraries
that write or prove text. The lock names the hash of every file that they give. So one line is enough to
remember a whole check: these inputs give this lock. Where it is known, a check hashes what stands on the
disk and is done; whatever differs by a byte is looked at in full, and told as always.

- Lines are hashes alone. They hold in any folder, branch and copy, and cannot become outdated.
- They are kept with the caches of the person, not in the project: what lies in a tree, and may come with a
  clone, cannot vouch for that tree. A build server that begins with nothing checks in full.
- They speak of the generator on the disk. A process that has loaded it before may be running another one,
  so nothing is looked up or remembered there.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
import tempfile
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from codegen.places import LOCK, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator

GENERATOR = Path(__file__).parent

LIBRARIES = ("jinja2", "markdown", "markupsafe", "packaging", "pygments", "pyyaml", "ruff")
"""What the generator loads or runs that is neither its own nor Python's."""

LOADED = ("codegen.load", "codegen.generate")
"""The modules that bring the rest of the generator."""

KEPT = 500
"""Lines that are remembered, of 65 bytes each."""


class Inputs(NamedTuple):
    """All that decides what is generated, as one hash."""

    digest: str
    newest: int
    """When one of the files changed last, in nanoseconds: shows an edit that was taken back meanwhile."""


def inputs_of(root: Path) -> Inputs | None:
    """Hash what decides the generated files of the project under `root`.

    None where nothing may be known or remembered: a descriptor cannot be read, a folder of them is a link,
    or this process has loaded the generator already.
    """
    return None if any(name in sys.modules for name in LOADED) else _inputs(root)


def right_files(root: Path, inputs: Inputs) -> int | None:
    """Count the generated files if they are known to be what the inputs give; None if they are not."""
    try:
        lock = _read(root / LOCK)
        if _line(inputs, lock) not in _lines():
            return None
        outputs: dict[str, str] = json.loads(lock)["outputs"]
        if any(_hashed(_read(root / path)) != known for path, known in outputs.items()):
            return None
    except OSError:
        return None
    return len(outputs) + 1


def remember(root: Path, inputs: Inputs, lock: str) -> None:
    """Remember the lock that the inputs give, unless they have changed since they were hashed."""
    if _inputs(root) != inputs:
        return
    line = _line(inputs, lock.encode())
    lines = [*(known for known in _lines() if known != line), line]
    try:
        _write(_file(), "".join(f"{known}\n" for known in lines[-KEPT:]))
    except OSError:
        return  # a full disk, no home: the next check takes its time again


def _inputs(root: Path) -> Inputs | None:
    versions = [sys.version, *(f"{name} {_version(name)}" for name in LIBRARIES)]
    hashed = hashlib.sha256("\n".join(versions).encode())
    newest = 0
    try:
        for label, path in (*_tree(root / "spec", "spec/"), *_tree(GENERATOR, "codegen/")):
            if label == SCHEMA:
                continue  # generated, too
            content = b""
            if not label.endswith("/"):
                found = path.stat()
                newest = max(newest, found.st_mtime_ns, found.st_ctime_ns)
                content = _read(path)
            hashed.update(f"\n{label} {_hashed(content)}".encode())
    except (OSError, UnicodeError):
        return None
    return Inputs(hashed.hexdigest(), newest)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "none"


def _tree(folder: Path, label: str) -> Iterator[tuple[str, Path]]:
    """Yield what is below a folder, in an order that is the same everywhere. Labels of folders end with /."""
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        path = folder / entry.name
        if not entry.is_dir():
            yield f"{label}{entry.name}", path
        elif entry.is_symlink():
            raise OSError(f"{path} is a link to a folder, which may lead in circles")
        elif entry.name != "__pycache__":
            yield f"{label}{entry.name}/", path
            yield from _tree(path, f"{label}{entry.name}/")


def _read(path: Path) -> bytes:
    """Read a file; line ends do not count. To open a pipe would wait for ever."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(f"{path} is no file")
    return path.read_bytes().replace(b"\r\n", b"\n")


def _hashed(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _line(inputs: Inputs, lock: bytes) -> str:
    return _hashed(f"{inputs.digest} {_hashed(lock)}".encode())


def _lines() -> list[str]:
    try:
        return _file().read_text(encoding="ascii").split()
    except (OSError, UnicodeError):
        return []


def _write(file: Path, text: str) -> None:
    """Write the file so that no reader ever sees half of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as staged:
            staged.write(text)
        os.replace(name, file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _file() -> Path:
    return _cache_folder() / "caveclient-gen" / "generated-files-that-are-right"


def _cache_folder() -> Path:
    told = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA", "")
    if Path(told).is_absolute():
        return Path(told)
    try:
        return Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    except RuntimeError as error:
        raise OSError(f"nobody knows where caches belong: {error}") from error
