"""Cameras placed by people alone: poses against the truth of a made-up session, the order of the stages, and what is refused."""
import os
import re

import numpy as np

import session
import walkers
from alignment import compare, matrix
from session import check, check_at_most, refused, rigpose

SECONDS, FPS, HEIGHT_M = 8, 25, 1.75  # walkers.BODY
SECONDS_CLOCKS = 12
CLOCKS_MM, CLOCKS_DEG = 3, 0.04  # 1.5 times the worst of ten seeds with known clocks
POSITION_MM, DIRECTION_DEG = 20, 0.3  # what people are to tell of a camera's place, after a similarity
SCALE = 0.04  # of the height that limbs tell: 3 % by limbs, 1 % by joints


def write(folder, seconds, extrinsics, keys=None, **more):
    """A session of walkers whose cameras have lost their poses; keys of the rig, `more` of walkers.write. The truth of the cameras."""
    walkers.write(folder, seconds, {v: FPS for v in walkers.VIEWS}, **more)
    truth = session.load(f"{folder}/cameras.yaml")["cameras"]
    rig = session.load(f"{folder}/rig.yaml")
    del rig["cameras"], rig["motion"]
    rig.update(keys or {})
    rig["extrinsics"] = extrinsics
    session.dump(f"{folder}/rig.yaml", rig)
    session.dump(f"{folder}/out/30_intrinsics.yaml", {
        "schema": "rigpose/intrinsics/1", "cameras": {v: {k: c[k] for k in ("size", "lens", "K", "dist")} for v, c in truth.items()}})
    return truth


folder = session.folder()
truth = write(folder, SECONDS, {"from": "people", "scale": {"height_m": HEIGHT_M}})
rig = f"{folder}/rig.yaml"
check("check has nothing against it", "no problems found" in (out := rigpose("check", rig).stdout), out)
told = rigpose("run", rig).stderr
check("no lens is doubted", "the lens of" not in told, told)
made = session.load(f"{folder}/out/40_extrinsics.yaml")
scale, mm, deg = compare(made["cameras"], truth)
check_at_most("mm of the worst camera", mm, POSITION_MM)
check_at_most("degrees of the worst camera", deg, DIRECTION_DEG)
check_at_most("scale by people's height", abs(scale - 1), SCALE)
check("extrinsics depend on the people", "people2d.c1" in made["inputs"] or any("60_people2d" in k for k in made["inputs"]), made["inputs"])
check("there is a covariance", "lower" in session.load(f"{folder}/out/40_covariance.yaml"))
people = session.load(f"{folder}/out/70_people3d.yaml")
check("people are triangulated with them", people["frames"] and people["frames"][50]["people"], people["frames"][:1])
ankles = [p["joints"][j]["p_m"][2] for f in people["frames"] for p in f["people"] for j in (15, 16) if "p_m" in p["joints"][j]]
check_at_most("m of the median ankle over a floor 8 cm below", abs(np.median(ankles) - 0.08), 0.03)
before = session.tree_bytes(f"{folder}/out")
again = rigpose("run", rig).stderr
check("a second run has nothing to do", "extrinsics: up to date" in again and session.tree_bytes(f"{folder}/out") == before, again)

# A known length instead: exact to the tape.
length = session.folder()
centres = {v: -matrix(c)[0].T @ matrix(c)[1] for v, c in truth.items()}
metres = float(np.linalg.norm(centres["c1"] - centres["c3"]))
write(length, SECONDS, {"from": "people", "lengths": [["c1", "c3", metres]], "world": {"camera": "c2"}})
rigpose("extrinsics", f"{length}/rig.yaml")
made = session.load(f"{length}/out/40_extrinsics.yaml")
check_at_most("scale by a length", abs(compare(made["cameras"], truth)[0] - 1), 0.004)  # 20 mm of 5 m
check("the length is met", abs(made["lengths"][0]["measured_m"] - metres) < 1e-6, made["lengths"])
check("the world is the camera's", np.abs(made["cameras"]["c2"]["Rt_cam_world"]["t_m"]).max() < 1e-12)

