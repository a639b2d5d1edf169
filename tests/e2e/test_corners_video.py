"""Boards in videos: what is not searched, followed or only searched in part gives the boards that a search of each picture gives, in both
ranges of luma, whatever the number of threads."""
import os
import shutil
import subprocess

import cv2
import numpy as np

import session
from session import check, check_at_least, check_at_most, rigpose

WIDTH, HEIGHT, FPS, COLS, ROWS, SQUARE = 640, 480, 10, 6, 4, 30
EMPTY, PERSON, MOVES, RESTS, GONE = 12, 12, 16, 34, 6  # frames of each scene, one after the other
N = EMPTY + PERSON + MOVES + RESTS + GONE
STOPS = EMPTY + PERSON + MOVES + 8  # the person: from then on nothing moves until the board is gone
# Pixels: an encoder's loss and the steps of luma, on edges of full contrast; median, and most of a corner.
MEDIAN_PX, MOST_PX = 0.03, 0.3

if not shutil.which("ffmpeg"):
    session.leave_out("no ffmpeg")
    session.finish()

rng = np.random.default_rng(7)
background = cv2.GaussianBlur(rng.uniform(40, 200, (HEIGHT, WIDTH)).astype(np.float32), (0, 0), 6)
background = np.clip(4 * (background - background.mean()) + 120, 60, 180)
cloth = rng.uniform(30, 220, (200, 60)).astype(np.float32)


def board():
    picture = np.full(((ROWS + 3) * SQUARE, (COLS + 3) * SQUARE), 225, np.float32)
    for y in range(ROWS + 1):
        for x in range(COLS + 1):
            if (x + y) % 2 == 0:
                picture[(y + 1) * SQUARE:(y + 2) * SQUARE, (x + 1) * SQUARE:(x + 2) * SQUARE] = 30
    return cv2.GaussianBlur(picture, (0, 0), 0.8)


BOARD = board()


def frame(f, shift):
    picture = background.copy()
    if f >= EMPTY:
        x = 30 + 9 * (min(f, STOPS) - EMPTY) % 150
        picture[240:440, x:x + 60] = cloth
    at = f - EMPTY - PERSON
    if 0 <= at < MOVES + RESTS:
        t = min(at, MOVES)
        turn, where = 0.02 * t + 0.1, np.array([330 + 3.0 * t + shift, 190 + 1.5 * t])
        A = 0.8 * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        M = np.column_stack([A, where - A @ [BOARD.shape[1] / 2, BOARD.shape[0] / 2]])
        there = cv2.warpAffine(np.ones_like(BOARD), M, (WIDTH, HEIGHT))
        picture = there * cv2.warpAffine(BOARD, M, (WIDTH, HEIGHT)) + (1 - there) * picture
    return np.clip(picture + rng.normal(0, 1.5, picture.shape) + 0.5, 0, 255).astype(np.uint8)


folder = session.folder()
for name, shift in (("a", 0), ("b", -40)):
    os.mkdir(f"{folder}/{name}")
    for f in range(N):
        cv2.imwrite(f"{folder}/{name}/{f:03d}.png", frame(f, shift))
    full = [(f"{name}_full.mp4", ["-vf", "scale=out_range=full", "-pix_fmt", "yuvj420p"])] if name == "a" else []
    for made, options in [(f"{name}.mp4", ["-pix_fmt", "yuv420p"]), *full]:
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-r", str(FPS), "-i", f"{folder}/{name}/%03d.png", *options, "-c:v", "libx264", "-preset", "veryfast", "-crf", "6",
                        f"{folder}/{made}"], check=True)


def corners(name, files, jobs=2, **keys):
    session.dump(f"{folder}/{name}.yaml", {
        "schema": "rigpose/rig/1", "out": f"out_{name}", "feeds": {f: {"views": [f]} for f in files},
        "board": {"kind": "chessboard", "corners": [COLS, ROWS], "square_m": 0.03}, "recordings": {"board": {**files, **keys}},
        "intrinsics": {"from": "board"}})
    rigpose("--jobs", jobs, "corners", f"{folder}/{name}.yaml")
    path = f"{folder}/out_{name}/20_corners.yaml"
    with open(path, "rb") as file:
        return session.load(path)["recordings"]["board"], file.read()


def compare(what, got, expected):
    for view, wanted in expected.items():
        found = {b["frame"]: np.array(b["corners"]) for b in got[view]["frames"]}
        there = {b["frame"]: np.array(b["corners"]) for b in wanted["frames"]}
        check(f"{what}, {view}: boards of the same frames", set(found) == set(there), sorted(set(found) ^ set(there)))
        off = np.concatenate([np.hypot(*(found[f] - there[f]).T) for f in found if f in there])
        check_at_most(f"{what}, {view}: median px between corners", round(float(np.median(off)), 4), MEDIAN_PX)
        check_at_most(f"{what}, {view}: most px between corners", round(float(off.max()), 4), MOST_PX)


pictures, _ = corners("pictures", {"a": "a/%03d.png", "b": "b/%03d.png"})
for view in pictures.values():
    check_at_least("boards in pictures", len(view["frames"]), MOVES + RESTS - 2)
    check("of pictures, which may be of any moments, all are searched", view["followed"] + view["in_part"] == 0, view["followed"])
videos, text = corners("videos", {"a": "a.mp4", "b": "b.mp4"}, jobs=3)
compare("video", videos, pictures)
for view in videos.values():
    ways = {k: view[k] for k in ("followed", "in_part", "still", "rested")}
    check_at_least(f"followed, of {ways}", ways["followed"], MOVES // 2 - 4)
    check_at_least("still: the empty room", ways["still"], EMPTY - 2)
    check_at_least("in part: where somebody walks", ways["in_part"], PERSON // 2)
    check_at_least("at rest: the board", ways["rested"], 10)
    check("as many as there are frames at most", sum(ways.values()) <= view["searched"] == N, ways)
compare("full range", corners("full", {"a": "a_full.mp4"})[0], {"a": pictures["a"]})
check("equal bytes with one thread", corners("videos", {"a": "a.mp4", "b": "b.mp4"}, jobs=1)[1] == text)
alone = corners("alone", {"b": "b.mp4"})[0]
check("a feed's boards are the same without the other", alone["b"] == videos["b"])
part = corners("part", {"a": "a.mp4"}, frames=[25, 76], step=3)[0]
whole = {b["frame"] for b in pictures["a"]["frames"]}
check("frames by step", {b["frame"] for b in part["a"]["frames"]} == {f for f in range(25, 77, 3) if f in whole}, part["a"]["frames"][:1])
compare("by step", part, {v: {"frames": [b for b in pictures[v]["frames"] if (b["frame"] - 25) % 3 == 0 and 25 <= b["frame"] <= 76]} for v in ("a",)})
session.finish()
