"""report: the verdicts of a sound rig and of spoiled ones, at the right camera; and the page in a browser, offline, by keyboard."""
import base64
import copy
import json
import os
import shutil
import subprocess

import cv2
import numpy as np

import browser
import session
import walkers
from made_boards import LENS, POSES, STEP, corners_of, look_at, rig_make
from session import check, check_at_most


def report(folder):
    session.rigpose("report", f"{folder}/rig.yaml")
    return session.report_data(f"{folder}/out/report.html")


def verdicts(data):
    return {v["stage"]: v["state"] for v in data["verdicts"]}


def views_at_fault(data):
    return {s["view"] for v in data["verdicts"] for s in v["says"] if s["state"] == "fault" and s["view"]}


def calibrated(recordings, **keys):
    folder = rig_make(recordings, **keys)
    for stage in ("intrinsics", "extrinsics"):
        session.rigpose(stage, f"{folder}/rig.yaml", code=None)
    return report(folder)


# --- by boards: sound, and spoiled -----------------------------------------------------------------------------------

moments = range(0, 60 * STEP, STEP)
board = corners_of(LENS, moments)
sound = calibrated({"board": board})
check("sound: nothing at fault", "fault" not in verdicts(sound).values() and verdicts(sound)["doctor"] == "ok", verdicts(sound))
check("sound: a camera each", [c["view"] for c in sound["cameras"]] == list(LENS), sound["cameras"])
check("sound: corners and boards", len(sound["boards"]["views"]) == 4 and len(sound["boards"]["space"]) > 40, len(sound["boards"]["space"]))

folder = rig_make({"board": board})
session.rigpose("intrinsics", f"{folder}/rig.yaml")
data = report(folder)
check("lenses alone: their cameras are shown, and extrinsics is red", [c["view"] for c in data["cameras"]] == list(LENS) and
      verdicts(data)["extrinsics"] == "fault" and "cameras" not in verdicts(data), verdicts(data))
check("lenses alone: each stage says what it is", {s["name"]: s["state"] for s in data["stages"]}["extrinsics"] == "absent", data["stages"])

late = calibrated({"board": corners_of(LENS, moments, late={"c3": 2.4})})
check("a late clock: doctor is red", verdicts(late)["doctor"] == "fault", verdicts(late))
check("a late clock: at c3", views_at_fault(late) >= {"c3"}, views_at_fault(late))

half = len(moments) // 2 * STEP
pose = POSES["c2"]
moved = copy.deepcopy(board)
POSES["c2"] = look_at(-pose[0].T @ pose[1] + np.array([0.05, 0, 0]))
after = corners_of(["c2"], moments)["c2"]["frames"]
POSES["c2"] = pose
moved["c2"]["frames"] = [f for f in moved["c2"]["frames"] if f["frame"] < half] + [f for f in after if f["frame"] >= half]
data = calibrated({"board": moved})
check("a camera moved: doctor is red, at c2", verdicts(data)["doctor"] == "fault" and views_at_fault(data) == {"c2"}, [verdicts(data), views_at_fault(data)])

lens = LENS["c4"]
LENS["c4"] = (lens[0] * 1.06, *lens[1:])
zoomed = corners_of(LENS, moments)
LENS["c4"] = lens
data = calibrated({"lens": zoomed, "board": board}, intrinsics={"from": "lens"})
check("a lens changed: doctor is red, at c4", verdicts(data)["doctor"] == "fault" and "c4" in views_at_fault(data), [verdicts(data), views_at_fault(data)])

# --- by people -------------------------------------------------------------------------------------------------------

folder = session.folder()
walkers.write(folder, 12, {v: 30 for v in walkers.VIEWS})
done = session.rigpose("run", f"{folder}/rig.yaml")
data = session.report_data(f"{folder}/out/report.html")
check("run ends with the report", "report.html" in done.stderr and "fault" not in verdicts(data).values(), verdicts(data))
people3d = session.load(f"{folder}/out/80_motion.yaml")
check("people: every moment", len(data["people"]["moments"]) == len(people3d["frames"]) and data["people"]["step"] == 1, data["people"]["step"])
unit = data["people"]["unit_m"]
p = np.frombuffer(base64.b64decode(data["people"]["p"]), "<i2").reshape(-1, data["people"]["n_joints"], 3) * unit
in_file = [person["joints"] for frame in people3d["frames"] for person in frame["people"]]
off = max(np.abs(p[i, j] - joint["p_m"]).max() for i, joints in enumerate(in_file) for j, joint in enumerate(joints) if "p_m" in joint)
check_at_most("people: positions as in the file, m", off, unit / 2 + 1e-6)
with open(f"{folder}/out/report.html", "rb") as stream:
    before = stream.read()
session.rigpose("report", f"{folder}/rig.yaml")
with open(f"{folder}/out/report.html", "rb") as stream:
    check("made again, it is equal to the byte", stream.read() == before)

