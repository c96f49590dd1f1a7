"""Pages and files of the site that stand outside docs/, so that nothing is written twice.

Pages link to them by their place in the project, `../spec/README.md`, which works on a code host, too;
here such links are turned towards the site's own.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

PROJECT = Path(__file__).parents[2]

SHOWN = {
    "CHANGELOG.md": "changelog.md",
    "spec/README.md": "descriptors.md",
    "spec/descriptor.schema.json": "schemas/descriptor.schema.json",
    "codegen/report/comparison.schema.json": "schemas/comparison.schema.json",
}
"""File of the project: where it is on the site."""

LINK = re.compile(r"(?<=\]\()(?P<path>[^)#\s:]+)")
"""The path of a link, without the place on the page."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the files to those of docs/."""
    for kept, shown in SHOWN.items():
        files.append(File.generated(config, shown, abs_src_path=str(PROJECT / kept)))
    return files


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Turn links to what is kept elsewhere into links to where it is shown."""
    here = page.file.src_uri
    original = {shown: kept for kept, shown in SHOWN.items()}.get(here, f"docs/{here}")

    def turned(found: re.Match[str]) -> str:
        kept = posixpath.normpath(posixpath.join(posixpath.dirname(original), found["path"]))
        if kept not in SHOWN and original == f"docs/{here}":
            return found["path"]
        target = SHOWN.get(kept, kept.removeprefix("docs/"))
        return posixpath.relpath(target, posixpath.dirname(here) or ".")

    return LINK.sub(turned, markdown)
