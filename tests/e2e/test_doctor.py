"""doctor: a healthy rig has no finding; each fault made into it is named, with exit code 1 and 90_doctor.yaml."""
import cv2
import numpy as np

import session
from made_boards import COLS, LENS, POSES, ROWS, STEP, corners_of, rig_make
from session import check

def examine(what, recordings, expected, named=(), **keys):
    folder = rig_make(recordings, **keys)
    done = session.rigpose("doctor", f"{folder}/rig.yaml", code=1 if expected else 0)
    result = session.load(f"{folder}/out/90_doctor.yaml")
    names = sorted({f["what"] for f in result["findings"]})
    check(f"{what}: findings", names == ([expected] if expected else []), result["findings"])
    if expected:
        check(f"{what}: the check says fault", result["checks"][expected] == "fault", result["checks"])
        check(f"{what}: views", set(named) == set(result["findings"][0].get("views", [])), result["findings"][0])
        check(f"{what}: advice on stderr", result["findings"][0]["advice"] in done.stderr, done.stderr)
    return result


moments = range(0, 40 * STEP, STEP)
board = corners_of(LENS, moments)
floor = corners_of(LENS, range(3))
distance = float(np.linalg.norm(POSES["c1"][0].T @ POSES["c1"][1] - POSES["c3"][0].T @ POSES["c3"][1]))

healthy = examine("sound", {"board": board, "floor": floor}, None,
                  extrinsics={"from": "board", "lengths": [["c1", "c3", distance]]})
check("healthy: all is known but the pair", [k for k, v in healthy["checks"].items() if v == "unknown"] == ["order"], healthy["checks"])

late = examine("a late view", {"board": corners_of(LENS, moments, late={"c3": 2.4})}, "clocks", ["c3"])["findings"][0]
check("its lateness to a tenth of a frame", abs(late["value"] - 2.4) < 0.1, late)
stated = float(late["advice"].split("offset_s: ")[1].split(" / ")[0]) / 30
examine("a late view, after the advice", {"board": corners_of(LENS, range(0, 120, 2), late={"c3": 2.4})}, None, views={"c3": {"offset_s": stated}},
        feeds={v: {"views": [v], "fps": 30} for v in LENS})

scale = examine("a wrong square", {"board": board}, "scale", ["c1", "c3"], square_m=0.12,
                extrinsics={"from": "board", "lengths": [["c1", "c3", distance]]})["findings"][0]
square = float(scale["advice"].split("square_m: ")[1].split()[0])
check("the right square is advised", abs(square - 0.1) < 1e-3, scale)
examine("a wrong square, after the advice", {"board": board}, None, square_m=square, extrinsics={"from": "board", "lengths": [["c1", "c3", distance]]})

swapped = corners_of(LENS, range(3), shown_by={"c2": "c4", "c4": "c2"})
examine("views exchanged in another recording", {"board": board, "floor": swapped}, "swapped", ["c2", "c4"])
examine("views exchanged between intrinsics and extrinsics",
        {"lens": board, "board": corners_of(LENS, moments, shown_by={"c1": "c4", "c4": "c1"})}, "swapped", ["c1", "c4"],
        intrinsics={"from": "lens"})

spans = {"c1": (0, 48), "c2": (0, 54), "c3": (75, 120), "c4": (63, 120)}
apart = {v: {**e, "frames": [f for f in e["frames"] if spans[v][0] <= f["frame"] < spans[v][1]]} for v, e in board.items()}
examine("no link", {"board": apart}, "links", ["c2", "c4"])

small = {v: {**e, "size": [1280, 720], "frames": [{**f, "corners": (np.array(f["corners"]) / 1.5).round(4).tolist()} for f in e["frames"]]} for v, e in floor.items()}
examine("another resolution", {"board": board, "floor": small}, "resolution", ["c1"])

# No board anywhere is a finding, and every other check says that it was not made, and why.
none = {v: {"size": [1920, 1080], "searched": 40, "frames": []} for v in LENS}
nowhere = examine("no board anywhere", {"board": none}, "boards")
check("no board: nothing else is said to be well", all(s != "ok" for k, s in nowhere["checks"].items() if k not in ("boards", "corners", "resolution")),
      nowhere["checks"])
check("no board: why of each unknown one", set(nowhere["unchecked"]) == {k for k, s in nowhere["checks"].items() if s == "unknown"} and
      all(nowhere["unchecked"].values()), nowhere)
examine("a view without boards", {"board": {**board, "c4": none["c4"]}}, "boards", ["c4"])

centre = POSES["c1"][0] @ (-POSES["c2"][0].T @ POSES["c2"][1]) + POSES["c1"][1]  # of c2 before c1
right_way = ["c1", "c2"] if centre[0] > 0 else ["c2", "c1"]
examine("the pair the right way round", {"board": board}, None, stereo={"from": "board", "pair": right_way})
examine("the pair the wrong way round", {"board": board}, "order", ["c1", "c2"], stereo={"from": "board", "pair": right_way[::-1]})

# Squares counted instead of corners: pictures, in which the board is found with one corner less each way.
folder = session.folder()
picture = np.full((720, 1280), 255, np.uint8)
for y in range(ROWS + 1):
    for x in range(COLS + 1):
        if (x + y) % 2 == 0:
            picture[110 + 60 * y:170 + 60 * y, 240 + 60 * x:300 + 60 * x] = 20
for i in range(4):
    M = np.float32([[1, 0.03 * i, 10 * i], [0.02 * i, 1, 5 * i]])
    cv2.imwrite(f"{folder}/b{i}.png", cv2.GaussianBlur(cv2.warpAffine(picture, M, (1280, 720), borderValue=255), (5, 5), 1))
rig = {"schema": "rigpose/rig/1", "feeds": {"f": {"views": ["c1"]}}, "board": {"corners": [COLS + 1, ROWS + 1], "square_m": 0.1},
       "recordings": {"board": {"f": "b%d.png"}}, "intrinsics": {"from": "board"}}
session.dump(f"{folder}/rig.yaml", rig)
session.refused("doctor", f"{folder}/rig.yaml", code=1, contains=["20_corners.yaml", "run `rigpose corners"])
session.rigpose("corners", f"{folder}/rig.yaml")
session.rigpose("doctor", f"{folder}/rig.yaml", code=1)
finding = session.load(f"{folder}/out/90_doctor.yaml")["findings"][0]
check("squares counted as corners", finding["what"] == "corners" and finding["advice"] == "board.corners: [9, 6]", finding)
rig["board"]["corners"] = [COLS, ROWS]
session.dump(f"{folder}/rig.yaml", rig)
session.rigpose("corners", f"{folder}/rig.yaml")
session.rigpose("doctor", f"{folder}/rig.yaml", code=1)
left = [f["what"] for f in session.load(f"{folder}/out/90_doctor.yaml")["findings"]]
check("corners counted right: what is left is that four boards make no lens", left == ["boards"], left)
session.finish()