# Neither clocks nor poses are known: sync comes first, by lenses alone, and poses are as good as with known clocks.
LATE = {"c2": 1.013, "c3": -0.73, "c4": 2.487}
clocks = session.folder()
truth = write(clocks, SECONDS_CLOCKS, {"from": "people", "scale": {"height_m": HEIGHT_M}}, {"sync": {"from": "people"}}, late_s=LATE,
              people=walkers.people_who_wander)
told = rigpose("run", f"{clocks}/rig.yaml").stderr
check("clocks, poses, people", -1 < told.find("] sync") < told.find("] extrinsics") < told.find("] triangulate"), told)
_, mm, deg = compare(session.load(f"{clocks}/out/40_extrinsics.yaml")["cameras"], truth)
check_at_most("mm of the worst camera, clocks unknown", mm, CLOCKS_MM)
check_at_most("degrees of the worst camera, clocks unknown", deg, CLOCKS_DEG)
made = session.load(f"{clocks}/out/40_extrinsics.yaml")["inputs"]
check("extrinsics are made from the clocks", "65_sync.yaml" in made, made)
before = session.tree_bytes(f"{clocks}/out")
check("clocks and poses are current", "sync: up to date" in (again := rigpose("run", f"{clocks}/rig.yaml").stderr) and "extrinsics: up to date" in again, again)
os.remove(f"{clocks}/out/65_sync.yaml")
refused("extrinsics", f"{clocks}/rig.yaml", code=1, contains=["65_sync.yaml", "rigpose sync"])

# What cannot be told is refused, and says what to record.
short = session.folder()
write(short, 0.4, {"from": "people", "scale": {"height_m": HEIGHT_M}})
refused("extrinsics", f"{short}/rig.yaml", code=1, contains=["record"])
still = session.folder()
write(still, SECONDS, {"from": "people", "scale": {"height_m": HEIGHT_M}})
for view in walkers.VIEWS:
    path = f"{still}/out/60_people2d/{view}.yaml"
    made = session.load(path)
    for frame in made["frames"]:
        frame["people"] = made["frames"][0]["people"][:1]
    session.dump(path, made)
refused("extrinsics", f"{still}/rig.yaml", code=1, contains=["record"])
twice = session.folder()
write(twice, SECONDS, {"from": "people", "scale": {"height_m": HEIGHT_M}})
session.dump(f"{twice}/out/60_people2d/c4.yaml", {**session.load(f"{twice}/out/60_people2d/c3.yaml"), "view": "c4"})
refused("extrinsics", f"{twice}/rig.yaml", code=1, contains=["'c3'", "'c4'", "come out at one place", "the same recording"])

# A lens that is stated as exact and is that of another zoom: poses make up for it, and it is told.
zoomed = session.folder()
write(zoomed, SECONDS, {"from": "people", "scale": {"height_m": HEIGHT_M}})
lenses = session.load(f"{zoomed}/out/30_intrinsics.yaml")
lenses["cameras"]["c2"]["K"][:2] = [1.1 * walkers.FOCAL] * 2
session.dump(f"{zoomed}/out/30_intrinsics.yaml", lenses)
told = rigpose("extrinsics", f"{zoomed}/rig.yaml").stderr
says = re.findall(r"the lens of '(\w+)' has a focal length of 1100 px, by people it is (\d+) px", told)
check("the lens is doubted, and no other", told.count("the lens of") == 1 and [v for v, _ in says] == ["c2"], told)
check_at_most("pixels by which people miss its focal length", abs(int(says[0][1]) - walkers.FOCAL) if says else None, 0.005 * walkers.FOCAL)
bare = session.folder()
write(bare, 1, {"from": "people"})
refused("extrinsics", f"{bare}/rig.yaml", code=2, contains=["key 'scale' is missing"])
for key in ("keypoints", "take"):
    asked = session.load(f"{bare}/rig.yaml")
    del asked[key]
    session.dump(f"{bare}/lacks.yaml", {**asked, "extrinsics": {"from": "people", "scale": {"height_m": HEIGHT_M}}})
    refused("check", f"{bare}/lacks.yaml", code=2, contains=[f"key '{key}' is missing"])
session.finish()
