"""A small session with every stage that a run can have, and runs of it that are killed at any moment: for test_kill_run.py and tests/bench/kills.py."""
import os
import shutil
import subprocess
import time

import cv2
import numpy as np

import session

VIEWS = {"left": -0.15, "right": 0.15}  # where they stand, metres
SIZE, FOCAL = (320, 240), 330
COLS, ROWS, SQUARE, CELL = 7, 5, 0.05, 40  # CELL: pixels of a square in the drawing


def board_drawing():
    """The board and a square of white around it; pixels of it from the first inner corner on, in units of squares."""
    squares = np.indices((ROWS + 1, COLS + 1)).sum(0) % 2 * 255
    drawing = cv2.copyMakeBorder(np.kron(squares, np.ones((CELL, CELL))).astype(np.uint8), CELL, CELL, CELL, CELL, cv2.BORDER_CONSTANT, value=255)
    to_squares = np.array([[1 / CELL, 0, -2 + 0.5 / CELL], [0, 1 / CELL, -2 + 0.5 / CELL], [0, 0, 1]])
    return drawing, to_squares


def board_picture(view, moment):
    """The board as it is carried about, half a metre to a metre away."""
    drawing, to_squares = board_drawing()
    R = cv2.Rodrigues(np.array([0.5 * np.sin(1.1 * moment), 0.5 * np.sin(0.7 * moment + 1), 0.3 * np.sin(0.9 * moment + 2)]))[0]
    t = np.array([0.05 * np.sin(moment), 0.04 * np.sin(1.3 * moment), 0.75 + 0.1 * np.sin(0.6 * moment)]) - R @ [SQUARE * (COLS - 1) / 2, SQUARE * (ROWS - 1) / 2, 0]
    t[0] -= VIEWS[view]
    K = np.array([[FOCAL, 0, SIZE[0] / 2], [0, FOCAL, SIZE[1] / 2], [0, 0, 1.0]])
    H = K @ np.stack([R[:, 0] * SQUARE, R[:, 1] * SQUARE, t], 1) @ to_squares
    big = cv2.warpPerspective(drawing, np.diag([4, 4, 1]) @ H, (4 * SIZE[0], 4 * SIZE[1]), borderValue=90)
    return cv2.resize(big, SIZE, interpolation=cv2.INTER_AREA)


def make(folder, n_board=30, n_walk=40):
    """Write a session of two cameras: a board recording, and a take of noise in which a tiny random network finds people. Its rig YAML."""
    script = os.path.join(os.path.dirname(__file__), "..", "support", "make_tiny_net.py")
    subprocess.run(["/usr/bin/python3", script, "random", f"{folder}/tiny.onnx"], check=True)
    model = session.load(os.path.join(os.path.dirname(__file__), "..", "..", "configs", "models", "higherhrnet_w32_512.yaml"))
    model["model"] = {"file": "tiny.onnx"}
    model["input"]["size"] = [128, 128]
    model["decode"]["max_people"] = 3
    model.pop("selfcheck", None)
    session.dump(f"{folder}/model.yaml", model)
    rng = np.random.default_rng(20)
    for view in VIEWS:
        os.makedirs(f"{folder}/{view}")
        for frame in range(n_board):
            cv2.imwrite(f"{folder}/{view}/board{frame:03d}.png", board_picture(view, 0.4 * frame))
        for frame in range(n_walk):
            cv2.imwrite(f"{folder}/{view}/walk{frame:03d}.png", cv2.resize(rng.integers(0, 255, (12, 16, 3), np.uint8), SIZE))
    session.dump(f"{folder}/rig.yaml", {
        "schema": "rigpose/rig/1", "feeds": {v: {"views": [v], "fps": 30} for v in VIEWS},
        "board": {"kind": "chessboard", "corners": [COLS, ROWS], "square_m": SQUARE},
        "recordings": {r: {v: f"{v}/{r}%03d.png" for v in VIEWS} for r in ("board", "walk")},
        "intrinsics": {"from": "board", "lens": "pinhole2"}, "extrinsics": {"from": "board"}, "stereo": {"from": "board", "pair": list(VIEWS)},
        "take": "walk", "keypoints": {"source": "onnx", "model": "model.yaml"}, "motion": {}, "skeleton": "coco17"})
    return f"{folder}/rig.yaml"


def whole_run(rig):
    """An unbroken run: the bytes of its results, the names in its folder, its seconds."""
    out = f"{os.path.dirname(rig)}/out"
    start = time.monotonic()
    session.rigpose("run", rig)
    return session.tree_bytes(out), names(out), time.monotonic() - start


def names(out):
    return sorted(os.path.relpath(os.path.join(at, n), out) for at, folders, files in os.walk(out) for n in folders + files if "/log" not in f"{at}/{n}")


def killed_at(rig, seconds):
    """Kill a run after so many seconds. The stage at which it was; None: it had ended before."""
    run = subprocess.Popen([session.BINARY, "run", rig], stderr=subprocess.DEVNULL)
    try:
        run.wait(seconds)
        return None
    except subprocess.TimeoutExpired:
        run.kill()
        run.wait()
    logs = f"{os.path.dirname(rig)}/out/log"
    said = open(f"{logs}/{sorted(os.listdir(logs))[-1]}", encoding="utf-8").read() if os.path.isdir(logs) and os.listdir(logs) else ""
    stages = [line.split("] ")[1].split(":")[0] for line in said.splitlines() if "  [" in line and "up to date" not in line]
    return "report" if "results in" in said else stages[-1] if stages else "begin"


def clear(rig):
    shutil.rmtree(f"{os.path.dirname(rig)}/out", ignore_errors=True)
