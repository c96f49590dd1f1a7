# Generated from spec/schema/v1.yaml. Change the descriptor and run `make generate`.
"""Schema API 1: the kinds of annotation that tables can hold, and the fields of each."""

from __future__ import annotations

from typing import Any

from caveclient_gen._runtime.client import ClientBase
from caveclient_gen._runtime.operation import Arm, Operation, Param

from .endpoints import SCHEMA_COMMON, SCHEMA_V1
from .services import SCHEMA


class SchemaOperationsV1(ClientBase):
    """The kinds of annotation that tables can hold, and the fields of each.

    The first form of the service. No server speaks it any more.

    This API version is legacy.
    """

    _service = SCHEMA
    _api = "1"
    _endpoints = {**SCHEMA_COMMON, **SCHEMA_V1}
    _operations = {
        "get_schemas": Operation(
            name="get_schemas", method="GET", path="/schema/type", safe=True, response=(Arm(decode="json"),)
        ),
        "schema_definition": Operation(
            name="schema_definition",
            method="GET",
            path="/schema/type/{schema_type}",
            safe=True,
            errors=((404, "NotFoundError"),),
            params=(
                Param(
                    name="schema_type",
                    type="str",
                    location="path",
                    wire=("schema_type",),
                    encode="scalar",
                    required=True,
                ),
            ),
            response=(Arm(decode="json"),),
        ),
    }

    def get_schemas(self) -> list[str]:
        """List the kinds of annotation that tables can hold.

        Returns
        -------
        list[str]
            Names of the schemas.

        Notes
        -----
        This operation is legacy.

        Examples
        --------
        >>> client.schema.get_schemas()
        ['synapse', 'bound_tag']
        """
        answer: list[str] = self._call("get_schemas")
        return answer

    def schema_definition(self, schema_type: str) -> dict[str, Any]:
        """Get the fields of one kind of annotation.

        Parameters
        ----------
        schema_type : str
            Name of the schema. `get_schemas` lists what there is.

        Returns
        -------
        dict[str, Any]
            The definition as JSON Schema (draft 7).

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
        >>> answer = client.schema.schema_definition("simple_reference")
        """
        answer: dict[str, Any] = self._call("schema_definition", schema_type=schema_type)
        return answer
