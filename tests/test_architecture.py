"""Which part of the package may import which: one way, from text to site."""

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "hooks/cardwright"

FLOW = (
    "__init__ problem licenses tasks nodes sizes jsonmarks jsontext yamlmarks yamltext fields card memo"
    " benchmarks gfm facts citations structure sources validate prose claims entry history references"
    " convert load relations boards published addresses sections rows previews exports jsonld render"
    " redirects pages head pull_request making views search site packing brief stamps workers doctor"
    " starter csp options settings diff fragments material offline exchange plugin importing writing"
    " rendering bulk workplace cli __main__"
).split()
"""The parts of the package; each may import those before it."""

ALONE = {"gfm": {"problem", "nodes"}, "facts": {"problem"}, "citations": set[str]()}
"""Parts that could be packages of their own, and all that they import of ours."""


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    """Parts of the package that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            package = path.relative_to(PACKAGE.parent).parts[: -node.level] if node.level else ()
            base = ".".join([*package, *([node.module] if node.module else [])])
            names = [f"{base}.{alias.name}" for alias in node.names]
        for name in names:
            if name.startswith("cardwright."):
                part = name.split(".")[1]
                yield part if part in FLOW else "__init__"


def find_graph() -> dict[str, set[str]]:
    """Part to the other parts that it imports."""
    graph: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        graph.setdefault(part_of(path), set()).update(set(imports(path)) - {part_of(path)})
    return graph


def test_every_part_has_its_place() -> None:
    assert find_graph().keys() == set(FLOW), "put the part where it belongs in FLOW"


def test_no_part_imports_a_later_one() -> None:
    graph = find_graph()
    later = {part: graph[part] - set(FLOW[: FLOW.index(part)]) for part in FLOW}
    assert not {part: names for part, names in later.items() if names}


def test_parts_that_stand_alone() -> None:
    graph = find_graph()
    assert not {part: graph[part] - allowed for part, allowed in ALONE.items() if graph[part] - allowed}


def test_nothing_else_imports_the_edges() -> None:
    assert [part for part, names in find_graph().items() if names & {"plugin", "cli"}] == ["__main__"]
