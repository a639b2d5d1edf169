"""Cameras placed by people beside others whose poses are known: one that the board calibration lacks, one that was moved since."""
import copy

import cv2
import numpy as np

import session
import walkers
from alignment import matrix
from session import check, check_at_most, refused, rigpose

SECONDS, FPS = 6, 25
POSITION_M, DIRECTION_DEG = 0.01, 0.15  # half of what people are to tell of a rig of their own: the others hold it
SIGMAS = 4  # an error of more of them would be a wrong sigma


def write(folder, surveyed):
    """A session of walkers; the cameras of `surveyed` have poses in survey.yaml."""
    walkers.write(folder, SECONDS, {v: FPS for v in walkers.VIEWS})
    session.dump(f"{folder}/survey.yaml", {"schema": "rigpose/extrinsics/1", "cameras": surveyed})
    rig = session.load(f"{folder}/rig.yaml")
    del rig["cameras"], rig["motion"]
    session.dump(f"{folder}/rig.yaml", {**rig, "intrinsics": {"cameras": "cameras.yaml"}, "extrinsics": {"from": "people", "surveyed": "survey.yaml"}})
    return f"{folder}/rig.yaml"


def error(camera, truth):
    """Metres of the centre, degrees, and the error of t over its sigma."""
    (R, t), (R_true, t_true) = matrix(camera), matrix(truth)
    return (np.linalg.norm(R.T @ t - R_true.T @ t_true), np.degrees(np.linalg.norm(cv2.Rodrigues(R @ R_true.T)[0])),
            np.linalg.norm(t - t_true) / np.linalg.norm(camera["sigma"]["t_m"]))


def moved(camera, metres, degrees):
    """The same camera elsewhere."""
    R, t = matrix(camera)
    turn = cv2.Rodrigues(np.radians([0, degrees, 0.0]))[0] @ R
    at = -turn @ (-R.T @ t + np.array(metres))
    return {**camera, "Rt_cam_world": {"rvec": cv2.Rodrigues(turn)[0].ravel().tolist(), "t_m": at.tolist()}}


# One that the calibration lacks.
folder = session.folder()
walkers.write(folder, 0.1, {v: FPS for v in walkers.VIEWS})
truth = session.load(f"{folder}/cameras.yaml")["cameras"]
rig = write(folder, {v: truth[v] for v in ("c1", "c2", "c4")})
check("check has nothing against it", "no problems found" in (out := rigpose("check", rig).stdout), out)
told = rigpose("run", rig).stderr
made = session.load(f"{folder}/out/40_extrinsics.yaml")["cameras"]
metres, degrees, sigmas = error(made["c3"], truth["c3"])
check_at_most("m of the camera that people placed", metres, POSITION_M)
check_at_most("its degrees", degrees, DIRECTION_DEG)
check_at_most("its error in sigmas", sigmas, SIGMAS)
check("the others stay", all(np.allclose(matrix(made[v])[1], matrix(truth[v])[1], atol=1e-9) for v in ("c1", "c2", "c4")))
check("it is told", "c3 is placed by people" in told and "3 cameras as" in told, told)

# One that was moved since.
folder = session.folder()
stale = copy.deepcopy(truth)
stale["c3"] = moved(truth["c3"], [0.25, -0.1, 0], 3)
rig = write(folder, stale)
told = rigpose("run", rig).stderr
made = session.load(f"{folder}/out/40_extrinsics.yaml")["cameras"]
check("the camera that was moved is named", "warning: camera 'c3' stands" in told and "it was moved" in told, told)
check("no other", told.count("it was moved") == 1, told)
metres, degrees, sigmas = error(made["c3"], truth["c3"])
check_at_most("m of the camera that was moved", metres, POSITION_M)
check_at_most("its degrees", degrees, DIRECTION_DEG)
check_at_most("its error in sigmas", sigmas, SIGMAS)
check("watch finds it where it is", session.load(f"{folder}/out/75_watch.yaml")["findings"] == [])

# Two are enough for the scale, one is not; two that contradict people are refused.
folder = session.folder()
rigpose("run", write(folder, {v: truth[v] for v in ("c2", "c3")}))
made = session.load(f"{folder}/out/40_extrinsics.yaml")["cameras"]
for view in ("c1", "c4"):
    check_at_most(f"m of {view} by two cameras", error(made[view], truth[view])[0], 3 * POSITION_M)
folder = session.folder()
refused("run", write(folder, {"c2": truth["c2"]}), code=1, contains=["survey.yaml", "no two of its cameras"])
folder = session.folder()
refused("run", write(folder, {"c2": truth["c2"], "c3": stale["c3"]}), code=1, contains=["with a known pose", "need half of them"])
session.finish()
