"""People in 3D in one table: figure, measured, what it must be, and peers. Real recordings where they are; peers that are installed.
usage: people.py RIGPOSE BUILD"""
import os
import re
import subprocess
import sys
import tempfile
import time

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.abspath(sys.argv[2])
sys.path.insert(0, os.path.join(HERE, "..", "e2e"))
import session  # noqa: E402
import shelf  # noqa: E402

os.chdir(os.path.join(HERE, "..", ".."))
VIEWS, PEER_POINTS = 4, 17 * 1000
ONE_CORE = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
rows = []


def row(figure, measured, least=None, most=None, peers=""):
    holds = (least is None or measured >= least) and (most is None or measured <= most)
    bar = f">= {least}" if least is not None else f"<= {most}" if most is not None else ""
    rows.append((figure, f"{measured:g}", bar, "" if holds else "MISSED", peers))


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True, env=ONE_CORE).stdout


def cv2_pairs(path):
    """cv2's triangulatePoints of every pair of views, their median: thousand points a second, median mm of all points, of those with a
    sight that is off."""
    import cv2
    cv2.setNumThreads(1)
    numbers = np.fromfile(path)
    cameras, points = numbers[:VIEWS * 21].reshape(VIEWS, 21), numbers[VIEWS * 21:].reshape(-1, 12)[:PEER_POINTS]
    start = time.perf_counter()
    normal, P = [], []
    for v, c in enumerate(cameras):
        K = np.array([[c[0], 0, c[2]], [0, c[1], c[3]], [0, 0, 1]])
        normal.append(cv2.undistortPoints(points[:, None, 3 + 2 * v:5 + 2 * v].copy(), K, c[4:9]).reshape(-1, 2).T)
        P.append(np.column_stack([c[9:18].reshape(3, 3), c[18:21]]))
    pairs = [cv2.triangulatePoints(P[a], P[b], normal[a], normal[b]) for a in range(VIEWS) for b in range(a + 1, VIEWS)]
    found = np.median([p[:3] / p[3] for p in pairs], axis=0).T
    seconds = time.perf_counter() - start
    error = 1000 * np.linalg.norm(found - points[:, :3], axis=1)
    return len(points) / seconds / 1000, np.median(error), np.median(error[points[:, 11] < VIEWS])


def points():
    with tempfile.NamedTemporaryFile() as file:
        numbers = [float(x) for x in run(f"{BUILD}/tests/bench/bench_points", file.name).split()[1:]]
        try:
            cv2 = cv2_pairs(file.name)
        except ImportError:
            cv2 = None
    peer = (lambda k: f"cv2, median of pairs {cv2[k]:.3g}; " if cv2 else "")
    row("robust points, thousand a second", numbers[0], least=1500, peers=peer(0) + "published: Pose2Sim 3.4, EasyMocap 3.9, aniposelib 1.4")
    row("  median mm", numbers[2], most=3.3, peers=peer(1) + f"least squares on the true sights {numbers[5]:.3g}")
    row("  p99 mm", numbers[3], most=9.5, peers=f"least squares on the true sights {numbers[6]:.3g}")
    row("  median mm, a sight off", numbers[4], most=4.0, peers=peer(2) + f"least squares on the true sights {numbers[7]:.3g}")


def made_up():
    line = run(f"{BUILD}/tests/bench/bench_people").split()
    row("16 views, 10 people: median ms a frame", float(line[3]), most=10)
    told = run(f"{BUILD}/tests/prop_triangulate_walkers")
    ours, best = (float(x) for x in re.search(r"mean ([\d.]+) mm, least squares on the true sights ([\d.]+)", told).groups())
    row("4 crossing, 2,000 frames: error over least squares'", round(ours / best, 3), most=1.1, peers=f"{ours} mm, {best} mm; no id switch")
    held = [float(x) for x in re.findall(r"hold the truth ([\d.]+) %", run(f"{BUILD}/tests/prop_triangulate_uncertainty"))]
    row("95 % ellipsoids hold the truth: least %", min(held), least=90)
    row("  most %", max(held), most=97)


def shelf_pcp(what, folder, skeleton):
    session.rigpose("run", f"{folder}/rig.yaml")
    for result, name in (("70_people3d", "frame by frame"), ("80_motion", "refined")):
        pcp = session.loads(session.rigpose("eval", f"{folder}/out/{result}.yaml", f"{folder}/truth.yaml").stdout)["pcp"]
        row(f"Shelf, {what}, {name}: PCP", pcp["average"], least=97.5, peers=f"{pcp['persons']}; 4DAssociation 95.6")
        row("  persons 2 and 4, the lesser", min(pcp["persons"][1], pcp["persons"][3]), least=92, peers="4DAssociation 88.4")
    views = list(session.load(f"{folder}/cameras.yaml")["cameras"])
    line = run(f"{BUILD}/tests/bench/bench_people", f"{folder}/cameras.yaml", f"configs/skeletons/{skeleton}.yaml",
               *(f"{folder}/out/60_people2d/{v}.yaml" for v in views)).split()
    row("  median ms a frame", float(line[3]), most=0.7, peers="4DAssociation 2.8, and 4.5 for its update")
    row("  p95 ms a frame", float(line[4]), most=2, peers="4DAssociation 14")


def real():
    source = session.real_data("shelf")
    folder = session.folder()
    shelf.write(source, folder, motion={})
    shelf_pcp("people", folder, "coco17")
    folder = session.folder()
    shelf.write_candidates(source, folder, motion={})
    shelf_pcp("candidates", folder, "body25")


points()
made_up()
try:
    real()
except SystemExit:
    pass
for line in rows:
    print("{:50} {:>9} {:>9} {:6} {}".format(*line))
