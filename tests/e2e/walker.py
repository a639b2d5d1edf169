"""The real walker on a treadmill, four cameras, by the maker's calibration: a session of it, and how well the people of one are found."""
import os
import shutil

import cv2
import numpy as np

import session

VIEWS = ("cam01", "cam02", "cam03", "cam04")
FRAMES = 100
HELD_BACK = range(67, 100)  # the last third: nothing is chosen on it
TREADMILL = [[x, y, z] for x in (-2, 0) for y in (-.3, .3) for z in (0, 1.8)]  # m: its corners, and as many over it
BODY = range(5, 17)  # of COCO's joints: without the face
LIMBS = [(5, 7), (7, 9), (6, 8), (8, 10), (11, 13), (13, 15), (12, 14), (14, 16), (5, 6), (11, 12)]
TRUNK = [(5, 11), (6, 12)]  # its sides grow and shrink as the walker bends over: 4 cm within this take
LOST = {"cam01": 8, "cam02": 8}  # columns of 1088 that the videos lack, on a side nobody wrote down: the right is assumed


def cameras_of(source):
    """40_extrinsics.yaml's cameras, of the videos' size."""
    cameras = {}
    for view, c in session.load(f"{source}/reference_calib.yaml")["cameras"].items():
        lost, K = LOST.get(view, 0), np.array(c["K"])
        cameras[view] = {"size": [1088 - lost, 1920], "lens": "pinhole5",
                         "K": [float(v) for v in (K[0, 0], K[1, 1], K[0, 2], K[1, 2])],
                         "dist": [float(v) for v in c["dist_k1k2p1p2k3"]], "rms_px": 0.2, "n_frames": 7,
                         "Rt_cam_world": {"rvec": [float(v) for v in cv2.Rodrigues(np.array(c["R"]))[0].ravel()],
                                          "t_m": [float(v) for v in c["t_m"]]}}
    return cameras


def session_write(source, folder, keypoints, **more):
    """The rig of the take; more: further keys. Returns the cameras."""
    cameras = cameras_of(source)
    session.dump(f"{folder}/cameras.yaml", {"schema": "rigpose/extrinsics/1", "cameras": cameras})
    session.dump(f"{folder}/rig.yaml", {
        "schema": "rigpose/rig/1", "feeds": {v: {"views": [v]} for v in VIEWS},
        "recordings": {"walk": {v: f"{source}/videos/{v}.mp4" for v in VIEWS}}, "cameras": "cameras.yaml", "take": "walk",
        "keypoints": {"source": "onnx", **keypoints}, "skeleton": "coco17", "motion": {}, **more})
    return cameras


def cut_write(source, folder, cuts, **more):
    """A session of the people in 2D of another, of which views lack their first frames: `cuts` of them. more: further keys."""
    os.makedirs(f"{folder}/out/60_people2d", exist_ok=True)
    for name in ("cameras.yaml", "out/10_feeds.yaml"):
        shutil.copy(f"{source}/{name}", f"{folder}/{name}")
    rig = session.load(f"{source}/rig.yaml")
    rig.pop("motion")
    session.dump(f"{folder}/rig.yaml", {**rig, **more})
    for view in VIEWS:
        people, cut = session.load(f"{source}/out/60_people2d/{view}.yaml"), cuts.get(view, 0)
        kept = [{**f, "frame": f["frame"] - cut} for f in people["frames"] if f["frame"] >= cut]
        session.dump(f"{folder}/out/60_people2d/{view}.yaml", {"schema": people["schema"], "view": view, "skeleton": people["skeleton"],
                                                               "n_joints": people["n_joints"], "frames": kept})


def project(camera, points):
    fx, fy, cx, cy = camera["K"]
    pose = camera["Rt_cam_world"]
    q, _ = cv2.projectPoints(np.array(points, float).reshape(-1, 1, 3), np.array(pose["rvec"]), np.array(pose["t_m"]),
                             np.array([[fx, 0, cx], [0, fy, cy], [0, 0, 1]]), np.array(camera["dist"]))
    return q.reshape(-1, 2)


def joints_of(person):
    """[17, 3] pixels and score, NaN where a joint was not found."""
    return np.array([joint[:3] if joint else [np.nan] * 3 for joint in person["joints"]], float)


def is_walker(joints, camera, least=8, tall=0.5):
    """At least `least` joints over the treadmill, and half as tall as someone who stands there."""
    space, (foot, head) = project(camera, TREADMILL), project(camera, [[-1, 0, 0], [-1, 0, 1.7]])
    inside = joints[((joints[:, :2] >= space.min(0)) & (joints[:, :2] <= space.max(0))).all(1), :2]
    return len(inside) >= least and np.linalg.norm(np.ptp(inside, axis=0)) >= tall * np.linalg.norm(head - foot)


def walker_2d(folder, cameras):
    """View -> frame -> joints of the walker, the surest person who is over the treadmill; and view -> people a frame."""
    found, crowd = {v: {} for v in VIEWS}, {}
    for view in VIEWS:
        frames = session.load(f"{folder}/out/60_people2d/{view}.yaml")["frames"]
        crowd[view] = [len(frame["people"]) for frame in frames]
        for frame in frames:
            for person in sorted(frame["people"], key=lambda p: p["score"]):
                if is_walker(joints_of(person), cameras[view]):
                    found[view][frame["frame"]] = joints_of(person)
    return found, crowd


def walker_3d(path):
    """Frame -> joints in space [17, 3] of whoever is in most frames near the treadmill's middle; NaN where there is none."""
    best, at = {}, {}
    for frame in session.load(path)["frames"]:
        for person in frame["people"]:
            p = np.array([j["p_m"] if j and "p_m" in j else [np.nan] * 3 for j in person["joints"]], float)
            if np.isfinite(p[BODY]).any() and np.linalg.norm(np.nanmean(p[BODY], 0)[:2] - [-1, 0]) < 1.5:
                at.setdefault(person["id"], {})[frame["frame"]] = p
    best = max(at.values(), key=len) if at else {}
    return best


def reprojection(cameras, found, space, frames):
    """Distances, pixels, of the walker's joints in each view from where the joints in space project to."""
    off = []
    for view, camera in cameras.items():
        for f in frames:
            if f in space and f in found[view]:
                d = np.linalg.norm(project(camera, space[f]) - found[view][f][:, :2], axis=1)[BODY]
                off += list(d[np.isfinite(d)])
    return np.array(off)


def limb_spread(space, frames, limbs=tuple(LIMBS)):
    """Standard deviation of each limb's length over the frames, m; and the mean lengths."""
    at = np.array([space[f] for f in frames if f in space])
    lengths = np.array([np.linalg.norm(at[:, a] - at[:, b], axis=1) for a, b in limbs])
    return np.nanstd(lengths, axis=1), np.nanmean(lengths, axis=1)
