"""A rig of four cameras about a board that is carried by, as corners without pictures."""
import os

import cv2
import numpy as np

import session

SQUARE, COLS, ROWS, STEP = 0.1, 9, 6, 3
rng = np.random.default_rng(7)
BOARD = np.hstack([np.mgrid[0:COLS, 0:ROWS].T.reshape(-1, 2) * SQUARE, np.zeros((COLS * ROWS, 1))])
LENS = {f"c{i + 1}": (1400 + 60 * i, 955 + 3 * i, 545 - 2 * i, -0.12 + 0.05 * i) for i in range(4)}


def look_at(centre):
    z = -np.array(centre) / np.linalg.norm(centre)
    x = np.cross(z, [0, 0, 1])
    x /= np.linalg.norm(x)
    R = np.stack([x, np.cross(z, x), z])
    return R, -R @ centre


POSES = {name: look_at([3 * np.cos(1.3 * i), 3 * np.sin(1.3 * i), 1.6 + 0.1 * i]) for i, name in enumerate(LENS)}


def board_pose(t):
    """Carried about, some 0.4 m/s."""
    def turn(v):
        return cv2.Rodrigues(np.array(v, float))[0]
    R = turn([0.4 * np.sin(1.2 * t), 0.4 * np.sin(1.0 * t + 1), 0]) @ turn([0, 0, 1.2 * np.sin(0.8 * t + 2)]) @ np.diag([1, -1, -1])
    at = 0.45 * np.sin([0.8 * t, 0.6 * t + 1, 0.7 * t + 2])
    return R, at - R @ BOARD.mean(0)


def see(view, R, t, size=(1920, 1080), lens=None):
    fx, cx, cy, k1 = LENS[lens or view]
    Rc, tc = POSES[view]
    K = np.array([[fx, 0, cx], [0, fx, cy], [0, 0, 1]], float)
    q = cv2.projectPoints(BOARD, cv2.Rodrigues(Rc @ R)[0], Rc @ t + tc, K, np.array([k1, 0.05, 0, 0, 0]))[0].reshape(-1, 2)
    inside = (q > 0).all() and (q < np.array(size) - 1).all()
    return (q + 0.2 * rng.standard_normal(q.shape)) if inside else None


def corners_of(views, moments, late=None, shown_by=None):
    """{view: entry of 20_corners.yaml}; late: {view: frames}; shown_by: {view: whose picture it is}"""
    out = {}
    for view in views:
        frames = []
        source = (shown_by or {}).get(view, view)
        for f in moments:
            q = see(source, *board_pose((f + (late or {}).get(view, 0)) / 30))
            if q is not None:
                frames.append({"frame": f, "corners": q.round(4).tolist()})
        out[view] = {"size": [1920, 1080], "searched": len(moments), "frames": frames}
    return out


def rig_make(recordings, **keys):
    folder = session.folder()
    cv2.imwrite(f"{folder}/p_0.png", np.full((1080, 1920), 128, np.uint8))
    board = {"kind": "chessboard", "corners": [COLS, ROWS], "square_m": keys.pop("square_m", SQUARE)}
    rig = {"schema": "rigpose/rig/1", "feeds": {v: {"views": [v]} for v in LENS}, "board": board,
           "recordings": {name: {v: keys.get("feeds") and "p_%d.png" for v in LENS} for name in recordings},
           "intrinsics": {"from": "board"}, "extrinsics": {"from": "board"}, **keys}
    os.mkdir(f"{folder}/out")
    session.dump(f"{folder}/rig.yaml", rig)
    session.dump(f"{folder}/out/20_corners.yaml", {"schema": "rigpose/corners/1", "board": {**board, "square_m": SQUARE}, "recordings": recordings})
    return folder
