"""A network through `keypoints`: a tiny ONNX net of random weights with HigherHRNet's two outputs, on a take of two feeds."""
import os
import subprocess

import cv2
import numpy as np
import yaml

import session
from session import check, refused, rigpose

folder = session.folder()
net = f"{folder}/tiny.onnx"
script = os.path.join(os.path.dirname(__file__), "..", "support", "make_tiny_net.py")
subprocess.run(["/usr/bin/python3", script, "random", net], check=True)

descriptor = session.load(os.path.join(os.getcwd(), "configs", "models", "higherhrnet_w32_512.yaml"))
descriptor["model"] = {"file": "tiny.onnx"}
descriptor["input"]["size"] = [128, 128]
descriptor.pop("selfcheck", None)
session.dump(f"{folder}/tiny.yaml", descriptor)

rng = np.random.default_rng(2)
writer = cv2.VideoWriter(f"{folder}/walk.mp4", cv2.VideoWriter_fourcc(*"mp4v"), 25, (512, 240))
for _ in range(6):
    writer.write(cv2.resize(rng.integers(0, 255, (12, 24, 3), np.uint8), (512, 240)))
writer.release()
session.dump(f"{folder}/rig.yaml", {
    "schema": "rigpose/rig/1", "feeds": {"pair": {"grid": [2, 1], "views": ["left", "right"]}}, "recordings": {"walk": {"pair": "walk.mp4"}},
    "take": "walk", "keypoints": {"source": "onnx", "model": "tiny.yaml"}, "skeleton": "coco17"})
rig = f"{folder}/rig.yaml"
print(rigpose("check", rig).stdout)
print(rigpose("keypoints", rig).stderr)
for view in ("left", "right"):
    people = session.load(f"{folder}/out/60_people2d/{view}.yaml")
    check(f"{view}: all frames", [f["frame"] for f in people["frames"]] == list(range(6)), people)
    joints = [j for f in people["frames"] for p in f["people"] for j in p["joints"] if j]
    check(f"{view}: joints inside the picture, with tags", all(len(j) >= 4 and -0.6 < j[0] < 255.6 and -0.6 < j[1] < 239.6 for j in joints), joints[:3])
first = session.tree_bytes(f"{folder}/out")
rigpose("keypoints", rig, env={**os.environ, "OMP_NUM_THREADS": "1"})
check("equal bytes whatever the threads", first == session.tree_bytes(f"{folder}/out"))

session.dump(f"{folder}/tiny.yaml", {**descriptor, "input": {**descriptor["input"], "people_px": [1000, 2000]}})
said = rigpose("keypoints", rig).stderr
check("people too small for the network are told of", "people are " in said and "which works best for 1000 to 2000" in said, said)
session.dump(f"{folder}/tiny.yaml", descriptor)


def broken(change, contains, code):
    with open(f"{folder}/tiny.yaml", encoding="utf-8") as stream:
        text = stream.read()
    model = yaml.safe_load(text)
    change(model)
    session.dump(f"{folder}/tiny.yaml", model)
    refused("keypoints", rig, code=code, contains=contains)
    with open(f"{folder}/tiny.yaml", "w", encoding="utf-8") as stream:
        stream.write(text)


broken(lambda m: m["outputs"][0].update(tags=[17, 99]), ["tags"], 2)
broken(lambda m: m["outputs"][0].update(stride=8), ["stride"], 2)
broken(lambda m: m["outputs"][0].update(name="nowhere"), ["nowhere"], 2)
broken(lambda m: m["model"].update(file="none.onnx"), ["none.onnx"], 1)
broken(lambda m: m["model"].update(sha256="0" * 64), ["sha256"], 1)
broken(lambda m: m["keypoints"].update(flip=[1] * 17), ["flip"], 2)
broken(lambda m: m.update(nonsense=1), ["nonsense"], 2)
os.truncate(net, os.path.getsize(net) // 2)
refused("keypoints", rig, code=1, contains=["tiny.onnx"])
session.finish()
