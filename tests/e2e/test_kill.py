"""Runs that are killed at any moment: the next one goes on where it was, ends in the same bytes, and leaves nothing over."""
import os
import random
import re
import signal
import subprocess
import time

import cv2
import numpy as np

import session
from session import check, refused, rigpose

VIEWS = {"a": ["a"], "pair": ["left", "right"], "b": ["b"]}
LENGTHS = {"a": 46, "pair": 60, "b": 7}
FPS = 30  # with follow_s 0.1 people are followed through two of three frames
folder = session.folder()
script = os.path.join(os.path.dirname(__file__), "..", "support", "make_tiny_net.py")
subprocess.run(["/usr/bin/python3", script, "random", f"{folder}/tiny.onnx"], check=True)
model = session.load(os.path.join(os.getcwd(), "configs", "models", "higherhrnet_w32_512.yaml"))
model["model"] = {"file": "tiny.onnx"}
model["input"]["size"] = [128, 128]
model["decode"]["max_people"] = 3
model.pop("selfcheck", None)
session.dump(f"{folder}/crop.yaml", {**model, "input": {**model["input"], "size": [32, 32], "sizing": "fixed"}})
session.dump(f"{folder}/zoomed.yaml", {**model, "zoom": {"model": "crop.yaml", "margin": 1.4, "follow_s": 0.1}})

rng = np.random.default_rng(16)
for feed, n in LENGTHS.items():
    os.mkdir(f"{folder}/{feed}")
    for frame in range(n):
        cv2.imwrite(f"{folder}/{feed}/{frame:03d}.png", cv2.resize(rng.integers(0, 255, (12, 16, 3), np.uint8), (256, 96)))


def rig(name, **keypoints):
    session.dump(f"{folder}/{name}.yaml", {
        "schema": "rigpose/rig/1", "out": f"out_{name}",
        "feeds": {f: {"views": VIEWS[f], "fps": FPS, **({"grid": [2, 1]} if len(VIEWS[f]) > 1 else {})} for f in VIEWS},
        "recordings": {"walk": {f: f"{f}/%03d.png" for f in VIEWS}},
        "take": "walk", "keypoints": {"source": "onnx", "model": "zoomed.yaml", **keypoints}, "skeleton": "coco17"})
    return f"{folder}/{name}.yaml"


def names(name):
    """All that lies in a rig's output folder."""
    return sorted(os.path.relpath(os.path.join(at, n), f"{folder}/out_{name}")
                  for at, folders, files in os.walk(f"{folder}/out_{name}") for n in folders + files)


def looked_at(text):
    """How many pictures of a killed run were not lost, as the next run says."""
    found = re.search(r"goes on where a run was stopped: (\d+) pictures", text)
    return int(found.group(1)) if found else 0


def run_killed(path, after_s, **options):
    """Run until so many seconds have passed. False: it had ended before."""
    run = subprocess.Popen([session.BINARY, "run", path], stderr=subprocess.DEVNULL, **options)
    try:
        run.wait(after_s)
        return False
    except subprocess.TimeoutExpired:
        run.send_signal(signal.SIGKILL)
        run.wait()
        return True


whole = rig("whole")
start = time.monotonic()
rigpose("run", whole)
took_s = time.monotonic() - start
expected, there = session.tree_bytes(f"{folder}/out_whole"), names("whole")
check("a whole run leaves no temporary names", not any(".tmp-" in n for n in there), there)

# Killed again and again, each time a little later: each run goes on where the one before was.
path = rig("killed")
chance, n_killed, kept = random.Random(3), 0, 0
while n_killed < 12 and run_killed(path, took_s * (0.1 + 0.5 * chance.random())):
    n_killed += 1
done = rigpose("run", path)
kept = looked_at(done.stderr)
check("runs were killed", n_killed >= 2, n_killed)
check("the last run goes on", kept > 0, done.stderr)
check("killed runs end in the same bytes", session.tree_bytes(f"{folder}/out_killed") == expected)
check("nothing is left over", names("killed") == there, names("killed"))
session.finish()
