"""Boards with markers as OpenCV draws them, seen whole and in part by two cameras: corners, lenses and poses."""
import glob
import os

import cv2
import numpy as np

import session
from session import check, check_at_least, check_at_most

WIDTH, HEIGHT, FRAMES, FINE = 960, 720, 16, 3
K = [np.array([[900.0, 0, 487], [0, 905.0, 351], [0, 0, 1]]), np.array([[880.0, 0, 470], [0, 876.0, 366], [0, 0, 1]])]
BASELINE_M = 0.3
DOT = 0.001  # metres a pixel of the print
aruco = getattr(cv2, "aruco", None)
if aruco is None or not hasattr(aruco, "CharucoBoard_create"):  # OpenCV 4.6's own drawing of boards is the oracle
    raise SystemExit(session.SKIPPED)


def charuco():
    """9 x 6 squares of 40 mm: the print, the place of corner 0 in it and of every corner from there."""
    board = aruco.CharucoBoard_create(9, 6, 0.04, 0.03, aruco.getPredefinedDictionary(aruco.DICT_5X5_100))
    margin = 40
    print_ = np.full((240 + 2 * margin, 360 + 2 * margin), 255, np.uint8)
    print_[margin:-margin, margin:-margin] = board.draw((360, 240))
    corners = np.array([(0.04 * x, 0.04 * y) for y in range(5) for x in range(8)])
    return print_, margin + 40, corners, {"kind": "charuco", "corners": [8, 5], "square_m": 0.04,
                                         "marker_m": 0.03, "dictionary": "5x5_100"}


