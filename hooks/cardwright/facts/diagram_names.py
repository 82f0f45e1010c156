"""How the diagram calls operators, and which of them it names first: tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from .constants import Constants
from .diagram_units import Unit
from .flat import Step
from .graph import Node
from .layers import is_weighted, operands
from .operators import ATTENTION, CONVOLUTIONS, MATRIX_PRODUCTS, RECURRENT, SOFTMAX
from .values import Shape

PLUMBING, LIGHT, LANDMARK, WEIGHTED = range(4)
"""How much an operator says about the model: layout and types, norms and activations, what one looks for, layers."""

MAX_NAME = 32
MAX_LABELS = 5
"""Of one line; what comes after them is counted."""
MAX_IN_ORDER = 12
"""Above it, a line has the labels that occur most, not the first ones."""

ShapeOf = Callable[[int], Shape | None]

NAMES: Mapping[str, str] = {
    "BatchNormalization": "BatchNorm", "LayerNormalization": "LayerNorm", "InstanceNormalization": "InstanceNorm",
    "GroupNormalization": "GroupNorm", "RMSNormalization": "RMSNorm", "SimplifiedLayerNormalization": "RMSNorm",
    "SkipLayerNormalization": "LayerNorm", "SkipSimplifiedLayerNormalization": "RMSNorm", "Relu": "ReLU",
    "LeakyRelu": "LeakyReLU", "PRelu": "PReLU", "Elu": "ELU", "Gelu": "GELU", "FastGelu": "GELU", "BiasGelu": "GELU",
    "ConvTranspose": "Transposed conv", "DeformConv": "Deformable conv", "GlobalAveragePool": "Global average pool",
    "GlobalMaxPool": "Global max pool", "QLinearGlobalAveragePool": "Global average pool", "AveragePool": "AvgPool",
    "QLinearAveragePool": "AvgPool", "QGemm": "Gemm", "FusedGemm": "Gemm", "FusedMatMul": "MatMul",
    "MatMulNBits": "MatMul", "MatMulInteger": "MatMul", "QLinearMatMul": "MatMul", "DynamicQuantizeMatMul": "MatMul",
    "MatMulIntegerToFloat": "MatMul", "QLinearAdd": "Add", "QLinearMul": "Mul", "QLinearConcat": "Concat",
    "QLinearSoftmax": "Softmax", "QLinearSigmoid": "Sigmoid", "QLinearLeakyRelu": "LeakyReLU", "Upsample": "Resize",
    "MultiHeadAttention": "Attention", "GroupQueryAttention": "Attention", "QAttention": "Attention",
    "DynamicQuantizeLSTM": "LSTM", "EmbedLayerNormalization": "Embedding",
}  # fmt: skip
"""Shorter names; everything else keeps the operator's own."""

RANKS: Mapping[str, int] = dict.fromkeys(
    "Identity Dropout Cast CastLike Reshape Flatten Transpose Squeeze Unsqueeze Expand Slice Split Gather GatherND Tile"
    " GatherElements Pad Shape Size QuantizeLinear DequantizeLinear DynamicQuantizeLinear ConstantOfShape Range Where"
    " Equal Not And Or Less Greater LessOrEqual GreaterOrEqual".split(),
    PLUMBING,
) | dict.fromkeys(
    "MaxPool AvgPool LpPool Concat Softmax LogSoftmax Attention Resize DepthToSpace SpaceToDepth LRN Embedding If Loop"
    " Scan SequenceMap NonMaxSuppression TopK RoiAlign MaxRoiPool MaxUnpool GridSample TreeEnsemble STFT DFT"
    " TreeEnsembleClassifier TreeEnsembleRegressor LinearClassifier LinearRegressor SVMClassifier"
    " SVMRegressor".split(),
    LANDMARK,
)
"""By name as in NAMES; a weighted layer is WEIGHTED, the rest LIGHT."""

_WEIGHT_AT: Mapping[str, int] = {"QLinearConv": 3}


@dataclass(frozen=True, slots=True)
class Label:
    """What a unit is called."""

    text: str
    rank: int
    inside: tuple[Label, ...] = ()
    """Of an If, Loop or Scan: what is in its bodies."""


