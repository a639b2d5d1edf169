"""Write a tiny network as ONNX, with nothing but Python: the protobuf messages are written by hand.

usage: make_tiny_net.py KIND FILE [HEIGHT WIDTH]

  random  seeded random weights; HigherHRNet's two outputs: out0 [1, 34, H/4, W/4], out1 [1, 17, H/2, W/2]
  dots    finds coloured dots: outputs out0 [1, 2 K, H/4, W/4] (heatmaps, tags) and out1 [1, K, H/2, W/2] (heatmaps)
  nan     dots whose first heatmap of out0 is not a number
  stacks  the hourglass's layout: out0 of dots as the last of four stacks, one output [1, 4, 2 K, H/4, W/4]; the stacks
          before it are that by 0, 1/3, 2/3
  stages  the same as four outputs [1, 2 K, H/4, W/4] whose names are numbers
  fpn     seeded random weights; 0.7 M parameters in a pyramid, outputs as those of random

A dot of joint k (K = 5) has red and green of (cos, sin)(k * 22.5 degrees), fading to black; its heat falls from 1 with the
distance to that colour. Its blue is the person: tag = 12 * blue. The input is RGB of 0..1, less 0.5, by 0.25. A cell is
the mean of the pixels under it, so coordinate_offset is 0.25 on the grid of stride 2.
"""
import math
import random
import struct
import sys

K, SHARPNESS, TAG_GAIN, MEAN, STD = 5, 4.0, 12.0, 0.5, 0.25


# --- protobuf: a message is fields, a field its number, its wire type and its value --------------------------------------
def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def integer(field, value):
    return varint(field << 3) + varint(value)


def block(field, data):
    data = data.encode() if isinstance(data, str) else data
    return varint(field << 3 | 2) + varint(len(data)) + data


# --- ONNX: field numbers as in onnx.proto --------------------------------------------------------------------------------
FLOAT, INT, INTS = 1, 2, 7


def tensor(name, dims, values):
    data = struct.pack("<%df" % len(values), *values)
    return b"".join(integer(1, d) for d in dims) + integer(2, FLOAT) + block(8, name) + block(9, data)


def attribute(name, given):
    if isinstance(given, int):
        return block(1, name) + integer(3, given) + integer(20, INT)
    return block(1, name) + b"".join(integer(8, i) for i in given) + integer(20, INTS)


def node(kind, inputs, output, **attributes):
    data = b"".join(block(1, i) for i in inputs) + block(2, output) + block(3, output) + block(4, kind)
    return data + b"".join(block(5, attribute(name, given)) for name, given in sorted(attributes.items()))


def value(name, dims):
    shape = b"".join(block(1, integer(1, d)) for d in dims)
    return block(1, name) + block(2, block(1, integer(1, FLOAT) + block(2, shape)))


class Graph:
    def __init__(self):
        self.nodes, self.weights = [], []

    def layer(self, kind, x, output, shape, weights, bias, stride=1, pad=0):
        """A Conv (shape: out, in, h, w) or ConvTranspose (in, out, h, w)."""
        self.weights += [tensor(output + "_w", shape, weights), tensor(output + "_b", [len(bias)], bias)]
        self.nodes.append(node(kind, [x, output + "_w", output + "_b"], output, dilations=[1, 1],
                               kernel_shape=shape[2:], pads=[pad] * 4, strides=[stride] * 2))
        return output

    def conv(self, *args, **kwargs):
        return self.layer("Conv", *args, **kwargs)

    def relu(self, x):
        self.nodes.append(node("Relu", [x], x + "_relu"))
        return x + "_relu"

    def add(self, x, y, output):
        self.nodes.append(node("Add", [x, y], output))
        return output

    def write(self, path, inputs, outputs):
        graph = b"".join(block(1, n) for n in self.nodes) + block(2, "tiny")
        graph += b"".join(block(5, w) for w in self.weights)
        graph += block(11, value(*inputs)) + b"".join(block(12, value(*o)) for o in outputs)
        with open(path, "wb") as file: # ir_version 7, opset 11
            file.write(integer(1, 7) + block(2, "rigpose") + block(7, graph) + block(8, integer(2, 11)))


