"""People as other tools read them: each format through a reader of its own, held against the YAML."""
import glob
import os
import re
import shutil

import numpy as np

import motion_readers as readers
import session
from session import check, check_at_most, refused, rigpose

DIGITS_M = 0.5000001e-6  # half of the last digit that YAML, TRC and CSV have
FLOAT_M = 3e-7  # C3D's floats of a few thousand mm
FPS = 30000 / 1001
MARKERS = ["Nose", "LEye", "REye", "LEar", "REar", "LShoulder", "RShoulder", "LElbow", "RElbow", "LWrist", "RWrist", "LHip", "RHip", "LKnee",
           "RKnee", "LAnkle", "RAnkle"]  # Pose2Sim's, in COCO's order


def body(t, x, heading, size=1.0):
    """COCO's joints [17, 3] of somebody who walks, m."""
    swing = 0.5 * np.sin(2 * np.pi * 0.9 * t)
    def limb(root, length, angle):
        return root + length * np.array([np.sin(angle), 0, -np.cos(angle)])
    hips = [np.array([0, s * 0.1, 0.93]) for s in (1, -1)]
    shoulders = [np.array([0.03, s * 0.18, 1.43]) for s in (1, -1)]
    knees = [limb(h, 0.42, s * swing + 0.15) for h, s in zip(hips, (1, -1))]
    ankles = [limb(k, 0.41, s * swing - 0.25) for k, s in zip(knees, (1, -1))]
    elbows = [limb(h, 0.29, -s * swing) + [0, s * 0.03, 0] for h, s in zip(shoulders, (1, -1))]
    wrists = [limb(k, 0.25, -s * swing + 0.6) for k, s in zip(elbows, (1, -1))]
    face = [np.array(p) for p in ([0.13, 0, 1.58], [0.1, 0.03, 1.62], [0.1, -0.03, 1.62], [0.02, 0.075, 1.6], [0.02, -0.075, 1.6])]
    pairs = (shoulders, elbows, wrists, hips, knees, ankles)
    p = size * np.array(face + [q for pair in pairs for q in pair])
    c, s = np.cos(heading), np.sin(heading)
    return p @ np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]]) + [x, 0.4 * t, 0]


def joint(p, rng, filled=False):
    made = {"p_m": [round(float(v), 6) for v in p], "sigma_m": round(float(rng.uniform(0.002, 0.01)), 6), "score": 0.5}
    return {**made, "state": "filled"} if filled else {**made, "views": ["c1", "c2", "c9"], "rms_px": 1.0}


