"""Published tables of real datastacks, imported so that they can be queried through the same client."""

from caveclient_gen.offline.importing.table import Imported, import_table

__all__ = ["Imported", "import_table"]
