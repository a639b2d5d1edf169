"""AP of a model descriptor on COCO photographs that its network never saw, through `rigpose keypoints`.

    python3 tools/evaluate/photographs.py --photos FOLDER --model data/models/people.yaml [--half choose|report] [--save FILE] [--against FILE]

FOLDER has annotations.json in COCO's keypoint form; of its photographs those whose `part` is val2017 are used (all, where none has a part).
Choices are made on the half `choose` alone, and reported once on `report`; which photograph is in which half is told by its id.
--save keeps what was found; --against tells the gain over what another call kept, with its interval by a paired bootstrap over photographs.
"""
import argparse
import hashlib
import json
import os
import pickle
import subprocess
import tempfile

import cv2
import numpy as np
import yaml

import coco

SHAPES = {"wide": (640, 480), "tall": (480, 640), "square": (640, 640)}  # canvases, so that photographs make views of one size


def half_of(photo):
    return "choose" if int(hashlib.sha256(str(photo["id"]).encode()).hexdigest(), 16) % 2 else "report"


def chosen(folder, half):
    with open(f"{folder}/annotations.json", encoding="utf-8") as stream:
        content = json.load(stream)
    photos = [p for p in content["images"] if p.get("part", "val2017") == "val2017" and half in ("all", half_of(p))]
    truths = {p["id"]: [] for p in photos}
    for annotation in content["annotations"]:
        if annotation["image_id"] in truths:
            truths[annotation["image_id"]].append(annotation)
    return photos, truths


def canvas_of(photo):
    return next(name for name, (w, h) in SHAPES.items() if photo["width"] <= w and photo["height"] <= h)


def session_write(folder, photos_folder, photos, model):
    """A view for each shape of canvas; photographs stand in its upper left corner, as a network's own padding would have it."""
    numbers = {name: [p for p in photos if canvas_of(p) == name] for name in SHAPES}
    numbers = {name: members for name, members in numbers.items() if members}
    for name, members in numbers.items():
        os.makedirs(f"{folder}/{name}", exist_ok=True)
        for i, photo in enumerate(members):
            picture = np.zeros((*SHAPES[name][::-1], 3), np.uint8)
            picture[:photo["height"], :photo["width"]] = cv2.imread(f"{photos_folder}/{photo['file_name']}")
            cv2.imwrite(f"{folder}/{name}/{i:04d}.png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    rig = {"schema": "rigpose/rig/1", "feeds": {name: {"views": [name], "fps": 1} for name in numbers},
           "recordings": {"photos": {name: f"{name}/%04d.png" for name in numbers}}, "take": "photos",
           "keypoints": {"source": "onnx", "model": os.path.abspath(model) if os.path.sep in model else model}, "skeleton": "coco17"}
    with open(f"{folder}/rig.yaml", "w", encoding="utf-8") as stream:
        json.dump(rig, stream)  # which is YAML
    return numbers


def person_read(person):
    """Joints that were not found count as the middle of those that were: COCO has no way to say that a joint is missing."""
    found = np.array([joint[:2] if joint else [np.nan] * 2 for joint in person["joints"][:17]], float)
    middle = np.nanmean(found, axis=0)
    return {"score": person["score"], "joints": np.where(np.isnan(found), middle, found),
            "scores": [joint[2] if joint else 0 for joint in person["joints"][:17]]}


def detect(rigpose, photos_folder, photos, model):
    """Photograph's id -> people found."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        numbers = session_write(folder, photos_folder, photos, model)
        subprocess.run([rigpose, "keypoints", f"{folder}/rig.yaml"], check=True)
        for name, members in numbers.items():
            with open(f"{folder}/out/60_people2d/{name}.yaml", encoding="utf-8") as stream:
                for frame in yaml.load(stream, yaml.CSafeLoader)["frames"]:
                    found[members[frame["frame"]]["id"]] = [person_read(person) for person in frame["people"]]
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rigpose", default="build/release/rigpose")
    parser.add_argument("--photos", required=True)
    parser.add_argument("--model", required=True, help="a descriptor, or the name of one that comes with rigpose")
    parser.add_argument("--half", choices=("choose", "report", "all"), default="choose")
    parser.add_argument("--save")
    parser.add_argument("--against")
    args = parser.parse_args()
    photos, truths = chosen(args.photos, args.half)
    found = detect(args.rigpose, args.photos, photos, args.model)
    parts = coco.evaluate(truths, found)
    values = coco.average_precision(list(parts["all"].values()))
    medium, large = (coco.average_precision(list(parts[name].values())).mean() for name in ("medium", "large"))
    print(f"{len(photos)} photographs ({args.half}), {sum(n for _, _, n in parts['all'].values())} people to find, {sum(map(len, found.values()))} found: "
          f"AP {values.mean():.3f}, AP50 {values[0]:.3f}, AP75 {values[5]:.3f}, medium {medium:.3f}, large {large:.3f}")
    if args.save:
        with open(args.save, "wb") as stream:
            pickle.dump({"parts": parts, "found": found}, stream)
    if args.against:
        with open(args.against, "rb") as stream:
            gain, interval = coco.bootstrap(pickle.load(stream)["parts"]["all"], parts["all"])
        print(f"AP more than {args.against}: {gain:+.3f}, 95 % interval {interval[0]:+.3f} to {interval[1]:+.3f} (paired over photographs)")


if __name__ == "__main__":
    main()
