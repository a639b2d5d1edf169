"""./run people: the converter on a small made-up graph, against numpy; what is damaged, missing or foreign is refused by name."""
import base64
import json
import os
import shutil
import subprocess
import sys

import cv2
import numpy as np

import session
from session import check, check_at_most

try:
    import onnx
    from onnx import TensorProto, helper, numpy_helper
except ImportError:
    print("skipped: no python3-onnx")
    sys.exit(session.SKIPPED)

SAME = 1e-5  # single precision, some hundred products
SCALE, HEIGHT, WIDTH = 0.007843017578125, 32, 64

folder, top = session.folder(), os.getcwd()
tools = os.path.join(top, "tools", "networks")
random = np.random.default_rng(5)
model, out = os.path.join(folder, "tiny.json"), os.path.join(folder, "tiny.onnx")
named = ["--tensors", "heatmaps=net/heat", "centres=net/centre"]


# --- a TensorFlow.js graph of every operation that the converter knows -----------------------------------------------
def text(value):
    return {"s": base64.b64encode(value.encode()).decode()}


def convolution(op, name, inputs, stride=1, padding="SAME", fused=None):
    a = {"strides": {"list": {"i": ["1", str(stride), str(stride), "1"]}}, "dilations": {"list": {"i": ["1"] * 4}},
         "padding": text(padding), "data_format": text("NHWC")}
    if fused is not None:
        a["fused_ops"] = {"list": {"s": [text(one)["s"] for one in fused]}}
    return {"name": name, "op": op, "input": inputs, "attr": a}


def node(op, name, *inputs, **attributes):
    return {"name": name, "op": op, "input": list(inputs), "attr": attributes}


def drawn(*shape):
    return random.normal(size=shape, scale=0.4).astype(np.float16).astype(np.float32)


weights = {
    "mean": np.zeros((1, 1, 1, 3), np.float32), "scale": np.full((1, 1, 1, 3), SCALE, np.float32), "one": np.float32(1),
    "axis": np.int32(0), "two": np.array([2, 2], np.int32), "from": np.array([1], np.int32), "to": np.array([3], np.int32),
    "step": np.array([1], np.int32),
    "k1": drawn(3, 3, 3, 8), "b1": drawn(8), "k2": drawn(3, 3, 8, 1), "b2": drawn(8), "k3": drawn(1, 1, 8, 6), "b3": drawn(6),
    "k4": drawn(3, 3, 6, 2), "k5": drawn(1, 1, 12, 6), "k6": drawn(3, 3, 6, 4), "b6": drawn(4), "k7": drawn(1, 1, 6, 1), "b7": drawn(1),
}
codes = random.integers(0, 256, (3, 3, 6, 4)).astype(np.uint8)  # k6 is stored as codes of 8 bits
weights["k6"] = (codes * 0.01 - 1.2).astype(np.float32)
size = {"dim": [{"size": str(n)} for n in (1, HEIGHT, WIDTH, 3)]}
half_pixel = {"half_pixel_centers": {"b": True}, "align_corners": {"b": False}}
nodes = [
    node("Placeholder", "input", shape={"shape": size}), node("Cast", "cast", "input"),
    node("Unpack", "one picture", "cast", axis={"i": "0"}), node("ExpandDims", "again", "one picture:0", "axis"),
    node("Sub", "net/sub", "again", "mean"), node("Mul", "net/mul", "net/sub", "scale"), node("Sub", "net/sub_1", "net/mul", "one"),
    convolution("_FusedConv2D", "net/first", ["net/sub_1", "k1", "b1"], 2, fused=["BiasAdd", "Relu6"]),
    convolution("FusedDepthwiseConv2dNative", "net/depth", ["net/first", "k2", "b2"], 2, fused=["BiasAdd", "Relu"]),
    convolution("_FusedConv2D", "net/wide", ["net/depth", "k3", "b3"], padding="VALID", fused=["BiasAdd"]),
    convolution("DepthwiseConv2dNative", "net/deep", ["net/wide", "k4"]), convolution("Conv2D", "net/narrow", ["net/deep", "k5"]),
    node("AddV2", "net/add", "net/narrow", "net/wide"),
    node("Shape", "net/shape", "net/add"), node("StridedSlice", "net/slice", "net/shape", "from", "to", "step"),
    node("Mul", "net/size", "net/slice", "two"), node("ResizeBilinear", "net/up", "net/add", "net/size", **half_pixel),
    convolution("_FusedConv2D", "net/head", ["net/up", "k6", "b6"], fused=["BiasAdd"]), node("Sigmoid", "net/heat", "net/head"),
    convolution("_FusedConv2D", "net/centre", ["net/up", "k7", "b7"], fused=["BiasAdd"]), node("Softmax", "net/after", "net/heat"),
]


