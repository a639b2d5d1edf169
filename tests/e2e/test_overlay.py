"""Pictures of what was found: `overlay` on people from a file and from a network, `keypoints --maps` on a network."""
import json
import os
import subprocess

import cv2
import numpy as np

import session
from session import check, refused, rigpose

FRAMES, SIZE = 24, (320, 240)
folder = session.folder()
writer = cv2.VideoWriter(f"{folder}/walk.mp4", cv2.VideoWriter_fourcc(*"mp4v"), 25, (2 * SIZE[0], SIZE[1]))
for _ in range(FRAMES):
    writer.write(np.full((SIZE[1], 2 * SIZE[0], 3), 90, np.uint8))
writer.release()


def rig(name, keypoints):
    session.dump(f"{folder}/{name}.yaml", {
        "schema": "rigpose/rig/1", "feeds": {"pair": {"grid": [2, 1], "views": ["left", "right"]}},
        "recordings": {"walk": {"pair": "walk.mp4"}}, "take": "walk", "keypoints": keypoints, "skeleton": "coco17", "out": f"out_{name}"})
    return f"{folder}/{name}.yaml"


# Two people who pass through the picture; they swap their places in the list on every other frame.
def someone(x):
    return [v for k in range(17) for v in (x + 8 * (k % 2), 30 + 10 * k, 2)]


for view in ("left", "right"):
    found = []
    for frame in range(FRAMES):
        pair = [someone(60 + frame), someone(240 - frame)]
        for person in pair[::1 if frame % 2 else -1]:
            found.append({"image_id": frame, "category_id": 1, "keypoints": person, "score": 0.9})
    with open(f"{folder}/{view}.json", "w", encoding="utf-8") as stream:
        json.dump(found, stream)
imported = rig("imported", {"source": "coco", "people": "{view}.json"})
rigpose("keypoints", imported)
rigpose("overlay", imported)


def frames(path):
    video = cv2.VideoCapture(path)
    while True:
        got, picture = video.read()
        if not got:
            return
        yield picture


def hue_at(picture, x, y):
    """The colour of a limb near a place: the strongest channel of the pixel that stands out most, and by how much."""
    patch = picture[y - 4:y + 5, x - 6:x + 7].reshape(-1, 3).astype(int)
    vivid = patch[np.argmax(patch.max(1) - patch.min(1))]
    return vivid.argmax(), vivid.max() - vivid.min()


for view in ("left", "right"):
    pictures = list(frames(f"{folder}/out_imported/overlay/keypoints/{view}.mp4"))
    check(f"{view}: every frame", len(pictures) == FRAMES and pictures[0].shape == (SIZE[1], SIZE[0], 3), len(pictures))
    seen = [[hue_at(p, x, 120) for x in (64 + i, 244 - i)] for i, p in enumerate(pictures)]
    check(f"{view}: limbs are drawn where people are", all(v[1] > 60 for pair in seen for v in pair), seen)
    check(f"{view}: a person keeps the colour", all(pair[0][0] == seen[0][0][0] and pair[1][0] == seen[0][1][0] for pair in seen), seen)
    check(f"{view}: two people, two colours", seen[0][0][0] != seen[0][1][0], seen[0])
refused("keypoints", imported, "--maps", code=2, contains=["--maps", "only networks"])

# The same people as a file that is there already.
os.rename(f"{folder}/out_imported", f"{folder}/out_there")
os.remove(f"{folder}/out_there/overlay/keypoints/left.mp4")
there = rig("there", {"source": "yaml"})
rigpose("overlay", there)
check("people who are there are drawn", os.path.exists(f"{folder}/out_there/overlay/keypoints/left.mp4"))

script = os.path.join(os.path.dirname(__file__), "..", "support", "make_tiny_net.py")
subprocess.run(["/usr/bin/python3", script, "random", f"{folder}/tiny.onnx"], check=True)
model = session.load(os.path.join(os.getcwd(), "configs", "models", "higherhrnet_w32_512.yaml"))
model["model"], model["input"]["size"] = {"file": "tiny.onnx"}, [128, 128]
model["tta"] = {"flip": True, "scales": [1, 0.5], "tag_scales": [1]}
session.dump(f"{folder}/tiny.yaml", model)
net = rig("net", {"source": "onnx", "model": "tiny.yaml"})
rigpose("keypoints", net, "--maps")
rigpose("overlay", net, "--stage=keypoints")
for view in ("left", "right"):
    names = sorted(os.listdir(f"{folder}/out_net/maps/{view}"))
    check(f"{view}: maps of the first 20 frames", names == [f"{i:06d}.png" for i in range(20)], names)
    sheet = cv2.imread(f"{folder}/out_net/maps/{view}/000000.png")
    check(f"{view}: two panels", sheet.shape == (SIZE[1], 2 * SIZE[0], 3), sheet.shape)
    check(f"{view}: overlay", len(list(frames(f"{folder}/out_net/overlay/keypoints/{view}.mp4"))) == FRAMES)
session.finish()
