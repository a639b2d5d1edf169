"""A walker on a treadmill, filmed by three real cameras: model `people` finds the walker in nearly every frame.

Found is a person with 8 joints or more where the camera's calibration puts the space over the treadmill, and half as tall as someone there.
"""
import os

import numpy as np

import session
from session import check_at_least, check_at_most

FRAMES, JOINTS_LEAST, TALL_LEAST = 100, 8, 0.5
VIEWS = ("cam01", "cam02", "cam03")
TREADMILL = [[x, y, z] for x in (-2, 0) for y in (-.3, .3) for z in (0, 1.8)]  # m: its corners, and as many over it

source = session.real_data("pose2sim")
folder = session.folder()
calibration = session.load(f"{source}/reference_calib.yaml")["cameras"]
session.dump(f"{folder}/rig.yaml", {
    "schema": "rigpose/rig/1", "feeds": {v: {"views": [v]} for v in VIEWS},
    "recordings": {"walk": {v: f"{source}/videos/{v}.mp4" for v in VIEWS}}, "take": "walk",
    "keypoints": {"source": "onnx", "model": os.path.abspath("data/models/people.yaml")}, "skeleton": "coco19"})
session.rigpose("keypoints", f"{folder}/rig.yaml")


def space(view):
    """low, high corner in the picture [2] each, and the height of someone in the middle, pixels."""
    camera = calibration[view]
    K, R, t = (np.array(camera[key], float) for key in ("K", "R", "t_m"))

    def project(points):
        p = np.array(points, float) @ R.T + t
        return (p @ K.T)[:, :2] / p[:, 2:]
    q, (foot, head) = project(TREADMILL), project([[-1, 0, 0], [-1, 0, 1.7]])
    return q.min(0), q.max(0), np.linalg.norm(head - foot)


def is_walker(person, low, high, tall):
    at = np.array([joint[:2] for joint in person["joints"] if joint])
    at = at[((at >= low) & (at <= high)).all(1)] if len(at) else at
    return len(at) >= JOINTS_LEAST and np.linalg.norm(at.max(0) - at.min(0)) >= TALL_LEAST * tall


for view in VIEWS:
    frames = session.load(f"{folder}/out/60_people2d/{view}.yaml")["frames"]
    found = sum(any(is_walker(person, *space(view)) for person in frame["people"]) for frame in frames)
    check_at_least(f"{view}: frames of {FRAMES} in which the walker is found", found, 90)
    check_at_most(f"{view}: people a frame, of one or two", sum(len(frame["people"]) for frame in frames) / FRAMES, 3)
session.finish()
