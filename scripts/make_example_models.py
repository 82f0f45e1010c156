"""Make the example models of `cards/`: real architectures whose weights are ConstantOfShape nodes.

    python scripts/make_example_models.py [--out FOLDER]

Each weight is stored as its shape alone, so that ResNet-50 is a file of some 50 kB that says everything about
its structure and predicts nothing. The same bytes come out of every run.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper

ROOT = Path(__file__).resolve().parent.parent


class Net:
    """A graph in the making. Layers take the name of a value and give the name of the next one.

    Weights are means over what they are multiplied with, so that every output is finite.
    """

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.shapes: dict[tuple[int, ...], TensorProto] = {}
        self.count = 0

    def add(self, op_type: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        self.count += 1
        output = output or f"{op_type.lower()}_{self.count}"
        self.nodes.append(helper.make_node(op_type, list(inputs), [output], name=output, **attributes))
        return output

    def weight(self, name: str, *shape: int, fill: float = 0.0) -> str:
        """A weight of this shape, every element of it `fill`."""
        if shape not in self.shapes:
            label = f"shape_{'x'.join(map(str, shape))}"
            self.shapes[shape] = numpy_helper.from_array(np.array(shape, np.int64), label)
        value = numpy_helper.from_array(np.array([fill], np.float32), "value")
        return self.add("ConstantOfShape", self.shapes[shape].name, output=name, value=value)

    def conv(
        self, data: str, name: str, channels: tuple[int, int], kernel: int, stride: int = 1, groups: int = 1
    ) -> str:
        """A convolution without bias that keeps the size, but for its stride."""
        inside, outside = channels
        shape = (outside, inside // groups, kernel, kernel)
        weight = self.weight(f"{name}.weight", *shape, fill=1 / math.prod(shape[1:]))
        return self.add(
            "Conv", data, weight, kernel_shape=[kernel] * 2, strides=[stride] * 2, group=groups,
            pads=[kernel // 2] * 4,
        )  # fmt: skip

    def norm(self, data: str, name: str, channels: int) -> str:
        scale, variance = (self.weight(f"{name}.{part}", channels, fill=1.0) for part in ("weight", "var"))
        bias, mean = (self.weight(f"{name}.{part}", channels) for part in ("bias", "mean"))
        return self.add("BatchNormalization", data, scale, bias, mean, variance, epsilon=1e-5)

    def relu(self, data: str) -> str:
        return self.add("Relu", data)

    def classifier(self, data: str, name: str, channels: int, output: str) -> str:
        """Average over the image, then one dense layer of 1,000 classes."""
        flat = self.add("Flatten", self.add("GlobalAveragePool", data), axis=1)
        weight = self.weight(f"{name}.weight", 1000, channels, fill=1 / channels)
        bias = self.weight(f"{name}.bias", 1000)
        return self.add("Gemm", flat, weight, bias, output=output, transB=1)

    def model(self, name: str, opset: int, data: ValueInfoProto, result: ValueInfoProto) -> ModelProto:
        opsets = [helper.make_opsetid("", opset)]
        graph = helper.make_graph(self.nodes, name, [data], [result], list(self.shapes.values()))
        return helper.make_model(
            graph,
            producer_name="cardwright-examples",
            ir_version=helper.find_min_ir_version_for(opsets),
            opset_imports=opsets,
        )


STAGES = ((64, 256, 3, 1), (128, 512, 4, 2), (256, 1024, 6, 2), (512, 2048, 3, 2))
"""Of ResNet-50: channels inside a bottleneck, channels outside, blocks, stride of the first block."""


def make_resnet50() -> ModelProto:
    """ResNet-50 v1 (https://arxiv.org/abs/1512.03385): the stride is in a block's first convolution."""
    net = Net()
    data = net.relu(net.norm(net.conv("data", "stem", (3, 64), 7, 2), "stem.norm", 64))
    data = net.add("MaxPool", data, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    before = 64
    for number, (inner, outer, blocks, first_stride) in enumerate(STAGES, 1):
        for block in range(blocks):
            name, stride = f"stage{number}.{block}", first_stride if block == 0 else 1
            path = net.conv(data, f"{name}.conv1", (before, inner), 1, stride)
            path = net.relu(net.norm(path, f"{name}.norm1", inner))
            path = net.conv(path, f"{name}.conv2", (inner, inner), 3)
            path = net.relu(net.norm(path, f"{name}.norm2", inner))
            path = net.conv(path, f"{name}.conv3", (inner, outer), 1)
            path = net.norm(path, f"{name}.norm3", outer)
            if block == 0:
                data = net.conv(data, f"{name}.shortcut", (before, outer), 1, stride)
                data = net.norm(data, f"{name}.shortcut.norm", outer)
            data = net.relu(net.add("Add", path, data))
            before = outer
    net.classifier(data, "dense", before, "logits")
    return net.model("resnet50", 9, image("data", 1), scores("logits", 1))


def make_resnet50_v2() -> ModelProto:
    """ResNet-50 v2 (https://arxiv.org/abs/1603.05027): normalisation and activation before convolutions.

    Opset 9, though files of that name in the ONNX Model Zoo have 7: it is the first with ConstantOfShape.
    """
    net = Net()
    data = net.conv(net.norm("data", "data.norm", 3), "stem", (3, 64), 7, 2)
    data = net.relu(net.norm(data, "stem.norm", 64))
    data = net.add("MaxPool", data, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    before = 64
    for number, (inner, outer, blocks, first_stride) in enumerate(STAGES, 1):
        for block in range(blocks):
            name, stride = f"stage{number}.{block}", first_stride if block == 0 else 1
            path = net.relu(net.norm(data, f"{name}.norm1", before))
            if block == 0:
                data = net.conv(path, f"{name}.shortcut", (before, outer), 1, stride)
            path = net.conv(path, f"{name}.conv1", (before, inner), 1)
            path = net.relu(net.norm(path, f"{name}.norm2", inner))
            path = net.conv(path, f"{name}.conv2", (inner, inner), 3, stride)
            path = net.relu(net.norm(path, f"{name}.norm3", inner))
            path = net.conv(path, f"{name}.conv3", (inner, outer), 1)
            data = net.add("Add", path, data)
            before = outer
    data = net.relu(net.norm(data, "last.norm", before))
    net.classifier(data, "dense", before, "resnetv24_dense0_fwd")
    return net.model("resnet50_v2", 9, image("data", 1), scores("resnetv24_dense0_fwd", 1))


INVERTED = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
"""Of MobileNetV2: expansion, channels, blocks, stride of the first block."""


def make_mobilenetv2() -> ModelProto:
    """MobileNetV2 1.0 (https://arxiv.org/abs/1801.04381), as torchvision has it."""
    net = Net()
    low = net.add("Constant", output="low", value_float=0.0)
    high = net.add("Constant", output="high", value_float=6.0)

    def relu6(data: str) -> str:
        return net.add("Clip", data, low, high)

    data = relu6(net.norm(net.conv("input", "stem", (3, 32), 3, 2), "stem.norm", 32))
    before = 32
    for number, (expansion, channels, blocks, first_stride) in enumerate(INVERTED, 1):
        for block in range(blocks):
            name, stride = f"stage{number}.{block}", first_stride if block == 0 else 1
            wide, path = before * expansion, data
            if expansion > 1:
                path = relu6(net.norm(net.conv(path, f"{name}.expand", (before, wide), 1), f"{name}.norm1", wide))
            path = net.conv(path, f"{name}.depthwise", (wide, wide), 3, stride, groups=wide)
            path = relu6(net.norm(path, f"{name}.norm2", wide))
            path = net.norm(net.conv(path, f"{name}.project", (wide, channels), 1), f"{name}.norm3", channels)
            data = net.add("Add", data, path) if stride == 1 and before == channels else path
            before = channels
    data = relu6(net.norm(net.conv(data, "last", (before, 1280), 1), "last.norm", 1280))
    net.classifier(data, "dense", 1280, "logits")
    return net.model("mobilenetv2", 13, image("input", "batch"), scores("logits", "batch"))


def image(name: str, batch: int | str) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, [batch, 3, 224, 224])


def scores(name: str, batch: int | str) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, [batch, 1000])


MODELS: Mapping[str, Callable[[], ModelProto]] = {
    # Path below the output folder: what makes it.
    "cards/resnet50/model.onnx": make_resnet50,
    "cards/resnet50-modelhub/model.onnx": make_resnet50,
    "cards/resnet50-v2/resnet50-v2-7.onnx": make_resnet50_v2,
    "cards/mobilenetv2/model.onnx": make_mobilenetv2,
}


def write_models(out: Path) -> list[Path]:
    """Write all of MODELS below `out`."""
    paths = []
    for name, make in MODELS.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(make().SerializeToString(deterministic=True))
        paths.append(path)
    return paths


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, default=ROOT, help="folder to write cards/ into (the repository)")
    for path in write_models(parser.parse_args(arguments).out):
        print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
