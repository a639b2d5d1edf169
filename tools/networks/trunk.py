"""The dense part of a TensorFlow.js graph as ONNX nodes; every tensor keeps the name it has in TensorFlow."""
import numpy as np
from onnx import helper, numpy_helper

from tfjs import data_inputs

IMAGE = "image"
# What the descriptor of the network does to a picture before it comes here: RGB of 0..255 times SCALE, less OFFSET.
SCALE, OFFSET = 0.007843017578125, 1.0


class Trunk:
    """nodes and initializers of ONNX, made from a graph's nodes in the order of their computation."""

    def __init__(self, graph, wanted):
        self.graph, self.nodes, self.initializers = graph, [], {}
        self._prepared = {}  # name -> (scale, offset): tensors that are still the picture, but for these
        self._sides = {}     # name -> height, width at the size that the graph was made for; None where it says any
        for node in graph.ordered(wanted):
            convert = CONVERTED.get(node.op) or graph.refuse(f"{node}: this operation is not known here")
            try:
                convert(self, node)
            except (KeyError, IndexError, TypeError, ValueError, AttributeError) as problem:
                graph.refuse(f"{node}: damaged ({type(problem).__name__}: {problem})")

    def add(self, op, inputs, output, **attributes):
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, **attributes))

    def constant(self, name, value):
        self.initializers[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def expect(self, node, holds, expected):
        if not holds:
            self.graph.refuse(f"{node}: expected {expected}")

    # --- from the picture to the first layer ------------------------------------------------------------------------------
    def placeholder(self, node):
        _, height, width, channels = [int(dim["size"]) for dim in node.attributes["shape"]["dim"]]
        self.expect(node, channels == 3, f"a picture of 3 channels, not {channels}")
        self._prepared[node.name] = np.ones(3), np.zeros(3)
        self._sides[node.name] = (height, width) if min(height, width) > 0 else None

    def same_picture(self, node):
        """Casts, and the batch axis of one picture taken off and put on again."""
        self.expect(node, node.inputs[0] in self._prepared, "the picture as its input")
        axes = [int(self.graph.weights[name]) for name in node.inputs[1:]] + node.attributes.get("squeeze_dims", [])
        self.expect(node, all(axis == 0 for axis in axes + [node.attributes.get("axis", 0)]), "the batch axis")
        self._prepared[node.name] = self._prepared[node.inputs[0]]
        self._sides[node.name] = self._sides[node.inputs[0]]

    def normalise(self, node):
        picture, by = node.inputs
        self.expect(node, picture in self._prepared and by in self.graph.weights, "the picture and a constant")
        (scale, offset), by = self._prepared[picture], self.graph.weights[by].astype(float).ravel()
        self._prepared[node.name] = (scale * by, offset * by) if node.op == "Mul" else (scale, offset + by)
        self._sides[node.name] = self._sides[picture]

    def source(self, node, name):
        """The ONNX tensor of an input; the picture only as the descriptor prepares it."""
        if name not in self._prepared:
            self.expect(node, name in self._sides, f"'{name}' to be computed, not stored")
            return name
        scale, offset = self._prepared[name]
        self.expect(node, np.all(scale == SCALE) and np.all(offset == OFFSET),
                    f"a picture of values x * {SCALE} - {OFFSET:g}, not x * {scale} - {offset}")
        return IMAGE

    # --- layers -----------------------------------------------------------------------------------------------------------
    def convolution(self, node):
        """A convolution, plain or depthwise, with a bias and a (clipped) rectifier where TensorFlow has fused them."""
        a, stored = node.attributes, self.graph.weights
        depthwise, fused = "Depthwise" in node.op, a.get("fused_ops", [])
        self.expect(node, node.inputs[1] in stored and stored[node.inputs[1]].ndim == 4, "a stored kernel of four axes")
        self.expect(node, a.get("data_format", "NHWC") == "NHWC" and set(a.get("dilations", [1])) == {1},
                    "data_format NHWC and no dilation")
        kernel = stored[node.inputs[1]]
        kernel = kernel.transpose(2, 3, 0, 1) if depthwise else kernel.transpose(3, 2, 0, 1)
        groups = kernel.shape[0] if depthwise else 1
        kernel = kernel.reshape(-1, 1, *kernel.shape[2:]) if depthwise else kernel
        stride = a["strides"][1]
        self.expect(node, stride in (1, 2) and a["strides"] == [1, stride, stride, 1], "a stride of 1 or 2 both ways")
        kernel, border = self._bordered(node, kernel, stride, a["padding"])
        inputs = [self.source(node, node.inputs[0]), self.constant(node.inputs[1], kernel)]
        activation = [op for op in fused if op != "BiasAdd"]
        if "BiasAdd" in fused:
            inputs.append(self.constant(node.inputs[2], stored[node.inputs[2]]))
        self.expect(node, activation in ([], ["Relu"], ["Relu6"]), f"Relu or Relu6 after it, not {activation}")
        linear = f"{node.name}/linear" if activation else node.name
        self.add("Conv", inputs, linear, kernel_shape=kernel.shape[2:], strides=[stride] * 2, pads=[border] * 4, group=groups)
        if activation == ["Relu"]:
            self.add("Relu", [linear], node.name)
        elif activation:
            self.add("Clip", [linear, self.constant("relu6_min", np.float32(0)), self.constant("relu6_max", np.float32(6))], node.name)
        sides = self._sides[node.inputs[0]]
        self._sides[node.name] = sides and tuple(-(-side // stride) for side in sides)

    def _bordered(self, node, kernel, stride, padding):
        """The kernel and its equal border on all sides. At an even size and stride 2, TensorFlow's SAME borders a kernel of 3
        on the right and below only; a kernel of 4 whose first row and column are 0 computes the same with a border of 1."""
        side = kernel.shape[2]
        self.expect(node, side == kernel.shape[3] and side % 2 == 1, f"a square kernel of an odd side, not {kernel.shape[2:]}")
        if side == 1:
            return kernel, 0
        if stride == 1 and padding == "SAME":
            return kernel, side // 2
        self.expect(node, stride == 2 and side == 3 and padding == "SAME", "padding SAME, stride 1, or 2 with a kernel of 3x3")
        return np.pad(kernel, ((0, 0), (0, 0), (1, 0), (1, 0))), 1

    def add_maps(self, node):
        self.expect(node, len(node.inputs) == 2, "two inputs")
        self.add("Add", [self.source(node, name) for name in node.inputs], node.name)
        self._sides[node.name] = self._sides[node.inputs[0]]

    def sigmoid(self, node):
        self.add("Sigmoid", [self.source(node, node.inputs[0])], node.name)
        self._sides[node.name] = self._sides[node.inputs[0]]

    def resize(self, node):
        a = node.attributes
        self.expect(node, a.get("half_pixel_centers") and not a.get("align_corners"), "half-pixel centres")
        factors = self._factors(node)
        # A region of interest is not used, but has to be named: OpenCV 4.6 counts the inputs.
        scales = self.constant("x".join(f"{factor:g}" for factor in factors), np.array([1, 1, *factors], np.float32))
        self.add("Resize", [self.source(node, node.inputs[0]), self.constant("no_roi", np.zeros(0, np.float32)), scales], node.name,
                 mode="linear", coordinate_transformation_mode="half_pixel")
        sides = self._sides[node.inputs[0]]
        self._sides[node.name] = sides and tuple(int(side * factor) for side, factor in zip(sides, factors))

    def _factors(self, node):
        """How many times the size grows: from a stored size, or from the input's own size times a stored factor."""
        picture, size = node.inputs
        stored, sides = self.graph.weights, self._sides.get(picture)
        if size in stored:
            self.expect(node, sides, "a factor: the graph is of any size")
            factors = [wanted / side for wanted, side in zip(stored[size].tolist(), sides)]
        else:
            of, factor = self.graph.node(size).inputs
            shape = self.graph.node(self.graph.node(of).inputs[0])
            self.expect(node, [self.graph.node(size).op, self.graph.node(of).op, shape.op] == ["Mul", "StridedSlice", "Shape"]
                        and shape.inputs == [picture] and factor in stored, "its input's size times a factor")
            factors = [float(one) for one in stored[factor]]
        self.expect(node, len(factors) == 2 and all(one >= 1 and one == int(one) for one in factors), f"whole factors, not {factors}")
        return factors


CONVERTED = {
    "Placeholder": Trunk.placeholder, "Cast": Trunk.same_picture, "Unpack": Trunk.same_picture, "ExpandDims": Trunk.same_picture,
    "Squeeze": Trunk.same_picture, "Sub": Trunk.normalise, "Mul": Trunk.normalise, "Conv2D": Trunk.convolution,
    "_FusedConv2D": Trunk.convolution, "DepthwiseConv2dNative": Trunk.convolution, "FusedDepthwiseConv2dNative": Trunk.convolution,
    "AddV2": Trunk.add_maps, "Sigmoid": Trunk.sigmoid, "ResizeBilinear": Trunk.resize,
}
