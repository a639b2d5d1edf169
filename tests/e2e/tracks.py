"""A drone or a wand before a ring of five cameras: tracks as other tools write them, and their truth."""
import json
import os

import numpy as np

import session

SIZE, FOCAL, FPS = (1280, 960), 1000.0, 30
VIEWS = ("c1", "c2", "c3", "c4", "c5")
WAND_M = 0.6
JOINTS = {"point": ["point"], "wand": ["end_a", "end_b"]}


def points_at(t):
    """2 x 3 at t seconds: the drone, or one end of the wand, and the other."""
    p = np.array([1.9 * np.sin(0.9 * t) + 0.4 * np.sin(2.3 * t), 1.7 * np.cos(0.7 * t + 1), 1.4 + 0.8 * np.sin(1.3 * t)])
    turn, tilt = 2.1 * t, 0.8 * np.sin(0.9 * t)
    return np.array([p, p + WAND_M * np.array([np.cos(tilt) * np.cos(turn), np.cos(tilt) * np.sin(turn), np.sin(tilt)])])


def pose(i):
    """R, t of camera i: about 5 m from the middle, looking at (0, 0, 1.2)."""
    angle = 0.3 + 2 * np.pi / 5 * i
    centre = np.array([(5 + 0.3 * i) * np.cos(angle), 5 * np.sin(angle), 1.6 + 0.3 * i])
    z = np.array([0, 0, 1.2]) - centre
    z /= np.linalg.norm(z)
    x = np.cross(z, [0, 0, 1])
    x /= np.linalg.norm(x)
    R = np.array([x, np.cross(z, x), z])
    return R, -R @ centre


def cameras():
    import cv2
    return {view: {"size": list(SIZE), "lens": "pinhole0", "K": [FOCAL, FOCAL, SIZE[0] / 2, SIZE[1] / 2], "dist": [],
                   "Rt_cam_world": {"rvec": cv2.Rodrigues(pose(i)[0])[0].ravel().tolist(), "t_m": pose(i)[1].tolist()}}
            for i, view in enumerate(VIEWS)}


def tracks(seconds, skeleton, late_s=None, noise_px=1.0, seed=1):
    """{view: [{joint: (x, y)}, a frame]}: a view's clock is late by late_s; 3 % of joints are not found."""
    rng = np.random.default_rng(seed)
    made = {}
    for i, view in enumerate(VIEWS):
        R, t = pose(i)
        made[view] = []
        for f in range(int(seconds * FPS)):
            p = points_at(f / FPS + (late_s or {}).get(view, 0)) @ R.T + t
            q = FOCAL * p[:, :2] / p[:, 2:] + np.array(SIZE) / 2 + noise_px * rng.standard_normal((2, 2))
            made[view].append({name: q[j].tolist() for j, name in enumerate(JOINTS[skeleton])
                               if rng.random() > 0.03 and 0 < q[j, 0] < SIZE[0] and 0 < q[j, 1] < SIZE[1]})
    return made


def write_csv(path, frames, names):
    """DeepLabCut's table of one animal."""
    rows = ["scorer" + ",me" * 3 * len(names), "bodyparts" + "".join(f",{n},{n},{n}" for n in names), "coords" + ",x,y,likelihood" * len(names)]
    for f, found in enumerate(frames):
        rows.append(f"{f}" + "".join(f",{found[n][0]:.3f},{found[n][1]:.3f},1" if n in found else ",,," for n in names))
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(rows) + "\n")


def write_json(path, frames, names):
    """OpenPose's, a file a frame."""
    os.makedirs(path)
    for f, found in enumerate(frames):
        values = [x for n in names for x in ([round(v, 3) for v in found[n]] + [1] if n in found else [0, 0, 0])]
        with open(f"{path}/{f:06d}_keypoints.json", "w", encoding="utf-8") as file:
            json.dump({"people": [{"pose_keypoints_2d": values}] if found else []}, file)


def write(folder, seconds, skeleton, extrinsics, form="csv", late_s=None, noise_px=1.0, **keys):
    """folder/rig.yaml, lenses in out/30_intrinsics.yaml, tracks to import, and truth.yaml. The true cameras."""
    truth = cameras()
    for view, frames in tracks(seconds, skeleton, late_s, noise_px).items():
        (write_csv if form == "csv" else write_json)(f"{folder}/{view}{'.csv' if form == 'csv' else ''}", frames, JOINTS[skeleton])
    os.makedirs(f"{folder}/out")
    session.dump(f"{folder}/out/30_intrinsics.yaml", {"schema": "rigpose/intrinsics/1", "cameras": {
        v: {k: c[k] for k in ("size", "lens", "K", "dist")} for v, c in truth.items()}})
    session.dump(f"{folder}/rig.yaml", {
        "schema": "rigpose/rig/1", "feeds": {v: {"views": [v], "fps": FPS} for v in VIEWS}, "recordings": {"flight": {v: None for v in VIEWS}},
        "extrinsics": extrinsics, "take": "flight", "skeleton": skeleton, "motion": {},
        "keypoints": {"source": "import", "people": "{view}" + (".csv" if form == "csv" else "")}, **keys})
    session.dump(f"{folder}/truth.yaml", {"schema": "rigpose/people3d/1", "skeleton": skeleton, "frames": [
        {"frame": f, "people": [{"id": 1, "joints": [{"p_m": p.tolist()} for p in points_at(f / FPS)[:len(JOINTS[skeleton])]]}]}
        for f in range(int(seconds * FPS))]})
    return truth
