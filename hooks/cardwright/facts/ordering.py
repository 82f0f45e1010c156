"""Nodes in topological order, whatever order the file has them in."""

from __future__ import annotations

import heapq
from collections.abc import Set

from .graph import Node, Warnings, quote


def sort_nodes(nodes: tuple[Node, ...], known: Set[str], warnings: Warnings) -> tuple[Node, ...]:
    """Each node after those whose outputs it reads, else as in the file; nodes of a cycle come last."""
    producers: dict[str, int] = {}
    for index, node in enumerate(nodes):
        for name in filter(None, node.outputs):
            if name in producers or name in known:
                warnings.add(f"The value {quote(name)} is made more than once; the first one counts.")
            else:
                producers[name] = index
    reads = [{producers[name] for name in (*node.inputs, *node.captured) if name in producers} for node in nodes]
    if all(not made or max(made) < index for index, made in enumerate(reads)):
        return nodes
    warnings.add("The nodes of the model are not in topological order.")
    return _sort(nodes, reads, warnings)


def _sort(nodes: tuple[Node, ...], reads: list[set[int]], warnings: Warnings) -> tuple[Node, ...]:
    readers: list[list[int]] = [[] for _ in nodes]
    for index, made in enumerate(reads):
        for producer in made:
            readers[producer].append(index)
    waits = [len(made) for made in reads]
    ready = [index for index, count in enumerate(waits) if not count]  # sorted, so it is a heap
    order: list[int] = []
    while ready:
        index = heapq.heappop(ready)
        order.append(index)
        for reader in readers[index]:
            waits[reader] -= 1
            if not waits[reader]:
                heapq.heappush(ready, reader)
    if len(order) < len(nodes):
        done = set(order)
        rest = [index for index in range(len(nodes)) if index not in done]
        name = next(iter(nodes[rest[0]].outputs), "")
        warnings.add(f"The graph has a cycle through {quote(name)}; what it counts is not certain.")
        order += rest
    return tuple(nodes[index] for index in order)
