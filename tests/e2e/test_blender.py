"""BVH and glTF in Blender: its import puts every joint where forward kinematics does, of people with feet, of people who come and go, and of Shelf."""
import os

import motion_blender
import motion_checks as motions
import session
import shelf
import stepper


def with_gaps(folder, skeleton):
    """Nobody in some frames, and a wrist that is missing for a while."""
    rig = stepper.write_people3d(folder, skeleton, 60)
    path = f"{folder}/out/70_people3d.yaml"
    people = session.load(path)
    wrist = stepper.SKELETONS[skeleton].index("right_wrist")
    for frame in people["frames"]:
        if 40 <= frame["frame"] < 45:
            frame["people"] = []
        elif 10 <= frame["frame"] < 20:
            frame["people"][0]["joints"][wrist] = None
    session.dump(path, people)
    return rig


if not motion_blender.BLENDER:
    print("skipped: no blender")
    raise SystemExit(session.SKIPPED)
folder = session.folder()
for name in stepper.SKELETONS:
    print(name, motion_blender.check_blender(motions.Motion(with_gaps(f"{folder}/{name}", name)), name), "mm")
source = os.path.join(os.environ.get("RIGPOSE_REAL_DATA", ""), "shelf")
if os.environ.get("RIGPOSE_REAL_DATA") and os.path.exists(source):
    os.mkdir(f"{folder}/shelf")
    shelf.write(source, f"{folder}/shelf", motion={})
    session.rigpose("run", f"{folder}/shelf/rig.yaml")
    print("Shelf", motion_blender.check_blender(motions.Motion(f"{folder}/shelf/rig.yaml"), "Shelf"), "mm")
else:
    session.leave_out("no real recordings (shelf)")
session.finish()
