"""BVH and glTF through Blender: where its own import puts the joints, against our readers and the measured joints."""
import json
import os
import shutil
import subprocess

import numpy as np

import motion_readers as readers
from session import check, check_at_most

BLENDER = shutil.which("blender")
SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "blender_joints.py")
BVH_MM = 1  # Blender turns our angles into angles about axes of its own bones, of 32 bits, which lose digits near gimbal lock: 0.4 mm on Shelf
GLTF_MM = 0.01  # floats of 32 bits: 0.0005 mm
ENDS = {"HeadEnd": "Head", "LeftHand": "LeftForeArm", "RightHand": "RightForeArm", "LeftFoot": "LeftLeg", "RightFoot": "RightLeg", "LeftToe": "LeftFoot",
        "RightToe": "RightFoot"}


def joints(source, times):
    """Name -> [times, 3] in the rig's world. Blender turns y up into its own z up so that (x, y, z) of a file is (x, -z, y)."""
    at, made = f"{source}.times.json", f"{source}.joints.json"
    with open(at, "w", encoding="utf-8") as stream:
        json.dump([float(t) for t in times], stream)
    done = subprocess.run([BLENDER, "-b", "--factory-startup", "--python-exit-code", "1", "--python", SCRIPT, "--", source, made, at],
                          capture_output=True, text=True, timeout=300)
    if done.returncode or not os.path.exists(made):
        raise SystemExit(f"blender failed: {done.stdout[-2000:]} {done.stderr[-2000:]}")
    with open(made, encoding="utf-8") as stream:
        found = {name: np.array(p) for name, p in json.load(stream).items()}
    os.remove(at)
    os.remove(made)
    return {name: np.column_stack((-p[:, 1], p[:, 0], p[:, 2])) for name, p in found.items()}


def compare(what, blender, ours, most):
    """mm, the farthest of all joints and times."""
    check(f"{what}: the same joints", set(blender) == set(ours), set(blender) ^ set(ours))
    off = 1000 * max(float(np.abs(blender[n] - ours[n]).max()) for n in set(blender) & set(ours))
    check_at_most(f"{what}: Blender's joints from forward kinematics, mm", off, most)
    return off


def check_upright(what, places):
    """Whoever stands or walks has the head over the hips over the ankles."""
    feet = np.minimum(places["LeftLegEnd" if "LeftLegEnd" in places else "LeftFoot"][:, 2], places["RightLegEnd" if "RightLegEnd" in places else "RightFoot"][:, 2])
    hips, head = places["Hips"][:, 2], places["Chest"][:, 2]
    check(f"{what}: upright in Blender's world", np.median(head - hips) > 0.35 and np.median(hips - feet) > 0.5, (np.median(head - hips), np.median(hips - feet)))


def check_blender(motion, name):
    """BVH and glTF of all people. Returns mm: how far Blender is from forward kinematics."""
    worst = []
    folder, said = motion.export("bvh")
    for i in motion.ids:
        if f"person {i} is left out" in said:
            continue
        ours, _, rows = readers.read_bvh(motion.file(folder, i, "bvh"))
        blender = joints(motion.file(folder, i, "bvh"), range(len(rows)))
        worst.append(compare(f"{name}: BVH of {i}, {len(rows)} frames", blender, ours, BVH_MM))
        check_upright(f"{name}: BVH of {i}", blender)
    folder, _ = motion.export("gltf")
    _, people = readers.read_glb(f"{folder}/{motion.take}.glb")
    every = np.unique(np.concatenate([times for times, _, _ in people.values()]))
    found = joints(f"{folder}/{motion.take}.glb", every)
    for i, (times, _, ours) in people.items():
        rows = np.searchsorted(every, times)
        blender = {n.split("_")[1]: p[rows] for n, p in found.items() if n.startswith(f"person{i}_") and not n.endswith("_bone")}
        ends = {parent + "End": node for node, parent in ENDS.items() if node in blender and parent + "End" in ours}
        ours = {ends.get(n, n): p for n, p in ours.items()}  # glTF has names for ends, too
        worst.append(compare(f"{name}: glTF of {i}, {len(times)} keys", blender, ours, GLTF_MM))
        check_upright(f"{name}: glTF of {i}", {**blender, "LeftLegEnd": blender["LeftFoot"], "RightLegEnd": blender["RightFoot"]})
    return max(worst)
