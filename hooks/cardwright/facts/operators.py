"""What the counts have to know about operators, as tables. Names as in `Node.operator`.

Sources: ONNX operators (https://onnx.ai/onnx/operators/) and onnxruntime's ContribOperators.md.
"""

from __future__ import annotations

from collections.abc import Mapping

MS = "com.microsoft"


def _contrib(*names: str) -> frozenset[str]:
    return frozenset(f"{MS}.{name}" for name in names)


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


CONVOLUTIONS = (
    frozenset({"Conv", "ConvTranspose", "DeformConv", "ConvInteger", "QLinearConv", "CausalConvWithState"})
    | _contrib(
        "FusedConv",
        "NhwcConv",
        "NhwcFusedConv",
        "QLinearConv",
        "QLinearConvTranspose",
        "ConvTransposeWithDynamicPads",
        "CausalConvWithState",
    )
    | {"com.ms.internal.nhwc.Conv", "com.ms.internal.nhwc.ConvTranspose", "com.ms.internal.nhwc.QLinearConv"}
)

RECURRENT = frozenset({"LSTM", "GRU", "RNN"}) | _contrib("DynamicQuantizeLSTM", "AttnLSTM")

FUSED_ATTENTION = _contrib(
    "Attention", "QAttention", "PackedAttention", "LongformerAttention", "DecoderAttention",
    "QOrderedAttention", "QOrderedLongformerAttention",
)  # fmt: skip
"""Attention that holds its own projection weights, so it is a weighted layer too."""

ALWAYS_WEIGHTED = CONVOLUTIONS | RECURRENT | FUSED_ATTENTION | _contrib("MoE", "QMoE")

MATRIX_PRODUCTS: Mapping[str, tuple[int, ...]] = {
    # Operator: positions of its operands; a weighted layer when one of them is const.
    "Gemm": (0, 1),
    "MatMul": (0, 1),
    "MatMulInteger": (0, 1),
    "QLinearMatMul": (0, 3),
    f"{MS}.DynamicQuantizeMatMul": (0, 1),
    f"{MS}.FusedGemm": (0, 1),
    f"{MS}.FusedMatMul": (0, 1),
    f"{MS}.FusedMatMulActivation": (0, 1),
    f"{MS}.GemmFastGelu": (0, 1),
    f"{MS}.GemmFloat8": (0, 1),
    f"{MS}.MatMulBnb4": (0, 1),
    f"{MS}.MatMulFpQ4": (0, 1),
    f"{MS}.MatMulInteger16": (0, 1),
    f"{MS}.MatMulIntegerToFloat": (0, 1),
    f"{MS}.MatMulNBits": (0, 1),
    f"{MS}.QGemm": (0, 3),
    f"{MS}.QOrderedMatMul": (0, 2),
    f"{MS}.SparseToDenseMatMul": (0, 1),
    f"{MS}.TransposeMatMul": (0, 1),
}
EINSUM = "Einsum"  # any of its inputs is an operand

PACKED_WEIGHTS: Mapping[str, int] = {f"{MS}.MatMulNBits": 1, f"{MS}.MatMulBnb4": 1}
"""Position of a weight stored as packed bytes: K times N elements of `bits` bits (4 if not stated)."""

EMBEDDINGS: Mapping[str, tuple[int, ...]] = {
    # Operator: positions of the tables it may look rows up in.
    "Gather": (0,),
    f"{MS}.EmbedLayerNormalization": (2, 3, 4),
    f"{MS}.GatherBlockQuantized": (0,),
}

ATTENTION = frozenset({"Attention", "FlexAttention", "LinearAttention"}) | FUSED_ATTENTION | _contrib(
    "MultiHeadAttention", "GroupQueryAttention", "DecoderMaskedSelfAttention",
    "DecoderMaskedMultiHeadAttention", "SparseAttention", "PackedMultiHeadAttention", "PagedAttention",
    "GatedRelativePositionBias", "LinearAttention",
)  # fmt: skip
"""Operators that are a whole attention layer."""

SOFTMAX = frozenset({"Softmax"}) | _contrib("QLinearSoftmax", "BiasSoftmax", "QOrderedSoftmax")

ATTENTION_GLUE = _names(
    "Add Sub Mul Div Where Cast CastLike Reshape Transpose Squeeze Unsqueeze Flatten Identity Dropout Max "
    "Min Clip Expand Slice Split Concat Pad Tanh QuantizeLinear DequantizeLinear Trilu @pass @join @element"
) | _contrib("QLinearAdd", "QLinearMul", "QuantizeLinear", "DequantizeLinear", "BiasDropout", "QLinearWhere")
"""What stands between an attention's products and its Softmax: scaling, masks, layout, precision."""

RANDOM = _names("RandomNormal RandomNormalLike RandomUniform RandomUniformLike Multinomial Bernoulli")

RESTARTS_DEPTH = frozenset({"Shape", "Size"})

ELEMENTWISE = _names(
    "Abs Add And BitShift Ceil Div Equal Exp Floor Greater GreaterOrEqual Less LessOrEqual Log Max "
    "Mean Min Mod Mul Neg Not Or Pow Reciprocal Round Sign Sqrt Sub Sum Where Xor @join @final @stack"
) | _contrib("QLinearAdd", "QLinearMul", "QLinearWhere", "BiasGelu")
"""A single-element constant of one of these is part of a formula, not of the weights."""

