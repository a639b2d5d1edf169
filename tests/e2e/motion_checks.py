"""What the exports of people hold, each through a reader of its own, against the YAML that they were made from. Of any session."""
import functools
import math
import os
import re

import numpy as np

import motion_readers as readers
import session
from session import check, check_at_most, rigpose

DIGITS_M = 0.5000001e-6  # half of the last digit that YAML, TRC and CSV have
FLOAT_M = 3e-7  # C3D's floats of a few thousand mm
TOLD_MM = 0.056  # half of the digit that is told, and the files' own
# Nodes of the exported skeleton and the joints whose middle they are; without feet an ankle is the end of its shank.
NODES = {"Chest": ("left_shoulder", "right_shoulder"), "Head": ("left_ear", "right_ear"), "HeadEnd": ("nose",)}
TRUNK = ("left_hip", "right_hip", "left_shoulder", "right_shoulder")  # all else hangs on these
for _side, _name in (("left", "Left"), ("right", "Right")):
    NODES |= {f"{_name}Arm": (f"{_side}_shoulder",), f"{_name}ForeArm": (f"{_side}_elbow",), f"{_name}ForeArmEnd": (f"{_side}_wrist",),
              f"{_name}UpLeg": (f"{_side}_hip",), f"{_name}Leg": (f"{_side}_knee",), f"{_name}LegEnd": (f"{_side}_ankle",),
              f"{_name}Foot": (f"{_side}_ankle",), f"{_name}FootEnd": (f"{_side}_big_toe",)}


def marker(joint):
    """Pose2Sim's name of a joint."""
    joint = {"mid_hip": "Hip", "head_top": "Head"}.get(joint, joint)
    side, name = re.match("(left_|right_)?(.*)", joint).groups()
    return (side or "")[:1].upper() + "".join(w.capitalize() for w in name.split("_"))


class Motion:
    """People of a session as the YAML has them: found[frame][id] is {points [joints, 3], sigma, views, filled}."""

    def __init__(self, rig):
        self.rig, self.out = rig, os.path.join(os.path.dirname(rig), "out")
        config = session.load(rig)
        self.take = config["take"]
        done = rigpose("export", rig, "--to", "csv")
        self.source = re.search(r"people of (\d\d_\w+\.yaml)", done.stderr)[1]
        yaml, self.found = session.load(f"{self.out}/{self.source}"), {}
        for frame in yaml["frames"]:
            for person in frame.get("people") or []:
                joints = [j if j and "p_m" in j else None for j in person["joints"]]
                if any(joints):
                    self.found.setdefault(frame["frame"], {})[person["id"]] = {
                        "points": np.array([j["p_m"] if j else [np.nan] * 3 for j in joints]),
                        "sigma": np.array([j.get("sigma_m", np.nan) if j else np.nan for j in joints]),
                        "views": [j.get("views") or [] if j else [] for j in joints],
                        "filled": np.array([bool(j) and j.get("state") == "filled" for j in joints])}
        self.listed = [f["frame"] for f in yaml["frames"]]
        self.step = functools.reduce(math.gcd, np.diff(self.listed).tolist()) or 1
        self.ids = sorted({i for f in self.found.values() for i in f})
        self.fps, self.views = yaml["fps"], yaml["views"]
        self.joints = session.load(f"configs/skeletons/{yaml['skeleton']}.yaml")["joints"]
        self.nodes = {n: [self.joints.index(j) for j in joints] for n, joints in NODES.items() if set(joints) <= set(self.joints)}

    def rows(self, ident):
        """The person's rows: frames, and points, NaN where the person is not there."""
        there = sorted(f for f in self.found if ident in self.found[f])
        numbers = list(range(there[0], there[-1] + 1, self.step))
        gone = np.full((len(self.joints), 3), np.nan)
        return numbers, np.array([self.found[f][ident]["points"] if ident in self.found.get(f, {}) else gone for f in numbers])

    def export(self, to):
        done = rigpose("export", self.rig, "--to", to)
        return os.path.join(self.out, "export", to), done.stderr

    def file(self, folder, ident, ending):
        return f"{folder}/{self.take}_person{ident}.{ending}"


