"""What templates see: plain values, already decided. A template only arranges them."""

from __future__ import annotations

import ast
import keyword
from dataclasses import dataclass, field, replace
from typing import Any

from codegen import ir, naming
from codegen.docstring import alias_docstring, api_docstring, operation_docstring
from codegen.endpoint_tables import EndpointTable, tables_of
from codegen.escape import Record, annotation
from codegen.prose import sentence
from codegen.python_types import ALIASES
from codegen.records import operation_record, service_record
from codegen.signature import Signature, overloads_of, signature_of


@dataclass(frozen=True, slots=True)
class PackageModule:
    """The package of everything generated."""

    origin: str
    docstring: str


@dataclass(frozen=True, slots=True)
class NamedLiteral:
    """A `Literal` with a name: the values that an argument may take."""

    name: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Method:
    """A generated method or property."""

    name: str
    key: str
    """What it calls: an operation by its name, or by an old one."""
    docstring: str
    signature: Signature
    overloads: tuple[Signature, ...]
    is_property: bool
    local: str
    """Name of the variable that holds the answer: none of the arguments has it."""

    @property
    def definitions(self) -> tuple[Signature, ...]:
        """The overloads, and last the method itself."""
        return (*self.overloads, self.signature)

    @property
    def result(self) -> str:
        """How the answer leaves the method: nothing, untyped, or typed on the way."""
        return {"None": "nothing", "Any": "untyped"}.get(self.signature.returns, "typed")


@dataclass(frozen=True, slots=True)
class OperationsModule:
    """The module of one API version."""

    origin: str
    docstring: str
    class_name: str
    class_docstring: str
    constant: str
    api: str
    endpoint_tables: tuple[str, ...]
    """Address templates of the service: what all versions share, then this version's."""
    types_module: str
    typing_names: tuple[str, ...]
    """Annotations of the runtime's that the methods use."""
    types: tuple[str, ...]
    """Answer types of the service that the methods use."""
    literals: tuple[NamedLiteral, ...]
    records: tuple[tuple[str, Record], ...]
    """The operations by name."""
    methods: tuple[Method, ...]
    """One per operation, and one per old name of it."""


@dataclass(frozen=True, slots=True)
class FieldView:
    """A key of a `TypedDict`."""

    name: str
    annotation: str
    doc: str | None


@dataclass(frozen=True, slots=True)
class TypeView:
    """A `TypedDict`."""

    name: str
    docstring: str
    fields: tuple[FieldView, ...]
    as_call: bool
    """A field's name is no Python name: written with the functional syntax."""


@dataclass(frozen=True, slots=True)
class TypesModule:
    """The module of a service's answer types."""

    origin: str
    docstring: str
    types: tuple[TypeView, ...]


@dataclass(frozen=True, slots=True)
class ServicesModule:
    """The module that describes the services."""

    origin: str
    docstring: str
    services: tuple[tuple[str, Record], ...]


@dataclass(frozen=True, slots=True)
class EndpointsModule:
    """The module of the public address templates."""

    origin: str
    docstring: str
    tables: tuple[EndpointTable, ...]


@dataclass(slots=True)
class _Literals:
    """The named `Literal`s of one module: one per set of values, named after the first parameter."""

    taken: set[str]
    by_values: dict[str, NamedLiteral] = field(default_factory=dict)

    def name(self, operation: ir.Operation, param: ir.Param) -> str:
        key = repr(param.choices)
        if key not in self.by_values:
            own = naming.camel(param.name)
            candidates = (own, naming.camel(operation.name) + own, own + naming.camel(operation.name))
            name = naming.first_free(candidates, self.taken)
            self.taken.add(name)
            self.by_values[key] = NamedLiteral(name, param.choices)
        return self.by_values[key].name


