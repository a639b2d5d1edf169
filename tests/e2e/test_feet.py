"""Somebody with feet, as OpenPose and AlphaPose would find them: through every stage that follows, and in each export of movement."""
import numpy as np

import motion_checks as motions
import motion_readers as readers
import session
import stepper
from session import check, check_at_most, rigpose

N_FRAMES = 120
MEAN_MM, MOST_MM = 3, 15  # 1 px of noise is 4.5 mm in a view 4.5 m away; four views, smoothed: 2.1 and 9.7
ENDS = {"LeftFootEnd": "left_big_toe", "RightFootEnd": "right_big_toe"}
BONES_MM = 1.5  # what is left where bones of one length meet joints that are 2 mm off, rms: 0.5


def check_truth(motion, skeleton):
    numbers, points = motion.rows(motion.ids[0])
    off = 1000 * np.linalg.norm(points - stepper.joints3d(skeleton, numbers), axis=2)
    feet = [motion.joints.index(j) for j in stepper.FEET]
    check(f"{skeleton}: one person, in every frame, feet and all", motion.ids == [1] and len(numbers) == N_FRAMES and np.isfinite(off).all(), motion.ids)
    check_at_most(f"{skeleton}: mm from the truth, all joints", float(off.mean()), MEAN_MM)
    check_at_most(f"{skeleton}: mm from the truth, feet", float(off[:, feet].mean()), MEAN_MM)
    check_at_most(f"{skeleton}: mm from the truth, the farthest of the feet", float(off[:, feet].max()), MOST_MM)
    return numbers, points


def check_bones_of_feet(motion, skeleton, numbers, points):
    """In BVH and glTF a foot ends at the big toe, and stands as the measured one does."""
    bvh, _, _ = readers.read_bvh(motion.file(f"{motion.out}/export/bvh", 1, "bvh"))
    _, people = readers.read_glb(f"{motion.out}/export/gltf/walk.glb")
    for form, places in (("BVH", bvh), ("glTF", people[1][2])):
        for node, joint in ENDS.items():
            at = points[:, motion.joints.index(joint)]
            off = 1000 * np.linalg.norm(places[node] - at, axis=1) if node in places else np.array([np.inf])
            check_at_most(f"{skeleton}: {form}: {node} from the measured {joint}, mm rms", float(np.sqrt((off ** 2).mean())), BONES_MM)
            ankle = places[node[:-3]]
            check(f"{skeleton}: {form}: {node} is ahead of its ankle and below it", (places[node][:, 2] < ankle[:, 2]).all() and
                  (np.linalg.norm(places[node] - ankle, axis=1) > 0.15).all())


folder = session.folder()
for name in ("halpe26", "body25"):
    rig = stepper.write_imports(f"{folder}/{name}", name, N_FRAMES)
    print(rigpose("run", rig).stderr[-700:])
    one = motions.check_all(rig, name)
    check(f"{name}: refined", one.source == "80_motion.yaml")
    check_bones_of_feet(one, name, *check_truth(one, name))
    names = readers.read_trc(one.file(f"{one.out}/export/trc", 1, "trc"))["names"]
    check(f"{name}: feet are TRC's and C3D's markers", {"LBigToe", "LSmallToe", "LHeel", "RBigToe", "RSmallToe", "RHeel"} <= set(names), names)
session.finish()
