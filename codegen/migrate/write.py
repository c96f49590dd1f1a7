"""Rewriting scripts: whole files in one step each, and only if what comes out can be read again."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from codegen.migrate.scripts import UnreadableError, parsed
from codegen.outcome import UsageError

if TYPE_CHECKING:
    from codegen.migrate.find import Script
    from codegen.migrate.scripts import Source


def write(script: Script) -> None:
    """Make all edits of a script in its file; a reader sees the old file or the new one.

    Raises
    ------
    UsageError
        If the file is not the one that was read, or would be no script any more.
    """
    source = script.source
    # A link stays a link: the file that it leads to is written.
    target = source.path.resolve()
    if target.read_bytes() != source.rewritten(()):
        raise UsageError(f"{source.name} was changed meanwhile. Run the same command again.")
    handle, name = tempfile.mkstemp(prefix=".migrated-", dir=target.parent)
    staged = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(script.rewritten())
        _prove(type(source).read(staged, source.name))
        shutil.copymode(target, staged)
        os.replace(staged, target)
    finally:
        staged.unlink(missing_ok=True)


def _prove(source: Source) -> None:
    """Read back what stands on the disk, not what was meant to stand there."""
    try:
        parsed(source.code)
    except UnreadableError as error:
        raise UsageError(
            f"{source.name} would be no Python any more, so it stays as it is. Edit its places by hand."
        ) from error
