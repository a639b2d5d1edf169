"""AP (COCO's, by `rigpose eval`) of a model on labelled photographs of many people that were held out: the network, the decoder and the
grouping by tag together, as `rigpose keypoints` runs them.

    python3 ap.py --rigpose PROGRAM --photos FOLDER --model data/models/people.yaml [--set coco] [--keep FOLDER]

Photographs are centred on one canvas each, as frames of one view. Faces that nobody labelled count neither for nor against; people that
nobody labelled count against.
"""
import argparse
import json
import os
import subprocess
import tempfile

import cv2
import numpy as np

import sets

CANVAS = 448


def _person(joints, offset):
    """A labelled person as people2d has it: [x, y, score, sigma] of each joint, null where it is not labelled."""
    return {"score": 1, "joints": [[round(float(x + offset[0]), 2), round(float(y + offset[1]), 2), 1, 1] if v > 0 else None
                                   for x, y, v in joints]}


def write(photos, model, folder):
    """A session of one view, and truth.yaml beside it."""
    frames = []
    os.makedirs(f"{folder}/photos")
    for i, photo in enumerate(photos):
        h, w = photo.image.shape[:2]
        x, y = (CANVAS - w) // 2, (CANVAS - h) // 2
        canvas = np.full((CANVAS, CANVAS, 3), 127, np.uint8)
        canvas[y:y + h, x:x + w] = photo.image
        cv2.imwrite(f"{folder}/photos/{i:04d}.png", canvas)
        frames.append({"frame": i, "people": [_person(person, (x, y)) for person in photo.joints]})
    rig = {"schema": "rigpose/rig/1", "feeds": {"photos": {"views": ["photos"], "fps": 1}},
           "recordings": {"photos": {"photos": "photos/%04d.png"}}, "take": "photos",
           "keypoints": {"source": "onnx", "model": os.path.abspath(model)}, "skeleton": "coco19"}
    truth = {"schema": "rigpose/people2d/1", "view": "photos", "skeleton": "coco19", "n_joints": len(sets.JOINTS), "frames": frames}
    for name, content in (("rig", rig), ("truth", truth)):
        with open(f"{folder}/{name}.yaml", "w", encoding="utf-8") as stream:
            json.dump(content, stream)  # which is YAML


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rigpose", required=True)
    parser.add_argument("--photos", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--set", default="coco")
    parser.add_argument("--keep", help="a new folder for the session, to look at it with `rigpose keypoints --overlay`")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.keep or scratch
        write([photo for photo in sets.read(args.photos, held_out=True) if photo.set == args.set], args.model, folder)
        subprocess.run([args.rigpose, "keypoints", f"{folder}/rig.yaml"], check=True)
        subprocess.run([args.rigpose, "eval", f"{folder}/out/60_people2d/photos.yaml", f"{folder}/truth.yaml"], check=True)


if __name__ == "__main__":
    main()
