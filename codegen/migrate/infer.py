"""What the expressions of a script are, read from its assignments, imports and annotations.

Rules
-----
1. A name is what all its assignments in its scope make of it; the order of lines is not followed. So a
   name that is a client here and something else there is both, and a use of it is only "maybe".
2. None says nothing: `client = None` at the top of a module is a promise of a later assignment.
3. `self.client` is what the methods of the class assign to it.
4. What a function of the script returns is read from its `return` statements, or its annotation.
5. What is not understood is unknown, never something else: being silent about a place would hide it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst
from libcst import metadata

from codegen.migrate.syntax import Definitions, around, last_word, module_of, text_of, words_of
from codegen.migrate.values import OTHER, Known, Value, Values, join, unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

NOTHING: Values = frozenset()
_OTHER = frozenset({OTHER})
_MANY = (cst.Tuple, cst.List, cst.Set)
_PROPERTIES = frozenset({"property", "cached_property"})


class Inference:
    """What the expressions of one script are.

    Parameters
    ----------
    module : MetadataWrapper
        The script.
    parents : mapping
        All its nodes, and the node around each.
    known : Known
        What is looked for.
    """

    def __init__(
        self, module: metadata.MetadataWrapper, parents: Mapping[cst.CSTNode, cst.CSTNode], known: Known
    ) -> None:
        self.known, self.parents = known, parents
        self._scopes: Mapping[cst.CSTNode, Any] = module.resolve(metadata.ScopeProvider)
        self._definitions = Definitions(parents)
        self._found: dict[cst.CSTNode, Values] = {}
        self._open: set[cst.CSTNode] = set()

    def values(self, node: cst.CSTNode) -> Values:
        """Return all that an expression can be."""
        if node in self._open:
            # A name that is assigned from itself says nothing new.
            return NOTHING
        if node not in self._found:
            self._open.add(node)
            read = _READERS.get(type(node))
            self._found[node] = _OTHER if read is None else read(self, node)
            self._open.remove(node)
        return self._found[node]

    def around(self, node: cst.CSTNode, *kinds: type[cst.CSTNode]) -> cst.CSTNode | None:
        """Return the nearest node of some kinds around one."""
        return around(node, self.parents, *kinds)

    # ---- expressions

    def _name(self, node: cst.Name) -> Values:
        scope = self._scopes.get(node)
        assigned = list(scope[node.value]) if scope is not None else []
        if node.value == "None":
            return NOTHING
        return join(self._assigned(each, node.value) for each in assigned) or self._unbound(node.value)

    def _unbound(self, name: str) -> Values:
        """Return what a name is that nothing here assigns: `from caveclient import *` may."""
        for dotted in self._definitions.stars:
            value = self.known.imported(f"{dotted}.{name}", is_module=False)
            if value.kind in ("class", "framework"):
                return frozenset({value})
        return unknown(name)

    def _attribute(self, node: cst.Attribute) -> Values:
        found = (
            self._member(value, node.attr.value)
            if value.kind in ("instance", "local class")
            else self.known.attribute(value, node.attr.value)
            for value in self.values(node.value)
        )
        return join(found) or unknown(node.attr.value)

    def _call(self, node: cst.Call) -> Values:
        functions = self.values(node.func)
        arguments = [argument.value for argument in node.args if not argument.star]
        if is_builtin(node.func, "getattr", functions) and len(arguments) > 1:
            return self.named(arguments)
        if is_partial(functions) and arguments:
            return frozenset(
                Value("bound", value.name, value.member, value.evidence) if value.kind == "method" else OTHER
                for value in self.values(arguments[0])
            )
        return join(map(self._called, functions)) or unknown(last_word(node.func))

    def named(self, arguments: Sequence[cst.BaseExpression]) -> Values:
        """Infer what `getattr(...)` gives, or `hasattr(...)` asks for."""
        name = text_of(arguments[1])
        if name is None:
            return unknown()
        return join(self.known.attribute(value, name) for value in self.values(arguments[0]))

    def _called(self, value: Value) -> Values:
        if isinstance(value.node, cst.FunctionDef):
            return self._returned(value.node)
        if isinstance(value.node, cst.ClassDef):
            return frozenset({Value("instance", node=value.node), *self._inherited(value.node)})
        return self.known.called(value)

    def _either(self, node: cst.IfExp | cst.BooleanOperation) -> Values:
        parts = (node.body, node.orelse) if isinstance(node, cst.IfExp) else (node.left, node.right)
        return join(map(self.values, parts))

    def _inner(self, node: cst.NamedExpr | cst.Await) -> Values:
        return self.values(node.value if isinstance(node, cst.NamedExpr) else node.expression)

    def _item(self, node: cst.Subscript) -> Values:
        return unknown(last_word(node.value))

    # ---- what names stand for

    def _assigned(self, assignment: metadata.BaseAssignment, name: str) -> Values:
        node = getattr(assignment, "node", None)
        if isinstance(node, cst.Import | cst.ImportFrom):
            return self._imported(node, name)
        if isinstance(node, cst.ClassDef):
            return frozenset({Value("local class", node=node)})
        if isinstance(node, cst.FunctionDef):
            return frozenset({Value("function", node=node)})
        if isinstance(node, cst.Param):
            return self._parameter(node)
        return self.bound(node) if isinstance(node, cst.Name) else _OTHER

    def _imported(self, node: cst.Import | cst.ImportFrom, name: str) -> Values:
        base = module_of(node) if isinstance(node, cst.ImportFrom) else ""
        for alias in node.names if not isinstance(node.names, cst.ImportStar) else ():
            dotted = alias.evaluated_name
            if alias.evaluated_alias == name or (alias.asname is None and dotted.partition(".")[0] == name):
                whole = f"{base}.{dotted}" if base else dotted if alias.asname else name
                return frozenset({self.known.imported(whole, is_module=isinstance(node, cst.Import))})
        return unknown(name)

    def _parameter(self, node: cst.Param) -> Values:
        function = self.around(node, cst.FunctionDef, cst.Lambda)
        owner = self._owner(function) if isinstance(function, cst.FunctionDef) else None
        if owner is not None and isinstance(function, cst.FunctionDef) and _is_first(function, node):
            return frozenset({Value("instance", node=owner), *self._inherited(owner)})
        name = node.name.value
        if node.annotation is not None:
            return self._annotated(node.annotation.annotation, name)
        return unknown(name) | (self.values(node.default) if node.default is not None else NOTHING)

    def _owner(self, function: cst.CSTNode) -> cst.ClassDef | None:
        """Return the class whose method a function is."""
        owner = self.around(function, cst.ClassDef, cst.FunctionDef)
        return owner if isinstance(owner, cst.ClassDef) else None

    def _annotated(self, node: cst.BaseExpression, name: str) -> Values:
        """Return what an annotation promises; what is called a client stays unknown, whatever its type."""
        said = join(self._promised(node))
        if said:
            return said
        words = {each.lower() for each in words_of(node)}
        is_open = not words or words & {"any", "object"} or any("client" in word for word in words)
        return unknown(name) if is_open else _OTHER

    def _promised(self, node: cst.BaseExpression) -> Iterator[Values]:
        if isinstance(node, cst.SimpleString | cst.ConcatenatedString):
            text = text_of(node)
            if text is not None and text.replace(".", "").isidentifier():
                yield from map(self.known.called, self._spelled(node, text))
        elif isinstance(node, cst.Name | cst.Attribute):
            yield from (
                self._called(value)
                for value in self.values(node)
                if value.kind in ("framework", "class", "local class")
            )
        elif isinstance(node, cst.BinaryOperation):
            yield from (*self._promised(node.left), *self._promised(node.right))
        elif isinstance(node, cst.Subscript) and last_word(node.value) in ("Optional", "Annotated", "Union"):
            inner = (element.slice for element in node.slice)
            for index in inner:
                if isinstance(index, cst.Index):
                    yield from self._promised(index.value)

    def _spelled(self, node: cst.CSTNode, dotted: str) -> Values:
        """Return what a name in quotes is, in the scope where the quotes stand."""
        first, *rest = dotted.split(".")
        place = node
        while place not in self._scopes and place in self.parents:
            place = self.parents[place]
        scope = self._scopes.get(place)
        found = join(self._assigned(each, first) for each in scope[first]) if scope is not None else NOTHING
        for word in rest:
            found = join(self.known.attribute(value, word) for value in found)
        return frozenset(value for value in found if value.kind in ("framework", "class"))

    def bound(self, target: cst.CSTNode) -> Values:
        """Return what is bound to a target of an assignment, a loop or a `with`."""
        above = self.parents.get(target)
        name = last_word(target)
        if isinstance(above, cst.Element) and isinstance(self.parents[above], _MANY):
            return self._unpacked(above, name)
        if isinstance(above, cst.AnnAssign):
            said = self._annotated(above.annotation.annotation, name)
            return said if above.value is None or said != unknown(name) else self.values(above.value)
        source = self._source(above)
        return unknown(name) if source is None else self.values(source)

    def _source(self, above: cst.CSTNode | None) -> cst.CSTNode | None:
        """Return the expression that a target gets its value from, if it is that value itself."""
        outer = self.parents.get(above) if above is not None else None
        if isinstance(above, cst.AssignTarget) and isinstance(outer, cst.Assign):
            return outer.value
        if isinstance(above, cst.AsName) and isinstance(outer, cst.WithItem):
            return outer.item
        return above.value if isinstance(above, cst.NamedExpr) else None

    def _unpacked(self, element: cst.Element, name: str) -> Values:
        """Return what one of several targets gets: `a, b = client.info, client.state`."""
        targets: Any = self.parents[element]
        source: Any = self._source(self.parents.get(targets))
        if not isinstance(source, _MANY) or len(source.elements) != len(targets.elements):
            return unknown(name)
        part = source.elements[list(targets.elements).index(element)]
        return self.values(part.value) if isinstance(part, cst.Element) else unknown(name)

    # ---- what the script defines

    def _returned(self, function: cst.FunctionDef) -> Values:
        name = function.name.value
        if function.returns is not None:
            return self._annotated(function.returns.annotation, name)
        returns = self._definitions.returns[function]
        return join(map(self.values, returns)) or unknown(name)

    def _member(self, value: Value, name: str) -> Values:
        """Return what an attribute of a class of the script is."""
        owner: Any = value.node
        methods = self._definitions.methods[owner]
        if name in methods:
            method = methods[name]
            words = {last_word(decorator.decorator) for decorator in method.decorators}
            return (
                self._returned(method) if words & _PROPERTIES else frozenset({Value("function", node=method)})
            )
        assigned = self._definitions.assigned[owner].get(name)
        if assigned:
            return join(map(self.bound, assigned)) or unknown(name)
        bases = [value for base in owner.bases for value in self.values(base.value)]
        local = [value for value in bases if value.kind == "local class" and value.node is not owner]
        return join(self._member(base, name) for base in local) or unknown(name)

    def _inherited(self, owner: cst.ClassDef) -> Values:
        """Return the service clients that a class of the script extends."""
        bases = (value for base in owner.bases for value in self.values(base.value))
        return join(self.known.called(value) for value in bases if value.kind in ("class", "framework"))


_READERS: Mapping[type[cst.CSTNode], Callable[[Inference, Any], Values]] = {
    cst.Name: Inference._name,
    cst.Attribute: Inference._attribute,
    cst.Call: Inference._call,
    cst.IfExp: Inference._either,
    cst.BooleanOperation: Inference._either,
    cst.NamedExpr: Inference._inner,
    cst.Await: Inference._inner,
    cst.Subscript: Inference._item,
}


def is_builtin(node: cst.CSTNode, name: str, values: Collection[Value]) -> bool:
    """Whether an expression is a function of Python's own."""
    return (
        isinstance(node, cst.Name) and node.value == name and set(values) <= {OTHER, Value("unknown", name)}
    )


def is_partial(values: Collection[Value]) -> bool:
    """Whether a function is `functools.partial`."""
    return Value("foreign", "functools.partial") in values


def _is_first(function: cst.FunctionDef, param: cst.Param) -> bool:
    given = [*function.params.posonly_params, *function.params.params]
    words = {last_word(decorator.decorator) for decorator in function.decorators}
    return bool(given) and given[0] is param and "staticmethod" not in words
