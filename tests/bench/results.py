"""Results in a folder: as JSON, text, Markdown and a picture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from report import as_markdown, as_text
from rows import all_rows


def keep(results: dict[str, Any], folder: Path) -> None:
    """Write results into a folder, rows that were measured there before among them."""
    from picture import draw

    file, found = folder / "results.json", {}
    if file.exists():
        found = {one["row"]: one for one in json.loads(file.read_text())["rows"]}
    found |= {one["row"]: one for one in results["rows"]}
    rows = [found[row.name] for row in all_rows() if row.name in found]
    folder.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(results | {"rows": rows}, indent=1) + "\n")
    (folder / "table.txt").write_text("\n".join(map(as_text, rows)) + "\n")
    (folder / "table.md").write_text(as_markdown(rows) + "\n")
    draw(rows, folder / "table.svg")