turned = session.folder()
walkers.write(turned, 12, {v: 30 for v in walkers.VIEWS}, turn={"c2": (6, [0, 0.02, 0])})
session.rigpose("run", f"{turned}/rig.yaml")
data = session.report_data(f"{turned}/out/report.html")
check("a camera that turned in the take: watch is red, at c2", verdicts(data)["watch"] == "fault" and views_at_fault(data) == {"c2"},
      [verdicts(data), views_at_fault(data)])

astray = session.folder()
shutil.copytree(folder, astray, dirs_exist_ok=True)
cameras = session.load(f"{astray}/cameras.yaml")
cameras["cameras"]["c3"]["Rt_cam_world"]["t_m"][0] += 1
session.dump(f"{astray}/cameras.yaml", cameras)
session.rigpose("run", f"{astray}/rig.yaml")
data = session.report_data(f"{astray}/out/report.html")
check("a camera a metre off, which no people agree with: views is red, at c3", verdicts(data)["views"] == "fault" and views_at_fault(data) == {"c3"},
      [verdicts(data), views_at_fault(data)])

lost = session.folder()
shutil.copytree(folder, lost, dirs_exist_ok=True)
os.remove(f"{lost}/out/70_people3d.yaml")
check("a result that is missing is red", verdicts(report(lost))["triangulate"] == "fault")
session.refused("report", f"{session.folder()}/rig.yaml", code=2, contains=["rig.yaml"])

# --- batch -----------------------------------------------------------------------------------------------------------

parent = session.folder()
shutil.copytree(folder, f"{parent}/one")
os.mkdir(f"{parent}/two")
session.dump(f"{parent}/two/rig.yaml", {"schema": "rigpose/rig/1"})
session.rigpose("batch", f"{parent}/one/rig.yaml", f"{parent}/two/rig.yaml", code=1)
index = session.report_data(f"{parent}/batch.html")["sessions"]
check("the index links the report and tells the failure", index[0]["report"] == "one/out/report.html" and index[0]["ok"] and
      not index[1]["ok"] and "two/rig.yaml" in index[1]["error"], index)

# --- the page's cameras against OpenCV ---------------------------------------------------------------------------------

LENS_PX, LENS_RAD = 1e-6, 1e-6  # the same formulas in the same floats; directions end where the rest is 1e-9 of the focal length


def lens_case(lens, n):
    """Points all over the picture, a fisheye's up to 80 degrees off its axis, and where cv2 puts them."""
    dist = np.array([-0.28, 0.09, 0.001, -0.0012, -0.01, 0.02, 0.01, 0.002, 0.001, 0.0005, -0.001, 0.0004] if lens != "fisheye4" else [0.02, -0.01, 0.004, -0.001])[:n]
    K = np.array([[600, 0, 650], [0, 610, 350], [0, 0, 1.0]])
    across, around = np.meshgrid(np.radians([0.5, 10, 25, 40, 60, 80] if lens == "fisheye4" else [0.5, 10, 25, 35]), np.arange(12))
    p = np.stack([np.sin(across) * np.cos(around), np.sin(across) * np.sin(around), np.cos(across)], -1).reshape(-1, 3) * 2.5
    padded = np.r_[dist, np.zeros(12 - n)]
    project = (lambda: cv2.fisheye.projectPoints(p[:, None], np.zeros(3), np.zeros(3), K, dist)) if lens == "fisheye4" else lambda: cv2.projectPoints(p, np.zeros(3), np.zeros(3), K, padded)
    return {"lens": lens, "K": [600, 610, 650, 350], "dist": dist.tolist(), "p": p.tolist(), "q": project()[0].reshape(-1, 2).tolist()}


if shutil.which("node"):
    cases = [lens_case(f"pinhole{n}", n) for n in (0, 2, 4, 5, 8, 12)] + [lens_case("fisheye4", 4)]
    module = f"{session.folder()}/camera.mjs"
    shutil.copy("web/report/camera.js", module)
    done = subprocess.run(["node", "tests/e2e/report_lenses.mjs", module], input=json.dumps(cases), capture_output=True, text=True, timeout=60)
    check("camera.js runs", done.returncode == 0, done.stderr)
    for case, page in zip(cases, json.loads(done.stdout)):
        check_at_most(f"{case['lens']}: pixels as cv2's", np.abs(np.array(page["q"]) - case["q"]).max(), LENS_PX)
        check(f"{case['lens']}: every pixel has a direction", None not in page["d"], page["d"])
        unit = [np.array(v) / np.linalg.norm(v, axis=1)[:, None] for v in (page["d"], case["p"])]
        check_at_most(f"{case['lens']}: directions back", np.abs(unit[0] - unit[1]).max(), LENS_RAD)
else:
    session.leave_out("no node")

# --- in a browser ----------------------------------------------------------------------------------------------------

for how in ("", "without WebGL"):
    browser.report_check(f"the page {how}".strip(), f"{folder}/out/report.html", {"verdicts", "movement", "cameras", "people", "origin"}, plain=how)
marked = browser.look(f"{turned}/out/report.html")
check("the page marks the camera that turned", marked is None or marked["marked"]["camera-c2"] == "fault", marked)
session.finish()