# --- the networks --------------------------------------------------------------------------------------------------------
def random_net(path, height, width):
    rng, graph = random.Random(1), Graph()

    def weights(*shape):
        count, fan = math.prod(shape), math.prod(shape[1:])
        return list(shape), [rng.gauss(0, math.sqrt(2 / fan)) for _ in range(count)]

    def bias(n):
        return [rng.gauss(0, 0.1) for _ in range(n)]

    x = graph.relu(graph.conv("image", "stem", *weights(8, 3, 3, 3), bias(8), stride=2, pad=1))
    x = graph.relu(graph.conv(x, "body", *weights(16, 8, 3, 3), bias(16), stride=2, pad=1))
    graph.conv(x, "out0", *weights(34, 16, 1, 1), bias(34))
    x = graph.relu(graph.layer("ConvTranspose", x, "up", *weights(16, 8, 4, 4), bias(8), stride=2, pad=1))
    graph.conv(x, "out1", *weights(17, 8, 1, 1), bias(17))
    graph.write(path, ("image", [1, 3, height, width]),
                [("out0", [1, 34, height // 4, width // 4]), ("out1", [1, 17, height // 2, width // 2])])


def fpn(path, height, width):
    """Down to a sixteenth in four steps of two convolutions, up again by transposed ones with a sum at each size."""
    rng, graph, widths, width_up = random.Random(3), Graph(), (32, 64, 96, 128), 64

    def layer(kind, x, output, ins, outs, side, **how):
        shape = [ins, outs, side, side] if kind == "ConvTranspose" else [outs, ins, side, side]
        scale = math.sqrt(2 / (ins * side**2)) * how.get("stride", 1) ** (kind == "ConvTranspose")
        weights = [rng.gauss(0, scale) for _ in range(math.prod(shape))]
        return graph.layer(kind, x, output, shape, weights, [rng.gauss(0, 0.1) for _ in range(outs)], **how)

    x, ins, levels = "image", 3, []
    for i, outs in enumerate(widths):
        x = graph.relu(layer("Conv", x, "down%d" % i, ins, outs, 3, stride=2, pad=1))
        x = graph.relu(layer("Conv", x, "stay%d" % i, outs, outs, 3, pad=1))
        levels.append(layer("Conv", x, "side%d" % i, outs, width_up, 1))
        ins = outs
    x = levels[-1]
    for i in (2, 1, 0):
        x = graph.add(graph.relu(layer("ConvTranspose", x, "up%d" % i, width_up, width_up, 4, stride=2, pad=1)), levels[i], "sum%d" % i)
        if i == 1:
            layer("Conv", x, "out0", width_up, 34, 1)
    layer("Conv", x, "out1", width_up, 17, 1)
    graph.write(path, ("image", [1, 3, height, width]),
                [("out0", [1, 34, height // 4, width // 4]), ("out1", [1, 17, height // 2, width // 2])])


def pool(graph, x, output, channels, of, size, first_bias=0.0, gain=1.0):
    """The mean of size x size pixels of the first `channels` of `of` channels, by `gain`."""
    weights = [gain / size**2 if i == o else 0.0 for o in range(channels) for i in range(of) for _ in range(size**2)]
    graph.conv(x, output, [channels, of, size, size], weights, [first_bias] + [0.0] * (channels - 1), stride=size)


def dots(graph):
    """At every pixel K heats and K tags."""
    weights, bias = [], []
    colours = [(math.cos(k * math.pi / 8), math.sin(k * math.pi / 8)) for k in range(K)]
    for colour in colours: # four channels a joint: red and green above and below its colour
        for channel, goal in enumerate(colour):
            for sign in (1, -1):
                weights += [sign * STD if i == channel else 0.0 for i in range(3)]
                bias.append(sign * (MEAN - goal))
    weights += [0.0, 0.0, STD] # blue
    bias.append(MEAN)
    hidden = 4 * K + 1
    x = graph.relu(graph.conv("image", "apart", [hidden, 3, 1, 1], weights, bias))
    weights = [-SHARPNESS if i // 4 == k else 0.0 for k in range(K) for i in range(hidden)]
    weights += ([0.0] * (hidden - 1) + [TAG_GAIN]) * K
    return graph.relu(graph.conv(x, "maps", [2 * K, hidden, 1, 1], weights, [1.0] * K + [0.0] * K))


def dots_net(path, height, width, first_bias=0.0):
    graph = Graph()
    x = dots(graph)
    pool(graph, x, "out0", 2 * K, 2 * K, 4, first_bias)
    pool(graph, x, "out1", K, 2 * K, 2)
    graph.write(path, ("image", [1, 3, height, width]),
                [("out0", [1, 2 * K, height // 4, width // 4]), ("out1", [1, K, height // 2, width // 2])])


def hourglass_net(path, height, width, stacked):
    graph, count, shape = Graph(), 4, [2 * K, height // 4, width // 4]
    x, names = dots(graph), [str(123 + i) for i in range(count)]
    for i, name in enumerate(names):
        pool(graph, x, name, 2 * K, 2 * K, 4, gain=i / (count - 1))
    outputs = [(name, [1, *shape]) for name in names]
    if stacked:
        graph.nodes += [node("Unsqueeze", [name], name + "_apart", axes=[1]) for name in names]
        graph.nodes.append(node("Concat", [name + "_apart" for name in names], "stacks", axis=1))
        outputs = [("stacks", [1, count, *shape])]
    graph.write(path, ("image", [1, 3, height, width]), outputs)


def main(kind, path, height="256", width="256"):
    size = int(height), int(width)
    if kind == "random":
        random_net(path, *size)
    elif kind == "fpn":
        fpn(path, *size)
    elif kind in ("dots", "nan"):
        dots_net(path, *size, first_bias=math.nan if kind == "nan" else 0.0)
    elif kind in ("stacks", "stages"):
        hourglass_net(path, *size, stacked=kind == "stacks")
    else:
        sys.exit("unknown kind '%s'" % kind)


if __name__ == "__main__":
    if len(sys.argv) not in (3, 5):
        sys.exit(__doc__)
    main(*sys.argv[1:])
