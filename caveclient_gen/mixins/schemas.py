"""Definitions of several kinds of annotation at once, where the schema service can do that."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from caveclient_gen._generated.schema_v2 import SchemaOperationsV2 as _Operations
else:
    _Operations = object

logger = logging.getLogger(__name__)


class SchemaMixin(_Operations):
    """Definitions of several kinds of annotation at once."""

    def schema_definition_multi(self, schema_types: Iterable[str]) -> dict[str, dict[str, Any]] | None:
        """Get the fields of several kinds of annotation in one call.

        Parameters
        ----------
        schema_types : iterable of str
            Names of the schemas; `get_schemas()` lists them.

        Returns
        -------
        dict of str to dict, or None
            Definitions as JSON Schema (draft 7), by name. None, with a warning in the log, if the service
            says that it does not know one of them, or has no such call yet.

        Examples
        --------
        >>> definitions = client.schema.schema_definition_multi(["synapse", "bound_tag"])
        >>> sorted(definitions)
        ['bound_tag', 'synapse']
        """
        names = [schema_types] if isinstance(schema_types, str) else list(schema_types)
        if not names:
            return {}
        try:
            return self._schema_definition_multi(names)
        except NotFoundError as error:
            logger.warning("schema_definition_multi(%s): %s", names, error.server_message or error)
            return None

    def schema_definition_all(self) -> dict[str, dict[str, Any]] | None:
        """Get the fields of all kinds of annotation in one call.

        Returns
        -------
        dict of str to dict, or None
            Definitions as JSON Schema (draft 7), by name. None, with a warning in the log, if the service
            has no such call yet.
        """
        try:
            return self._schema_definition_all()
        except NotFoundError as error:
            logger.warning("schema_definition_all(): %s", error.server_message or error)
            return None
