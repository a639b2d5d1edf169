"""Lenses from corner files as users have them: fisheyes, boards at rest, cut pictures, sets that determine nothing."""
import os

import numpy as np
from session import check, dump, finish, folder, load, refused, rigpose

FOLDER = folder()
BOARD = (9, 6, 0.03)
PLAIN = {"size": (1280, 720), "K": (900, 900, 640, 360), "dist": (-0.2, 0.05), "fisheye": False}
WIDE = {"size": (1200, 1200), "K": (370, 370, 605, 596), "dist": (0.02, -0.005, 0.001, -0.0002), "fisheye": True}


def turn(axis_angle):
    angle = np.linalg.norm(axis_angle)
    if angle == 0:
        return np.eye(3)
    x, y, z = np.asarray(axis_angle) / angle
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


def project(camera, points):
    across = np.hypot(points[:, 0], points[:, 1])
    angle = np.arctan2(across, points[:, 2])
    if camera["fisheye"]:
        radius = angle * (1 + sum(k * angle ** (2 * i + 2) for i, k in enumerate(camera["dist"])))
    else:
        flat = across / points[:, 2]
        radius = flat * (1 + sum(k * flat ** (2 * i + 2) for i, k in enumerate(camera["dist"])))
    scaled = points[:, :2] * (radius / np.maximum(across, 1e-12))[:, None]
    return scaled * camera["K"][:2] + camera["K"][2:]


def boards(camera, n, rng, widest=35, tilt=0.7, distance=(0.3, 0.6)):
    """Corners of n boards wholly in the picture, up to `widest` degrees off its middle."""
    cols, rows, square = BOARD
    flat = np.array([[i * square, j * square, 0] for j in range(rows) for i in range(cols)])
    flat -= flat.mean(0)
    seen = []
    while len(seen) < n:
        off, way = np.radians(rng.uniform(0, widest)), rng.uniform(0, 2 * np.pi)
        faces = turn(np.array([np.sin(way), -np.cos(way), 0]) * off)  # takes the line of sight to the board's middle
        tilted = turn([*rng.uniform(-tilt, tilt, 2), 0]) @ turn([0, 0, rng.uniform(-3, 3)])
        points = flat @ (faces @ tilted).T + faces[:, 2] * rng.uniform(*distance)
        corners = project(camera, points)
        if (corners > 1).all() and (corners < np.array(camera["size"]) - 2).all():
            seen.append(corners + 0.03 * rng.standard_normal(corners.shape))
    return seen


def session(name, camera, seen, lens):
    path = os.path.join(FOLDER, name)
    os.makedirs(os.path.join(path, "out"))
    board = {"kind": "chessboard", "corners": list(BOARD[:2]), "square_m": BOARD[2]}
    frames = [{"frame": i, "corners": corners.round(4).tolist()} for i, corners in enumerate(seen)]
    view = {"a": {"size": list(camera["size"]), "frames": frames}}
    corners = {"schema": "rigpose/corners/1", "board": board, "recordings": {"b": view}}
    rig = {"schema": "rigpose/rig/1", "feeds": {"a": {"views": ["a"]}}, "board": board, "out": "out",
           "recordings": {"b": {"a": None}}, "intrinsics": {"from": "b", "lens": lens}}
    dump(os.path.join(path, "out", "20_corners.yaml"), corners)
    dump(os.path.join(path, "rig.yaml"), rig)
    return os.path.join(path, "rig.yaml")


def solve(rig):
    said = rigpose("intrinsics", rig).stderr
    return load(os.path.join(os.path.dirname(rig), "out", "30_intrinsics.yaml"))["cameras"]["a"], said


def main():
    rng = np.random.default_rng(3)

    # Lenses are compared on the same corners: one that leaves boards out is no better for it.
    wider = np.random.default_rng(1)
    wide = [*boards(WIDE, 20, wider, 65, 0.5, (0.25, 0.45)), *boards(WIDE, 2, wider, 82, 0.3, (0.2, 0.3))]
    found, _ = solve(session("wide", WIDE, wide, "auto"))
    check("a fisheye's boards ask for fisheye4", found["lens"] == "fisheye4", found["lens"])
    check("all of its corners count", found["n_rejected"] < 10, found["n_rejected"])

    plain = boards(PLAIN, 14, rng)
    found, said = solve(session("plain", PLAIN, plain, "auto"))
    check("the simplest lens that fits", found["lens"] == "pinhole2", found["lens"])
    check("its corners are counted", found["n_corners"] + found["n_rejected"] == 14 * 54, found["n_corners"])
    check("its edge is known", 0 < found["edge_sigma_px"] < 5, found["edge_sigma_px"])
    check("nothing to warn of but few places", "misfit" not in said and "principal point" not in said, said)

    # Boards at rest are one board.
    rest = [plain[0] + 0.02 * rng.standard_normal(plain[0].shape) for _ in range(30)]
    refused("intrinsics", session("rest", PLAIN, rest + plain[1:6], "auto"), code=1,
            contains=["camera 'a'", "needs >= 10 boards, got 6 in different places"])

    # A picture cut from a larger one, and corners of a picture half as large.
    cut = dict(PLAIN, size=(800, 600), K=(900, 900, 1150, 820))
    found, said = solve(session("cut", cut, boards(cut, 24, rng, 60), "pinhole5"))
    check("the focal length of a cut picture", abs(found["K"][0] / 900 - 1) < 0.01, found["K"])
    check("its centre is told", "principal point (1150, 820)" in said or "principal point (1149" in said, said)
    found, said = solve(session("half", PLAIN, [corners / 2 for corners in plain], "pinhole5"))
    check("the centre of another size's corners is told", "far from the centre" in said, said)

    beyond = [corners.copy() for corners in plain]
    beyond[3][4] = (2500, 300)
    refused("intrinsics", session("beyond", PLAIN, beyond, "pinhole5"), code=1,
            contains=["frames[3].corners[4]", "(2500, 300) lies outside the picture of 1280x720"])

    # Nonsense is not called a want of tilt.
    mixed = [corners[np.arange(54) * 7 % 54] for corners in plain]
    refused("intrinsics", session("mixed", PLAIN, mixed, "pinhole5"), code=1, contains=["does not fit its boards", "rms"])


main()
finish()
