"""Labelled photographs: COCO keypoint JSON with images, any joints that name themselves.

A set's images may say `all_labelled: false`: people who are not labelled may stand in them, so the loss is masked away from those who are.
Hold-out is by blocks of consecutive images of a set, since neighbours can be bursts of one person. Images whose `part` is val2017 are for
choosing and reporting alone and are not read at all.
"""
import collections
import json
import os

import cv2
import numpy as np

JOINTS = ["nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow", "right_elbow",
          "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle", "neck", "head_top"]
FLIP = [JOINTS.index(n.replace("left", "r_").replace("right", "left").replace("r_", "right")) for n in JOINTS]
BODY = list(range(5, 17))  # the 12 joints from shoulders to ankles
BLOCK_MOST = 50            # images a hold-out block; fewer where a set is small
HELD_OUT_EVERY = 10        # one block of ten is held out
ALIKE = 0.9                # correlation of the thumbnails of one photograph in two sizes

Photo = collections.namedtuple("Photo", "name set all_labelled image joints boxes")


def _people(annotations, order):
    """joints [P, 19, 3] and boxes [P, 4] (x0, y0, x1, y1, over labelled joints) of one image."""
    joints = np.zeros((len(annotations), len(JOINTS), 3), np.float32)
    for p, annotation in enumerate(annotations):
        points = np.array(annotation["keypoints"], np.float32).reshape(-1, 3)
        for j, source in enumerate(order):
            if source >= 0:
                joints[p, j] = points[source]
    keep = (joints[:, :, 2] > 0).any(1)
    joints = joints[keep]
    boxes = np.array([[*person[person[:, 2] > 0, :2].min(0), *person[person[:, 2] > 0, :2].max(0)] for person in joints],
                     np.float32).reshape(-1, 4)
    return joints, boxes


def held_out_images(entries, every=HELD_OUT_EVERY):
    """For each image of the file, whether it is never trained on."""
    sizes = collections.Counter(entry.get("set", "") for entry in entries)
    place, held = collections.Counter(), []
    for entry in entries:
        name = entry.get("set", "")
        block = min(BLOCK_MOST, max(1, sizes[name] // (4 * every)))
        held.append(place[name] // block % every == every - 1)
        place[name] += 1
    return held


def read(folder, held_out, limit=None, every=HELD_OUT_EVERY):
    """The photographs of a folder with annotations.json, decoded: those held out, or the others."""
    with open(os.path.join(folder, "annotations.json"), encoding="utf-8") as stream:
        content = json.load(stream)
    names = content["categories"][0]["keypoints"]
    order = [names.index(n) if n in names else -1 for n in JOINTS]
    of_image = collections.defaultdict(list)
    for annotation in content["annotations"]:
        if not annotation.get("iscrowd"):
            of_image[annotation["image_id"]].append(annotation)
    entries = [entry for entry in content["images"] if entry.get("part") != "val2017"]
    photos = []
    for entry, held in zip(entries, held_out_images(entries, every)):
        if held != held_out or (limit and len(photos) >= limit):
            continue
        joints, boxes = _people(of_image[entry["id"]], order)
        image = cv2.imread(os.path.join(folder, entry["file_name"]))
        if image is None:
            raise SystemExit(f"{folder}: cannot read {entry['file_name']}")
        if len(joints):
            photos.append(Photo(entry["file_name"], entry.get("set", ""), entry.get("all_labelled", True), image, joints, boxes))
    return photos


def _thumbnail(image):
    small = cv2.resize(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), (24, 24), interpolation=cv2.INTER_AREA).astype(np.float32).ravel()
    small -= small.mean()
    return small / (np.linalg.norm(small) + 1e-6)


def without_copies(photos, folder):
    """Those of the photographs that a folder with annotations.json does not hold too, of whichever part and size."""
    with open(os.path.join(folder, "annotations.json"), encoding="utf-8") as stream:
        names = [entry["file_name"] for entry in json.load(stream)["images"]]
    others = np.array([_thumbnail(cv2.imread(os.path.join(folder, name))) for name in names])
    return [photo for photo in photos if (others @ _thumbnail(photo.image)).max() < ALIKE]
