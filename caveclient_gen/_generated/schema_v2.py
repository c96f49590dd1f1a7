# Generated from spec/schema/v2.yaml. Change the descriptor and run `make generate`.
"""Schema API 2: the kinds of annotation that tables can hold, and the fields of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.client import ClientBase
from caveclient_gen._runtime.operation import Arm, ItemLimit, Operation, Param

from .endpoints import SCHEMA_COMMON, SCHEMA_V2
from .services import SCHEMA

if TYPE_CHECKING:
    from caveclient_gen._runtime.typing import StrsLike


class SchemaOperationsV2(ClientBase):
    """The kinds of annotation that tables can hold, and the fields of each.

    Adds definitions of several schemas at once.
    """

    _service = SCHEMA
    _api = "2"
    _endpoints = {**SCHEMA_COMMON, **SCHEMA_V2}
    _operations = {
        "get_schemas": Operation(
            name="get_schemas",
            method="GET",
            path="/schema/api/v2/type",
            safe=True,
            response=(Arm(decode="json"),),
        ),
        "schema_definition": Operation(
            name="schema_definition",
            method="GET",
            path="/schema/api/v2/type/{schema_type}",
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
        "schema_definition_multi": Operation(
            name="schema_definition_multi",
            method="POST",
            path="/schema/api/v2/types",
            safe=True,
            errors=((404, "NotFoundError"),),
            params=(
                Param(
                    name="schema_types",
                    type="str_array",
                    location="query",
                    wire=("schema_names",),
                    encode="csv",
                    required=True,
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
            items=(ItemLimit(param="schema_types", max=100, on_exceed="split", merge="dict_union"),),
        ),
        "schema_definition_all": Operation(
            name="schema_definition_all",
            method="GET",
            path="/schema/api/v2/types_all",
            safe=True,
            errors=((404, "NotFoundError"),),
            response=(Arm(decode="json"),),
        ),
    }

    def get_schemas(self) -> list[str]:
        """List the kinds of annotation that tables can hold.

        Returns
        -------
        list[str]
            Names of the schemas.

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

        Examples
        --------
        >>> answer = client.schema.schema_definition("simple_reference")
        """
        answer: dict[str, Any] = self._call("schema_definition", schema_type=schema_type)
        return answer

    def _schema_definition_multi(
        self, schema_types: StrsLike, *, progress: bool | None = None
    ) -> dict[str, dict[str, Any]]:
        """Get the fields of several kinds of annotation in one call.

        Parameters
        ----------
        schema_types : list of str
            Names of the schemas. `get_schemas` lists what there is.
        progress : bool, optional
            Show a bar when the call goes out as several requests; by default in a terminal or notebook.

        Returns
        -------
        dict[str, dict[str, Any]]
            Definitions as JSON Schema (draft 7), by name.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.

        Notes
        -----
        More than 100 `schema_types` are sent in several requests.
        """
        answer: dict[str, dict[str, Any]] = self._call(
            "schema_definition_multi", schema_types=schema_types, progress=progress
        )
        return answer

    def _schema_definition_all(self) -> dict[str, dict[str, Any]]:
        """Get the fields of all kinds of annotation in one call.

        Returns
        -------
        dict[str, dict[str, Any]]
            Definitions as JSON Schema (draft 7), by name.

        Raises
        ------
        NotFoundError
            The server knows no such thing.
        """
        answer: dict[str, dict[str, Any]] = self._call("schema_definition_all")
        return answer