def name_unit(unit: Unit, constants: Constants, shape_of: ShapeOf) -> Label:
    """The label of a node: `Conv 3×3`, `Gemm 2048→1000`, `MaxPool 2×2`."""
    step, node = unit.head, unit.head.node
    plain = step.operator.rpartition(".")[2]
    name = NAMES.get(plain, plain)[:MAX_NAME]
    if node is None or unit.is_size:
        return Label(name, PLUMBING)
    if step.operator in CONVOLUTIONS:
        return Label(_name_convolution(plain, step, node, constants, shape_of), WEIGHTED)
    if step.operator in RECURRENT:
        both = "Bidirectional " if node.attribute("direction") == "bidirectional" else ""
        return Label(f"{both}{name}{_dims((node.number('hidden_size', 0),), ' ')}", WEIGHTED)
    if is_weighted(step, constants):
        return Label(name + _name_widths(step, node, constants, shape_of), WEIGHTED)
    if plain.endswith("Pool"):
        return Label(name + _dims(node.attribute("kernel_shape", ())), LANDMARK)
    if plain == "Gather" and (table := _shape(step, 0, constants, shape_of, const=True)) and len(table) == 2:
        return Label("Embedding" + _dims(table), LANDMARK)
    rank = LANDMARK if step.operator in ATTENTION or step.operator in SOFTMAX else RANKS.get(name, LIGHT)
    if name in ("Add", "Mul", "Sub", "Div") and not constants.numbers.isdisjoint(step.inputs):
        rank = PLUMBING  # a bias or a scale
    inner = (Unit([s], layers=is_weighted(s, constants)) for s in unit.steps[1:] if s.node and not constants.folds(s))
    inside = tuple(name_unit(other, constants, shape_of) for other in inner)
    return Label(name, WEIGHTED if unit.layers else rank, inside)


def join_labels(labels: Sequence[Label], glue: str = ", ", least: int = LIGHT) -> str:
    """The labels as one line: equal neighbours counted, the less telling left out when there are many."""
    highest = max((label.rank for label in labels), default=PLUMBING)
    texts: list[tuple[str, int]] = []
    for rank in range(min(least, highest), highest + 1):
        kept = [label.text for label in labels if label.rank >= rank]
        texts = [(text, len(list(group))) for text, group in groupby(kept)]
        if len(texts) < MAX_LABELS or (rank == LANDMARK and len(texts) < MAX_IN_ORDER):
            break
    if len(texts) > MAX_IN_ORDER:
        texts = Counter(kept).most_common()
    shown = [text if count == 1 else f"{count:,} × {text}" for text, count in texts[:MAX_LABELS]]
    return glue.join(shown) + (f" and {len(texts) - MAX_LABELS:,} more" if len(texts) > MAX_LABELS else "")


def _name_convolution(plain: str, step: Step, node: Node, constants: Constants, shape_of: ShapeOf) -> str:
    weight = _shape(step, _WEIGHT_AT.get(plain, 1), constants, shape_of) or ()
    kernel = weight[2:] or node.attribute("kernel_shape", ())
    name = NAMES.get(plain, "Conv")
    groups = node.number("group", 1)
    if name == "Conv" and groups > 1:
        name = "Depthwise conv" if weight[1:2] == (1,) else "Grouped conv"
    return name + _dims(kernel)


def _name_widths(step: Step, node: Node, constants: Constants, shape_of: ShapeOf) -> str:
    """Of a matrix product with a const right operand: what comes in and what goes out."""
    positions = MATRIX_PRODUCTS.get(step.operator, ())
    weight = _shape(step, positions[1], constants, shape_of, const=True) if len(positions) > 1 else None
    if not operands(step) or weight is None or len(weight) != 2:
        return ""
    widths = weight[::-1] if node.number("transB", 0) else weight
    return _dims(widths, "→") if step.operator != "com.microsoft.MatMulNBits" else ""


def _shape(step: Step, position: int, constants: Constants, shape_of: ShapeOf, const: bool = False) -> Shape | None:
    number = step.inputs[position] if position < len(step.inputs) else 0
    if const and number not in constants.numbers:
        return None
    root = constants.roots.get(number)
    return root.shape if root is not None else shape_of(number) if number else None


def _dims(dims: object, glue: str = "×") -> str:
    """` 3×3`; nothing when the file does not say, or says what cannot be."""
    if not isinstance(dims, tuple) or not 0 < len(dims) <= 3:
        return ""
    if not all(isinstance(dim, int) and 0 < dim < 10**7 for dim in dims):
        return ""
    return " " + glue.join(map(str, dims))
