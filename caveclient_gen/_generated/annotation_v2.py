# Generated from spec/annotation/v2.yaml. Change the descriptor and run `make generate`.
"""Annotation API 2: tables of annotations, and the annotations that people put into them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.client import ClientBase
from caveclient_gen._runtime.operation import Arm, ItemLimit, Operation, Param

from .endpoints import ANNOTATION_COMMON, ANNOTATION_V2
from .services import ANNOTATION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caveclient_gen._runtime.typing import JSON, IdsLike, TimeLike

    from .types_annotation import Annotation, TableMetadata


class AnnotationOperationsV2(ClientBase):
    """Tables of annotations, and the annotations that people put into them.

    Tables of aligned volumes. Points are in voxels of the table's own resolution.
    """

    _service = ANNOTATION
    _api = "2"
    _endpoints = {**ANNOTATION_COMMON, **ANNOTATION_V2}
    _operations = {
        "get_tables": Operation(
            name="get_tables",
            method="GET",
            path="/annotation/api/v2/aligned_volume/{aligned_volume_name}/table",
            safe=True,
            params=(
                Param(
                    name="aligned_volume_name",
                    type="str",
                    location="path",
                    wire=("aligned_volume_name",),
                    encode="scalar",
                    client_default="aligned_volume_name",
                ),
                Param(
                    name="timestamp",
                    type="datetime",
                    location="query",
                    wire=("timestamp",),
                    encode="iso_utc_micros",
                ),
                Param(
                    name="filter_valid",
                    type="bool",
                    location="query",
                    wire=("filter_valid",),
                    encode="scalar",
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "create_table": Operation(
            name="create_table",
            method="POST",
            path="/annotation/api/v2/aligned_volume/{aligned_volume_name}/table",
            safe=False,
            check="Ask get_table_metadata for the table: with your description and a creation time of now it was made.",
            params=(
                Param(
                    name="schema_type",
                    type="str",
                    location="body",
                    wire=("schema_type",),
                    encode="native",
                    required=True,
                ),
                Param(
                    name="table_name",
                    type="str",
                    location="body",
                    wire=("table_name",),
                    encode="native",
                    required=True,
                ),
                Param(
                    name="metadata",
                    type="mapping",
                    location="body",
                    wire=("metadata",),
                    encode="native",
                    required=True,
                ),
                Param(
                    name="aligned_volume_name",
                    type="str",
                    location="path",
                    wire=("aligned_volume_name",),
                    encode="scalar",
                    client_default="aligned_volume_name",
                ),
            ),
            response=(Arm(decode="text"),),
        ),
        "update_metadata": Operation(
            name="update_metadata",
            method="PUT",
            path="/annotation/api/v2/aligned_volume/{aligned_volume_name}/table",
            safe=True,
            params=(
                Param(
                    name="table_name",
                    type="str",
                    location="body",
                    wire=("table_name",),
                    encode="native",
                    required=True,
                ),
                Param(
                    name="metadata",
                    type="mapping",
                    location="body",
                    wire=("metadata",),
                    encode="native",
                    required=True,
                ),
                Param(
                    name="aligned_volume_name",
                    type="str",
                    location="path",
                    wire=("aligned_volume_name",),
                    encode="scalar",
                    client_default="aligned_volume_name",
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_table_metadata": Operation(
            name="get_table_metadata",
            method="GET",
            path="/annotation/api/v2/aligned_volume/{aligned_volume_name}/table/{table_name}",
            safe=True,
            params=(
                Param(
                    name="table_name",
                    type="str",
                    location="path",
                    wire=("table_name",),
                    encode="scalar",
                    required=True,
                ),
                Param(
                    name="aligned_volume_name",
                    type="str",
                    location="path",
                    wire=("aligned_volume_name",),
                    encode="scalar",
                    client_default="aligned_volume_name",
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "delete_table": Operation(
            name="delete_table",
            method="DELETE",
            path="/annotation/api/v2/aligned_volume/{aligned_volume_name}/table/{table_name}",
            safe=False,
            check="Ask get_tables: a table that is not listed any more was deleted.",
            params=(
                Param(
                    name="table_name",
                    type="str",
                    location="path",
                    wire=("table_name",),
                    encode="scalar",
                    required=True,
                ),
                Param(
                    name="aligned_volume_name",
                    type="str",
                    location="path",
                    wire=("aligned_volume_name",),
                    encode="scalar",
                    client_default="aligned_volume_name",
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_annotation_count": Operation(
            name="get_annotation_count",
            method="GET",
            path="/annotation/api/v2/aligned_volume/{aligned_volume_name}/table/{table_name}/count",
            safe=True,
            params=(
                Param(
                    name="table_name",
                    type="str",
                    location="path",
                    wire=("table_name",),
                    encode="scalar",
                    required=True,
                ),
                Param(
                    name="aligned_volume_name",
                    type="str",
                    location="path",
                    wire=("aligned_volume_name",),
                    encode="scalar",
                    client_default="aligned_volume_name",
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_annotation": Operation(
            name="get_annotation",
            method="GET",
            path="/annotation/api/v2/aligned_volume/{aligned_volume_name}/table/{table_name}/annotations",
            safe=True,
            params=(
                Param(
                    name="table_name",
                    type="str",
                    location="path",
                    wire=("table_name",),
                    encode="scalar",
                    required=True,
                ),
                Param(
                    name="annotation_ids",
                    type="id_array",
                    location="query",
                    wire=("annotation_ids",),
                    encode="csv",
                    required=True,
                ),
                Param(
                    name="aligned_volume_name",
                    type="str",
                    location="path",
                    wire=("aligned_volume_name",),
                    encode="scalar",
                    client_default="aligned_volume_name",
                ),
                Param(
                    name="progress",
                    type="bool",
                    location="none",
                    wire=("progress",),
                    encode="native",
                    effect="progress",
                ),
            ),
            response=(Arm(decode="json"),),
            items=(ItemLimit(param="annotation_ids", max=250, on_exceed="split", merge="concat"),),
        ),
        "post_annotation": Operation(
            name="post_annotation",
            method="POST",
            path="/annotation/api/v2/aligned_volume/{aligned_volume_name}/table/{table_name}/annotations",
            safe=False,
            check="Compare get_annotation_count with the count before, and ask get_annotation for the ids after the last one you know.",
            timeout=300,
            params=(
                Param(
                    name="table_name",
                    type="str",
                    location="path",
                    wire=("table_name",),
                    encode="scalar",
                    required=True,
                ),
                Param(
                    name="annotations",
                    type="json",
                    location="body",
                    wire=("annotations",),
                    encode="native",
                    required=True,
                ),
                Param(
                    name="aligned_volume_name",
                    type="str",
                    location="path",
                    wire=("aligned_volume_name",),
                    encode="scalar",
                    client_default="aligned_volume_name",
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "update_annotation": Operation(
            name="update_annotation",
            method="PUT",
            path="/annotation/api/v2/aligned_volume/{aligned_volume_name}/table/{table_name}/annotations",
            safe=False,
            check="Ask get_annotation for the old ids: where superceded_id is set, the row was replaced by that one.",
            timeout=300,
            params=(
                Param(
                    name="table_name",
                    type="str",
                    location="path",
                    wire=("table_name",),
                    encode="scalar",
                    required=True,
                ),
                Param(
                    name="annotations",
                    type="json",
                    location="body",
                    wire=("annotations",),
                    encode="native",
                    required=True,
                ),
                Param(
                    name="aligned_volume_name",
                    type="str",
                    location="path",
                    wire=("aligned_volume_name",),
                    encode="scalar",
                    client_default="aligned_volume_name",
                ),
            ),
            response=(Arm(decode="json", map_keys="int"),),
        ),
        "delete_annotation": Operation(
            name="delete_annotation",
            method="DELETE",
            path="/annotation/api/v2/aligned_volume/{aligned_volume_name}/table/{table_name}/annotations",
            safe=False,
            check="Ask get_annotation for the ids: rows that are not valid any more were deleted.",
            params=(
                Param(
                    name="table_name",
                    type="str",
                    location="path",
                    wire=("table_name",),
                    encode="scalar",
                    required=True,
                ),
                Param(
                    name="annotation_ids",
                    type="id_array",
                    location="body",
                    wire=("annotation_ids",),
                    encode="native",
                    required=True,
                ),
                Param(
                    name="aligned_volume_name",
                    type="str",
                    location="path",
                    wire=("aligned_volume_name",),
                    encode="scalar",
                    client_default="aligned_volume_name",
                ),
            ),
            response=(Arm(decode="json"),),
        ),
    }

    def _get_tables(
        self,
        aligned_volume_name: str | None = None,
        *,
        timestamp: TimeLike | None = None,
        filter_valid: bool | None = None,
    ) -> list[str]:
        """List the tables of an aligned volume.

        Parameters
        ----------
        aligned_volume_name : str, optional
            Name of the aligned volume. Left out: name of the aligned volume.
        timestamp : datetime, str or float, optional
            List the tables of that moment. AnnotationEngine 4.35.0 and older do not act on it.
        filter_valid : bool, optional
            False lists tables too that were deleted. Left out: the server takes True.

        Returns
        -------
        list[str]
            Names of the tables.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        """
        answer: list[str] = self._call(
            "get_tables",
            aligned_volume_name=aligned_volume_name,
            timestamp=timestamp,
            filter_valid=filter_valid,
        )
        return answer

    def _create_table(
        self,
        schema_type: str,
        table_name: str,
        metadata: Mapping[str, Any],
        aligned_volume_name: str | None = None,
    ) -> str:
        """Make a table.

        Parameters
        ----------
        schema_type : str
            Name of the schema. `schema.get_schemas` lists what there is.
        table_name : str
            Name of the new table.
        metadata : dict
            Description, resolution and permissions.
        aligned_volume_name : str, optional
            Name of the aligned volume. Left out: name of the aligned volume.

        Returns
        -------
        str
            Name of the new table.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        UnknownOutcomeError
            The answer was lost, so it may have happened. Ask get_table_metadata for the table: with your
            description and a creation time of now it was made.
        """
        answer: str = self._call(
            "create_table",
            schema_type=schema_type,
            table_name=table_name,
            metadata=metadata,
            aligned_volume_name=aligned_volume_name,
        )
        return answer

    def _update_metadata(
        self, table_name: str, metadata: Mapping[str, Any], aligned_volume_name: str | None = None
    ) -> TableMetadata:
        """Change what is known of a table.

        Parameters
        ----------
        table_name : str
            Name of the table.
        metadata : dict
            What changes.
        aligned_volume_name : str, optional
            Name of the aligned volume. Left out: name of the aligned volume.

        Returns
        -------
        TableMetadata
            What is known of the table now.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        """
        answer: TableMetadata = self._call(
            "update_metadata",
            table_name=table_name,
            metadata=metadata,
            aligned_volume_name=aligned_volume_name,
        )
        return answer

    def _get_table_metadata(self, table_name: str, aligned_volume_name: str | None = None) -> TableMetadata:
        """Get what is known of a table.

        Parameters
        ----------
        table_name : str
            Name of the table.
        aligned_volume_name : str, optional
            Name of the aligned volume. Left out: name of the aligned volume.

        Returns
        -------
        TableMetadata
            What is known of it.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        """
        answer: TableMetadata = self._call(
            "get_table_metadata", table_name=table_name, aligned_volume_name=aligned_volume_name
        )
        return answer

    def delete_table(self, table_name: str, aligned_volume_name: str | None = None) -> bool:
        """Mark a table as deleted.

        Only its owner may. The server keeps the rows.

        Parameters
        ----------
        table_name : str
            Name of the table.
        aligned_volume_name : str, optional
            Name of the aligned volume. Left out: name of the aligned volume.

        Returns
        -------
        bool
            True.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        UnknownOutcomeError
            The answer was lost, so it may have happened. Ask get_tables: a table that is not listed any
            more was deleted.

        Examples
        --------
        >>> client.annotation.delete_table("t")
        True
        """
        answer: bool = self._call(
            "delete_table", table_name=table_name, aligned_volume_name=aligned_volume_name
        )
        return answer

    def get_annotation_count(self, table_name: str, aligned_volume_name: str | None = None) -> int:
        """Count the annotations of a table.

        Parameters
        ----------
        table_name : str
            Name of the table.
        aligned_volume_name : str, optional
            Name of the aligned volume. Left out: name of the aligned volume.

        Returns
        -------
        int
            Number of valid annotations.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Examples
        --------
        >>> client.annotation.get_annotation_count("t")
        40
        """
        answer: int = self._call(
            "get_annotation_count", table_name=table_name, aligned_volume_name=aligned_volume_name
        )
        return answer

    def _get_annotation(
        self,
        table_name: str,
        annotation_ids: IdsLike,
        aligned_volume_name: str | None = None,
        *,
        progress: bool | None = None,
    ) -> list[Annotation]:
        """Get annotations by their ids.

        Parameters
        ----------
        table_name : str
            Name of the table.
        annotation_ids : array of annotation ids, shape (n,)
            The annotations.
        aligned_volume_name : str, optional
            Name of the aligned volume. Left out: name of the aligned volume.
        progress : bool, optional
            Show a bar when the call goes out as several requests; None: where there is a terminal or a
            notebook to show it.

        Returns
        -------
        list[Annotation]
            The rows that the table has.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Notes
        -----
        More than 250 `annotation_ids` are sent in several requests.
        """
        answer: list[Annotation] = self._call(
            "get_annotation",
            table_name=table_name,
            annotation_ids=annotation_ids,
            aligned_volume_name=aligned_volume_name,
            progress=progress,
        )
        return answer

    def _post_annotation(
        self, table_name: str, annotations: JSON, aligned_volume_name: str | None = None
    ) -> list[int]:
        """Insert annotations.

        Parameters
        ----------
        table_name : str
            Name of the table.
        annotations : JSON value
            The rows.
        aligned_volume_name : str, optional
            Name of the aligned volume. Left out: name of the aligned volume.

        Returns
        -------
        list[int]
            Ids of the new rows, in their order.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        UnknownOutcomeError
            The answer was lost, so it may have happened. Compare get_annotation_count with the count
            before, and ask get_annotation for the ids after the last one you know.
        """
        answer: list[int] = self._call(
            "post_annotation",
            table_name=table_name,
            annotations=annotations,
            aligned_volume_name=aligned_volume_name,
        )
        return answer

    def _update_annotation(
        self, table_name: str, annotations: JSON, aligned_volume_name: str | None = None
    ) -> dict[int, int]:
        """Replace annotations.

        Parameters
        ----------
        table_name : str
            Name of the table.
        annotations : JSON value
            The rows, each with the id of the one that it replaces.
        aligned_volume_name : str, optional
            Name of the aligned volume. Left out: name of the aligned volume.

        Returns
        -------
        dict[int, int]
            Id of the new row by that of the old.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        UnknownOutcomeError
            The answer was lost, so it may have happened. Ask get_annotation for the old ids: where
            superceded_id is set, the row was replaced by that one.
        """
        answer: dict[int, int] = self._call(
            "update_annotation",
            table_name=table_name,
            annotations=annotations,
            aligned_volume_name=aligned_volume_name,
        )
        return answer

    def _delete_annotation(
        self, table_name: str, annotation_ids: IdsLike, aligned_volume_name: str | None = None
    ) -> list[int]:
        """Mark annotations as deleted.

        The server keeps the rows and marks them as not valid.

        Parameters
        ----------
        table_name : str
            Name of the table.
        annotation_ids : array of annotation ids, shape (n,)
            The annotations.
        aligned_volume_name : str, optional
            Name of the aligned volume. Left out: name of the aligned volume.

        Returns
        -------
        list[int]
            Ids of the rows that were deleted.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        UnknownOutcomeError
            The answer was lost, so it may have happened. Ask get_annotation for the ids: rows that are not
            valid any more were deleted.
        """
        answer: list[int] = self._call(
            "delete_annotation",
            table_name=table_name,
            annotation_ids=annotation_ids,
            aligned_volume_name=aligned_volume_name,
        )
        return answer
