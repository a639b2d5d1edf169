"""Cameras placed by points: a drone and a wand, from another tool's tracks to their motion in space; clocks from them; what is refused."""
import numpy as np

import session
import tracks
from alignment import compare, matrix
from session import check, check_at_most, refused, rigpose

SECONDS = 20
POSITION_MM, DIRECTION_DEG = 6, 0.1  # 1 px of noise at 5 m is 5 mm a sight, there are 3000 of them
SCALE = 2e-3  # 500 times 0.6 m, each to 5 mm


def points_of(folder, name="70_people3d.yaml"):
    """{frame: joints}, where there is one person."""
    return {f["frame"]: [j.get("p_m") for j in f["people"][0]["joints"]]
            for f in session.load(f"{folder}/out/{name}")["frames"] if len(f["people"]) == 1}


# A wand: from OpenPose's files, scale by its length.
wand = session.folder()
truth = tracks.write(wand, SECONDS, "wand", {"from": "people", "scale": {"length": ["end_a", "end_b", tracks.WAND_M]}}, "json")
check("check has nothing against it", "no problems found" in (out := rigpose("check", f"{wand}/rig.yaml").stdout), out)
told = rigpose("run", f"{wand}/rig.yaml").stderr
made = session.load(f"{wand}/out/40_extrinsics.yaml")
scale, mm, deg = compare(made["cameras"], truth)
check_at_most("mm of the worst camera by a wand", mm, POSITION_MM)
check_at_most("degrees of the worst camera by a wand", deg, DIRECTION_DEG)
check_at_most("scale by a wand", abs(scale - 1), SCALE)
check("the wand's length is told, and its spread", "scale by 'end_a' to 'end_b', 0.6000 m" in told and "spread" in told, told)
check("the world is the first camera's", np.abs(made["cameras"]["c1"]["Rt_cam_world"]["t_m"]).max() < 1e-12)
ends = [j for j in points_of(wand).values() if all(j)]
check(f"both ends are in space, {len(ends)} times", len(ends) > 0.9 * SECONDS * tracks.FPS)
check_at_most("of the wand's length, median", abs(np.median([np.linalg.norm(np.subtract(*j)) for j in ends]) / tracks.WAND_M - 1), 0.01)
check("watch has nothing against it", session.load(f"{wand}/out/75_watch.yaml")["findings"] == [])
check("it is one wand", "of 1 people" in told, told)
for form in ("trc", "c3d", "csv", "npz"):
    rigpose("export", f"{wand}/rig.yaml", "--to", form)
refused("export", f"{wand}/rig.yaml", "--to", "bvh", code=1, contains=["nobody is left"])
report = session.report_data(rigpose("report", f"{wand}/rig.yaml") and f"{wand}/out/report.html")
check("the report finds them in all views", "hardly anybody" not in str(report))

# A drone: from DeepLabCut's tables, scale by the distance of two cameras.
drone = session.folder()
centres = {v: -matrix(c)[0].T @ matrix(c)[1] for v, c in truth.items()}
metres = float(np.linalg.norm(centres["c1"] - centres["c3"]))
lengths = {"from": "people", "lengths": [["c1", "c3", metres]]}
tracks.write(drone, SECONDS, "point", lengths)
rigpose("run", f"{drone}/rig.yaml")
made = session.load(f"{drone}/out/40_extrinsics.yaml")
scale, mm, deg = compare(made["cameras"], truth)
check_at_most("mm of the worst camera by a drone", mm, POSITION_MM)
check_at_most("degrees of the worst camera by a drone", deg, DIRECTION_DEG)
check_at_most("scale by a distance", abs(scale - 1), SCALE)
R, t = tracks.pose(0)  # of camera c1, whose frame is the world
off = [np.linalg.norm(np.array(j[0]) - (R @ tracks.points_at(f / tracks.FPS)[0] + t)) for f, j in points_of(drone, "80_motion.yaml").items() if j[0]]
check(f"the drone is in space, {len(off)} times", len(off) > 0.95 * SECONDS * tracks.FPS)
check_at_most("mm of the drone, median", 1000 * np.median(off), 6)

# Its clocks, with cameras that are known.
late = {"c2": 1.234, "c3": -2.3}
clocks = session.folder()
tracks.write(clocks, SECONDS, "point", {}, late_s=late, sync={"from": "people"})
session.dump(f"{clocks}/cameras.yaml", {"schema": "rigpose/extrinsics/1", "cameras": tracks.cameras()})
rig = session.load(f"{clocks}/rig.yaml")
del rig["extrinsics"]
session.dump(f"{clocks}/rig.yaml", {**rig, "cameras": "cameras.yaml"})
rigpose("run", f"{clocks}/rig.yaml")
sync = session.load(f"{clocks}/out/65_sync.yaml")
check("all views have a clock", len(sync["views"]) == 5, sync)
for view, at in sync["views"].items():
    check_at_most(f"frames of the clock of {view}", abs(at["offset_s"] - late.get(view, 0)) * tracks.FPS, 0.1)

# What is refused, and what is asked for instead.
short = session.folder()
tracks.write(short, 2, "point", lengths)
refused("run", f"{short}/rig.yaml", code=1, contains=["record a point that moves through the whole space"])
for scale, code, says in (({}, 2, ["'scale' is missing", "length: [JOINT, JOINT, METRES]"]), ({"scale": {"height_m": 1.8}}, 2, ["lacks shoulders", "length"]),
                          ({"scale": {"length": ["end_a", "point", 1]}}, 2, ["no joint 'end_a'"]),
                          ({"scale": {"length": ["point", "point", 1]}}, 2, ["the same joint twice"]),
                          ({"scale": {"length": ["point", 1]}}, 2, ["a list of 2"]), ({"scale": {}}, 2, ["key 'height_m' is missing", "'length'"])):
    rig = session.load(f"{drone}/rig.yaml")
    session.dump(f"{drone}/rig.yaml", {**rig, "extrinsics": {"from": "people", **scale}})
    refused("extrinsics", f"{drone}/rig.yaml", code=code, contains=says)
session.finish()
