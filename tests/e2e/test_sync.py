"""Cameras that were switched on one after the other: sync finds their clocks from people, later stages take them, and what it cannot
tell is refused."""
import os

import session
import walkers
from session import check, check_at_most, refused, rigpose

SECONDS = 16
RATES = {"c1": 25, "c2": 30, "c3": 60, "c4": 25}
LATE = {"c2": 1.234, "c3": -2.3, "c4": 0.415}  # s, what the rig does not say


def mpjpe(folder):
    people = session.loads(rigpose("eval", f"{folder}/out/70_people3d.yaml", f"{folder}/truth.yaml").stdout)["people"]
    check(f"all people of {folder[-6:]}", people["found"] >= people["people"] - 20 and people["id_switches"] == 0, people)
    return people["mpjpe_mm"]


def rig_change(folder, **keys):
    rig = session.load(f"{folder}/rig.yaml")
    rig.update(keys)
    session.dump(f"{folder}/rig.yaml", {k: v for k, v in rig.items() if v is not None})
    return f"{folder}/rig.yaml"


# The same rig with clocks that it states, which is what people come to at best.
stated = session.folder()
walkers.write(stated, SECONDS, RATES, offset_s=LATE)
rigpose("run", f"{stated}/rig.yaml")
best = mpjpe(stated)
check("a rig that does not ask has no clocks", not os.path.exists(f"{stated}/out/65_sync.yaml"))

# Nobody said the offsets.
folder = session.folder()
walkers.write(folder, SECONDS, RATES, late_s=LATE)
rig = rig_change(folder, sync={"from": "people"})
told = rigpose("run", rig).stderr
sync = session.load(f"{folder}/out/65_sync.yaml")
check("the clocks are told", "sync: clocks of 4 of 4 views, from people" in told, told)
check("of all views", list(sync["views"]) == list(walkers.VIEWS) and sync["refused"] == {}, sync)
check("the first is the rig's", sync["views"]["c1"] == {"offset_s": 0, "drift_ppm": 0, "sigma_s": 0, "from": "held"}, sync["views"]["c1"])
for view, late in LATE.items():
    at = sync["views"][view]
    for t in (0, SECONDS):  # a drift of 0, as well as it is known
        off = at["offset_s"] + t * 1e-6 * at["drift_ppm"] - late
        check_at_most(f"error of {view} after {t} s, frames", abs(off) * RATES[view], 0.1)
    check(f"sigma of {view}", 0 < at["sigma_s"] < 0.004 and at["from"] == "people", at)
check_at_most(f"MPJPE mm, {best} with stated clocks", mpjpe(folder), 1.03 * best)
check("watch finds nothing", session.load(f"{folder}/out/75_watch.yaml")["findings"] == [])
check("triangulate is made from the clocks", "65_sync.yaml" in session.load(f"{folder}/out/70_people3d.yaml")["inputs"])
before = session.tree_bytes(f"{folder}/out")
check("all current", "sync: up to date" in rigpose("run", rig).stderr)
rigpose("run", rig, "--force")
check("equal bytes", before == session.tree_bytes(f"{folder}/out"))

# An offset that the rig states is kept, and the others follow it.
rig_change(folder, views={"c2": {"offset_s": 0}})
rigpose("sync", rig)
views = session.load(f"{folder}/out/65_sync.yaml")["views"]
check("a stated clock is held", views["c2"] == {"offset_s": 0, "drift_ppm": 0, "sigma_s": 0, "from": "held"}, views["c2"])
check_at_most("the first view against it, s", abs(views["c1"]["offset_s"] + LATE["c2"]), 0.004)
rig_change(folder, views={})
refused("triangulate", rig, code=1, contains=["65_sync.yaml is stale", "rigpose sync"])

# Before any calibration: these people walk in circles at one pace, so that a turn of the scene is as good as an offset, and that is
# refused (people who wander: tests/unit/triangulate/test_sync.c).
bare = session.folder()
walkers.write(bare, 12, RATES, late_s=LATE)
rig = rig_change(bare, cameras=None, motion=None, sync={"from": "people", "search_s": 10})
told = rigpose("sync", rig, code=1).stderr
check("circles are refused", told.count("repeats itself, so that several offsets fit") == 4, told)
check("no calibration is told", "from people alone: no camera is calibrated yet" in told, told)

# A view without people is refused, and not used; with one view left nothing is made.
empty = session.folder()
walkers.write(empty, SECONDS, RATES, late_s=LATE)
rig = rig_change(empty, sync={"from": "people"})


def nobody(view):
    path = f"{empty}/out/60_people2d/{view}.yaml"
    people = session.load(path)
    session.dump(path, {**people, "frames": [{"frame": f["frame"], "people": []} for f in people["frames"]]})


nobody("c4")
told = rigpose("run", rig).stderr
check("the view is named", "the clock of view 'c4' is not known: nobody is seen in it for a second" in told, told)
check("and not used", "view 'c4' has no clock in 65_sync.yaml: not used" in told, told)
check("the file says why", session.load(f"{empty}/out/65_sync.yaml")["refused"] == {"c4": "nobody"})
seen = {v for f in session.load(f"{empty}/out/70_people3d.yaml")["frames"] for p in f["people"] for j in p["joints"] for v in j.get("views", ())}
check("people come from the other views", seen == {"c1", "c2", "c3"}, seen)
os.remove(f"{empty}/out/65_sync.yaml")
nobody("c2")
nobody("c3")
refused("sync", rig, code=1, contains=["no two views have a common clock", "offset_s"])
check("nothing is left of it", not os.path.exists(f"{empty}/out/65_sync.yaml"))
refused("triangulate", rig, code=1, contains=["65_sync.yaml", "rigpose sync"])

# Wrong keys.
refused("sync", rig_change(empty, sync={"from": "smell"}), code=2, contains=["sync.from", "people"])
refused("sync", rig_change(empty, sync={}), code=2, contains=["sync", "from"])
refused("sync", rig_change(empty, sync=None), code=2, contains=["sync is not configured"])
session.finish()
