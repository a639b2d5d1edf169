"""Both runtimes on a larger network, against what OpenCV's Python gives for it; their times are printed, not judged: machines are shared."""
import os
import subprocess

import cv2
import numpy as np

import session
from session import check, check_at_most, refused, rigpose

SAME = 1e-4

folder = session.folder()
fetched = os.path.abspath("data/runtime/libonnxruntime.so.1")
if os.path.exists(fetched):
    os.environ.setdefault("RIGPOSE_ONNXRUNTIME", fetched)
script = os.path.join(os.path.dirname(__file__), "..", "support", "make_tiny_net.py")
shipped = session.load(os.path.join(os.getcwd(), "configs", "models", "higherhrnet_w32_512.yaml"))


def trials(kind, side):
    """What `rigpose models` says of a network on each runtime, its self-check made by OpenCV's Python."""
    subprocess.run(["/usr/bin/python3", script, kind, f"{folder}/{kind}.onnx"], check=True)
    image = np.random.default_rng(4).normal(size=(1, 3, side, side)).astype(np.float32)
    net = cv2.dnn.readNetFromONNX(f"{folder}/{kind}.onnx")
    net.setInput(image)
    image.tofile(f"{folder}/in.bin")
    np.concatenate([out.ravel() for out in net.forward(["out0", "out1"])]).tofile(f"{folder}/out.bin")
    session.dump(f"{folder}/{kind}.yaml", {
        **shipped, "model": {"file": f"{kind}.onnx"}, "input": {**shipped["input"], "size": [side, side]},
        "selfcheck": {"input": "in.bin", "output": "out.bin", "tolerance": SAME}})
    return session.loads(rigpose("models", f"{folder}/{kind}.yaml").stdout)["models"][0]["runtimes"]


for kind, side in (("random", 128), ("random", 256), ("fpn", 256), ("fpn", 320)):
    found = trials(kind, side)
    for trial in found:
        check_at_most(f"{kind} at {side} by {trial['runtime']}: off by", trial["selfcheck_off_by"], SAME)
    if kind == "fpn" and len(found) == 2:
        print(f"{side}: OpenCV's {found[0]['ms']} ms over ONNX Runtime's {found[1]['ms']} ms: {found[0]['ms'] / found[1]['ms']:.2f}")

# What is asked for and is not there.
model = session.load(f"{folder}/random.yaml")
session.dump(f"{folder}/rig.yaml", {
    "schema": "rigpose/rig/1", "feeds": {"one": {"views": ["one"]}}, "recordings": {"walk": {"one": "walk.png"}}, "take": "walk",
    "keypoints": {"source": "onnx", "model": "asks.yaml"}})
cv2.imwrite(f"{folder}/walk.png", np.full((120, 160, 3), 90, np.uint8))
session.dump(f"{folder}/asks.yaml", {**model, "runtime": {"backend": "onnxruntime"}})
without = {**os.environ, "RIGPOSE_ONNXRUNTIME": "/nowhere/libonnxruntime.so.1"}
done = subprocess.run([session.BINARY, "keypoints", f"{folder}/rig.yaml"], capture_output=True, text=True, env=without, check=False)
check("no library: refused with what was tried, or the system has one", done.returncode == 0 or (
    done.returncode == 2 and "/nowhere/libonnxruntime.so.1" in done.stderr), done.stderr)
session.dump(f"{folder}/asks.yaml", {**model, "runtime": {"backend": "opencv", "provider": "cuda"}})
refused("keypoints", f"{folder}/rig.yaml", code=2, contains=["runtime.provider", "onnxruntime"])
if len(found) == 1:
    session.leave_out("ONNX Runtime is not there")
    session.finish()
session.dump(f"{folder}/asks.yaml", {**model, "runtime": {"backend": "onnxruntime", "provider": "cuda"}})
done = subprocess.run([session.BINARY, "keypoints", f"{folder}/rig.yaml"], capture_output=True, text=True, check=False)
check("cuda works or is refused by name", done.returncode == 0 or (done.returncode == 2 and "runtime.provider: cuda" in done.stderr), done.stderr)
session.finish()