def store(nodes, blob_less=0, kernel=None):
    """The two files, weights by half precision, k6 by codes; blob_less: bytes missing at the end."""
    entries, blob = [], b""
    for name, value in weights.items():
        value = np.asarray(value if name != "k1" or kernel is None else kernel)
        entry = {"name": name, "shape": list(value.shape), "dtype": value.dtype.name}
        if name == "k6":
            entry["quantization"], value = {"dtype": "uint8", "scale": 0.01, "min": -1.2}, codes
        elif value.ndim == 4:
            entry["quantization"], value = {"dtype": "float16"}, value.astype(np.float16)
        entries.append(entry)
        blob += value.tobytes()
    with open(os.path.join(folder, "tiny.bin"), "wb") as stream:
        stream.write(blob[:len(blob) - blob_less])
    with open(model, "w", encoding="utf-8") as stream:
        json.dump({"modelTopology": {"node": nodes}, "weightsManifest": [{"paths": ["tiny.bin"], "weights": entries}]}, stream)


# --- what it computes, from the definitions -----------------------------------------------------------------------------
def convolved(x, kernel, bias=0.0, stride=1, depthwise=False):
    """x: height, width, channels. TensorFlow's SAME: the smaller half of the border is left and on top."""
    k = kernel.shape[0]
    sides = [-(-side // stride) for side in x.shape[:2]]
    border = [max((n - 1) * stride + k - side, 0) for n, side in zip(sides, x.shape[:2])]
    x = np.pad(x, [(b // 2, b - b // 2) for b in border] + [(0, 0)])
    y = 0
    for i in range(k):
        for j in range(k):
            tap = x[i:i + (sides[0] - 1) * stride + 1:stride, j:j + (sides[1] - 1) * stride + 1:stride]
            y = y + ((tap[..., None] * kernel[i, j]).reshape(*sides, -1) if depthwise else tap @ kernel[i, j])
    return y + bias


def computed(picture):
    w = {name: np.asarray(value, float) for name, value in weights.items()}
    first = np.clip(convolved(picture, w["k1"], w["b1"], 2), 0, 6)
    wide = convolved(np.maximum(convolved(first, w["k2"], w["b2"], 2, True), 0), w["k3"], w["b3"])
    added = convolved(convolved(wide, w["k4"], depthwise=True), w["k5"]) + wide
    up = cv2.resize(added, None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR)  # half-pixel centres, too
    return up, 1 / (1 + np.exp(-convolved(up, w["k6"], w["b6"]))), convolved(up, w["k7"], w["b7"])


def by_opencv(path, image, outputs):
    """What the file gives; OpenCV 4.6 knows Clip by its older form only."""
    model = onnx.load(path)
    for one in model.graph.node:
        if one.op_type == "Clip":
            del one.input[1:]
            one.attribute.extend([helper.make_attribute("min", 0.0), helper.make_attribute("max", 6.0)])
    net = cv2.dnn.readNetFromONNX(np.frombuffer(model.SerializeToString(), np.uint8))
    net.setInput(np.ascontiguousarray(image.transpose(2, 0, 1)[None], np.float32))
    return [y[0].transpose(1, 2, 0) for y in net.forward(outputs)]


# --- runs ---------------------------------------------------------------------------------------------------------------
def convert(*args):
    return subprocess.run(["/usr/bin/python3", os.path.join(tools, "convert.py"), *args], capture_output=True, text=True, check=False)


def refuses(what, done, *contains):
    lines = done.stderr.splitlines()
    holds = done.returncode == 1 and len(lines) == 1 and all(part in lines[0] for part in contains)
    check(f"{what}: one line that says why", holds, done.stderr)


def converts(*args):
    done = convert(model, out, *named, *args)
    check(f"converted {' '.join(args[2:])}".rstrip(), done.returncode == 0 and done.stderr == "", done.stderr)
    with open(out, "rb") as stream:
        return stream.read()


store(nodes)
check("equal bytes twice", converts() == converts())
for height, width in ((HEIGHT, WIDTH), (64, 32)):
    image = random.uniform(0, 255, (height, width, 3)) * SCALE - 1
    up, heat, centre = computed(image)
    for name, found, expected in zip(("heatmaps", "centres"), by_opencv(out, image, ["heatmaps", "centres"]), (heat, centre)):
        check_at_most(f"{name} at {width}x{height}: off by", float(np.abs(found - expected).max()), SAME)
check("outputs in order", [one.name for one in onnx.load(out).graph.output] == ["heatmaps", "centres"])

fixed = [one if one["name"] != "net/up" else node("ResizeBilinear", "net/up", "net/add", "net/fixed", **half_pixel) for one in nodes]
weights["net/fixed"] = np.array([HEIGHT // 2, WIDTH // 2], np.int32)
store(fixed)
converts()
check_at_most("a size that the file fixes, at another: off by", float(np.abs(by_opencv(out, image, ["heatmaps"])[0] - heat).max()), SAME)

# A fragment that reads an output and a tensor of the trunk.
kernel = random.normal(size=(4, 6, 1, 1)).astype(np.float32)


def fragment(inner="net/up", made="tags", opset=11):
    value = lambda name, channels: helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, channels, None, None])
    graph = helper.make_graph(
        [helper.make_node("Conv", [inner, "tags/kernel"], ["tags/mixed"], kernel_shape=[1, 1]),
         helper.make_node("Add", ["tags/mixed", "heatmaps"], [made])],
        "tags", [value(inner, 6), value("heatmaps", 4)], [value(made, 4)], [numpy_helper.from_array(kernel, "tags/kernel")])
    path = os.path.join(folder, "fragment.onnx")
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=6), path)
    return "--append", path, "--outputs", "heatmaps", "tags"


converts(*fragment())
tags = up @ kernel[:, :, 0, 0].T + heat
for name, found, expected in zip(("heatmaps", "tags"), by_opencv(out, image, ["heatmaps", "tags"]), (heat, tags)):
    check_at_most(f"{name} with a fragment: off by", float(np.abs(found - expected).max()), SAME)
check("what no output needs is left out", not any("centre" in name for one in onnx.load(out).graph.node for name in one.output))
refuses("a fragment of another network", convert(model, out, *named, *fragment("net/other")), "fragment.onnx", "'net/other'", "tiny.json")
refuses("a fragment that makes a tensor of the trunk", convert(model, out, *named, *fragment(made="net/up")), "fragment.onnx", "'net/up'")
refuses("a fragment of another opset", convert(model, out, *named, *fragment(opset=13)), "fragment.onnx", "13", "expected 11")
refuses("an output that nobody makes", convert(model, out, *named, "--outputs", "boxes"), "tiny.json", "'boxes'")
with open(os.path.join(folder, "fragment.onnx"), "wb") as stream:
    stream.write(b"no message")
refuses("a damaged fragment", convert(model, out, *named, "--append", stream.name), "fragment.onnx", "not an ONNX file")

# Graphs that are damaged, or that hold what is not known.
refuses("no file", convert(os.path.join(folder, "none.json"), out, *named), "none.json", "no such file")
refuses("an unknown operation", convert(model, out, "--tensors", "x=net/after"), "tiny.json", "'net/after'", "Softmax")
refuses("a node that is not there", convert(model, out, "--tensors", "x=net/nothing"), "tiny.json", "'net/nothing'")
for less, says in ((7, "end before weight"), (-4, "expected")):
    store(fixed, blob_less=less)
    with open(os.path.join(folder, "tiny.bin"), "ab") as stream:
        stream.write(bytes(max(0, -less)))
    refuses(f"{less} bytes too few", convert(model, out, *named), "tiny.bin", says)
store(fixed, kernel=np.full((3, 3, 3, 8), np.nan, np.float32))
refuses("a weight that is not a number", convert(model, out, *named), "tiny.bin", "'k1'", "not finite")
os.remove(os.path.join(folder, "tiny.bin"))
refuses("no weights", convert(model, out, *named), "tiny.bin", "no such file")
for what, old, new, says in (
        ("another normalisation", "scale", np.full((1, 1, 1, 3), 1 / 255, np.float32), ["0.0078", "net/first"]),
        ("a kernel of three axes", "k2", drawn(3, 3, 8), ["net/depth", "four axes"]),
        ("a size that is no multiple", "net/fixed", np.array([13, 20], np.int32), ["net/up", "whole factors"])):
    kept, weights[old] = weights[old], new
    store(fixed)
    refuses(what, convert(model, out, *named), "tiny.json", *says)
    weights[old] = kept
for what, damaged in (("attributes left out", [{**one, "attr": {}} for one in fixed]),
                      ("a node computed from itself", [{**one, "input": ["net/head"]} if one["name"] == "cast" else one for one in fixed]),
                      ("nodes that are no nodes", [7, *fixed])):
    store(damaged)
    refuses(what, convert(model, out, *named), "tiny.json")
with open(model, "r+", encoding="utf-8") as stream:
    stream.truncate(1000)
refuses("half a graph", convert(model, out, *named), "tiny.json", "not a TensorFlow.js graph model")


# --- ./run people, in a copy of the tree without its data, with an npm of ours in front of the real one ---------------------
LIBRARIES = ("libraries.sh", "package.json", "package-lock.json", "libraries.entry.js")
FRAGMENT = "people_tags.onnx"  # all that the tree has of data


def tree(npm):
    """A fresh tree and a function that runs ./run people in it; npm: the text of a shell script."""
    copy = session.folder()
    shutil.copy(os.path.join(top, "run"), copy)
    shutil.copytree(tools, os.path.join(copy, "tools", "networks"))
    os.mkdir(os.path.join(copy, "web"))
    for name in LIBRARIES:
        shutil.copy(os.path.join(top, "web", name), os.path.join(copy, "web"))
    digest = subprocess.run(f"cat {' '.join(LIBRARIES[1:])} | sha256sum", shell=True, cwd=os.path.join(copy, "web"), capture_output=True, check=True)
    for name, content in (("libraries.js", b"// made\n"), ("libraries.stamp", digest.stdout)):
        with open(os.path.join(copy, "web", name), "wb") as stream:
            stream.write(content)
    os.makedirs(os.path.join(copy, "data", "models"))
    shutil.copy(os.path.join(top, "data", "models", FRAGMENT), os.path.join(copy, "data", "models"))
    os.mkdir(os.path.join(copy, "bin"))
    with open(os.path.join(copy, "bin", "npm"), "w", encoding="utf-8") as stream:
        stream.write(f"#!/bin/sh\n{npm}\n")
    os.chmod(stream.name, 0o755)
    path = os.path.join(copy, "bin") + os.pathsep + os.environ["PATH"]
    return copy, lambda *args: subprocess.run([os.path.join(copy, "run"), "people", *args], capture_output=True, text=True, check=False,
                                              env={**os.environ, "PATH": path})


def left(copy):
    """The files that are there afterwards."""
    return [name for _, _, names in os.walk(os.path.join(copy, "data")) for name in names if name != FRAGMENT]


copy, people = tree("echo 'npm error code ENOTFOUND' >&2; exit 1")
for args, code in (((), 1), (("--optional",), 0)):
    done = people(*args)
    said = [line for line in done.stderr.splitlines() if "getting" not in line]
    check(f"no registry {args}: exit code {code} and one line", done.returncode == code and len(said) == 1 and "ENOTFOUND" in said[0], done)
    check("no registry: nothing is left", left(copy) == [], left(copy))

dead = os.path.join(copy, "data", "models", "people", "work.killed")
os.mkdir(dead)
people()
check("what a killed run left is cleared away", not os.path.exists(dead), os.listdir(os.path.dirname(dead)))

copy, people = tree("echo changed >onnxruntime-node-1.30.0.tgz; echo onnxruntime-node-1.30.0.tgz")
done = people("--optional")
digest = subprocess.run("echo changed | sha256sum", shell=True, capture_output=True, text=True, check=True).stdout.split()[0]
check("a package of another digest is refused by name, with both", done.returncode == 1 and all(
    part in done.stderr for part in ("onnxruntime-node-1.30.0.tgz", digest, "6e3390d6")), done.stderr)
check("and nothing of it is kept", left(copy) == [], left(copy))

copy, people = tree("exit 1")
library = os.path.join(folder, "library.so")
shutil.copy(model, library)
done = people("--onnxruntime", library)
check("what is no library is refused", done.returncode == 1 and library in done.stderr and left(copy) == [], done.stderr)
sources, library = os.path.join(top, "data", "models", "people", "source"), os.path.join(top, "data", "runtime", "libonnxruntime.so.1")
if os.path.exists(os.path.join(sources, "movenet-thunder.bin")) and os.path.exists(library):
    done = people("--models", sources, "--onnxruntime", library)
    made = {"multipose.onnx", "thunder.onnx", "libonnxruntime.so.1"}
    check("from files at hand: made without npm", done.returncode == 0 and made <= set(left(copy)), done)
    done = people()
    check("what is current is left alone", done.returncode == 0 and done.stderr == "", done)
    with open(os.path.join(copy, "data", "models", "people", "thunder.onnx"), "r+b") as stream:
        stream.write(b"damaged")
    done = people()
    check("what is damaged is made again", done.returncode == 0 and "thunder.onnx" in done.stderr, done)
    shutil.copytree(sources, os.path.join(copy, "source"))
    with open(os.path.join(copy, "source", "movenet-thunder.bin"), "ab") as stream:
        stream.write(b"more")
    os.remove(os.path.join(copy, "data", "models", "people", "stamp"))
    done = people("--models", os.path.join(copy, "source"))
    check("a named file of another digest is refused", done.returncode == 1 and "movenet-thunder.bin: sha256" in done.stderr, done)

# The page's libraries: without a registry it is told, and no failure.
copy, people = tree("echo 'npm error code ENOTFOUND' >&2; exit 1")
os.remove(os.path.join(copy, "web", "libraries.stamp"))
done = subprocess.run([os.path.join(copy, "web", "libraries.sh")], capture_output=True, text=True, check=False,
                      env={**os.environ, "PATH": os.path.join(copy, "bin") + os.pathsep + os.environ["PATH"]})
check("libraries: no registry is told, and no failure", done.returncode == 0 and "ENOTFOUND" in done.stderr and "no 3D scene" in done.stderr, done)
session.finish()
