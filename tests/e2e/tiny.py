"""Small sessions that exercise every stage: a network with random weights over pictures of noise, known cameras, and a drawn board."""
import os
import subprocess

import cv2
import numpy as np

import session

VIEWS = {"a": ["a"], "pair": ["left", "right"], "b": ["b"]}
LENGTHS = {"a": 20, "pair": 26, "b": 7}  # pictures of the take
FPS = 30  # with follow_s 0.1 people are followed through two of three pictures
BOARD = {"kind": "chessboard", "corners": [5, 4], "square_m": 0.1}
N_BOARDS, SIZE, FOCAL = 12, (320, 240), 300.0


def network_make(folder):
    """zoomed.yaml: a network that looks a second time at each person it finds."""
    script = os.path.join(os.path.dirname(__file__), "..", "support", "make_tiny_net.py")
    subprocess.run(["/usr/bin/python3", script, "random", f"{folder}/tiny.onnx"], check=True)
    model = session.load(os.path.join(os.getcwd(), "configs", "models", "higherhrnet_w32_512.yaml"))
    model["model"] = {"file": "tiny.onnx"}
    model["input"]["size"] = [128, 128]
    model["decode"]["max_people"] = 3
    model.pop("selfcheck", None)
    session.dump(f"{folder}/crop.yaml", {**model, "input": {**model["input"], "size": [32, 32], "sizing": "fixed"}})
    session.dump(f"{folder}/zoomed.yaml", {**model, "zoom": {"model": "crop.yaml", "margin": 1.4, "follow_s": 0.1}})


def take_make(folder, seed=16):
    rng = np.random.default_rng(seed)
    for feed, n in LENGTHS.items():
        os.mkdir(f"{folder}/{feed}")
        for frame in range(n):
            cv2.imwrite(f"{folder}/{feed}/{frame:03d}.png", cv2.resize(rng.integers(0, 255, (12, 16, 3), np.uint8), (256, 96)))


def cameras_make(folder):
    """Around the origin, looking at it."""
    cameras = {}
    for i, view in enumerate(v for views in VIEWS.values() for v in views):
        width = 128 if view in ("left", "right") else 256
        centre = np.array([3 * np.cos(i), 3 * np.sin(i), 1.5])
        z = -centre / np.linalg.norm(centre)
        x = np.cross(z, [0, 0, 1])
        x /= np.linalg.norm(x)
        R = np.stack([x, np.cross(z, x), z])
        rvec = cv2.Rodrigues(R)[0].ravel()
        cameras[view] = {"lens": "pinhole5", "size": [width, 96], "K": [200.0, 200.0, width / 2, 48.0], "dist": [0.0] * 5,
                         "Rt_cam_world": {"rvec": [float(v) for v in rvec], "t_m": [float(v) for v in -R @ centre]}}
    session.dump(f"{folder}/cameras.yaml", {"schema": "rigpose/extrinsics/1", "cameras": cameras})


def boards_make(folder, feeds, seed=3):
    """A chessboard seen from everywhere, through a lens without distortion."""
    rng = np.random.default_rng(seed)
    cols, rows, side, dots = BOARD["corners"][0] + 1, BOARD["corners"][1] + 1, BOARD["square_m"], 40
    squares = (np.indices((rows, cols)).sum(0) % 2 == 0).astype(np.uint8) * 215 + 20
    board = cv2.copyMakeBorder(squares.repeat(dots, 0).repeat(dots, 1), dots, dots, dots, dots, cv2.BORDER_CONSTANT, value=235)
    K = np.array([[FOCAL, 0, SIZE[0] / 2], [0, FOCAL, SIZE[1] / 2], [0, 0, 1]])
    metres = np.array([[side / dots, 0, -side * (cols + 2) / 2], [0, side / dots, -side * (rows + 2) / 2], [0, 0, 1]])
    for feed in feeds:
        os.mkdir(f"{folder}/board_{feed}")
        for frame in range(N_BOARDS):
            R = cv2.Rodrigues(rng.uniform(-0.5, 0.5, 3))[0]
            t = np.array([*rng.uniform(-0.15, 0.15, 2), rng.uniform(1.0, 1.4)])
            H = K @ np.column_stack([R[:, 0], R[:, 1], t]) @ metres
            grey = cv2.warpPerspective(board, H, SIZE, flags=cv2.INTER_AREA, borderValue=110)
            cv2.imwrite(f"{folder}/board_{feed}/{frame:03d}.png", cv2.GaussianBlur(grey, (3, 3), 0.7))


def rig_write(path, feeds=VIEWS, pictures="", **keys):
    """A rig over a take whose pictures lie below `pictures`; keys replace or add to its own."""
    session.dump(path, {
        "schema": "rigpose/rig/1",
        "feeds": {f: {"views": VIEWS[f], "fps": FPS, **({"grid": [2, 1]} if len(VIEWS[f]) > 1 else {})} for f in feeds},
        "recordings": {"walk": {f: f"{pictures}{f}/%03d.png" for f in feeds}},
        "take": "walk", "keypoints": {"source": "onnx", "model": "zoomed.yaml"}, "skeleton": "coco17", **keys})
    return path