def apart(what, a, b, most):
    """Equal shapes, the same points missing, and no coordinate farther apart than most; returns how far."""
    check(f"{what}: as many, and the same missing", a.shape == b.shape and (np.isnan(a) == np.isnan(b)).all(), (a.shape, b.shape))
    worst = float(np.nanmax(np.abs(a - b))) if a.shape == b.shape else np.inf
    check_at_most(f"{what}: m apart", worst, most)
    return worst


def hung_on(node):
    """The node before, where it is none of the trunk."""
    parent = {"HeadEnd": "Head", "LeftFootEnd": "LeftFoot", "RightFootEnd": "RightFoot"}.get(node)
    side = re.match("Left|Right", node)
    chain = [[f"{side[0]}{n}" for n in limb] for limb in (("Arm", "ForeArm", "ForeArmEnd"), ("UpLeg", "Leg", "LegEnd"))] if side else []
    return parent or next((c[c.index(node) - 1] for c in chain if node in c[1:]), f"{side[0]}Leg" if side and node.endswith("Foot") else None)


def check_bones(what, motion, places, points, told_mm):
    """Forward kinematics against the measured joints, where a node and all that it hangs on are measured: what was told of them."""
    trunk = np.isfinite(points[:, [motion.joints.index(j) for j in TRUNK]]).all((1, 2))
    off = []
    for n in (n for n in motion.nodes if n in places):
        there, at = trunk.copy(), n
        while at:
            there &= np.isfinite(points[:, motion.nodes[at]]).all((1, 2))
            at = hung_on(at)
        off += list(1000 * np.linalg.norm(places[n] - points[:, motion.nodes[n]].mean(1), axis=1)[there])
    rms, most = float(np.sqrt(np.mean(np.square(off)))), float(np.max(off))
    check(f"{what}: {rms:.2f} mm rms, {most:.2f} mm most, as told {told_mm}", abs(rms - told_mm[0]) < TOLD_MM and abs(most - told_mm[1]) < TOLD_MM)
    for a, b in (("LeftArm", "LeftForeArm"), ("RightUpLeg", "RightLeg"), ("Hips", "Chest"), ("Head", "HeadEnd")):
        if b in places:
            length = np.linalg.norm(places[a] - places[b], axis=1)
            check(f"{what}: {a} to {b} keeps its length", np.ptp(length) < 1e-6 and length[0] > 0.05, np.ptp(length))


def check_bvh(motion, name):
    folder, said = motion.export("bvh")
    for i in motion.ids:
        numbers, points = motion.rows(i)
        if f"person {i} is left out" in said:
            check(f"{name}: no BVH of who is left out", not os.path.exists(motion.file(folder, i, "bvh")))
            continue
        places, dt, rows = readers.read_bvh(motion.file(folder, i, "bvh"))
        check(f"{name}: BVH's frames and their time", len(rows) == len(numbers) and abs(dt - motion.step / motion.fps) < 1e-9)
        told = re.search(rf"person {i}: the fitted skeleton deviates from the measured joints by ([0-9.]+) mm rms, ([0-9.]+) mm at most[^\n]*(?:\n.*person {i}: joints are missing in ([0-9]+) of ([0-9]+) frames)?", said)
        check_bones(f"{name}: BVH of {i}", motion, places, points, [float(t) for t in told.groups()[:2]])
        # Frames without the person repeat the row before; those without a joint are counted, too.
        gone = [k for k in range(len(numbers)) if np.isnan(points[k]).all()]
        check(f"{name}: BVH holds the pose in {len(gone)} frames", all((rows[k] == rows[k - 1]).all() for k in gone))
        needed = sorted({j for n in places if n in motion.nodes for j in motion.nodes[n]})  # the others are no nodes
        lacking = int(np.isnan(points[:, needed, 0]).any(1).sum())
        check(f"{name}: BVH tells of {lacking} held frames", (told.group(3) is None if lacking == 0 else int(told.group(3)) == lacking and int(told.group(4)) == len(numbers)), told.groups())


