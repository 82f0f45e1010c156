"""From a model to its flat steps: functions expanded, bodies of If, Loop and Scan unrolled once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from .flat import ABSENT, Flat, Scope, Step
from .graph import Attribute, Function, FunctionKey, Graph, Model, Node, Warnings, function_key, quote
from .sizing import measure_functions

MAX_SCOPES = 64
"""How deep bodies and function calls may nest."""


def flatten(model: Model, warnings: Warnings) -> Flat:
    """Unroll the model."""
    sizes = measure_functions(model, warnings)
    unroll = _Unroll({key: model.functions[key] for key in sizes}, warnings)
    flat = unroll.flat
    graph = model.graph
    names: dict[str, int] = {}
    unroll.open(graph, names)
    given = [value for value in graph.inputs if value.name and value.name not in graph.tensors]
    for value in given:
        unroll.define(names, value.name)
        flat.declared[names[value.name]] = value
    flat.inputs = tuple(dict.fromkeys(names[value.name] for value in given))
    unroll.body(graph, names, 0, {}, 0)
    flat.outputs = tuple(unroll.read(names, value.name) for value in graph.outputs)
    for number, value in zip(flat.outputs, graph.outputs, strict=True):
        flat.declared.setdefault(number, value)
    return flat


class _Unroll:
    def __init__(self, functions: Mapping[FunctionKey, Function], warnings: Warnings) -> None:
        self.functions = functions
        self.warnings = warnings
        self.flat = Flat()

    def define(self, names: dict[str, int], name: str) -> int:
        if not name:
            return ABSENT
        self.flat.names.append(name)
        number = len(self.flat.names) - 1
        names.setdefault(name, number)
        return number

    def read(self, names: dict[str, int], name: str) -> int:
        if not name:
            return ABSENT
        if name not in names:
            self.warnings.add(f"The value {quote(name)} is read, but nothing makes it.")
            self.define(names, name)
        return names[name]

    def emit(self, operator: str, inputs: tuple[int, ...], scope: int, name: str) -> int:
        self.flat.names.append(name)
        output = len(self.flat.names) - 1
        self.flat.steps.append(Step(operator, inputs, (output,), scope))
        return output

    def open(self, graph: Graph, names: dict[str, int]) -> None:
        """Bind the graph's own tensors; they hide outer values of their name."""
        for tensor in graph.tensors.values():
            names.pop(tensor.name, None)
            self.flat.tensors[self.define(names, tensor.name)] = tensor

    def body(self, graph: Graph, names: dict[str, int], scope: int, given: Mapping[str, Attribute], level: int) -> None:
        own = {value.name for value in graph.inputs} | graph.tensors.keys()
        for node in graph.nodes:
            resolved = _resolve(node, given)
            inputs = tuple(self.read(names, name) for name in node.inputs)
            results = self.node(resolved, inputs, names, scope, given, level)
            for name, number in zip(node.outputs, results, strict=True):
                if name and name not in own:
                    own.add(name)
                    names[name] = number
                    if name in graph.declared:
                        self.flat.declared[number] = graph.declared[name]

    def node(
        self, node: Node, inputs: tuple[int, ...], names: dict[str, int], scope: int,
        given: Mapping[str, Attribute], level: int,
    ) -> tuple[int, ...]:  # fmt: skip
        if level >= MAX_SCOPES and (node.bodies or function_key(node) in self.functions):
            self.warnings.add(f"Bodies nest deeper than {MAX_SCOPES}; what is inside is not counted.")
        elif (function := self.functions.get(function_key(node))) is not None:
            return self.call(node, function, inputs, scope, level + 1)
        elif node.bodies:
            return self.control(node, inputs, names, scope, given, level + 1)
        outputs = tuple(self.define({}, name) for name in node.outputs)
        self.flat.steps.append(Step(node.operator, inputs, outputs, scope, node))
        return outputs

    def call(self, node: Node, function: Function, inputs: tuple[int, ...], scope: int, level: int) -> tuple[int, ...]:
        inner = self.scope(Scope(scope, "call", node))
        names: dict[str, int] = {}
        for value, number in zip(function.graph.inputs, inputs, strict=False):
            if number:
                names[value.name] = self.emit("@pass", (number,), inner, value.name)
        for value in function.graph.inputs[len(inputs) :]:
            names[value.name] = ABSENT
        defaults = {name: item for name, item in function.attributes.items() if item is not None}
        self.body(function.graph, names, inner, {**defaults, **node.attributes}, level)
        results = [self.read(names, value.name) for value in function.graph.outputs]
        return self.returned(node, results, scope)

    def returned(self, node: Node, results: list[int], scope: int) -> tuple[int, ...]:
        results += [ABSENT] * (len(node.outputs) - len(results))
        return tuple(
            self.emit("@pass", (result,) if result else (), scope, name)
            for name, result in zip(node.outputs, results, strict=False)
        )

    def scope(self, scope: Scope) -> int:
        self.flat.scopes.append(scope)
        return len(self.flat.scopes) - 1

    def control(
        self, node: Node, inputs: tuple[int, ...], names: dict[str, int], scope: int,
        given: Mapping[str, Attribute], level: int,
    ) -> tuple[int, ...]:  # fmt: skip
        # The node itself stays, without outputs: it is counted as an operator.
        self.flat.steps.append(Step(node.operator, inputs, (), scope, node))
        return _PLANS.get(node.operator, _plan_any)(self, _Control(node, inputs, names, scope, given, level))

    def inner(self, control: _Control, body: Graph, scope: int, formals: list[int]) -> list[int]:
        """Unroll a body whose inputs are the values `formals`; gives the values it returns."""
        names = {name: control.names[name] for name in control.node.captured if name in control.names}
        for value, number in zip(body.inputs, formals, strict=False):
            names[value.name] = number
            self.flat.declared.setdefault(number, value)
        for value in body.inputs[len(formals) :]:
            names.pop(value.name, None)
        self.open(body, names)
        self.body(body, names, scope, control.given, control.level)
        return [self.read(names, value.name) for value in body.outputs]