def aprilgrid():
    """5 x 4 tags of 60 mm, black borders of two cells, counted from the bottom: as Kalibr prints them."""
    tag, gap, margin, across, down = 60, 18, 60, 5, 4
    family = aruco.getPredefinedDictionary(aruco.DICT_APRILTAG_36h11)
    width, height = across * (tag + gap) + gap, down * (tag + gap) + gap
    print_ = np.full((height + 2 * margin, width + 2 * margin), 255, np.uint8)
    for y in range(down + 1):
        for x in range(across + 1):
            at = margin + y * (tag + gap), margin + x * (tag + gap)
            print_[at[0]:at[0] + gap, at[1]:at[1] + gap] = 0
            if x < across and y < down:
                cells = aruco.drawMarker(family, (down - 1 - y) * across + x, 10, borderBits=2)[::-1, ::-1]  # AprilTag's top
                picture = cv2.resize(cells, (tag, tag), interpolation=cv2.INTER_NEAREST)
                print_[at[0] + gap:at[0] + gap + tag, at[1] + gap:at[1] + gap + tag] = picture
    along = [[0.078 * (i // 2) + 0.06 * (i % 2) for i in range(2 * n)] for n in (across, down)]
    corners = np.array([(x, y) for y in along[1] for x in along[0]])
    return print_, margin + gap, corners, {"kind": "aprilgrid", "tags": [5, 4], "tag_m": 0.06, "gap_m": 0.018}


def picture(print_, first, camera, R, t):
    """What a camera sees of the print: three pixels of it each way make one, then a little blur."""
    to_metres = np.array([[DOT, 0, DOT * (0.5 - first)], [0, DOT, DOT * (0.5 - first)], [0, 0, 1]])
    to_fine = np.array([[FINE, 0, (FINE - 1) / 2], [0, FINE, (FINE - 1) / 2], [0, 0, 1]])
    H = to_fine @ K[camera] @ np.column_stack([R[:, 0], R[:, 1], t]) @ to_metres
    fine = cv2.warpPerspective(print_, H, (FINE * WIDTH, FINE * HEIGHT), flags=cv2.INTER_LINEAR, borderValue=110)
    return cv2.GaussianBlur(cv2.resize(fine, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA), (0, 0), 0.6)


def poses(corners, rng):
    """Of the board before the left camera: every fourth reaches out of the picture."""
    middle = np.append(corners.mean(0), 0)
    for frame in range(FRAMES):
        R = cv2.Rodrigues(rng.uniform(-0.6, 0.6, 3) + [0, 0, 0.5 * (frame % 3 - 1)])[0]
        z = rng.uniform(0.5, 0.75)
        aside = [0.3, 0.2] if frame % 4 == 3 else [0.06, 0.04]
        at = np.array([BASELINE_M / 2 + rng.uniform(-1, 1) * aside[0], rng.uniform(-1, 1) * aside[1], z])
        yield R, at - R @ middle


# Boards that are said otherwise, and pictures that are: what doctor says.
WRONG = {"charuco": [({"first_square": "white"}, "first_square: black"), ({"corners": [5, 8]}, "corners: [8, 5]"),
                     ({"corners": [9, 6]}, "corners: [8, 5]"), ({"dictionary": "6x6_100"}, "dictionary: 5x5_1000"),
                     ({"first_id": 27}, "first_id: 0")],
         "aprilgrid": [({"first_row": "top"}, "first_row: bottom"), ({"tags": [4, 5]}, "tags: [5, 4]"),
                       ({"dictionary": "25h9"}, "dictionary: 36h11")]}


def doctor_names_the_print(name, folder, rig):
    """A board that the rig describes otherwise is no board, and doctor says what it is."""
    for said, advice in WRONG[name]:
        session.dump(f"{folder}/wrong.yaml", {**rig, "board": {**rig["board"], **said}, "out": "wrong"})
        told = session.rigpose("corners", f"{folder}/wrong.yaml").stderr
        check(f"{name}, {said}: no board, and a warning", "match the print?" in told, told)
        session.rigpose("doctor", f"{folder}/wrong.yaml", code=1)
        findings = session.load(f"{folder}/wrong/90_doctor.yaml")["findings"]
        check(f"{name}, {said}: doctor says {advice}", any(advice in f["advice"] for f in findings), findings)


def doctor_names_the_pictures(name, folder, rig):
    """Mirrored pictures and negatives of a board with markers show none, and doctor says why; so does it of wrong gaps."""
    for how, treat, advice in (("mirrored", lambda p: p[:, ::-1], "without mirroring"), ("negative", lambda p: 255 - p, "black on white")):
        os.makedirs(f"{folder}/{how}")
        for path in glob.glob(f"{folder}/*.png"):
            cv2.imwrite(f"{folder}/{how}/{os.path.basename(path)}", treat(cv2.imread(path, 0)))
        sides = {"l": f"{how}/left_%02d.png", "r": f"{how}/right_%02d.png"}
        session.dump(f"{folder}/{how}.yaml", {**rig, "recordings": {"board": {k: v for k, v in sides.items()}}, "out": f"out_{how}"})
        session.rigpose("corners", f"{folder}/{how}.yaml")
        session.rigpose("doctor", f"{folder}/{how}.yaml", code=1)
        findings = session.load(f"{folder}/out_{how}/90_doctor.yaml")["findings"]
        check(f"{name}, {how}: doctor says {advice}", any(advice in f["advice"] for f in findings), findings)
    if name == "aprilgrid":
        session.dump(f"{folder}/gap.yaml", {**rig, "board": {**rig["board"], "gap_m": 0.012}, "out": "out_gap"})
        told = session.rigpose("corners", f"{folder}/gap.yaml").stderr
        check("wrong gap: corners says the right one", "gap_m: 0.018" in told, told)
        session.rigpose("doctor", f"{folder}/gap.yaml", code=1)
        findings = session.load(f"{folder}/out_gap/90_doctor.yaml")["findings"]
        check("wrong gap: doctor says the right one", any("gap_m: 0.018" in f["advice"] for f in findings), findings)


def try_board(name, print_, first, corners, board):
    folder = session.folder()
    rng = np.random.default_rng(3)
    turn = cv2.Rodrigues(np.array([0, 0.25, 0]))[0]  # of the right camera, towards the left one's middle
    truth = {}
    for frame, (R, t) in enumerate(poses(corners, rng)):
        for camera, side in enumerate(("left", "right")):
            if camera:
                R, t = turn @ R, turn @ (t - [BASELINE_M, 0, 0])
            cv2.imwrite(f"{folder}/{side}_{frame:02d}.png", picture(print_, first, camera, R, t))
            q = K[camera] @ (R @ np.column_stack([corners, np.zeros(len(corners))]).T + t[:, None])
            truth[side, frame] = (q[:2] / q[2]).T
    rig_yaml = {"schema": "rigpose/rig/1", "feeds": {"l": {"views": ["left"]}, "r": {"views": ["right"]}}, "board": board,
                "recordings": {"board": {"l": "left_%02d.png", "r": "right_%02d.png"}},
                "intrinsics": {"from": "board", "lens": "pinhole4"},
                "extrinsics": {"from": "board", "world": {"camera": "left"}}}
    rig = f"{folder}/rig.yaml"
    session.dump(rig, rig_yaml)
    for stage in ("corners", "intrinsics", "extrinsics"):
        told = session.rigpose(stage, rig).stderr
        check(f"{name}, {stage}: nothing is said against the board", "gap" not in told and "metres" not in told, told)
    doctor_names_the_pictures(name, folder, rig_yaml)
    doctor_names_the_print(name, folder, rig_yaml)
    squares, n, n_inside, part = 0, 0, 0, 0
    worst = 0
    for side, view in session.load(f"{folder}/out/20_corners.yaml")["recordings"]["board"].items():
        for item in view["frames"]:
            q = truth[side, item["frame"]]
            seen = [i for i, corner in enumerate(item["corners"]) if corner]
            off = np.linalg.norm(np.array([item["corners"][i] for i in seen]) - q[seen], axis=1)
            squares, n, worst = squares + (off ** 2).sum(), n + len(off), max(worst, off.max())
            part += len(seen) < len(q)
            check(f"{name}: a sigma a corner", [s is not None for s in item["sigma_px"]] == [bool(c) for c in item["corners"]])
    for q in truth.values():
        n_inside += ((q > 12) & (q < [WIDTH - 12, HEIGHT - 12])).all(1).sum()
    check_at_least(f"{name}: share of the corners inside that are found", n / n_inside, 0.9)
    check_at_least(f"{name}: boards seen in part", part, 4)
    check_at_most(f"{name}: rms px off the truth", np.sqrt(squares / n), 0.02)
    check_at_most(f"{name}: farthest corner, px", worst, 0.1)
    cameras = session.load(f"{folder}/out/40_extrinsics.yaml")["cameras"]
    for camera, side in enumerate(("left", "right")):
        focal = max(abs(cameras[side]["K"][i] / K[camera][i][i] - 1) for i in range(2))
        check_at_most(f"{name}, {side}: focal length off", focal, 0.001)
        check_at_most(f"{name}, {side}: rms px", cameras[side]["rms_px"], 0.02)
    pose = cameras["right"]["Rt_cam_world"]
    R = cv2.Rodrigues(np.array(pose["rvec"]))[0]
    centre = -R.T @ np.array(pose["t_m"])
    check_at_most(f"{name}: right camera's centre off, m", np.linalg.norm(centre - [BASELINE_M, 0, 0]), 0.0005)


try_board("charuco", *charuco())
try_board("aprilgrid", *aprilgrid())

# What the dictionary has not is refused by name.
folder = session.folder()
cv2.imwrite(f"{folder}/a_00.png", np.full((90, 90), 100, np.uint8))
session.dump(f"{folder}/rig.yaml", {
    "schema": "rigpose/rig/1", "feeds": {"l": {"views": ["left"]}},
    "board": {"kind": "charuco", "corners": [12, 9], "square_m": 0.04, "marker_m": 0.03, "dictionary": "4x4_50"},
    "recordings": {"board": {"l": "a_%02d.png"}}, "intrinsics": {"from": "board"}})
session.refused("corners", f"{folder}/rig.yaml", code=2, contains=["markers 0 to 64", "'4x4_50' ends at 49"])
session.finish()