def check_gltf(motion, name):
    folder, said = motion.export("gltf")
    asset, people = readers.read_glb(f"{folder}/{motion.take}.glb")
    left_out = {int(i) for i in re.findall(r"person (\d+) is left out", said)}
    check(f"{name}: glTF 2.0, a node a person", asset["asset"]["version"] == "2.0" and sorted(people) == sorted(set(motion.ids) - left_out))
    found, origin = motion.found, min(motion.listed[0], 0)
    for i, (times, keys, places) in people.items():
        trunk = [motion.joints.index(j) for j in TRUNK]
        rooted = [f for f in sorted(found) if i in found[f] and np.isfinite(found[f][i]["points"][trunk]).all()]
        told = re.search(rf"person {i}: the fitted skeleton deviates from the measured joints by ([0-9.]+) mm rms, ([0-9.]+) mm at most", said)
        forearm = [motion.joints.index(j) for j in (*TRUNK, "right_elbow", "right_wrist")]
        seen = sum(i in found[f] and np.isfinite(found[f][i]["points"][forearm]).all() for f in found)
        check(f"{name}: no key where the right wrist of {i} is not seen", keys["RightForeArm"] == seen, (keys["RightForeArm"], seen))
        at = (np.array(rooted) - origin) / motion.fps
        check(f"{name}: glTF's times of {i}, a key where the trunk is seen", len(times) == len(at) and np.abs(times - at).max() < 1e-6)
        check_bones(f"{name}: glTF of {i}", motion, places, np.array([found[f][i]["points"] for f in rooted]), [float(t) for t in told.groups()])


def check_trc(motion, name):
    folder, said = motion.export("trc")
    check(f"{name}: the file is told", motion.source in said, said)
    check(f"{name}: TRC a person", sorted(os.listdir(folder)) == sorted(f"{motion.take}_person{i}.trc" for i in motion.ids), os.listdir(folder))
    off = []
    for i in motion.ids:
        numbers, points = motion.rows(i)
        trc = readers.read_trc(motion.file(folder, i, "trc"))
        check(f"{name}: TRC's rate, exact", float(trc["head"]["DataRate"]) == motion.fps / motion.step and float(trc["head"]["CameraRate"]) == motion.fps, trc["head"])
        check(f"{name}: TRC's markers and frames", trc["names"] == [marker(j) for j in motion.joints] and list(trc["frames"]) == numbers, trc["names"])
        check_at_most(f"{name}: TRC's times", float(np.abs(trc["times"] - np.array(numbers) / motion.fps).max()), 1e-9)
        off.append(apart(f"{name}: TRC of {i}", trc["points"], points, DIGITS_M))
        check(f"{name}: TRC as OpenSim's scaling eats it", np.array_equal(readers.read_trc_rows(motion.file(folder, i, "trc")), trc["points"], equal_nan=True))
    return max(off)


def check_c3d(motion, name):
    folder, _ = motion.export("c3d")
    origin = motion.listed[0] if motion.listed[0] < 0 or motion.listed[0] % motion.step else 0
    off, compared = [], 0
    for i in motion.ids:
        numbers, points = motion.rows(i)
        c3d = readers.read_c3d(motion.file(folder, i, "c3d"))
        check(f"{name}: C3D's labels are the markers, its descriptions our joints", c3d["names"] == [marker(j) for j in motion.joints] and
              c3d["parameters"]["POINT"]["DESCRIPTIONS"] == motion.joints, c3d["names"])
        check(f"{name}: C3D's first frame, rate and axes", c3d["first"] == (numbers[0] - origin) // motion.step + 1 and
              abs(c3d["rate"] - motion.fps / motion.step) < 1e-6 * motion.fps and c3d["parameters"]["POINT"]["Y_SCREEN"] == ["+Z"])
        off.append(apart(f"{name}: C3D of {i}", c3d["points"], points, FLOAT_M))
        for k, f in enumerate(numbers):
            one = motion.found.get(f, {}).get(i)
            if one is None:
                continue
            wrong = np.abs(c3d["residual_m"][k] - np.where(one["filled"], 0, one["sigma"]))
            clipped = np.nan_to_num(one["sigma"]) > 254 * c3d["step_m"]
            mask = [0 if filled else sum(1 << motion.views.index(v) for v in seen if motion.views.index(v) < 7) for seen, filled in zip(one["views"], one["filled"])]
            compared += np.isfinite(wrong).sum()
            # 0 says filled in, so that no sigma, however small, is less than a step.
            least = np.where(one["filled"] | (np.nan_to_num(one["sigma"], nan=1) > c3d["step_m"] / 2), 0, c3d["step_m"])
            if np.nanmax(np.where(clipped, 0, np.maximum(wrong - least, 0))) > 0.501 * c3d["step_m"] or list(c3d["mask"][k]) != mask:
                check(f"{name}: C3D's residuals and views of {i} in frame {f}", False, (wrong, c3d["mask"][k], mask))
    check(f"{name}: {compared} of C3D's residuals were compared", compared > 100)
    return max(off)


