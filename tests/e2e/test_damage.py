"""Pictures and networks as they should not be, through `keypoints`: people, nobody, or one clear error; never a crash."""
import os
import subprocess

import cv2
import numpy as np

import session
from session import check, refused, rigpose

folder = session.folder()
fetched = os.path.abspath("data/runtime/libonnxruntime.so.1")
script = os.path.join(os.path.dirname(__file__), "..", "support", "make_tiny_net.py")
for kind in ("random", "nan"):
    subprocess.run(["/usr/bin/python3", script, kind, f"{folder}/{kind}.onnx"], check=True)
shipped = session.load(os.path.join(os.getcwd(), "configs", "models", "higherhrnet_w32_512.yaml"))
shipped["input"]["size"] = [128, 128]
dots = {**shipped, "keypoints": {"name": "dots", "names": list("abcde"), "oks_sigmas": [0.05] * 5}, "outputs": [
    {"name": "out0", "stride": 4, "heatmaps": [0, 5], "tags": [5, 10]}, {"name": "out1", "stride": 2, "heatmaps": [0, 5]}]}

rng = np.random.default_rng(5)
size = (96, 128)
pictures = {
    "grey": rng.integers(0, 255, size, np.uint8),
    "black": np.zeros((*size, 3), np.uint8),
    "pixel": np.full((1, 1, 3), 200, np.uint8),
    "row": rng.integers(0, 255, (1, 300, 3), np.uint8),
    "deep": rng.integers(0, 65535, (*size, 3), np.uint16),
    "deep_grey": rng.integers(0, 65535, size, np.uint16),
    "see_through": rng.integers(0, 255, (*size, 4), np.uint8),
}
for name, picture in pictures.items():
    cv2.imwrite(f"{folder}/{name}.png", picture)
cv2.imwrite(f"{folder}/whole.jpg", rng.integers(0, 255, (*size, 3), np.uint8))
for name, source, share in (("cut.png", "see_through.png", 0.5), ("cut.jpg", "whole.jpg", 0.5), ("stub.png", "grey.png", 0.01)):
    with open(f"{folder}/{source}", "rb") as stream:
        data = stream.read()
    with open(f"{folder}/{name}", "wb") as stream:
        stream.write(data[:int(len(data) * share)])


def rig(picture, model, network, **runtime):
    session.dump(f"{folder}/net.yaml", {**model, "model": {"file": f"{network}.onnx"}, "runtime": runtime})
    session.dump(f"{folder}/rig.yaml", {
        "schema": "rigpose/rig/1", "feeds": {"one": {"views": ["one"]}}, "recordings": {"walk": {"one": picture}}, "take": "walk",
        "keypoints": {"source": "onnx", "model": "net.yaml"}})
    return f"{folder}/rig.yaml"


backends = ["opencv"] + (["onnxruntime"] if os.path.exists(fetched) else [])
if len(backends) == 1:
    session.leave_out("ONNX Runtime is not there")
for backend in backends:
    runtime = {"backend": backend}
    for name in pictures:
        rigpose("keypoints", rig(f"{name}.png", shipped, "random", **runtime))
        people = session.load(f"{folder}/out/60_people2d/one.yaml")["frames"][0]["people"]
        height, width = pictures[name].shape[:2]
        joints = [j for p in people for j in p["joints"] if j]
        check(f"{backend}: {name}: joints inside the picture", all(-0.6 < j[0] < width - 0.4 and -0.6 < j[1] < height - 0.4 for j in joints), joints[:3])
    for name in ("cut.png", "cut.jpg", "stub.png"):
        refused("keypoints", rig(name, shipped, "random", **runtime), code=1, contains=[name])
    done = rigpose("keypoints", rig("grey.png", dots, "nan", **runtime))
    check(f"{backend}: a warning of what is no number", "warning" in done.stderr and "not finite" in done.stderr, done.stderr)
    check(f"{backend}: nobody is found", session.load(f"{folder}/out/60_people2d/one.yaml")["frames"][0]["people"] == [])
    with open(f"{folder}/random.onnx", "rb") as stream:
        data = stream.read()
    for i, keep in enumerate((0, 1, 100, len(data) // 2, len(data) - 1)):
        with open(f"{folder}/cut{i}.onnx", "wb") as stream:
            stream.write(data[:keep])
        refused("keypoints", rig("grey.png", shipped, f"cut{i}", **runtime), code=1, contains=[f"cut{i}.onnx"])
    wild = bytearray(data) # whole as a message, and nonsense inside
    wild[2000:2400] = bytes(rng.integers(0, 255, 400, np.uint8))
    with open(f"{folder}/wild.onnx", "wb") as stream:
        stream.write(wild)
    done = subprocess.run([session.BINARY, "keypoints", rig("grey.png", shipped, "wild", **runtime)], capture_output=True, text=True, check=False)
    check(f"{backend}: nonsense for weights is no crash", done.returncode in (0, 1), (done.returncode, done.stderr))
session.finish()
