"""What an annotation client holds: an aligned volume, and the service that knows the schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.errors import InvalidArgumentError

if TYPE_CHECKING:
    from caveclient_gen._generated.annotation_v2 import AnnotationOperationsV2 as _Operations
else:
    _Operations = object


class VolumeMixin(_Operations):
    """The aligned volume of a client, and where schemas come from."""

    _aligned_volume_name: str | None
    _schema_client: Any

    @property
    def aligned_volume_name(self) -> str | None:
        """Name of the aligned volume; the framework client knows it, if this client was given none."""
        if self._aligned_volume_name is None and self.fc is not None:
            self._aligned_volume_name = self.fc.info.aligned_volume_name
        return self._aligned_volume_name

    @property
    def schema_client(self) -> Any:
        """The client of the schema service: the one given, or that of the framework client."""
        if self._schema_client is None and self.fc is not None:
            self._schema_client = self.fc.schema
        if self._schema_client is None:
            msg = (
                "Pass schema_client to the annotation client, for instance SchemaClient(): it belongs to no "
                "framework client that has one."
            )
            raise InvalidArgumentError(msg)
        return self._schema_client