def people_of(numbers, rng, fps):
    """Person 1 throughout with gaps, person 4 from a third of the take on, who lacks a wrist for long."""
    frames = []
    for i, number in enumerate(numbers):
        people = []
        for ident, start in ((1, 0), (4, len(numbers) // 3)):
            if i < start or (ident == 1 and 10 <= i < 14):
                continue
            p = body(number / fps, ident, 0.3 * ident, 1 + 0.02 * ident) + rng.normal(0, 0.002, (17, 3))
            joints = [joint(q, rng, filled=ident == 1 and j == 3 and i == 5) for j, q in enumerate(p)]
            if ident == 4 and i % 7 < 4:
                joints[10] = {"state": "few_views"}
            if ident == 1 and i == 20:
                joints[11] = joints[0] = None
            people.append({"id": ident, "joints": joints})
        frames.append({"frame": number, "people": people})
    return frames


def write_session(folder, numbers, fps=FPS, world=None, **more):
    """A rig without pictures whose people in space another program made."""
    rng = np.random.default_rng(3)
    views = ["c1", "c2", "c9"]
    camera = {"size": [640, 480], "lens": "pinhole0", "K": [500, 500, 320, 240], "dist": [], "Rt_cam_world": {"rvec": [0, 0, 0], "t_m": [0, 0, 3]}}
    os.makedirs(f"{folder}/out", exist_ok=True)
    session.dump(f"{folder}/cameras.yaml", {"schema": "rigpose/extrinsics/1", "cameras": {v: camera for v in views}})
    rig = {"schema": "rigpose/rig/1", "feeds": {v: {"views": [v]} for v in views}, "recordings": {"walk": {v: None for v in views}},
           "take": "walk", "keypoints": {"source": "yaml"}, "skeleton": "coco17", **(world or {"cameras": "cameras.yaml"}), **more}
    session.dump(f"{folder}/rig.yaml", rig)
    if world:
        shutil.copy(f"{folder}/cameras.yaml", f"{folder}/out/40_extrinsics.yaml")
    session.dump(f"{folder}/out/70_people3d.yaml", {"schema": "rigpose/people3d/1", "skeleton": "coco17", "n_joints": 17, "fps": fps,
                                                     "views": views, "frames": people_of(numbers, rng, fps or FPS)})
    return f"{folder}/rig.yaml"


def truth_of(path):
    """frame -> id -> {points [joints, 3], sigma, views, filled}; and all frames' numbers."""
    yaml, found = session.load(path), {}
    for frame in yaml["frames"]:
        for person in frame.get("people") or []:
            joints = [j if j and "p_m" in j else None for j in person["joints"]]
            if any(joints):
                found.setdefault(frame["frame"], {})[person["id"]] = {
                    "points": np.array([j["p_m"] if j else [np.nan] * 3 for j in joints]),
                    "sigma": np.array([j.get("sigma_m", np.nan) if j else np.nan for j in joints]),
                    "views": [j.get("views") or [] if j else [] for j in joints],
                    "filled": np.array([bool(j) and j.get("state") == "filled" for j in joints])}
    return yaml, found, [f["frame"] for f in yaml["frames"]]


def of_person(found, ident, step):
    """The person's rows: numbers, and points, NaN where the person is not there."""
    there = sorted(f for f in found if ident in found[f])
    numbers = list(range(there[0], there[-1] + 1, step))
    n = len(found[there[0]][ident]["points"])
    return numbers, np.array([found[f][ident]["points"] if ident in found.get(f, {}) else np.full((n, 3), np.nan) for f in numbers])


def apart(what, a, b, most):
    """Equal shapes, the same points missing, and no coordinate farther apart than most; returns how far."""
    check(f"{what}: as many, and the same missing", a.shape == b.shape and (np.isnan(a) == np.isnan(b)).all(), (a.shape, b.shape))
    worst = float(np.nanmax(np.abs(a - b))) if a.shape == b.shape else np.inf
    check_at_most(f"{what}: m apart", worst, most)
    return worst


def export(rig, to, *more):
    done = rigpose("export", rig, "--to", to, *more)
    return os.path.join(os.path.dirname(rig), "out", "export", to), done.stderr


# Nodes of the skeleton and the COCO joints whose middle they are.
NODES = {"Chest": (5, 6), "LeftArm": (5,), "LeftForeArm": (7,), "LeftForeArmEnd": (9,), "RightArm": (6,), "RightForeArm": (8,),
         "RightForeArmEnd": (10,), "LeftUpLeg": (11,), "LeftLeg": (13,), "LeftLegEnd": (15,), "RightUpLeg": (12,), "RightLeg": (14,),
         "RightLegEnd": (16,), "Head": (3, 4), "HeadEnd": (0,)}


def check_bones(what, places, points, told_mm):
    """Forward kinematics against the measured joints: their rms and largest distance must be what was told. Rows of whole people only."""
    off = np.array([np.linalg.norm(places[n] - points[:, list(j)].mean(1), axis=1) for n, j in NODES.items()])
    off = off[:, np.isfinite(points).all((1, 2))] * 1000
    rms, most = float(np.sqrt((off ** 2).mean())), float(off.max())
    check(f"{what}: {rms:.2f} mm rms, {most:.2f} mm most, as told {told_mm}", abs(rms - told_mm[0]) < 0.15 * told_mm[0] + 0.06 and most < told_mm[1] + 0.06)
    for a, b in (("LeftArm", "LeftForeArm"), ("RightUpLeg", "RightLeg"), ("Hips", "Chest"), ("Head", "HeadEnd")):
        length = np.linalg.norm(places[a] - places[b], axis=1)
        check(f"{what}: {a} to {b} keeps its length", np.ptp(length) < 1e-6 and length[0] > 0.05, np.ptp(length))
    return rms


def check_bvh(rig, name, step):
    base = f"{os.path.dirname(rig)}/out"
    source = f"{base}/80_motion.yaml" if os.path.exists(f"{base}/80_motion.yaml") else f"{base}/70_people3d.yaml"
    yaml, found, _ = truth_of(source)
    folder, said = export(rig, "bvh")
    for i in sorted({i for f in found.values() for i in f}):
        numbers, points = of_person(found, i, step)
        places, dt, rows = readers.read_bvh(f"{folder}/walk_person{i}.bvh")
        check(f"{name}: BVH's frames and their time", len(rows) == len(numbers) and abs(dt - step / yaml["fps"]) < 1e-9)
        told = re.search(rf"person {i}: the fitted skeleton is ([0-9.]+) mm .*most ([0-9.]+) mm[^\n]*(?:\n.*person {i}: joints are missing in ([0-9]+) of ([0-9]+) frames)?", said)
        check_bones(f"{name}: BVH of {i}", places, points, [float(t) for t in told.groups()[:2]])
        # Frames without the person repeat the row before; those without a joint are counted, too.
        gone = [k for k in range(len(numbers)) if np.isnan(points[k]).all()]
        check(f"{name}: BVH holds the pose in {len(gone)} frames", all((rows[k] == rows[k - 1]).all() for k in gone))
        needed = [j for j in range(17) if j not in (1, 2)]  # the eyes are no nodes
        lacking = int(np.isnan(points[:, needed, 0]).any(1).sum())
        check(f"{name}: BVH tells of {lacking} held frames", (told.group(3) is None if lacking == 0 else int(told.group(3)) == lacking and int(told.group(4)) == len(numbers)), told.groups())


def check_gltf(rig, name):
    yaml, found, _ = truth_of(f"{os.path.dirname(rig)}/out/70_people3d.yaml")
    folder, said = export(rig, "gltf")
    asset, people = readers.read_glb(f"{folder}/walk.glb")
    check(f"{name}: glTF 2.0, a node a person", asset["asset"]["version"] == "2.0" and sorted(people) == sorted({i for f in found.values() for i in f}))
    for i, (times, keys, places) in people.items():
        whole = [f for f in sorted(found) if i in found[f] and np.isfinite(found[f][i]["points"]).all()]
        rows = [int(np.argmin(np.abs(times - f / yaml["fps"]))) for f in whole]
        check(f"{name}: glTF's times of {i}", np.abs(times[rows] - np.array(whole) / yaml["fps"]).max() < 1e-6)
        told = re.search(rf"person {i}: the fitted skeleton is ([0-9.]+) mm .*most ([0-9.]+) mm", said)
        check_bones(f"{name}: glTF of {i}", {n: p[rows] for n, p in places.items()}, np.array([found[f][i]["points"] for f in whole]),
                    [float(t) for t in told.groups()])
        wrist = sum(i in found[f] and np.isfinite(found[f][i]["points"][[5, 6, 11, 12, 8, 10]]).all() for f in found)
        check(f"{name}: no key where the right wrist is not seen", keys["RightForeArm"] == wrist, (keys["RightForeArm"], wrist))


def check_tables(rig, name, step):
    """TRC, C3D, CSV and EasyMocap's JSON of a session; returns how far each is off."""
    base = f"{os.path.dirname(rig)}/out"
    source = f"{base}/80_motion.yaml" if os.path.exists(f"{base}/80_motion.yaml") else f"{base}/70_people3d.yaml"
    yaml, found, listed = truth_of(source)
    ids, fps, worst = sorted({i for f in found.values() for i in f}), yaml["fps"], {}
    views = yaml["views"]

    folder, said = export(rig, "trc")
    check(f"{name}: the file is told", os.path.basename(source) in said, said)
    check(f"{name}: TRC a person", sorted(os.listdir(folder)) == sorted(f"walk_person{i}.trc" for i in ids), os.listdir(folder))
    for i in ids:
        numbers, points = of_person(found, i, step)
        trc = readers.read_trc(f"{folder}/walk_person{i}.trc")
        check(f"{name}: TRC's rate, exact", float(trc["head"]["DataRate"]) == fps / step and float(trc["head"]["CameraRate"]) == fps, trc["head"])
        check(f"{name}: TRC's markers and frames", trc["names"][:17] == MARKERS and list(trc["frames"]) == numbers)
        check_at_most(f"{name}: TRC's times", float(np.abs(trc["times"] - np.array(numbers) / fps).max()), 1e-9)
        worst["trc"] = max(worst.get("trc", 0), apart(f"{name}: TRC of {i}", trc["points"], points, DIGITS_M))
        check(f"{name}: TRC as OpenSim's scaling eats it", np.array_equal(readers.read_trc_rows(f"{folder}/walk_person{i}.trc"), trc["points"], equal_nan=True))

    folder, _ = export(rig, "c3d")
    origin = listed[0] if listed[0] < 0 or listed[0] % step else 0
    for i in ids:
        numbers, points = of_person(found, i, step)
        c3d = readers.read_c3d(f"{folder}/walk_person{i}.c3d")
        check(f"{name}: C3D's first frame, rate and axes", c3d["first"] == (numbers[0] - origin) // step + 1 and
              abs(c3d["rate"] - fps / step) < 1e-6 * fps and c3d["parameters"]["POINT"]["Y_SCREEN"] == ["+Z"])
        worst["c3d"] = max(worst.get("c3d", 0), apart(f"{name}: C3D of {i}", c3d["points"], points, FLOAT_M))
        for k, f in enumerate(numbers):
            one = found.get(f, {}).get(i)
            if one is None:
                continue
            off = np.abs(c3d["residual_m"][k] - np.where(one["filled"], 0, one["sigma"]))
            clipped = np.nan_to_num(one["sigma"]) > 254 * c3d["step_m"]
            mask = [0 if filled else sum(1 << views.index(v) for v in seen if views.index(v) < 7) for seen, filled in zip(one["views"], one["filled"])]
            if np.nanmax(np.where(clipped, 0, off)) > 0.501 * c3d["step_m"] or list(c3d["mask"][k]) != mask:
                check(f"{name}: C3D's residuals and views of {i} in frame {f}", False, (off, c3d["mask"][k], mask))
        check(f"{name}: C3D's residuals were compared", np.isfinite(c3d["residual_m"]).sum() > 100)

    folder, _ = export(rig, "csv")
    names, people, times = readers.read_csv(f"{folder}/walk.csv")
    check(f"{name}: CSV's rows", sorted(people) == sorted((f, i) for f in found for i in found[f]) and names[0] == "nose")
    check_at_most(f"{name}: CSV's times", max(abs(t - f / fps) for f, t in times.items()), 1e-9)
    of_csv, of_yaml = (np.array([table(f, i) for f, i in sorted(people)]) for table in (
        lambda f, i: people[f, i][:, :4], lambda f, i: np.column_stack((found[f][i]["points"], found[f][i]["sigma"]))))
    worst["csv"] = apart(f"{name}: CSV", of_csv, of_yaml, DIGITS_M)
    check(f"{name}: CSV's views", all(np.nan_to_num(people[f, i][j, 4]) == (0 if found[f][i]["filled"][j] else len(found[f][i]["views"][j]))
                                      for f, i in people for j in range(len(names))))

    folder, _ = export(rig, "npz")
    with np.load(f"{folder}/walk.npz") as npz:
        a = {k: npz[k] for k in npz.files}
    check(f"{name}: NPZ's frames, times, people, names and rate", list(a["frames"]) == listed and list(a["ids"]) == ids and
          list(a["names"]) == names and (a["times_s"] == np.array(listed) / fps).all() and float(a["fps"]) == fps)
    gone = {"points": np.full((len(names), 3), np.nan), "sigma": np.full(len(names), np.nan), "views": [[]] * len(names), "filled": np.zeros(len(names), bool)}
    table = [[found.get(f, {}).get(i, gone) for i in ids] for f in listed]
    worst["npz"] = apart(f"{name}: NPZ", a["points"], np.array([[one["points"] for one in row] for row in table]), 0)
    apart(f"{name}: NPZ's sigma", a["sigma_m"], np.array([[one["sigma"] for one in row] for row in table]), 0)
    check(f"{name}: NPZ's views", (a["views"] == [[[0 if filled else len(v) for v, filled in zip(one["views"], one["filled"])] for one in row]
                                                    for row in table]).all())

    folder, _ = export(rig, "easymocap-json")
    check(f"{name}: JSON a frame", sorted(os.listdir(folder)) == sorted(f"{f:06d}.json" for f in listed if f >= 0))
    off = 0.0
    for f in (f for f in listed if f >= 0):
        frame = readers.read_keypoints3d(f"{folder}/{f:06d}.json")
        check(f"{name}: JSON's people", sorted(frame) == sorted(found.get(f, {})), f) if sorted(frame) != sorted(found.get(f, {})) else None
        for i, p in frame.items():
            points, missing = found[f][i]["points"], np.isnan(found[f][i]["points"][:, 0])
            if (p[missing] != 0).any():
                check(f"{name}: JSON's missing joints are zeros", False, f)
            off = max(off, np.nanmax(np.abs(p[:, :3] - points)))
    check_at_most(f"{name}: JSON: m apart", off, DIGITS_M)
    worst["easymocap-json"] = off
    return worst


def check_refusals(folder):
    rig = write_session(f"{folder}/up", range(0, 30), world={"extrinsics": {"from": "walk", "world": {"camera": "c1"}}, "intrinsics": {"from": "walk"},
                                                            "board": {"corners": [9, 6], "square_m": 0.1}})
    shutil.copy(f"{folder}/up/cameras.yaml", f"{folder}/up/out/30_intrinsics.yaml")
    session.dump(f"{folder}/up/out/20_corners.yaml", {"schema": "rigpose/corners/1", "board": {"kind": "chessboard", "corners": [9, 6], "square_m": 0.1}, "recordings": {}})
    for to in ("trc", "bvh"):
        refused("export", rig, "--to", to, code=1, contains=["y up", "camera 'c1'"])
        check(f"nothing of {to} is left", not glob.glob(f"{folder}/up/out/export/{to}/*"))
    done = rigpose("export", rig, "--to", "c3d")
    c3d = readers.read_c3d(f"{folder}/up/out/export/c3d/walk_person1.c3d")
    check("C3D does not say where up is where that is not known", "Y_SCREEN" not in c3d["parameters"]["POINT"], done.stderr)

    rig = write_session(f"{folder}/rate", range(0, 30), fps=None)
    refused("export", rig, "--to", "csv", code=1, contains=["frames a second", "fps"])
    rig = write_session(f"{folder}/nobody", [])
    refused("export", rig, "--to", "csv", code=1, contains=["nobody"])


def check_main_person(folder):
    for value, kept, word in (("longest", 1, "longest"), ("nearest", 1, "nearest"), (4, 4, "by id")):
        rig = write_session(f"{folder}/main_{value}", range(0, 60), main_person=value)
        at, said = export(rig, "trc")
        check(f"main_person {value}", os.listdir(at) == [f"walk_person{kept}.trc"] and f"person {kept} of 2 is kept (main_person, {word})" in said, said)
        at, _ = export(rig, "csv")
        check(f"main_person {value} of CSV", {i for _, i in readers.read_csv(f"{at}/walk.csv")[1]} == {kept})
    session.dump(rig, {**session.load(rig), "main_person": 3})
    refused("export", rig, "--to", "trc", code=1, contains=["main_person", "id 3"])
    session.dump(rig, {**session.load(rig), "main_person": "tallest"})
    refused("export", rig, "--to", "trc", code=2, contains=["main_person", "longest, nearest"])


def check_left_over(folder):
    """Files of an earlier export are told; a failure leaves those that are there as they are."""
    rig = write_session(f"{folder}/again", range(0, 40))
    at, _ = export(rig, "trc")
    session.dump(rig, {**session.load(rig), "main_person": 4})
    before = session.tree_bytes(at)
    _, said = export(rig, "trc")
    check("an earlier export's file is told", "walk_person1.trc" in said, said)
    check("equal inputs, equal bytes", session.tree_bytes(at) == before)
    with open(f"{folder}/again/out/70_people3d.yaml", "a", encoding="utf-8") as stream:
        stream.write("  - {frame: 3}\n")
    refused("export", rig, "--to", "trc", code=1, contains=["70_people3d.yaml", "frame"])
    check("a failure changes nothing", session.tree_bytes(at) == before)


def check_brief_person(folder):
    """Who is there too briefly for bones is left out of BVH and glTF, and told; the others are written."""
    rig = write_session(f"{folder}/brief", range(0, 60))
    path = f"{folder}/brief/out/70_people3d.yaml"
    people = session.load(path)
    seen = 0
    for frame in people["frames"]:
        seen += any(person["id"] == 4 for person in frame["people"])
        frame["people"] = [person for person in frame["people"] if person["id"] != 4 or seen <= 3]
    session.dump(path, people)
    for form, files in (("bvh", ["walk_person1.bvh"]), ("gltf", ["walk.glb"])):
        at, said = export(rig, form)
        check(f"{form} leaves out who was there for 3 frames", "person 4 is left out" in said and "1 of 2 people" in said, said)
        check(f"{form} has the other", sorted(os.listdir(at)) == files, os.listdir(at))
    session.dump(rig, {**session.load(rig), "main_person": 4})
    refused("export", rig, "--to", "bvh", code=1, contains=["nobody is left to export"])


def main():
    folder = session.folder()
    check_brief_person(folder)
    check_tables(write_session(f"{folder}/plain", range(0, 90)), "every frame, 29.97", 1)
    check_tables(write_session(f"{folder}/step", range(7, 187, 2), fps=60.0), "every second frame from 7 on", 2)
    check_tables(write_session(f"{folder}/early", range(-12, 60), fps=25), "from before the clock", 1)
    check_tables(write_session(f"{folder}/refined", range(0, 90), motion={}), "a stale 80_motion.yaml is not there", 1)
    check_bvh(f"{folder}/plain/rig.yaml", "every frame, 29.97", 1)
    check_bvh(f"{folder}/step/rig.yaml", "every second frame from 7 on", 2)
    check_gltf(f"{folder}/plain/rig.yaml", "every frame, 29.97")
    check_refusals(folder)
    check_main_person(folder)
    check_left_over(folder)
    session.finish()


main()
