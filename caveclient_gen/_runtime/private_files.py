"""Small JSON files that only their owner may read: tokens, and which server a datastack is on.

Rule 1: the file never exists with wider rights than 0600, nor half written. It is written beside its place
        and moved there in one step, so a crash leaves the old one.
Rule 2: what cannot be read is never overwritten. It is moved aside first, to `<name>.damaged`.
Rule 3: a symbolic link stays one; what it points to is replaced.
"""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from typing import Any

logger = logging.getLogger(__name__)


class DamagedFileError(ValueError):
    """A file is there, but does not hold a JSON object."""


def expand(path: str | os.PathLike[str]) -> Path:
    """Return the absolute path that a user means: `~` is the home. Links stay as they are written."""
    return Path(path).expanduser().absolute()


def read_object(path: Path) -> dict[str, Any] | None:
    """Return the JSON object in a file.

    Parameters
    ----------
    path : Path
        The file, as `expand` gives it.

    Returns
    -------
    dict or None
        What the file holds. None if there is no file.

    Raises
    ------
    DamagedFileError
        The file holds something else.
    OSError
        The file cannot be read.
    """
    try:
        raw = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError):
        # `from None`: the parser's own error quotes the text, and the text may be a token.
        raise DamagedFileError(f"Repair or remove {path}: it does not hold JSON.") from None
    if not isinstance(content, dict):
        raise DamagedFileError(f"Repair or remove {path}: it holds JSON, but not an object.")
    return content


def write_object(path: Path, content: dict[str, Any]) -> None:
    """Write a JSON object to a file that only its owner may read, in one step.

    Parameters
    ----------
    path : Path
        The file, as `expand` gives it. Missing folders are made, the last for the owner alone.
    content : dict
        What to write. It replaces what the file holds.

    Raises
    ------
    OSError
        The file cannot be written; the old one is as it was.
    """
    import tempfile  # with random and hashes: not for those who only read

    path = Path(os.path.realpath(path))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # mkstemp makes the file with 0600 from the start, whatever the umask says.
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(content, stream, indent=2)
            stream.write("\n")
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except BaseException:  # whatever happened, also an interrupt: leave no copy of a secret behind
        Path(temporary).unlink(missing_ok=True)
        raise


def keep_damaged(path: Path) -> Path:
    """Move a damaged file aside and return where it is now."""
    path = Path(os.path.realpath(path))
    aside = path.with_name(f"{path.name}.damaged")
    os.replace(path, aside)
    logger.warning("%s was damaged and is now %s", path, aside)
    return aside


def is_writable(path: Path) -> bool:
    """Tell whether `write_object` could write a file; nothing is written or made."""
    if path.exists() and not (path.is_file() and os.access(path, os.W_OK)):
        return False
    folder = path.parent
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
