"""The page of differences in the docs says what the tests use."""

from differences_page import PAGE, missing_operations, page


def test_the_page_is_as_the_list():
    write = "Write it anew: python tests/offline/faithful/differences_page.py"
    assert PAGE.read_text() == page(), write


def test_the_page_has_every_operation_that_is_missing():
    from caveclient_gen.offline.http.routes import all_served

    names = {
        f"`{name}.{operation}`" for name, served in all_served().items() for _, operation in served.missing
    }
    assert names == {operation for operation, _ in missing_operations()}


def test_cells_of_the_tables_are_one_line_without_bars():
    rows = [line for line in page().splitlines() if line.startswith("|")]
    assert all(line.count("|") in (3, 5) for line in rows)
