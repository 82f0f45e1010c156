"""How large functions get when expanded, before anything is: a file of 2 kB can ask for 10^8 nodes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from .graph import Function, FunctionKey, Graph, Model, Node, Warnings, function_key, quote

MAX_STEPS = 200_000
"""Nodes of a model with its functions expanded; one with very many inputs or outputs counts as several."""
_MAX_CALLS = 32
"""How deep functions may call each other."""
_EDGES = 16
"""Inputs, outputs and the like that weigh as much as a node."""


def measure_functions(model: Model, warnings: Warnings) -> Mapping[FunctionKey, int]:
    """The functions to expand, each with its nodes once the calls in it are expanded too.

    Empty when the model would become too large.
    """
    sizes, heights = _measure(model.functions)
    for key in sorted(model.functions.keys() - sizes.keys()):
        warnings.add(f"The function {quote(key[1])} calls itself and is not expanded.")
    for key in sorted(key for key in sizes if heights[key] > _MAX_CALLS):
        warnings.add(f"The function {quote(key[1])} is not expanded: it nests more than {_MAX_CALLS} calls.")
        del sizes[key]
    total = _size(_all_nodes(model.graph), sizes)
    if total > MAX_STEPS:
        warnings.add(f"Functions are not expanded: the model would have more than {MAX_STEPS:,} nodes.")
        return {}
    return sizes


def _measure(
    functions: Mapping[FunctionKey, Function],
) -> tuple[dict[FunctionKey, int], dict[FunctionKey, int]]:
    """Sizes and heights from the leaves upwards, without recursion; those in a cycle are left out."""
    nodes = {key: list(_all_nodes(function.graph)) for key, function in functions.items()}
    calls = {key: {function_key(node) for node in body} & functions.keys() for key, body in nodes.items()}
    callers: dict[FunctionKey, list[FunctionKey]] = {key: [] for key in functions}
    for key, called in calls.items():
        for callee in called:
            callers[callee].append(key)
    waits = {key: len(called) for key, called in calls.items()}
    ready = [key for key, count in waits.items() if not count]
    sizes: dict[FunctionKey, int] = {}
    heights: dict[FunctionKey, int] = {}
    while ready:
        key = ready.pop()
        graph = functions[key].graph
        size = 1 + (len(graph.inputs) + len(graph.outputs)) // _EDGES + _size(nodes[key], sizes)
        sizes[key] = min(size, MAX_STEPS + 1)  # saturates: doubling 10^5 times makes numbers of 10^5 bits
        heights[key] = 1 + max((heights[callee] for callee in calls[key]), default=0)
        for caller in callers[key]:
            waits[caller] -= 1
            if not waits[caller]:
                ready.append(caller)
    return sizes, heights


def _size(nodes: Iterable[Node], sizes: Mapping[FunctionKey, int]) -> int:
    return sum(sizes.get(function_key(node), 1) + _edges(node) // _EDGES for node in nodes)


def _edges(node: Node) -> int:
    own = len(node.inputs) + len(node.outputs) + len(node.attributes) + len(node.captured)
    return own + sum(len(body.tensors) + len(body.inputs) + len(body.outputs) for body in node.bodies.values())


def _all_nodes(graph: Graph) -> Iterator[Node]:
    """The nodes of a graph and of all bodies in it."""
    waiting = [graph]
    while waiting:
        for node in waiting.pop().nodes:
            yield node
            waiting.extend(node.bodies.values())
