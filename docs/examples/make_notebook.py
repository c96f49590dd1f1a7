"""Write tour.ipynb from tour.py, with its outputs and pictures: `python docs/examples/make_notebook.py`.

The script is what people edit. jupytext makes the cells, nbclient runs them in a kernel of this environment,
and what belongs to this machine and this moment is taken out: the notebook changes when its answers do.
"""

import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parent
SCRIPT, NOTEBOOK = FOLDER / "tour.py", FOLDER / "tour.ipynb"
PICTURES = ("connectivity.png", "history.png")
TIMEOUT = 120
"""Seconds that one cell may take."""
TOKEN = re.compile(r"\b[0-9a-f]{32}\b")
LOCAL = re.compile(r"127\.0\.0\.1:\d+")


def read_script() -> Any:
    """Return the script as a notebook without outputs; cells are numbered, so that ids stay."""
    notebook = jupytext.read(SCRIPT)
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number:02d}"
    notebook.metadata.pop("jupytext", None)
    return notebook


def run(notebook: Any, folder: str) -> None:
    """Run a notebook. Its pictures are also saved in the folder.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        A cell failed.
    """
    before = os.environ.get("TOUR_PICTURES")
    os.environ["TOUR_PICTURES"] = folder
    try:
        NotebookClient(notebook, timeout=TIMEOUT, kernel_name="python3").execute(cwd=folder)
    finally:
        if before is None:
            del os.environ["TOUR_PICTURES"]
        else:
            os.environ["TOUR_PICTURES"] = before


def scrub(notebook: Any) -> None:
    """Take out when cells ran, which Python ran them, ports, and whatever could be a token."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in notebook.cells:
        cell.metadata = {}
        for output in cell.get("outputs", ()):
            if output.output_type == "stream":
                output.text = plain(output.text)
            for kind, data in output.get("data", {}).items():
                if kind.startswith("text/"):
                    output.data[kind] = plain(data)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]


def plain(text: str) -> str:
    """Return a text without ports and tokens."""
    return TOKEN.sub("TOKEN", LOCAL.sub("127.0.0.1", text))


def main() -> None:
    """Write the notebook."""
    notebook = read_script()
    with tempfile.TemporaryDirectory() as folder:
        run(notebook, folder)
        for name in PICTURES:
            shutil.copy(Path(folder) / name, FOLDER)
    scrub(notebook)
    nbformat.validate(notebook)
    nbformat.write(notebook, NOTEBOOK)
    print(f"{NOTEBOOK.name}: {NOTEBOOK.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