QUANTISED_OPERATORS = frozenset({"QLinearConv", "QLinearMatMul"}) | _contrib(
    "QLinearAdd", "QLinearAveragePool", "QLinearConcat", "QLinearConv", "QLinearGlobalAveragePool",
    "QLinearLeakyRelu", "QLinearMul", "QLinearReduceMean", "QLinearSigmoid", "QLinearSoftmax",
    "QLinearWhere", "QGemm", "QAttention", "QEmbedLayerNormalization", "QLinearConvTranspose",
)  # fmt: skip
DEQUANTISE = frozenset({"DequantizeLinear"}) | _contrib("DequantizeLinear")
QUANTISE = frozenset({"QuantizeLinear"}) | _contrib("QuantizeLinear")
DYNAMIC_QUANTISED = frozenset({"DynamicQuantizeLinear", "ConvInteger", "MatMulInteger"}) | _contrib(
    "DynamicQuantizeMatMul", "DynamicQuantizeLSTM", "MatMulIntegerToFloat", "MatMulInteger16"
)
WEIGHT_ONLY_QUANTISED = _contrib("MatMulNBits", "MatMulBnb4", "MatMulFpQ4", "GatherBlockQuantized", "QMoE")

BUFFERS: Mapping[str, tuple[int, ...]] = {"BatchNormalization": (3, 4)}
"""Positions of mean and variance: counted from data in training, not learned."""

_ALL = tuple(range(16))
NO_DATA: Mapping[str, tuple[int, ...]] = {
    # Positions of shapes, axes, indices, limits, quantisation scales, zero-points, masks, initial states.
    "AffineGrid": (1,), "ArrayFeatureExtractor": (1,), "Attention": (3, 4, 5, 6), "Bernoulli": _ALL,
    "BlackmanWindow": _ALL, "CausalConvWithState": (3,), "CenterCropPad": (1,), "Clip": (1, 2),
    "Col2Im": (1, 2), "Compress": (1,), "ConstantOfShape": _ALL, "ConvInteger": (2, 3), "CumProd": (1,),
    "CumSum": (1,), "DFT": (1, 2), "DequantizeLinear": (1, 2), "Dropout": (1, 2), "Expand": (1,),
    "EyeLike": _ALL, "GRU": (4, 5), "Gather": (1,), "GatherElements": (1,), "GatherND": (1,),
    "HammingWindow": _ALL, "HannWindow": _ALL, "LSTM": (4, 5, 6), "LinearAttention": (3,),
    "MatMulInteger": (2, 3), "MaxRoiPool": (1,), "MaxUnpool": (1, 2), "MelWeightMatrix": _ALL,
    "NonMaxSuppression": (2, 3, 4), "OneHot": _ALL, "Pad": (1, 2, 3), "QLinearConv": (1, 2, 4, 5, 6, 7),
    "QLinearMatMul": (1, 2, 4, 5, 6, 7), "QuantizeLinear": (1, 2), "RNN": (4, 5), "RandomNormalLike": _ALL,
    "RandomUniformLike": _ALL, "Range": _ALL, "ReduceL1": (1,), "ReduceL2": (1,), "ReduceLogSum": (1,),
    "ReduceLogSumExp": (1,), "ReduceMax": (1,), "ReduceMean": (1,), "ReduceMin": (1,), "ReduceProd": (1,),
    "ReduceSum": (1,), "ReduceSumSquare": (1,), "Reshape": (1,), "Resize": (1, 2, 3), "ReverseSequence": (1,),
    "RoiAlign": (1, 2), "RotaryEmbedding": (3,), "STFT": (1, 3), "Scatter": (1,), "ScatterElements": (1,),
    "ScatterND": (1,), "SequenceAt": (1,), "SequenceErase": (1,), "SequenceInsert": (2,), "Shape": _ALL,
    "Size": _ALL, "Slice": (1, 2, 3, 4), "Split": (1,), "SplitToSequence": (1,), "Squeeze": (1,),
    "TensorScatter": (2,), "Tile": (1, 2), "TopK": (1,), "Trilu": (1,), "Unsqueeze": (1,), "Upsample": (1,),
    "Where": (0,), "If": _ALL, "Loop": _ALL, "Scan": _ALL, "SequenceMap": _ALL,
    "@state": _ALL, "@trip": _ALL, "@join": (0,), "@final": (0,), "@stack": (1,),
    f"{MS}.Attention": (3, 4, 5, 6), f"{MS}.DequantizeLinear": (1, 2), f"{MS}.QuantizeLinear": (1, 2),
    f"{MS}.DynamicQuantizeLSTM": (4, 5, 6, 8, 9, 10, 11), f"{MS}.DynamicQuantizeMatMul": (2, 3),
    f"{MS}.EmbedLayerNormalization": (0, 1, 7, 8), f"{MS}.GatherBlockQuantized": (1, 2, 3),
    f"{MS}.MatMulBnb4": (2,), f"{MS}.MatMulIntegerToFloat": (2, 3, 4, 5), f"{MS}.MatMulNBits": (2, 3, 4),
    f"{MS}.MultiHeadAttention": (4, 5, 6, 7), f"{MS}.QAttention": (3, 4, 5, 6, 7, 8),
    f"{MS}.QGemm": (1, 2, 4, 5, 7, 8), f"{MS}.QLinearAdd": (1, 2, 4, 5, 6, 7),
    f"{MS}.QLinearConv": (1, 2, 4, 5, 6, 7), f"{MS}.QLinearMul": (1, 2, 4, 5, 6, 7),
    f"{MS}.RotaryEmbedding": (1,),
}  # fmt: skip


def data_positions(operator: str, count: int) -> list[int]:
    """Of `count` inputs, the positions of those that are data."""
    skipped = NO_DATA.get(operator, ())
    return [position for position in range(count) if position not in skipped]
