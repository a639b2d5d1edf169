"""Lenses that no board told: of a calibration, whose poses are not taken, or of focal lengths alone, which people refine."""
import cv2
import numpy as np

import session
import walkers
from alignment import compare
from session import check, check_at_most, refused, rigpose

SECONDS, FPS, HEIGHT_M = 6, 25, 1.75
POSITION_MM, DIRECTION_DEG = 20, 0.3  # what is asked of cameras placed by people with lenses that are known
FOCAL = 0.01  # of it: a fifth of the 5 % by which it was off
OFF = {"c1": 1.05, "c2": 0.95, "c3": 1.04, "c4": 0.97}


def write(folder, intrinsics):
    """A session of walkers without poses, with a picture that tells the views' size. The true cameras."""
    walkers.write(folder, SECONDS, {v: FPS for v in walkers.VIEWS})
    truth = session.load(f"{folder}/cameras.yaml")["cameras"]
    cv2.imwrite(f"{folder}/grey.png", np.full((walkers.SIZE[1], walkers.SIZE[0], 3), 128, np.uint8))
    rig = session.load(f"{folder}/rig.yaml")
    del rig["cameras"], rig["motion"]
    rig["recordings"] = {"walk": {v: ["grey.png"] for v in walkers.VIEWS}}
    session.dump(f"{folder}/rig.yaml", {**rig, "intrinsics": intrinsics, "extrinsics": {"from": "people", "scale": {"height_m": HEIGHT_M}}})
    return truth


# Of a calibration: as it is.
known = session.folder()
truth = write(known, {"cameras": "cameras.yaml"})
check("check has nothing against it", "no problems found" in (out := rigpose("check", f"{known}/rig.yaml").stdout), out)
rigpose("run", f"{known}/rig.yaml")
lenses = session.load(f"{known}/out/30_intrinsics.yaml")
check("lenses without poses", all("Rt_cam_world" not in c and c["K"] == truth[v]["K"] for v, c in lenses["cameras"].items()), lenses)
check("they depend on the file", "cameras" in lenses["inputs"], lenses["inputs"])
made = session.load(f"{known}/out/40_extrinsics.yaml")
_, mm, deg = compare(made["cameras"], truth)
check_at_most("mm of the worst camera", mm, POSITION_MM)
check("the lenses are kept", all(c["K"] == truth[v]["K"] for v, c in made["cameras"].items()))
check("a second run has nothing to do", "intrinsics: up to date" in rigpose("run", f"{known}/rig.yaml").stderr)

# Of focal lengths that are 3 to 5 % off.
rough = session.folder()
truth = write(rough, {"focal_px": {v: walkers.FOCAL * OFF[v] for v in walkers.VIEWS}})
check("check has nothing against focal lengths", "no problems found" in (out := rigpose("check", f"{rough}/rig.yaml").stdout), out)
told = rigpose("run", f"{rough}/rig.yaml").stderr
start = session.load(f"{rough}/out/30_intrinsics.yaml")["cameras"]["c1"]
check("the focal length with its sigma", abs(start["K"][0] - 1050) < 1e-9 and abs(start["sigma"]["K"][0] - 52.5) < 1e-9, start)
made = session.load(f"{rough}/out/40_extrinsics.yaml")
_, mm, deg = compare(made["cameras"], truth)
check_at_most("mm of the worst camera with focal lengths alone", mm, POSITION_MM)
check_at_most("degrees of the worst camera with focal lengths alone", deg, DIRECTION_DEG)
for view, camera in made["cameras"].items():
    check_at_most(f"focal length of {view}", abs(camera["K"][0] / walkers.FOCAL - 1), FOCAL)
    check(f"sigma of {view}'s lens", 0 < camera["sigma"]["K"][0] < 0.01 * walkers.FOCAL and camera["sigma"]["dist"][0] > 0, camera["sigma"])
check("what told it is told", "c1: focal length" in told and "by people" in told, told)
check("people are in space with these lenses", session.load(f"{rough}/out/70_people3d.yaml")["frames"][50]["people"])

# The same, held.
rig = session.load(f"{rough}/rig.yaml")
rig["extrinsics"]["lenses"] = "held"
session.dump(f"{rough}/rig.yaml", rig)
done = rigpose("extrinsics", f"{rough}/rig.yaml", code=None)
check("held lenses stay, or nothing fits", done.returncode == 1 or
      session.load(f"{rough}/out/40_extrinsics.yaml")["cameras"]["c1"]["K"][0] == start["K"][0], done.stderr)

for intrinsics, says in (({"cameras": "cameras.yaml", "focal_px": {"c1": 1000}}, "excluded by 'cameras'"), ({}, "key 'from' is missing"),
                         ({"focal_px": {"c9": 1000}}, "c9"), ({"focal_px": {"c1": -1}}, "focal_px"),
                         ({"cameras": "cameras.yaml", "focal_sigma": 0.1}, "no effect without 'focal_px'")):
    session.dump(f"{rough}/rig.yaml", {**rig, "intrinsics": intrinsics})
    refused("intrinsics", f"{rough}/rig.yaml", code=2, contains=[says])
bare = session.folder()
write(bare, {"focal_px": {"c1": 1000, "c2": 1000}})
session.dump(f"{bare}/rig.yaml", {**session.load(f"{bare}/rig.yaml"), "recordings": {"walk": {v: None for v in walkers.VIEWS}}})
refused("intrinsics", f"{bare}/rig.yaml", code=2, contains=["the size of the pictures of view 'c1' is not known"])
session.finish()
