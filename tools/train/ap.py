"""AP (COCO's, by `rigpose eval`) of a model on labelled photographs that were held out: the network, the decoder and the grouping by tag
together, as `rigpose keypoints` runs them. Of a set with one person a photograph, PCK (evaluate.py) of the surest person found.

    python3 ap.py --rigpose PROGRAM --photos FOLDER --model data/models/synth.yaml [--set coco] [--keep FOLDER]

Photographs are centred on canvases as large as the largest of them, as frames of one view. Faces that nobody labelled count neither for nor against; people that
nobody labelled count against.
"""
import argparse
import json
import os
import subprocess
import tempfile

import cv2
import numpy as np
import yaml

import evaluate
import sets


def _person(joints, at):
    """A labelled person as people2d has it: [x, y, score, sigma] of each joint, null where it is not labelled."""
    return {"score": 1, "joints": [[round(float(x + at[0]), 2), round(float(y + at[1]), 2), 1, 1] if v > 0 else None
                                   for x, y, v in joints]}


def offset(photo, canvas):
    """Where a photograph's first pixel lies on its square canvas: x, y."""
    h, w = photo.image.shape[:2]
    return (canvas - w) // 2, (canvas - h) // 2


def write(photos, canvas, model, folder):
    """A session of one view, and truth.yaml beside it."""
    frames = []
    os.makedirs(f"{folder}/photos")
    for i, photo in enumerate(photos):
        h, w = photo.image.shape[:2]
        x, y = offset(photo, canvas)
        picture = np.full((canvas, canvas, 3), 127, np.uint8)
        picture[y:y + h, x:x + w] = photo.image
        cv2.imwrite(f"{folder}/photos/{i:04d}.png", picture)
        frames.append({"frame": i, "people": [_person(person, (x, y)) for person in photo.joints]})
    rig = {"schema": "rigpose/rig/1", "feeds": {"photos": {"views": ["photos"], "fps": 1}},
           "recordings": {"photos": {"photos": "photos/%04d.png"}}, "take": "photos",
           "keypoints": {"source": "onnx", "model": os.path.abspath(model)}, "skeleton": "coco19"}
    truth = {"schema": "rigpose/people2d/1", "view": "photos", "skeleton": "coco19", "n_joints": len(sets.JOINTS), "frames": frames}
    for name, content in (("rig", rig), ("truth", truth)):
        with open(f"{folder}/{name}.yaml", "w", encoding="utf-8") as stream:
            json.dump(content, stream)  # which is YAML


def pck(photos, canvas, folder):
    """Percent of the 12 body joints right, of one person a photograph; and people found a photograph."""
    right = counted = n_found = 0
    with open(f"{folder}/out/60_people2d/photos.yaml", encoding="utf-8") as stream:
        frames = {frame["frame"]: frame["people"] for frame in yaml.load(stream, yaml.CSafeLoader)["frames"]}
    for i, photo in enumerate(photos):
        labelled, people = photo.joints[0], frames.get(i, [])
        length = evaluate.torso(labelled)
        n_found += len(people)
        if length is None:
            continue
        surest = max(people, key=lambda person: person["score"])["joints"] if people else [None] * len(labelled)
        at = offset(photo, canvas)
        for k in np.flatnonzero(labelled[:, 2] > 0):
            if k in sets.BODY:
                counted += 1
                right += surest[k] is not None and np.linalg.norm(surest[k][:2] - labelled[k, :2] - at) <= 0.2 * length
    return 100 * right / counted, n_found / len(photos)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rigpose", required=True)
    parser.add_argument("--photos", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--set", default="coco")
    parser.add_argument("--keep", help="a new folder for the session, to look at it with `rigpose overlay`")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.keep or scratch
        photos = [photo for photo in sets.read(args.photos, held_out=True) if photo.set == args.set]
        canvas = max(max(photo.image.shape[:2]) for photo in photos)
        write(photos, canvas, args.model, folder)
        subprocess.run([args.rigpose, "keypoints", f"{folder}/rig.yaml"], check=True)
        if all(len(photo.joints) == 1 for photo in photos):
            print("PCK@0.2 of the torso, 12 body joints, surest person: %.2f %%; %.2f people a photograph" % pck(photos, canvas, folder))
        subprocess.run([args.rigpose, "eval", f"{folder}/out/60_people2d/photos.yaml", f"{folder}/truth.yaml"], check=True)


if __name__ == "__main__":
    main()
