"""Things taken for each other: cameras, people, pictures, folders of results, units of turn, names of joints. Each is named."""
import copy
import json
import os
import shutil

import cv2
import numpy as np

import session
import walkers
from session import check, refused, rigpose

folder = session.folder()
well = f"{folder}/well"
walkers.write(well, 3, {v: 25 for v in walkers.VIEWS})
SOUND = session.load(f"{well}/cameras.yaml")


def triangulated(name, swap):
    """What triangulate says of the walkers with cameras changed by `swap`."""
    at = f"{folder}/{name}"
    shutil.copytree(well, at)
    cameras = copy.deepcopy(SOUND)
    swap(cameras["cameras"])
    session.dump(f"{at}/cameras.yaml", cameras)
    return rigpose("triangulate", f"{at}/rig.yaml").stderr


def exchange(cameras):
    cameras["c1"], cameras["c2"] = cameras["c2"], cameras["c1"]


def halve(cameras):
    for key in ("size", "K"):
        cameras["c2"][key] = [x // 2 for x in cameras["c2"][key]]


told = triangulated("sound", lambda cameras: None)
check("nothing is said of what is sound", "warning" not in told, told)

# Two rigs of one `out`: whoever comes second says whose results it replaces.
shared = f"{folder}/sound"
session.dump(f"{shared}/other.yaml", {**session.load(f"{shared}/rig.yaml"), "triangulate": {"keep_s": 1.5}})
for rig, other in (("rig", None), ("other", "rig"), ("other", None), ("rig", "other")):
    told = rigpose("triangulate", f"{shared}/{rig}.yaml").stderr
    check(f"{rig}.yaml after {other}: told", ("has results of '" in told and f"/sound/{other}.yaml', which running " in told) if other else "warning" not in told, told)
os.remove(f"{shared}/other.yaml")
told = rigpose("triangulate", f"{shared}/rig.yaml").stderr
check("a rig that is gone has no say", "warning" not in told, told)
told = triangulated("exchanged", exchange)
check("two pairs of views of one place", "views 'c1', 'c2' and views 'c3', 'c4' have nobody in common" in told, told)
told = triangulated("half", halve)
check("a view that fits no other", "only 0 % of the joints of view 'c2' agree with the other views" in told, told)
check("and no other is named", told.count("only ") == 1, told)

# Turns in degrees.
degrees = copy.deepcopy(SOUND)
degrees["cameras"]["c3"]["Rt_cam_world"]["rvec"] = [float(x) for x in np.rad2deg(SOUND["cameras"]["c3"]["Rt_cam_world"]["rvec"])]
shutil.copytree(well, f"{folder}/degrees")
session.dump(f"{folder}/degrees/cameras.yaml", degrees)
refused("triangulate", f"{folder}/degrees/rig.yaml", code=1, contains=["cameras.yaml", "rvec", "expected radians"])

# Two rigs, one folder of results.
shutil.copy(f"{well}/rig.yaml", f"{well}/other.yaml")
refused("batch", f"{well}/rig.yaml", f"{well}/other.yaml", code=2, contains=["rig.yaml", "other.yaml", "both write to"])

# One camera's pictures under two names; a rate that nobody knows.
os.mkdir(f"{folder}/pictures")
for frame in range(3):
    for name in ("a", "b"):
        cv2.imwrite(f"{folder}/pictures/{name}_{frame}.png", np.full((48, 64), 40 * frame, np.uint8))
rig = f"{folder}/pictures/rig.yaml"
session.dump(rig, {"schema": "rigpose/rig/1", "feeds": {f: {"views": [f]} for f in "ab"}, "recordings": {"t": {f: f"{f}_%d.png" for f in "ab"}},
                   "out": "out"})
told = rigpose("crop", rig).stderr
check("the same pictures twice", "the files of feeds 'a' and 'b' are identical" in told, told)
rates = session.load(f"{well}/rig.yaml")
rates["feeds"] = {v: {"views": [v]} for v in walkers.VIEWS}
rates["keypoints"] = {"source": "import", "people": "people/{view}.json"}
session.dump(f"{well}/rates.yaml", rates)
told = rigpose("check", f"{well}/rates.yaml", code=2)
check("no rate for refine", "motion: no view of the take has a frame rate" in told.stdout + told.stderr, told.stderr)

# COCO's annotations say in which order their joints stand.
names = session.load(f"{os.getcwd()}/configs/skeletons/coco17.yaml")["joints"]
os.mkdir(f"{well}/people")
for view in walkers.VIEWS:
    frames = session.load(f"{well}/out/60_people2d/{view}.yaml")["frames"]
    session_json = {"images": [{"id": f["frame"], "file_name": f"{f['frame']}.jpg"} for f in frames],
                    "categories": [{"id": 1, "name": "person", "keypoints": names[::-1]}],
                    "annotations": [{"image_id": f["frame"], "category_id": 1, "keypoints": [x for j in p["joints"][::-1] for x in (j[0], j[1], 2)]}
                                    for f in frames for p in f["people"]]}
    with open(f"{well}/people/{view}.json", "w", encoding="utf-8") as stream:
        json.dump(session_json, stream)
    for number, image in enumerate(session_json["images"], start=int(view == "c3")):
        image["file_name"] = f"{number}.jpg"
    with open(f"{well}/people/{view}_counted.json", "w", encoding="utf-8") as stream:
        json.dump(session_json, stream)
named = {**session.load(f"{well}/rig.yaml"), "keypoints": rates["keypoints"], "out": "named"}
session.dump(f"{well}/named.yaml", named)
told = rigpose("keypoints", f"{well}/named.yaml").stderr
check("and nothing is said of it", "warning" not in told, told)
first = session.load(f"{well}/out/60_people2d/c1.yaml")["frames"][0]["people"][0]["joints"][0][:2]
read = session.load(f"{well}/named/60_people2d/c1.yaml")["frames"][0]["people"][0]["joints"][0][:2]
check("joints by COCO's own names", np.abs(np.subtract(first, read)).max() < 0.01, (first, read))

# One view's frames are counted from 1, another's pictures said to be upright.
named["keypoints"] = {**rates["keypoints"], "people": "people/{view}_counted.json", "sizes": {"c2": [960, 1280]}}
session.dump(f"{well}/counted.yaml", {**named, "out": "counted"})
told = rigpose("keypoints", f"{well}/counted.yaml").stderr
check("a view counted from 1", "view 'c3' has frames 1 to 75, view 'c1' 0 to 74" in told, told)
check("an upright size", "keypoints.sizes: view 'c2' has 960x1280, its picture is 1280x960" in told, told)
session.finish()
