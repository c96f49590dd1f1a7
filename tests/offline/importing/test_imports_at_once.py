"""Two imports into one dataset at the same time: neither forgets what the other one noted."""

from caveclient_gen.offline import Dataset, import_table
from caveclient_gen.offline.importing import table as importing

SYNAPSES = """id,pre_pt_position_x,pre_pt_position_y,pre_pt_position_z
1,10,20,3
"""
NUCLEI = """id,pt_position_x,pt_position_y,pt_position_z,volume
1,10,20,3,100.5
"""


def test_the_facts_of_an_import_that_was_faster_stay(tmp_path, monkeypatch):
    folder = tmp_path / "fly.cave"
    (tmp_path / "synapses.csv").write_text(SYNAPSES)
    (tmp_path / "nuclei.csv").write_text(NUCLEI)
    (tmp_path / "first.csv").write_text(NUCLEI)
    options = {"resolution": (4, 4, 40), "progress": False}
    import_table(folder, "first", tmp_path / "first.csv", **options)
    convert = importing._convert

    def convert_while_another_one_imports(*arguments):
        monkeypatch.setattr(importing, "_convert", convert)
        import_table(folder, "nuclei", tmp_path / "nuclei.csv", schema_type="nucleus_detection", **options)
        return convert(*arguments)

    monkeypatch.setattr(importing, "_convert", convert_while_another_one_imports)
    import_table(folder, "synapses", tmp_path / "synapses.csv", schema_type="synapse", **options)
    facts = Dataset(folder).facts
    assert (facts.soma_table, facts.synapse_table) == ("nuclei", "synapses")
    with Dataset(folder).open() as cave:
        assert set(cave.versions.all()[0].tables) == {"first", "nuclei", "synapses"}
