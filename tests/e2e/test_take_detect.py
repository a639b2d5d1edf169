"""A network over a take of several feeds: results do not depend on threads or on the other feeds, and the first failure is the one told."""
import os
import shutil
import subprocess

import cv2
import numpy as np

import session
from session import check, refused, rigpose

LENGTHS = {"a": 7, "pair": 12, "b": 1, "c": 10}  # frames of each feed
SIZES = {"a": (160, 120), "pair": (320, 96), "b": (96, 160), "c": (128, 128)}
VIEWS = {"a": ["a"], "pair": ["left", "right"], "b": ["b"], "c": ["c"]}

folder = session.folder()
script = os.path.join(os.path.dirname(__file__), "..", "support", "make_tiny_net.py")
subprocess.run(["/usr/bin/python3", script, "random", f"{folder}/tiny.onnx"], check=True)
descriptor = session.load(os.path.join(os.getcwd(), "configs", "models", "higherhrnet_w32_512.yaml"))
descriptor["model"] = {"file": "tiny.onnx"}
descriptor["input"]["size"] = [128, 128]
descriptor.pop("selfcheck", None)
session.dump(f"{folder}/tiny.yaml", descriptor)

rng = np.random.default_rng(4)
for feed, (width, height) in SIZES.items():
    os.mkdir(f"{folder}/{feed}")
    for frame in range(LENGTHS[feed]):
        cv2.imwrite(f"{folder}/{feed}/{frame:03d}.png", cv2.resize(rng.integers(0, 255, (12, 16, 3), np.uint8), (width, height)))


def rig(name, feeds, model="tiny.yaml", fps=None, zoom=None, **recording):
    rate, looks = {"fps": fps} if fps else {}, {"zoom": zoom} if zoom else {}
    session.dump(f"{folder}/{name}.yaml", {
        "schema": "rigpose/rig/1", "out": f"out_{name}",
        "feeds": {f: {"views": VIEWS[f], **rate, **({"grid": [2, 1]} if len(VIEWS[f]) > 1 else {})} for f in feeds},
        "recordings": {"walk": {**{f: f"{f}/%03d.png" for f in feeds}, **recording}},
        "take": "walk", "keypoints": {"source": "onnx", "model": model, **looks}, "skeleton": "coco17"})
    return f"{folder}/{name}.yaml"


def found(name, path, threads):
    """What `keypoints` finds in each view of a rig, as text."""
    rigpose("keypoints", path, env={**os.environ, "OMP_NUM_THREADS": str(threads)})
    return session.tree_bytes(f"{folder}/out_{name}/60_people2d")


for name, parts in {"whole": {}, "part": {"frames": [2, 9], "step": 3}}.items():
    path = rig(name, LENGTHS, **parts)
    first = found(name, path, 1)
    for threads in (2, 3, 40):
        check(f"{name}: equal bytes with {threads} threads", found(name, path, threads) == first)
    for feed, length in LENGTHS.items():
        expected = [f for f in (range(2, 10, 3) if parts else range(length)) if f < length]
        alone = found(f"{name}_{feed}", rig(f"{name}_{feed}", [feed], **parts), 2) if expected else {}
        for view in VIEWS[feed]:
            frames = session.loads(first[f"{view}.yaml"])["frames"]
            check(f"{name}: frames of {view}", [f["frame"] for f in frames] == expected, frames)
            if alone:
                check(f"{name}: people of {view} as without other feeds", session.loads(alone[f"{view}.yaml"])["frames"] == frames)

# A second look at each person: at 30 frames a second the whole picture is seen in every third frame, and people are followed between.
crop = {**descriptor, "input": {**descriptor["input"], "size": [32, 32], "sizing": "fixed"}}
some = {**descriptor, "decode": {**descriptor["decode"], "max_people": 3}, "zoom": {"model": "crop.yaml", "margin": 1.4, "follow_s": 0.1}}
session.dump(f"{folder}/crop.yaml", crop)
session.dump(f"{folder}/zoomed.yaml", some)
looks = {}
for zoom in ("off", "auto", "always"):
    path = rig(zoom, LENGTHS, model="zoomed.yaml", fps=30, zoom=zoom)
    first = found(zoom, path, 1)
    looks[zoom] = {view: session.loads(first[f"{view}.yaml"])["frames"] for feed in LENGTHS for view in VIEWS[feed]}
    for threads in (2, 3) if zoom == "auto" else ():
        check(f"zoom {zoom}: equal bytes with {threads} threads", found(zoom, path, threads) == first)
for view, frames in looks["auto"].items():
    check(f"{view}: every third frame is seen whole", frames[::3] == looks["always"][view][::3])
for zoom, frames in looks.items():
    check(f"zoom {zoom}: people", any(f["people"] for view in frames.values() for f in view))
check("a second look changes what is found", looks["off"] != looks["always"])
check("between, people are followed", looks["auto"] != looks["always"])
plain = found("auto", rig("auto", LENGTHS, model="zoomed.yaml", fps=30), 2)
check("auto is what a rig has that says nothing", all(session.loads(plain[f"{view}.yaml"])["frames"] == frames for view, frames in looks["auto"].items()))

for zoom in ("auto", "always"):
    refused("keypoints", rig("without", ["a"], zoom=zoom), code=2, contains=["without.yaml", "keypoints.zoom", "tiny.yaml' has no second network"])
rigpose("keypoints", rig("without", ["a"], zoom="off"))
session.dump(f"{folder}/crop.yaml", {**crop, "model": {"file": "data/models/people/crop.onnx"}})
path = rig("missing", ["a"], model="zoomed.yaml", zoom="always")
refused("keypoints", path, code=1, contains=["data/models/people/crop.onnx", "`./run people` downloads it"])
rigpose("keypoints", rig("missing", ["a"], model="zoomed.yaml", zoom="off"))

path = rig("failing", LENGTHS)
descriptor["outputs"][0]["stride"] = 8
session.dump(f"{folder}/tiny.yaml", descriptor)
for threads in ("1", "3"):
    refused("keypoints", path, code=2, contains=["view 'a', frame 0", "stride"], env={**os.environ, "OMP_NUM_THREADS": threads})
descriptor["outputs"][0]["stride"] = 4
session.dump(f"{folder}/tiny.yaml", descriptor)
for feed, frame in (("c", 5), ("pair", 5), ("a", 6)):
    shutil.copy(f"{folder}/b/000.png", f"{folder}/{feed}/{frame:03d}.png")
for threads in ("1", "3"):
    refused("keypoints", path, code=1, contains=["pair/005.png", "frame 5 is 96x160"], env={**os.environ, "OMP_NUM_THREADS": threads})
check("no result is written of a take that failed", not [n for n in os.listdir(f"{folder}/out_failing/60_people2d") if ".tmp-" not in n])
session.finish()
