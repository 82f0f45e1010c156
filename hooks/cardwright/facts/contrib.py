"""Shapes of operators that onnx has no schema of: onnxruntime's (com.microsoft)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from .graph import Node
from .operators import MS
from .values import Dim, Shape

Shapes = Sequence[Shape | None]

STANDARD_FORMS: Mapping[str, tuple[str, tuple[int, ...] | None]] = {
    # Operator: the standard one with the same output shape, and which inputs to give it (None: all).
    f"{MS}.FusedConv": ("Conv", (0, 1, 2)),
    f"{MS}.FusedGemm": ("Gemm", None),
    f"{MS}.Gelu": ("Identity", (0,)),
    f"{MS}.FastGelu": ("Identity", (0,)),
    f"{MS}.QuickGelu": ("Identity", (0,)),
    f"{MS}.BiasGelu": ("Identity", (0,)),
    f"{MS}.BiasSoftmax": ("Identity", (0,)),
    f"{MS}.SkipLayerNormalization": ("Identity", (0,)),
    f"{MS}.SkipSimplifiedLayerNormalization": ("Identity", (0,)),
    f"{MS}.QLinearLeakyRelu": ("Identity", (0,)),
    f"{MS}.QLinearSigmoid": ("Identity", (0,)),
    f"{MS}.QLinearSoftmax": ("Identity", (0,)),
    f"{MS}.DequantizeLinear": ("DequantizeLinear", None),
    f"{MS}.QuantizeLinear": ("QuantizeLinear", None),
    f"{MS}.QLinearAdd": ("Add", (0, 3)),
    f"{MS}.QLinearMul": ("Mul", (0, 3)),
    f"{MS}.QLinearGlobalAveragePool": ("GlobalAveragePool", (0,)),
    f"{MS}.QLinearAveragePool": ("AveragePool", (0,)),
    f"{MS}.GroupQueryAttention": ("Identity", (0,)),
    f"{MS}.RotaryEmbedding": ("Identity", (0,)),
    "SimplifiedLayerNormalization": ("Identity", (0,)),
}
_PRODUCTS: Mapping[str, tuple[int, int]] = {
    f"{MS}.DynamicQuantizeMatMul": (0, 1),
    f"{MS}.FusedMatMul": (0, 1),
    f"{MS}.MatMulIntegerToFloat": (0, 1),
    f"{MS}.TransposeMatMul": (0, 1),
    f"{MS}.GemmFastGelu": (0, 1),
}


def multiply_shapes(a: Shape | None, b: Shape | None) -> Shape | None:
    """The shape of numpy's matmul of tensors of at least two dimensions."""
    if a is None or b is None or len(a) < 2 or len(b) < 2:
        return None
    rank = max(len(a), len(b)) - 2
    padded = [(1,) * (rank + 2 - len(shape)) + tuple(shape[:-2]) for shape in (a, b)]
    batch: list[Dim] = [y if x == 1 else x for x, y in zip(*padded, strict=True)]
    return (*batch, a[-2], b[-1])


def _turned(shape: Shape | None, turn: int) -> Shape | None:
    return (*shape[:-2], shape[-1], shape[-2]) if turn and shape is not None and len(shape) > 1 else shape


def _product(positions: tuple[int, int]) -> Callable[[Node, Shapes], list[Shape | None]]:
    def shape(node: Node, inputs: Shapes) -> list[Shape | None]:
        a, b = (inputs[position] if position < len(inputs) else None for position in positions)
        return [multiply_shapes(_turned(a, node.number("transA", 0)), _turned(b, node.number("transB", 0)))]

    return shape


def _last_dim(size: Callable[[Node, Shapes], Dim]) -> Callable[[Node, Shapes], list[Shape | None]]:
    def shape(node: Node, inputs: Shapes) -> list[Shape | None]:
        data = inputs[0] if inputs else None
        return [None if not data else (*data[:-1], size(node, inputs))]

    return shape


def _attention_width(node: Node, inputs: Shapes) -> Dim:
    sizes = node.attribute("qkv_hidden_sizes")
    if isinstance(sizes, tuple) and len(sizes) == 3 and isinstance(sizes[2], int):
        return sizes[2]
    weight = inputs[1] if len(inputs) > 1 else None
    width = weight[-1] if weight else None
    return width // 3 if isinstance(width, int) else None


def _multi_head(node: Node, inputs: Shapes) -> list[Shape | None]:
    query, value = (inputs[position] if position < len(inputs) else None for position in (0, 2))
    if query is None or len(query) != 3 or value is None or len(value) != 3:
        return [query if query is not None and len(query) == 3 and value is None else None]
    return [(query[0], query[1], value[2])]


def _quantised_gemm(node: Node, inputs: Shapes) -> list[Shape | None]:
    return _product((0, 3))(node, inputs)


CONTRIB_SHAPES: Mapping[str, Callable[[Node, Shapes], list[Shape | None]]] = {
    **{operator: _product(positions) for operator, positions in _PRODUCTS.items()},
    f"{MS}.QGemm": _quantised_gemm,
    f"{MS}.MatMulNBits": _last_dim(lambda node, _: max(node.number("N", 0), 0)),
    f"{MS}.MatMulBnb4": _last_dim(lambda node, _: max(node.number("N", 0), 0)),
    f"{MS}.Attention": _last_dim(_attention_width),
    f"{MS}.QAttention": _last_dim(_attention_width),
    f"{MS}.MultiHeadAttention": _multi_head,
}
