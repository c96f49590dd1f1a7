"""A server of the tubes for questions to the L2 cache, of which none changes anything."""

import pytest
from edited_tubes import edited_tubes

from caveclient_gen.offline.serving import serve


@pytest.fixture(scope="package")
def level2_server(tmp_path_factory):
    with serve(edited_tubes(tmp_path_factory.mktemp("level2") / "tubes.cave")) as server:
        yield server
