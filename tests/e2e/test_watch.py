"""The rig watches itself: a camera that is bumped and a view out of step are named, and repaired on request; views of other rates and
offsets that the rig does say are no fault."""
import os

import session
import walkers
from session import check, check_at_least, check_at_most, rigpose

SECONDS, CLOCK = 8, 25
SAME = {v: CLOCK for v in walkers.VIEWS}


def mpjpe(folder, result="70_people3d"):
    people = session.loads(rigpose("eval", f"{folder}/out/{result}.yaml", f"{folder}/truth.yaml").stdout)["people"]
    check(f"all people of {result}", people["found"] >= people["people"] - 4 and people["false"] == 0 and people["id_switches"] == 0, people)
    return people["mpjpe_mm"]


# Nothing is wrong.
well = session.folder()
walkers.write(well, SECONDS, SAME)
told = rigpose("run", f"{well}/rig.yaml").stderr
check("a healthy rig says so", "watch: 4 cameras have not moved since calibration and are in sync" in told, told)
check("and finds nothing", session.load(f"{well}/out/75_watch.yaml")["findings"] == [])
best = mpjpe(well)
check_at_most("MPJPE mm", best, 12)
check_at_most("MPJPE mm refined", mpjpe(well, "80_motion"), 0.97 * best)  # its limbs stretch as they swing

# Views of other rates, and with offsets that the rig says, are met between their frames: nearly as good, and nothing is found.
mixed = session.folder()
walkers.write(mixed, SECONDS, {"c1": CLOCK, "c2": 30, "c3": 60, "c4": CLOCK}, offset_s={"c3": 0.009, "c4": 0.02})
told = rigpose("run", f"{mixed}/rig.yaml").stderr
check("mixed rates are in sync", "in sync" in told, told)
check_at_most("MPJPE mm of mixed rates", mpjpe(mixed), 1.1 * best)

# c3 is turned by 0.4 degrees after 4 s; c2's clock is 1.5 frames late.
bad = session.folder()
walkers.write(bad, SECONDS, SAME, turn={"c3": (4, [0.004, -0.0055, 0.001])}, late_s={"c2": 1.5 / CLOCK})
rig = f"{bad}/rig.yaml"
told = rigpose("run", rig).stderr
check("a bump is told", "camera 'c3' moved at frame 1" in told, told)
check("an offset is told", "camera 'c2' is out of sync: late by 1." in told, told)
findings = {f["view"]: f for f in session.load(f"{bad}/out/75_watch.yaml")["findings"]}
check("two findings", sorted(findings) == ["c2", "c3"], findings)
check_at_most("frame of the bump", abs(findings["c3"]["from_frame"] - 100), 2)
check_at_most("its turn mrad", abs(1000 * findings["c3"]["turn_rad"] - 6.87), 2)
check_at_most("the offset's error in frames", abs(findings["c2"]["offset_frames"] - 1.5), 0.1)
check_at_most("in seconds", abs(findings["c2"]["offset_s"] - 0.06), 0.004)
check("nothing is repaired unasked", not os.path.exists(f"{bad}/out/75_repair.yaml"))
worse = mpjpe(bad)
check_at_least("MPJPE mm before the repair", worse, 1.5 * best)

told = rigpose("run", rig, "--repair").stderr
check("repairs are told", "corrections are in 75_repair.yaml" in told, told)
check("triangulated with the repairs", "corrections of 75_repair.yaml are applied" in told, told)
people = session.load(f"{bad}/out/70_people3d.yaml")
check("the result says so", people["repaired"] == ["c2", "c3"] and "75_repair.yaml" in people["inputs"], people.get("repaired"))
check("the repaired rig is in order", session.load(f"{bad}/out/75_watch.yaml")["findings"] == [], "")
check_at_most(f"MPJPE mm repaired, {worse} before", mpjpe(bad), 1.1 * best)
before = session.tree_bytes(f"{bad}/out")
check("all current", "watch: up to date" in rigpose("run", rig).stderr)
rigpose("run", rig, "--force")
check("equal bytes", before == session.tree_bytes(f"{bad}/out"))

# The same in one go, where there is no result yet that the correction could make stale.
once = session.folder()
walkers.write(once, SECONDS, SAME, turn={"c3": (4, [0.004, -0.0055, 0.001])}, late_s={"c2": 1.5 / CLOCK})
told = rigpose("run", f"{once}/rig.yaml", "--repair").stderr
check("a first run repairs: refine follows the corrections", "refine: follows once the corrections are applied" in told, told)
check("and ends with what two runs end with", session.load(f"{once}/out/80_motion.yaml")["frames"] == session.load(f"{bad}/out/80_motion.yaml")["frames"])

# A repair of another rig is refused by name; without the file all is as it was.
with open(f"{bad}/out/75_repair.yaml", encoding="utf-8") as stream:
    text = stream.read()
with open(f"{bad}/out/75_repair.yaml", "w", encoding="utf-8") as stream:
    stream.write(text.replace("view: c3", "view: c9"))
session.refused("triangulate", rig, code=1, contains=["75_repair.yaml", "'c9' is not a camera of the take"])
os.remove(f"{bad}/out/75_repair.yaml")
rigpose("run", rig)
check("without repair", mpjpe(bad) == worse)
session.finish()
