"""The tour of offline CAVE: the notebook is the script, it runs, and what it shows is what it showed."""

import base64
import re
import sys
from pathlib import Path

import jupytext
import nbformat
import pytest

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "docs" / "examples"
sys.path.insert(0, str(EXAMPLES))

from make_notebook import NOTEBOOK, PICTURES, SCRIPT, plain, read_script, run, scrub  # noqa: E402  (the path is set above)

PNG = b"\x89PNG\r\n\x1a\n"
HERE = re.compile(r"/(home|root|tmp|work|Users|var)/|127\.0\.0\.1:\d|localhost:\d|[A-Z]:\\\\")
"""Places of some machine."""
A_TOKEN = re.compile(r"\b[0-9a-f]{32}\b")


def cells(notebook):
    return [(cell.cell_type, cell.source) for cell in notebook.cells]


def printed(notebook):
    """Return what each cell printed; tables are not in it, since each pandas writes them in its own way."""
    return [
        "".join(output.text for output in cell.get("outputs", ()) if output.output_type == "stream")
        for cell in notebook.cells
    ]


def shown(notebook, kind):
    """Return all outputs of a media type."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return [output["data"][kind] for output in outputs if kind in output.get("data", {})]


@pytest.fixture(scope="module")
def committed():
    return nbformat.read(NOTEBOOK, as_version=4)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    return tmp_path_factory.mktemp("pictures")


@pytest.fixture(scope="module")
def executed(tmp_path_factory, pictures):
    """Run the notebook: with an empty home, a dataset made for it, and a proxy that leads nowhere."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HOME", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "MPLCONFIGDIR", "XDG_CACHE_HOME"):
            patch.setenv(name, str(home))
        patch.setenv("CAVE_OFFLINE_CACHE", str(home / "cave"))
        patch.setenv("PYTHONPATH", str(ROOT))
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            patch.setenv(name, "http://127.0.0.1:9")
        for name in ("no_proxy", "NO_PROXY"):
            patch.setenv(name, "127.0.0.1")
        patch.delenv("CAVE_TOKEN", raising=False)
        notebook = read_script()
        run(notebook, str(pictures))
    scrub(notebook)
    return notebook


def test_the_notebook_is_the_script(committed):
    assert cells(committed) == cells(read_script())


def test_the_script_can_be_made_of_the_notebook(committed):
    """The other way round, so that somebody may edit the notebook: the header is all that is missing."""
    text = SCRIPT.read_text(encoding="utf-8")
    made = jupytext.writes(committed, fmt="py:percent")
    assert made[made.index("# %%") :] == text[text.index("# %%") :]


def test_the_notebook_holds_what_it_prints(committed, executed):
    assert printed(executed) == printed(committed)


def test_it_shows_tables_with_rows(executed, committed):
    tables = shown(executed, "text/html")
    assert len(tables) == len(shown(committed, "text/html")) >= 6
    assert min(table.count("<tr") for table in tables) >= 3


@pytest.mark.parametrize("name", PICTURES)
def test_its_pictures_are_saved(executed, pictures, name):
    picture = (pictures / name).read_bytes()
    assert picture.startswith(PNG)
    assert len(picture) > 20_000


def test_pictures_for_pages_are_committed():
    for name in PICTURES:
        picture = (EXAMPLES / name).read_bytes()
        assert picture.startswith(PNG)
        assert len(picture) < 300_000


def test_its_pictures_are_in_the_notebook(executed, committed):
    for notebook in (executed, committed):
        inside = [base64.b64decode(picture) for picture in shown(notebook, "image/png")]
        assert [picture[:8] for picture in inside] == [PNG, PNG]


def test_it_says_what_was_found(executed):
    text = "".join(printed(executed))
    for sentence in (
        r"\d+ are basket cells \(BC\)\.",
        r"In version 3 the cell had 2 nuclei",
        r"Can it be cut\? True",
        r"Undone: root \d+ has the same \d+ supervoxels as root \d+ had",
        r"Version 4 has \d+ rows of 'basket_targets'",
    ):
        assert re.search(sentence, text), sentence


def test_nothing_of_a_machine_is_in_the_committed_notebook(committed):
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert HERE.findall(text) == []
    for output in (*printed(committed), *shown(committed, "text/html"), *shown(committed, "text/plain")):
        assert A_TOKEN.findall(output) == []
    assert "stderr" not in text


def test_the_committed_notebook_can_be_read_on_a_code_host():
    assert NOTEBOOK.stat().st_size < 600_000


def test_ports_and_tokens_are_taken_out():
    text = f"http://127.0.0.1:54321/ {'0a' * 16} 504403158265496487"
    assert plain(text) == "http://127.0.0.1/ TOKEN 504403158265496487"