def check_csv(motion, name):
    folder, _ = motion.export("csv")
    found = motion.found
    names, people, times = readers.read_csv(f"{folder}/{motion.take}.csv")
    check(f"{name}: CSV's rows and joints", sorted(people) == sorted((f, i) for f in found for i in found[f]) and names == motion.joints)
    check_at_most(f"{name}: CSV's times", max(abs(t - f / motion.fps) for f, t in times.items()), 1e-9)
    of_csv, of_yaml = (np.array([table(f, i) for f, i in sorted(people)]) for table in (
        lambda f, i: people[f, i][:, :4], lambda f, i: np.column_stack((found[f][i]["points"], found[f][i]["sigma"]))))
    check(f"{name}: CSV's views", all(np.nan_to_num(people[f, i][j, 4]) == (0 if found[f][i]["filled"][j] else len(found[f][i]["views"][j]))
                                      for f, i in people for j in range(len(names))))
    return apart(f"{name}: CSV", of_csv, of_yaml, DIGITS_M)


def check_npz(motion, name):
    folder, _ = motion.export("npz")
    n = len(motion.joints)
    with np.load(f"{folder}/{motion.take}.npz") as npz:
        a = {k: npz[k] for k in npz.files}
    check(f"{name}: NPZ's frames, times, people, names and rate", list(a["frames"]) == motion.listed and list(a["ids"]) == motion.ids and
          list(a["names"]) == motion.joints and (a["times_s"] == np.array(motion.listed) / motion.fps).all() and float(a["fps"]) == motion.fps)
    gone = {"points": np.full((n, 3), np.nan), "sigma": np.full(n, np.nan), "views": [[]] * n, "filled": np.zeros(n, bool)}
    table = [[motion.found.get(f, {}).get(i, gone) for i in motion.ids] for f in motion.listed]
    apart(f"{name}: NPZ's sigma", a["sigma_m"], np.array([[one["sigma"] for one in row] for row in table]), 0)
    check(f"{name}: NPZ's views", (a["views"] == [[[0 if filled else len(v) for v, filled in zip(one["views"], one["filled"])] for one in row]
                                                    for row in table]).all())
    return apart(f"{name}: NPZ", a["points"], np.array([[one["points"] for one in row] for row in table]), 0)


def check_easymocap(motion, name):
    folder, _ = motion.export("easymocap-json")
    listed, off = [f for f in motion.listed if f >= 0], 0.0
    check(f"{name}: JSON a frame", sorted(os.listdir(folder)) == sorted(f"{f:06d}.json" for f in listed))
    for f in listed:
        frame, found = readers.read_keypoints3d(f"{folder}/{f:06d}.json"), motion.found.get(f, {})
        if sorted(frame) != sorted(found):
            check(f"{name}: JSON's people", False, f)
        for i, p in frame.items():
            missing = np.isnan(found[i]["points"][:, 0])
            if len(p) != len(motion.joints) or (p[missing] != 0).any():
                check(f"{name}: JSON's joints, and zeros for those that are missing", False, f)
            off = max(off, np.nanmax(np.abs(p[:, :3] - found[i]["points"])))
    check_at_most(f"{name}: JSON: m apart", off, DIGITS_M)
    return off


TABLES = {"trc": check_trc, "c3d": check_c3d, "csv": check_csv, "npz": check_npz, "easymocap-json": check_easymocap}


def check_tables(motion, name):
    """Formats of points; returns how far each is off, m."""
    return {to: checked(motion, name) for to, checked in TABLES.items()}


def check_all(rig, name):
    motion = Motion(rig)
    off = check_tables(motion, name)
    check_bvh(motion, name)
    check_gltf(motion, name)
    print(f"{name}: {len(motion.ids)} people in {len(motion.listed)} frames: mm apart:", {to: round(1000 * m, 7) for to, m in off.items()})
    return motion