@dataclass(frozen=True, slots=True, eq=False)
class _Control:
    node: Node
    inputs: tuple[int, ...]
    names: dict[str, int]
    scope: int
    given: Mapping[str, Attribute]
    level: int

    def input(self, position: int) -> int:
        return self.inputs[position] if position < len(self.inputs) else ABSENT


def _resolve(node: Node, given: Mapping[str, Attribute]) -> Node:
    """Put the attributes of a function's call in the place of references to them."""
    if not any(item.reference for item in node.attributes.values()):
        return node
    resolved = {name: given.get(item.reference) if item.reference else item
                for name, item in node.attributes.items()}  # fmt: skip
    return replace(node, attributes={name: item for name, item in resolved.items() if item is not None})


def _plan_if(unroll: _Unroll, control: _Control) -> tuple[int, ...]:
    returned = []
    group = len(unroll.flat.scopes)
    for body in control.node.bodies.values():
        scope = unroll.scope(Scope(control.scope, "branch", control.node, group=group))
        returned.append(unroll.inner(control, body, scope, []))
    return tuple(
        unroll.emit(
            "@join",
            (control.input(0), *(each[position] for each in returned if position < len(each))),
            control.scope,
            name,
        )
        for position, name in enumerate(control.node.outputs)
    )


def _plan_loop(unroll: _Unroll, control: _Control) -> tuple[int, ...]:
    body = next(iter(control.node.bodies.values()))
    scope = unroll.scope(Scope(control.scope, "loop", control.node, trips=control.input(0)))
    formals = [unroll.emit("@trip", control.inputs[:2], scope, "") for _ in range(2)]
    formals += [unroll.emit("@state", (number,), scope, "") for number in control.inputs[2:]]
    returned = unroll.inner(control, body, scope, formals)[1:]
    return _collect(unroll, control, returned, control.inputs[2:], control.input(0))


def _plan_scan(unroll: _Unroll, control: _Control) -> tuple[int, ...]:
    body = next(iter(control.node.bodies.values()))
    skipped = 1 if control.node.attribute("directions") is not None else 0  # Scan-8: first is sequence_lens
    inputs = control.inputs[skipped:]
    states = max(len(inputs) - max(control.node.number("num_scan_inputs", 0), 0), 0)
    scanned = inputs[states:]
    axes = control.node.attribute("scan_input_axes", ())
    axis = axes[0] if isinstance(axes, tuple) and axes and isinstance(axes[0], int) else skipped
    walked = scanned[0] if scanned else ABSENT
    scope = unroll.scope(Scope(control.scope, "loop", control.node, trips=walked, trip_axis=axis))
    formals = [unroll.emit("@state", (number,), scope, "") for number in inputs[:states]]
    formals += [unroll.emit("@element", (number,), scope, "") for number in scanned]
    returned = unroll.inner(control, body, scope, formals)
    return _collect(unroll, control, returned, inputs[:states], ABSENT)


def _collect(
    unroll: _Unroll, control: _Control, returned: list[int], initial: tuple[int, ...], limit: int
) -> tuple[int, ...]:
    outputs = []
    for position, name in enumerate(control.node.outputs):
        result = returned[position] if position < len(returned) else ABSENT
        is_state = position < len(initial)
        inputs = (initial[position], result) if is_state else (result, limit)
        outputs.append(unroll.emit("@final" if is_state else "@stack", inputs, control.scope, name))
    return tuple(outputs)


def _plan_any(unroll: _Unroll, control: _Control) -> tuple[int, ...]:
    """SequenceMap, or an operator with bodies that we do not know: any output may come from anywhere."""
    returned: list[int] = []
    for body in control.node.bodies.values():
        scope = unroll.scope(Scope(control.scope, "loop", control.node))
        formals = [unroll.emit("@state", (number,), scope, "") for number in control.inputs]
        returned += unroll.inner(control, body, scope, formals)
    return tuple(
        unroll.emit("@join", (ABSENT, *control.inputs, *returned), control.scope, name) for name in control.node.outputs
    )


_Plan = Callable[[_Unroll, _Control], tuple[int, ...]]
_PLANS: Mapping[str, _Plan] = {"If": _plan_if, "Loop": _plan_loop, "Scan": _plan_scan}
