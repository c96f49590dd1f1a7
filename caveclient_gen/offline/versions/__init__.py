"""Materialized versions: what exists, when it is of, when it expires, and where its frozen tables lie.

`Versions.materialize` freezes the annotations and their roots as of a moment into one Parquet file per table:
`versions/<version>/<table>.parquet`, columns as `Annotations.rows_at` gives them.
"""

from caveclient_gen.offline.versions.database import SCHEMA
from caveclient_gen.offline.versions.engine import Version, Versions
from caveclient_gen.offline.versions.views import View

__all__ = ["SCHEMA", "Version", "Versions", "View"]
