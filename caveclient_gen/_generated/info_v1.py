# Generated from spec/info/v1.yaml. Change the descriptor and run `make generate`.
"""InfoService API 1: what datastacks there are, and where each keeps its imagery, segmentation, tables and servers."""

from __future__ import annotations

from typing import Any

from caveclient_gen._runtime.client import ClientBase
from caveclient_gen._runtime.operation import Arm, Operation, Param

from .endpoints import INFO_COMMON, INFO_V1
from .services import INFO


class InfoServiceOperationsV1(ClientBase):
    """What datastacks there are, and where each keeps its imagery, segmentation, tables and servers.

    Datasets, before they were split into aligned volumes and datastacks. No server speaks it any more.

    This API version is legacy.
    """

    _service = INFO
    _api = "1"
    _endpoints = {**INFO_COMMON, **INFO_V1}
    _operations = {
        "get_datasets": Operation(
            name="get_datasets",
            method="GET",
            path="/info/api/datasets",
            safe=True,
            response=(Arm(decode="json"),),
        ),
        "get_dataset_info": Operation(
            name="get_dataset_info",
            method="GET",
            path="/info/api/dataset/{dataset_name}",
            safe=True,
            errors=((404, "NotFoundError"),),
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
        >>> client.info.get_datasets()
        ['pinky100', 'basil']
        """
        answer: list[str] = self._call("get_datasets")
        return answer

    def get_dataset_info(self, dataset_name: str) -> dict[str, Any]:
        """Get the record of a dataset.

        Parameters
        ----------
        dataset_name : str
            Name of the dataset.

        Returns
        -------
        dict[str, Any]
            The record.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.

        Notes
        -----
        This operation is legacy.

        Examples
        --------
        >>> client.info.get_dataset_info("pinky100")
        {'name': 'pinky100', 'viewer_site': 'https://viewer.example'}
        """
        answer: dict[str, Any] = self._call("get_dataset_info", dataset_name=dataset_name)
        return answer
