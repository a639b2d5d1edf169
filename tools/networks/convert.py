"""Write the dense part of a TensorFlow.js graph model as ONNX (opset 11), and what was trained on top of it.

usage: convert.py MODEL.json OUT.onnx --tensors NAME=NODE... [--append FRAGMENT.onnx] [--outputs NAME...]

  --tensors   nodes of the graph that get a name of their own
  --append    an ONNX file whose graph reads tensors by the names above, or by those of TensorFlow's nodes
  --outputs   which tensors the network gives, in this order (all of --tensors where not said)

The input is `image` [1, 3, height, width], a picture as the network's descriptor prepares it. Equal inputs give equal bytes.
"""
import argparse
import os
import sys

import onnx
from onnx import TensorProto, helper

import tfjs
from trunk import IMAGE, Trunk

OPSET = 11
IR_VERSION = 6  # the one that came with opset 11


def main():
    args = parse()
    try:
        fragment = read_fragment(args.append) if args.append else None
        graph = tfjs.read(args.model)
        model = convert(graph, dict(args.tensors), fragment, args)
        write(args.out, model)
    except tfjs.Refused as problem:
        sys.exit(f"convert: {problem}")


def parse():
    def pair(text):
        name, _, node = text.partition("=")
        if not name or not node:
            raise argparse.ArgumentTypeError(f"'{text}': expected NAME=NODE")
        return name, node
    usage = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    usage.add_argument("model")
    usage.add_argument("out")
    usage.add_argument("--tensors", nargs="+", type=pair, required=True)
    usage.add_argument("--append")
    usage.add_argument("--outputs", nargs="+")
    return usage.parse_args()


def convert(graph, tensors, fragment, args):
    """The trunk up to the named tensors and to those that the fragment reads, then the fragment, less what no output needs."""
    outputs = args.outputs or list(tensors)
    reads = [value.name for value in fragment.input] if fragment else []
    for name in reads:
        if name not in tensors and name not in graph.nodes and name != IMAGE:
            raise tfjs.Refused(f"{args.append}: reads the tensor '{name}', which {graph.path} does not have")
    trunk = Trunk(graph, [*tensors.values(), *(name for name in reads if name in graph.nodes and name not in tensors)])
    renamed = {node: name for name, node in tensors.items()}
    for node in trunk.nodes:
        node.input[:] = [renamed.get(name, name) for name in node.input]
        node.output[:] = [renamed.get(name, name) for name in node.output]
    nodes, initializers, sizes = list(trunk.nodes), dict(trunk.initializers), {}
    if fragment:
        join(nodes, initializers, fragment, args.append)
        sizes = {value.name: value.type.tensor_type.shape.dim[1].dim_value or None for value in fragment.output}
    nodes = needed(nodes, outputs, args.append or graph.path)
    used = {name for node in nodes for name in node.input}
    channels = {**channels_of(nodes, initializers), **sizes}
    model = helper.make_model(
        helper.make_graph(
            nodes, "people", [helper.make_tensor_value_info(IMAGE, TensorProto.FLOAT, [1, 3, "height", "width"])],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, channels[name], None, None]) for name in outputs],
            [tensor for name, tensor in initializers.items() if name in used]),
        opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION, producer_name="rigpose")
    try:
        onnx.checker.check_model(model)
    except onnx.checker.ValidationError as problem:
        raise tfjs.Refused(f"{args.append or graph.path}: makes no valid network: {str(problem).splitlines()[0]}") from None
    return model


def join(nodes, initializers, fragment, path):
    """Append the fragment's nodes and weights; no tensor is made twice."""
    made = {name for node in nodes for name in node.output} | set(initializers) | {IMAGE}
    new = [name for node in fragment.node for name in node.output] + [tensor.name for tensor in fragment.initializer]
    for name in new:
        if name in made:
            raise tfjs.Refused(f"{path}: makes the tensor '{name}', which is there already")
        made.add(name)
    nodes += fragment.node
    initializers.update((tensor.name, tensor) for tensor in fragment.initializer)


def needed(nodes, outputs, path):
    """The nodes that the outputs are computed from, in their order."""
    wanted, kept = set(outputs), []
    for node in reversed(nodes):
        if wanted & set(node.output):
            kept.append(node)
            wanted |= set(node.input)
    missing = [name for name in outputs if not any(name in node.output for node in kept)]
    if missing:
        raise tfjs.Refused(f"{path}: no tensor '{missing[0]}' to be an output")
    return kept[::-1]


def channels_of(nodes, initializers):
    """How many channels each of the trunk's tensors has: as many as the last convolution gave."""
    found = {}
    for node in nodes:
        found[node.output[0]] = initializers[node.input[1]].dims[0] if node.op_type == "Conv" else found.get(node.input[0])
    return found


def read_fragment(path):
    try:
        model = onnx.load(path)
        onnx.checker.check_model(model)
    except OSError as problem:
        raise tfjs.Refused(f"{path}: {problem.strerror.lower()}") from None
    except Exception as problem:  # protobuf has no exception of its own for what is not a message
        raise tfjs.Refused(f"{path}: not an ONNX file ({str(problem).splitlines()[0]})") from None
    versions = [one.version for one in model.opset_import if one.domain == ""]
    if versions != [OPSET]:
        raise tfjs.Refused(f"{path}: opset {versions}, expected {OPSET}")
    if any(len(value.type.tensor_type.shape.dim) != 4 for value in model.graph.output):
        raise tfjs.Refused(f"{path}: expected outputs of four axes")
    return model.graph


def write(path, model):
    try:
        with open(f"{path}.part", "wb") as stream:
            stream.write(model.SerializeToString())
        os.replace(f"{path}.part", path)
    except OSError as problem:
        raise tfjs.Refused(f"{path}: {problem.strerror.lower()}") from None


if __name__ == "__main__":
    main()
