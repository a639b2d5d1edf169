"""A network of others as a torch module that can be trained: ONNX of convolutions, such as tools/networks makes of MoveNet.

Tensors keep the names they have in the file, so that a head can read any of them, and the trained weights go back into the same file.
"""
import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper
from torch import nn


def _convolve(x, weight, bias=None, *, attributes):
    top, left, bottom, right = attributes.get("pads", [0, 0, 0, 0])
    if (top, left) != (bottom, right):
        x, top, left = F.pad(x, (left, right, top, bottom)), 0, 0
    return F.conv2d(x, weight, bias, attributes.get("strides", 1), (top, left), attributes.get("dilations", 1), attributes.get("group", 1))


def _double(x, _, scales=None, *, attributes):
    how = [attributes.get(key, b"").decode() for key in ("mode", "coordinate_transformation_mode")]
    if scales is None or scales.tolist() != [1, 1, 2, 2] or how != ["linear", "half_pixel"]:
        raise SystemExit(f"cannot train through this Resize: want twice the size, linear, half_pixel; got {scales}, {how}")
    return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


def _average(x, *, attributes):
    return F.avg_pool2d(x, attributes["kernel_shape"], attributes["strides"])


OPERATORS = {
    "Conv": _convolve,
    "Resize": _double,
    "AveragePool": _average,
    "Clip": lambda x, low, high, **_: x.clamp(float(low), float(high)),
    "Relu": lambda x, **_: x.relu(),
    "Sigmoid": lambda x, **_: x.sigmoid(),
    "Add": lambda x, y, **_: x + y,
    "Sub": lambda x, y, **_: x - y,
    "Mul": lambda x, y, **_: x * y,
    "Concat": lambda *parts, attributes: torch.cat(parts, attributes["axis"]),
    "Identity": lambda x, **_: x,
}


class Trunk(nn.Module):
    """forward takes {input: tensor} and gives {name: tensor} for the names asked for, or else for the file's outputs."""

    def __init__(self, path):
        super().__init__()
        self.model = onnx.load(path)
        graph = self.model.graph
        stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
        stored.update({node.output[0]: numpy_helper.to_array(node.attribute[0].t) for node in graph.node if node.op_type == "Constant"})
        self.steps = [(node.op_type, list(node.input), node.output[0], {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute})
                      for node in graph.node if node.op_type != "Constant"]
        for kind, _, output, _ in self.steps:
            if kind not in OPERATORS:
                raise SystemExit(f"{path}: cannot train through {kind} (of {output}); known are {', '.join(OPERATORS)}")
        trained = {name for kind, inputs, _, _ in self.steps if kind == "Conv" for name in inputs[1:]}
        self.keys = {name: f"t{i}" for i, name in enumerate(stored)}  # a module's names may hold no dot
        for name, array in stored.items():
            tensor = torch.from_numpy(array.copy())
            if name in trained:
                self.register_parameter(self.keys[name], nn.Parameter(tensor))
                # The first row and column of a 4x4 kernel that stands for a 3x3 one stay zero.
                getattr(self, self.keys[name]).register_hook(lambda gradient, kept=(tensor != 0).float(): gradient * kept)
            else:
                self.register_buffer(self.keys[name], tensor)
        self.inputs = [value.name for value in graph.input if value.name not in stored]
        self.outputs = [value.name for value in graph.output]

    def forward(self, given, names=None):
        values = dict(given)
        for kind, inputs, output, attributes in self.steps:
            parts = [getattr(self, self.keys[name]) if name in self.keys else values[name] if name else None for name in inputs]
            values[output] = OPERATORS[kind](*parts, attributes=attributes)
        return {name: values[name] for name in names or self.outputs}

    def save(self, path):
        """The file as it was read, with the weights as they are now."""
        for tensor in self.model.graph.initializer:
            weight = getattr(self, self.keys[tensor.name])
            if isinstance(weight, nn.Parameter):
                tensor.CopyFrom(numpy_helper.from_array(weight.detach().numpy(), tensor.name))
        onnx.checker.check_model(self.model)
        onnx.save(self.model, path)


def normalise(images):
    """uint8 [B, H, W, 3] BGR -> what MoveNet's input wants: RGB from -1 to 1."""
    x = torch.from_numpy(np.ascontiguousarray(images[..., ::-1])).permute(0, 3, 1, 2).float()
    return x * 0.007843017578125 - 1
