"""What notebooks show of servers and datasets."""

import dataclasses

from tubes import tubes

from caveclient_gen.offline import Dataset, serve
from caveclient_gen.offline.notebooks import as_table


def test_a_server_shows_where_it_is_and_no_token(tmp_path):
    with serve(tubes(tmp_path / "tubes.cave")) as server:
        token = server.token()
        shown = server._repr_html_()
        assert server.address in shown
        assert "running" in shown
        assert token not in shown
        assert token not in repr(server)
    assert "ended" in server._repr_html_()


def test_a_dataset_shows_what_it_is_and_its_text_stays_text(tmp_path):
    dataset = tubes(tmp_path / "tubes.cave")
    facts = dataclasses.replace(dataset.facts, description="<b>bold</b>")
    facts.write(dataset.path / "dataset.json")
    shown = Dataset(dataset.path)._repr_html_()
    assert facts.datastack in shown
    assert "&lt;b&gt;bold&lt;/b&gt;" in shown


def test_what_is_not_known_is_left_out():
    assert "nothing" not in as_table("A title", {"nothing": None, "something": 0})
