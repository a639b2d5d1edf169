"""Lengths that are no metres, views whose left and right are exchanged, people in no skeleton: found all the same, or named."""
import os

import cv2
import numpy as np

import session
import walkers
from session import check, rigpose

JOINTS_SAME = 0.01  # share of joints that may be lost or won at the gates in another unit
folder = session.folder()
walkers.write(folder, 2.2, {v: 25 for v in walkers.VIEWS})
rig, cameras = session.load(f"{folder}/rig.yaml"), session.load(f"{folder}/cameras.yaml")
seen = {v: session.load(f"{folder}/out/60_people2d/{v}.yaml") for v in walkers.VIEWS}


def written(name, units=1, views=seen, **keys):
    """The same session in another unit, or with other people; keys of the rig."""
    out = f"{folder}/out_{name}"
    os.makedirs(f"{out}/60_people2d", exist_ok=True)
    for view, people in views.items():
        session.dump(f"{out}/60_people2d/{view}.yaml", people)
    scaled = {v: {**c, "Rt_cam_world": {**c["Rt_cam_world"], "t_m": [x * units for x in c["Rt_cam_world"]["t_m"]]}}
              for v, c in cameras["cameras"].items()}
    session.dump(f"{folder}/{name}_cameras.yaml", {**cameras, "cameras": scaled})
    session.dump(f"{folder}/{name}.yaml", {**rig, "cameras": f"{name}_cameras.yaml", "out": f"out_{name}", **keys})
    return f"{folder}/{name}.yaml"


def result(name, units=1):
    """Ids, the number of joints triangulated, the median length of a thigh, metres, the file's scale."""
    content = session.load(f"{folder}/out_{name}/70_people3d.yaml")
    people = [p for f in content["frames"] for p in f.get("people") or []]
    joints = [j for p in people for j in p["joints"] if "state" not in j]
    thighs = [np.linalg.norm(np.subtract(p["joints"][11]["p_m"], p["joints"][13]["p_m"])) / units
              for p in people if "p_m" in p["joints"][11] and "p_m" in p["joints"][13]]
    return {p["id"] for p in people}, len(joints), np.median(thighs or [0]), content.get("body_scale", 1)


told = rigpose("run", written("metres")).stderr
check("in metres nothing is said", "warning" not in told, told)
ids, n, thigh, scale = result("metres")
check("in metres two people", ids == {1, 2} and scale == 1, ids)
check("check finds nothing", "no problem" in rigpose("check", f"{folder}/metres.yaml").stdout)
bones = {(b["id"], *b["bone"]): b["length_m"] for b in session.load(f"{folder}/out_metres/80_motion.yaml")["lengths"]}

# Other units, and bodies of the size of dolls: the same people, and which unit it was.
for name, units, stage, says in (("millimetres", 1000, "run", "as if lengths were given in millimetres"), ("dolls", 1 / 15, "run", "times too small"),
                                 ("inches", 39.3701, "triangulate", "inches"), ("feet", 3.28084, "triangulate", "feet"),
                                 ("kilometres", 0.001, "triangulate", "1000 times too small")):
    told = rigpose(stage, written(name, units)).stderr
    check(f"{name}: triangulate names it", says in told, told)
    got = result(name, units)
    check(f"{name}: the same people", got[0] == {1, 2} and abs(got[1] - n) <= JOINTS_SAME * n, got)
    check(f"{name}: the same thigh", abs(got[2] - thigh) < 0.002, (got, thigh))
    check(f"{name}: the scale is kept", 0.8 < got[3] / units < 1.2, got)
    if stage == "run":
        off = [b["length_m"] / units - bones[(b["id"], *b["bone"])] for b in session.load(f"{folder}/out_{name}/80_motion.yaml")["lengths"]]
        check(f"{name}: bones of the movement", max(map(abs, off)) < 0.005, off)
        findings = rigpose("doctor", f"{folder}/{name}.yaml", code=1).stderr
        check(f"{name}: doctor names it", "scale: people come out" in findings, findings)
session.refused("check", written("far", 1000), code=2, contains=["far_cameras.yaml: the cameras (t_m) are", "lengths are in metres"])

# A key that is said is a length of the rig: of people ten times as large, a gate of 10 mm.
rigpose("triangulate", written("free", 10))
rigpose("triangulate", written("narrow", 10, triangulate={"gate_m": 0.1, "gate_px": 1}))
n_views = [sum(len(j.get("views", [])) for f in session.load(f"{folder}/out_{name}/70_people3d.yaml")["frames"] for p in f.get("people") or []
               for j in p["joints"]) for name in ("free", "narrow")]
check("gate_m is in the rig's unit", n_views[1] < 0.97 * n_views[0], n_views)

# Left and right.
FLIP = [0] + [j + 1 if j % 2 else j - 1 for j in range(1, 17)]


def exchanged(names, pixels):
    views = dict(seen)
    views["c2"] = {**seen["c2"], "frames": [
        {**f, "people": [{**p, "joints": [[walkers.SIZE[0] - 1 - x if pixels else x, y, s] for x, y, s in
                                          (p["joints"][FLIP[j] if names else j] for j in range(17))]} for p in f["people"]]}
        for f in seen["c2"]["frames"]]}
    return views


for names, pixels, says in ((True, False, "left and right joints of view 'c2' are swapped"), (True, True, "the picture of view 'c2' is mirrored"),
                            (False, True, "the picture of view 'c2' is mirrored")):
    told = rigpose("triangulate", written("exchanged", 1, exchanged(names, pixels))).stderr
    warned = [line for line in told.splitlines() if "warning" in line]
    check(f"exchanged, names {names}, pixels {pixels}", len(warned) == 1 and says in warned[0], told)

# Nobody, or hardly anybody: why.
nobody = {v: {**p, "frames": [{**f, "people": []} for f in p["frames"]]} for v, p in seen.items()}
told = rigpose("triangulate", written("nobody", 1, nobody)).stderr
check("nobody anywhere", "no view saw anybody" in told, told)
told = rigpose("triangulate", written("alone", 1, {**nobody, "c1": seen["c1"]})).stderr
check("one view only", "110 seen while no other view saw anybody" in told, told)
told = rigpose("triangulate", written("apart", 1, {v: {**p, "frames": [{**f, "frame": 5000 * i + f["frame"]} for f in p["frames"]]}
                                                   for i, (v, p) in enumerate(seen.items())})).stderr
check("no moment in common", "no two views have frames at the same time" in told, told)
low = {v: {**p, "frames": [{**f, "people": [{"joints": [[x, y, 0.05] for x, y, _ in q["joints"]]} for q in f["people"]]} for f in p["frames"]]}
       for v, p in seen.items()}
told = rigpose("triangulate", written("low", 1, low)).stderr
check("low scores", "440 with fewer than 3 joints inside the picture that score triangulate.min_score" in told, told)

# A stage that fails stops no stage that does not need it.
for side in ("c1", "c2"):
    cv2.imwrite(f"{folder}/{side}_00.png", np.full((walkers.SIZE[1], walkers.SIZE[0]), 90, np.uint8))
lost = written("lost", board={"kind": "chessboard", "corners": [9, 6], "square_m": 0.1},
               recordings={**rig["recordings"], "board": {"c1": "c1_%02d.png", "c2": "c2_%02d.png"}},
               stereo={"from": "board", "pair": ["c1", "c2"]})
told = rigpose("run", lost, code=1).stderr
check("stereo fails", "error: stereo: " in told, told)
check("the people are triangulated all the same", os.path.exists(f"{folder}/out_lost/80_motion.yaml"), told)
session.finish()
