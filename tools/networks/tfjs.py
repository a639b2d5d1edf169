"""Reads a TensorFlow.js graph model: a JSON file of nodes and of where each weight lies in the BIN files beside it."""
import base64
import json
import os

import numpy as np

# How a weight may be stored; what is stored shorter than it is used says so in its `quantization`.
STORED = ("float32", "float16", "int32", "uint16", "uint8", "bool")


class Refused(Exception):
    """What cannot be converted; the text names the file."""


class Node:
    """One operation: its name, its kind, the names of the tensors it reads, and its attributes as plain values."""

    def __init__(self, stored):
        self.name, self.op = str(stored["name"]), str(stored["op"])
        # An input "x:0" is the first output of x; "^x" only says that x runs before and carries no data.
        self.inputs = [name.split(":")[0] for name in stored.get("input", []) if not name.startswith("^")]
        self.attributes = {key: _plain(value) for key, value in stored.get("attr", {}).items()}

    def __str__(self):
        return f"node '{self.name}' ({self.op})"


class Graph:
    """nodes: Node by name. weights: array by the name of the node that stands for it."""

    def __init__(self, path, nodes, weights):
        self.path, self.nodes, self.weights = path, nodes, weights

    def refuse(self, text):
        raise Refused(f"{self.path}: {text}")

    def node(self, name):
        return self.nodes.get(name) or self.refuse(f"no node '{name}'")

    def ordered(self, wanted):
        """The nodes that the wanted ones are computed from, each after those it reads; weights are left out."""
        done, waiting, order = set(), [(name, False) for name in reversed(wanted)], []
        open_nodes = set()
        while waiting:
            name, inputs_are_done = waiting.pop()
            if inputs_are_done:
                open_nodes.discard(name)
                done.add(name)
                order.append(self.nodes[name])
            elif name in open_nodes:
                self.refuse(f"node '{name}' is computed from itself")
            elif name not in done and name not in self.weights:
                open_nodes.add(name)
                waiting += [(name, True)] + [(i, False) for i in reversed(data_inputs(self.node(name)))]
        return order


def data_inputs(node):
    """The inputs that carry pictures or maps: the second of a resize is a size."""
    return node.inputs[:1] if node.op == "ResizeBilinear" else node.inputs


def read(path):
    try:
        with open(path, encoding="utf-8") as stream:
            model = json.load(stream)
        nodes = {stored["name"]: Node(stored) for stored in model["modelTopology"]["node"]}
        groups = [([os.path.join(os.path.dirname(path), part) for part in group["paths"]], list(group["weights"]))
                  for group in model["weightsManifest"]]
    except OSError as problem:
        raise Refused(f"{path}: {problem.strerror.lower()}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise Refused(f"{path}: not a TensorFlow.js graph model ({type(problem).__name__}: {problem})") from None
    weights = {}
    for files, entries in groups:
        weights.update(_read_weights(path, files, entries))
    return Graph(path, nodes, weights)


def _read_weights(path, files, entries):
    """One group of the manifest: its files one after the other, its weights without gaps."""
    try:
        blob = b"".join(open(file, "rb").read() for file in files)
    except OSError as problem:
        raise Refused(f"{problem.filename}: {problem.strerror.lower()}") from None
    at, weights, where = 0, {}, " + ".join(files)
    for entry in entries:
        try:
            name, shape, quantised = entry["name"], [int(n) for n in entry["shape"]], entry.get("quantization", {})
            stored = quantised.get("dtype", entry["dtype"])
            if stored not in STORED or min(shape, default=1) < 0:
                raise Refused(f"{path}: weight '{name}': stored as {stored} {shape}, expected one of {', '.join(STORED)}")
            count = int(np.prod(shape, dtype=object))
            if at + count * np.dtype(stored).itemsize > len(blob):
                raise Refused(f"{where}: {len(blob)} bytes end before weight '{name}' {shape} of {path}")
            value = np.frombuffer(blob, np.dtype(stored).newbyteorder("<"), count, at).astype(entry["dtype"]).reshape(shape)
            at += count * np.dtype(stored).itemsize
            if "scale" in quantised:
                value = (value * quantised["scale"] + quantised["min"]).astype(entry["dtype"])
            if not np.isfinite(value).all():
                raise Refused(f"{where}: weight '{name}' is not finite")
            weights[name] = value
        except (ValueError, KeyError, TypeError, AttributeError) as problem:
            raise Refused(f"{path}: a weight of the manifest is damaged ({type(problem).__name__}: {problem})") from None
    if at != len(blob):
        raise Refused(f"{where}: {len(blob)} bytes, expected the {at} of the weights of {path}")
    return weights


def _plain(attribute):
    """A protobuf attribute as JSON ({"s": base64}, {"i": "1"}, {"list": {"i": [...]}}) as a Python value."""
    (kind, value), = attribute.items()
    if kind == "list":
        return [_plain({kind: one}) for kind, many in value.items() for one in many]
    return {"s": lambda: base64.b64decode(value).decode(), "i": lambda: int(value)}.get(kind, lambda: value)()
