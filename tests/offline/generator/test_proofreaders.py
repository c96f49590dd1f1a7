"""People who edit in generated datasets."""

import pytest

from caveclient_gen.errors import CAVEError
from caveclient_gen.offline import Dataset, Facts
from caveclient_gen.offline.identity.proofreaders import add_editors


def test_they_may_edit_and_nobody_is_added_twice(tmp_path):
    facts = Facts(datastack="d", aligned_volume="d", segmentation_table="p", description="d")
    with Dataset.create(tmp_path / "d.cave", facts).open() as cave:
        numbers = add_editors(cave.store, {"ada": "Ada", "ben": "Ben"}, at=5)
        assert numbers == {"ada": 6, "ben": 7}
        ada = cave.identity.user(6)
        assert (ada.name, ada.created, ada.missing_terms) == ("Ada", 5, ())
        assert ada.may("edit", "offline")
        assert ada.may("view", "offline")
        assert not ada.may("admin", "offline")
        with pytest.raises(CAVEError, match="somebody is called 'ada'"):
            add_editors(cave.store, {"eve": "Eve", "ada": "Ada"}, at=6)
        assert len(cave.identity.users()) == 7, "all or none"
        assert cave.identity.user_of(cave.identity.issue("ben")).id == 7
