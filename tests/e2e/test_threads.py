"""The calibration of a small chessboard rig, and a take of people who walk, by one thread and by three: the same bytes. Under the thread sanitizer
it is, with e2e_take_detect, the end-to-end test of all loops over frames, views, boards and people."""
import os

import cv2
import numpy as np

import session
import walkers
from session import check

WIDTH, HEIGHT, FRAMES, BASELINE_M = 640, 480, 12, 0.25
K = np.array([[600.0, 0, 318], [0, 603.0, 242], [0, 0, 1]])
SQUARE_M, ACROSS, DOWN, CELL = 0.04, 9, 6, 40  # of the print; pixels a square

folder = session.folder()
rng = np.random.default_rng(5)
print_ = np.full(((DOWN + 2) * CELL, (ACROSS + 2) * CELL), 255, np.uint8)
for y in range(DOWN):
    for x in range(ACROSS):
        if (x + y) % 2 == 0:
            print_[(y + 1) * CELL:(y + 2) * CELL, (x + 1) * CELL:(x + 2) * CELL] = 0
to_metres = np.array([[SQUARE_M / CELL, 0, -SQUARE_M], [0, SQUARE_M / CELL, -SQUARE_M], [0, 0, 1]])
middle = np.array([ACROSS / 2 * SQUARE_M, DOWN / 2 * SQUARE_M, 0])
for frame in range(FRAMES):
    R = cv2.Rodrigues(rng.uniform(-0.5, 0.5, 3))[0]
    t = np.array([BASELINE_M / 2, 0, rng.uniform(0.55, 0.8)]) + rng.uniform(-0.03, 0.03, 3) - R @ middle
    for side, aside in (("left", 0), ("right", BASELINE_M)):
        H = K @ np.column_stack([R[:, 0], R[:, 1], t - [aside, 0, 0]]) @ to_metres
        picture = cv2.warpPerspective(print_, H, (WIDTH, HEIGHT), flags=cv2.INTER_AREA, borderValue=110)
        cv2.imwrite(f"{folder}/{side}_{frame:02d}.png", cv2.GaussianBlur(picture, (0, 0), 0.8))



def made_by(threads, rig, out, *commands):
    """The bytes of all files that the commands leave."""
    for command in commands:
        print(session.rigpose(command, rig, env={**os.environ, "OMP_NUM_THREADS": str(threads)}).stderr)
    return session.tree_bytes(out)


made = {}
for threads in (1, 3):
    rig = f"{folder}/rig{threads}.yaml"
    session.dump(rig, {
        "schema": "rigpose/rig/1", "feeds": {"l": {"views": ["left"]}, "r": {"views": ["right"]}}, "out": f"out{threads}",
        "board": {"corners": [ACROSS - 1, DOWN - 1], "square_m": SQUARE_M}, "recordings": {"board": {"l": "left_%02d.png", "r": "right_%02d.png"}},
        "intrinsics": {"from": "board", "lens": "pinhole4"}, "extrinsics": {"from": "board", "world": {"camera": "left"}},
        "stereo": {"from": "board", "pair": ["left", "right"]}})
    made[threads] = made_by(threads, rig, f"{folder}/out{threads}", "crop", "corners", "intrinsics", "extrinsics", "stereo", "uncertainty", "doctor")
check("the rig is found", session.load(f"{folder}/out1/40_extrinsics.yaml")["rms_px"] < 0.5)
check("files", {"40_extrinsics.yaml", "45_uncertainty.yaml", "50_stereo.yaml", "90_doctor.yaml"} <= set(made[1]) and sorted(made[1]) == sorted(made[3]), sorted(made[3]))
check("the same bytes by any number of threads", made[1] == made[3], [name for name in made[1] if made[1][name] != made[3].get(name)])

for threads in (1, 3):
    take = session.folder()
    walkers.write(take, 3, {v: 25 for v in walkers.VIEWS}, seed=2)
    made[threads] = made_by(threads, f"{take}/rig.yaml", f"{take}/out", "triangulate", "watch", "refine", "summary")
check("files of the take", {"70_people3d.yaml", "75_watch.yaml", "80_motion.yaml"} <= set(made[1]), sorted(made[1]))
check("the same people by any number of threads", made[1] == made[3], [name for name in made[1] if made[1][name] != made[3].get(name)])
session.finish()
