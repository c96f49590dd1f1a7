# Generated from spec/annotation/v0.yaml. Change the descriptor and run `make generate`.
"""Annotation API 0: tables of annotations, and the annotations that people put into them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.client import ClientBase
from caveclient_gen._runtime.operation import Arm, Body, Operation, Param

from .endpoints import ANNOTATION_COMMON, ANNOTATION_V0
from .services import ANNOTATION

if TYPE_CHECKING:
    from caveclient_gen._runtime.typing import JSON, IdLike


class AnnotationOperationsV0(ClientBase):
    """Tables of annotations, and the annotations that people put into them.

    Datasets, before they were split into aligned volumes and datastacks. No server speaks it any more.

    This API version is legacy.
    """

    _service = ANNOTATION
    _api = "0"
    _endpoints = {**ANNOTATION_COMMON, **ANNOTATION_V0}
    _operations = {
        "get_datasets": Operation(
            name="get_datasets",
            method="GET",
            path="/annotation/datasets",
            safe=True,
            response=(Arm(decode="json"),),
        ),
        "get_tables": Operation(
            name="get_tables",
            method="GET",
            path="/annotation/dataset/{dataset_name}",
            safe=True,
            params=(
                Param(
                    name="dataset_name",
                    type="str",
                    location="path",
                    wire=("dataset_name",),
                    encode="scalar",
                    required=True,
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_annotation": Operation(
            name="get_annotation",
            method="GET",
            path="/annotation/dataset/{dataset_name}/{table_name}/{annotation_id}",
            safe=True,
            params=(
                Param(
                    name="dataset_name",
                    type="str",
                    location="path",
                    wire=("dataset_name",),
                    encode="scalar",
                    required=True,
                ),
                Param(
                    name="table_name",
                    type="str",
                    location="path",
                    wire=("table_name",),
                    encode="scalar",
                    required=True,
                ),
                Param(
                    name="annotation_id",
                    type="id",
                    location="path",
                    wire=("annotation_id",),
                    encode="scalar",
                    required=True,
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "post_annotation": Operation(
            name="post_annotation",
            method="POST",
            path="/annotation/dataset/{dataset_name}/{table_name}",
            safe=False,
            check="Ask get_annotation for the ids after the last one you know: a row with what you sent means that it was inserted.",
            params=(
                Param(
                    name="dataset_name",
                    type="str",
                    location="path",
                    wire=("dataset_name",),
                    encode="scalar",
                    required=True,
                ),
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
            ),
            body=Body(kind="json", param="annotations"),
            response=(Arm(decode="json"),),
        ),
    }

    def get_datasets(self) -> list[str]:
        """List the datasets that the server knows.

        Returns
        -------
        list[str]
            Names of the datasets.

        Notes
        -----
        This operation is legacy.

        Examples
        --------
        >>> client.annotation.get_datasets()
        ['pinky100']
        """
        answer: list[str] = self._call("get_datasets")
        return answer

    def get_tables(self, dataset_name: str) -> list[str]:
        """List the tables of a dataset.

        Parameters
        ----------
        dataset_name : str
            Name of the dataset.

        Returns
        -------
        list[str]
            Names of the tables.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Notes
        -----
        This operation is legacy.

        Examples
        --------
        >>> client.annotation.get_tables("pinky100")
        ['synapses']
        """
        answer: list[str] = self._call("get_tables", dataset_name=dataset_name)
        return answer

    def get_annotation(self, dataset_name: str, table_name: str, annotation_id: IdLike) -> dict[str, Any]:
        """Get one annotation.

        Parameters
        ----------
        dataset_name : str
            Name of the dataset.
        table_name : str
            Name of the table.
        annotation_id : int, annotation id
            The annotation.

        Returns
        -------
        dict[str, Any]
            Its fields.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Notes
        -----
        This operation is legacy.

        Examples
        --------
        >>> client.annotation.get_annotation("pinky100", "synapses", 3)
        {'id': 3, 'type': 'synapse'}
        """
        answer: dict[str, Any] = self._call(
            "get_annotation", dataset_name=dataset_name, table_name=table_name, annotation_id=annotation_id
        )
        return answer

    def post_annotation(self, dataset_name: str, table_name: str, annotations: JSON) -> list[int]:
        """Insert annotations.

        Parameters
        ----------
        dataset_name : str
            Name of the dataset.
        table_name : str
            Name of the table.
        annotations : JSON value
            The rows.

        Returns
        -------
        list[int]
            Ids of the new rows.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        UnknownOutcomeError
            The answer was lost, so it may have happened. Ask get_annotation for the ids after the last one
            you know: a row with what you sent means that it was inserted.

        Notes
        -----
        This operation is legacy.

        Examples
        --------
        >>> client.annotation.post_annotation(
        ...     "pinky100",
        ...     "synapses",
        ...     [{"type": "synapse", "size": 3.0}],
        ... )
        [4]
        """
        answer: list[int] = self._call(
            "post_annotation", dataset_name=dataset_name, table_name=table_name, annotations=annotations
        )
        return answer