def operations_module(service: ir.Service, api: ir.Api) -> OperationsModule:
    """Decide all that stands in the module of one API version."""
    class_name = naming.operations_class(service, api)
    constant = naming.service_constant(service)
    known = {named.name for named in service.types}
    # The loader tells it at its line; this holds for what is made without one, too.
    tables = (f"{constant}_COMMON", f"{constant}_V{api.number}")
    own = {class_name, constant, *tables}
    if clash := sorted(known & (naming.TAKEN | own)):
        raise ValueError(
            f"the name {clash[0]!r} is already used in the generated module; rename it in the descriptor"
        )
    literals = _Literals(own | known)
    methods = tuple(
        method for operation in api.operations for method in _methods(operation, literals, service)
    )
    used = _names_in(methods)
    return OperationsModule(
        origin=_origin(f"spec/{service.name}/v{api.number}.yaml"),
        docstring=f"{service.client.removesuffix('Client')} API {api.number}: {_lower(service.summary)}",
        class_name=class_name,
        class_docstring=api_docstring(service, api),
        constant=constant,
        api=api.number,
        endpoint_tables=tables,
        types_module=naming.types_module(service),
        typing_names=tuple(sorted(ALIASES & used)),
        types=tuple(sorted(known & used)),
        literals=tuple(literals.by_values.values()),
        records=tuple((operation.name, operation_record(operation)) for operation in api.operations),
        methods=methods,
    )


def types_module(service: ir.Service) -> TypesModule:
    """Decide all that stands in the module of a service's answer types."""
    return TypesModule(
        origin=_origin(f"spec/{service.name}/service.yaml"),
        docstring=f"Shapes of the answers of the {service.name} service.",
        types=tuple(_type(named) for named in service.types),
    )


def services_module(spec: ir.Spec) -> ServicesModule:
    """Decide all that stands in the module that describes the services."""
    records = tuple((naming.service_constant(service), service_record(service)) for service in spec.services)
    words = "The services: where each stands on a server and which API versions it has."
    return ServicesModule(_origin("spec/"), words, records)


def endpoints_module(spec: ir.Spec) -> EndpointsModule:
    """Decide all that stands in the module of address templates."""
    tables = tuple(table for service in spec.services for table in tables_of(service))
    return EndpointsModule(_origin("spec/"), "Addresses of the services' routes, as templates.", tables)


def package_module() -> PackageModule:
    """Decide what the package says of itself."""
    return PackageModule(_origin("spec/"), "Everything here is generated; nobody edits it.")


def _methods(operation: ir.Operation, literals: _Literals, service: ir.Service) -> list[Method]:
    method = _method(operation, literals, service)
    words = alias_docstring(operation)
    return [method, *(replace(method, name=old, key=old, docstring=words) for old in operation.aliases)]


def _method(operation: ir.Operation, literals: _Literals, service: ir.Service) -> Method:
    closed = {
        param.name: literals.name(operation, param) for param in operation.arguments if is_closed(param)
    }
    signature = signature_of(operation, closed)
    names = {parameter.name for parameter in signature.parameters}
    return Method(
        name=operation.python_name,
        key=operation.name,
        docstring=operation_docstring(operation, service),
        signature=signature,
        overloads=overloads_of(operation, signature),
        is_property=operation.is_property,
        local=next(name for name in ("answer", "answer_", "answer__") if name not in names),
    )


def is_closed(param: ir.Param) -> bool:
    """Whether the choices make a `Literal`: floats cannot, lists of values are no single value."""
    return bool(param.choices) and param.type in {"str", "int"}


def _type(named: ir.NamedType) -> TypeView:
    fields = tuple(_field(field) for field in named.fields)
    as_call = any(not _is_attribute(field.name) for field in fields)
    return TypeView(named.name, sentence(named.doc or "An answer of the server."), fields, as_call)


def _field(field: ir.TypeField) -> FieldView:
    kind = annotation(field.type)
    return FieldView(
        name=field.name,
        annotation=kind if field.required else f"NotRequired[{kind}]",
        doc=sentence(field.doc) if field.doc else None,
    )


def _is_attribute(name: str) -> bool:
    """Whether a class body can hold the name unchanged: `__x` would be mangled."""
    return (
        name.isascii() and name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("__")
    )


def _names_in(methods: tuple[Method, ...]) -> set[str]:
    """Collect the names that the methods' annotations use."""
    signatures = [signature for method in methods for signature in (method.signature, *method.overloads)]
    written = [signature.returns for signature in signatures]
    written += [parameter.annotation for signature in signatures for parameter in signature.parameters]
    trees = [ast.parse(annotation(text), mode="eval") for text in dict.fromkeys(written)]
    return {node.id for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _origin(path: str) -> str:
    return f"Generated from {path}. Change the descriptor and run `make generate`."


def _lower(summary: str) -> str:
    """Let a sentence go on after a colon: its first word loses the capital, if it has only one."""
    text = sentence(summary)
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
