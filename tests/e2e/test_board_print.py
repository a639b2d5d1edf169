"""Boards to print: what a printer would make of the PDF, and a plotter of the SVG, is the board that the YAML beside them describes, to scale."""
import os
import re
import resource
import shutil
import subprocess
import xml.etree.ElementTree

import cv2
import numpy as np

import session
from session import check, check_at_least, check_at_most, refused, rigpose

FINE = 4  # pixels of the print each way that make one of the camera's
SCALE_OFF = {"pdf": 1e-4, "svg": 5e-5}  # of a length: pdftoppm puts edges on quarters of its pixels, rsvg-convert fits the page to whole ones
CORNER_PX = {"pdf": 0.05, "svg": 0.02}  # rms, of a camera's pixels, for the first of these reasons
PLACE_PX = 1     # of the print: the page's height is no whole number of them
TICK_PX = 0.5    # of the print, of a tick four wide
SAME_GREY = 2    # mean difference of the two pictures in grey values: edges are smoothed in two ways
OPENCV_PX = 0.2  # of a camera's pixels, the farthest of OpenCV's corners from ours
TURN = 0.07      # rad: no edge runs along the pixels, whose phase would stay in every place
aruco = getattr(cv2, "aruco", None)
KINDS = {"chessboard": {"corners": [9, 6]}, "charuco": {"corners": [9, 6], "dictionary": "5x5_100"},
         "aprilgrid": {"tags": [6, 4], "dictionary": "36h11", "first_row": "bottom"}}
PRINTS = [("chessboard", "Letter", (279.4, 215.9), 600), ("charuco", "a4", (297, 210), 600), ("aprilgrid", "a3", (420, 297), 400),
          ("charuco", "700x1000", (1000, 700), 160)]  # kind, paper, page in mm, dots an inch


def nominal_mm(board):
    """Corners of a board as its YAML describes it, row by row, millimetres from corner 0."""
    if board["kind"] == "aprilgrid":
        step, edge = board["tag_m"] + board["gap_m"], board["tag_m"]
        along = [[step * (i // 2) + edge * (i % 2) for i in range(2 * n)] for n in board["tags"]]
    else:
        along = [[board["square_m"] * i for i in range(n)] for n in board["corners"]]
    return 1000 * np.array([(x, y) for y in along[1] for x in along[0]])


def print_pdf(folder, dpi):
    """What a printer makes of it."""
    done = subprocess.run(["pdftoppm", "-r", str(dpi), "-gray", "-singlefile", f"{folder}/board.pdf", f"{folder}/fine"], capture_output=True, text=True, check=True)
    check("the PDF is read without a complaint", done.stderr == "", done.stderr)
    return cv2.imread(f"{folder}/fine.pgm", cv2.IMREAD_GRAYSCALE)


def print_svg(folder, dpi):
    """What a plotter makes of it."""
    subprocess.run(["rsvg-convert", "-d", str(dpi), "-p", str(dpi), "-o", f"{folder}/fine.png", f"{folder}/board.svg"], check=True)
    return cv2.imread(f"{folder}/fine.png", cv2.IMREAD_GRAYSCALE)


def photograph(print_):
    """What a camera sees that looks straight down at it, turned by TURN: FINE pixels each way make one, and a little blur."""
    height, width = print_.shape
    size = int(np.ceil((width + height * np.sin(TURN)) / FINE)) * FINE, int(np.ceil((height + width * np.sin(TURN)) / FINE)) * FINE
    fine = cv2.warpAffine(print_, turned(np.eye(2), height).T, size, flags=cv2.INTER_LINEAR, borderValue=110)
    return cv2.GaussianBlur(cv2.resize(fine, (size[0] // FINE, size[1] // FINE), interpolation=cv2.INTER_AREA), (0, 0), 0.6)


def turned(axes, height):
    """Where the camera has the page's origin and axes, in pixels of the print: rows of x, of y, of the origin."""
    c, s = np.cos(TURN), np.sin(TURN)
    return np.vstack([axes @ [[c, s], [-s, c]], [height * s, 0]])


def svg_shapes(folder):
    """The shapes of the SVG as corners in millimetres; it says that its unit is one."""
    root = xml.etree.ElementTree.parse(f"{folder}/board.svg").getroot()
    check("the SVG's unit is a millimetre", root.get("viewBox") == f"0 0 {root.get('width')[:-2]} {root.get('height')[:-2]}" and root.get("width").endswith("mm"))
    path = root.find("{http://www.w3.org/2000/svg}path").get("d")
    return np.array([[float(n) for n in re.findall(r"[-\d.]+", shape)] for shape in path.split("Z")[:-1]]).reshape(-1, 4, 2)


def ruler_ticks(shapes, axis):
    """Places of the ticks of the ruler along an axis, millimetres: thin boxes across it, in a row."""
    size = shapes.max(1) - shapes.min(1)
    thin = shapes[(np.abs(size[:, axis] - 0.15) < 0.001) & (size[:, 1 - axis] > 1) & (size[:, 1 - axis] < 3.3)]
    return np.sort((thin.max(1) + thin.min(1))[:, axis] / 2), thin


def rulers_measure(name, shapes, print_, dpi):
    """In the print the ticks of both rulers are a millimetre apart, from first to last."""
    mm = 25.4 / dpi  # a pixel
    for axis in range(2):
        ticks, thin = ruler_ticks(shapes, axis)
        ends = thin[:, :, 1 - axis]
        line = ends.min() + 0.7 if axis == 0 else ends.max() - 0.7  # mm; across the shortest ticks
        at = int(round(line / mm - 0.5))
        ink = 255.0 - (print_[at] if axis == 0 else print_[:, at])
        where = (np.arange(len(ink)) + 0.5) * mm
        number = np.floor(where - ticks[0] + 0.5).astype(int)
        seen = np.array([(where * ink)[number == k].sum() / ink[number == k].sum() for k in range(len(ticks))])
        check_at_least(f"{name}: ticks of the ruler along {'xy'[axis]}", len(ticks), 101)
        check_at_most(f"{name}: ticks off whole millimetres, px", np.abs(seen - seen.mean() - np.arange(len(seen)) + (len(seen) - 1) / 2).max() / mm, TICK_PX)
        slope = np.polyfit(np.arange(len(seen)), seen, 1)[0]
        check_at_most(f"{name}: ruler along {'xy'[axis]} off scale", abs(slope - 1), SCALE_OFF["pdf"])


def corners_measure(name, folder, board, first, height, dpi):
    """`corners` finds the board by the YAML as it was written, where it is to be, in both pictures."""
    rig = {**session.load(f"{folder}/board.yaml"), "feeds": {"p": {"views": ["pdf"]}, "s": {"views": ["svg"]}},
           "recordings": {"print": {"p": "pdf.png", "s": "svg.png"}}, "intrinsics": {"from": "print"}}
    session.dump(f"{folder}/rig.yaml", rig)
    rigpose("corners", f"{folder}/rig.yaml")
    at, mm = nominal_mm(board), 25.4 * FINE / dpi  # a camera's pixel
    found = session.load(f"{folder}/out/20_corners.yaml")["recordings"]["print"]
    places = {}
    for view in ("pdf", "svg"):
        frames = found[view]["frames"]
        corners = frames[0]["corners"] if frames else []
        check(f"{name}, {view}: all corners are found", len(corners) == len(at) and all(corners), corners)
        q = np.array(corners)
        c, s = np.cos(TURN), np.sin(TURN)
        on_page = (FINE * (q + 0.5) - 0.5 - [height * s, 0]) @ [[c, -s], [s, c]] + 0.5  # pixels of the print from the page's edge
        affine, *_ = np.linalg.lstsq(np.column_stack([at, np.ones(len(at))]), on_page * mm / FINE, rcond=None)
        print(f"{name}, {view}: scale {affine[0][0]:.6f} {affine[1][1]:.6f}, turned {affine[0][1]:.1e} {affine[1][0]:.1e}")
        check_at_most(f"{name}, {view}: scale off", np.abs(affine[:2] - np.eye(2)).max(), SCALE_OFF[view])
        check_at_most(f"{name}, {view}: first corner off the drawing, px", np.abs(affine[2] - first).max() / mm * FINE, PLACE_PX)
        off = (np.column_stack([at, np.ones(len(at))]) @ affine) / mm - on_page / FINE
        check_at_most(f"{name}, {view}: rms px off the plan", np.sqrt((off ** 2).sum(1).mean()), CORNER_PX[view])
        places[view] = q
    return places


def opencv_reads(name, picture, board, places):
    """OpenCV's own detector reads the same ids in the same places; of ChArUco boards its own corners are where ours are."""
    if board["kind"] == "chessboard":
        found, q = cv2.findChessboardCornersSB(picture, board["corners"])
        check(f"{name}: OpenCV finds it", found)
        off = np.linalg.norm(q - places[None], axis=2).min(1)  # it may begin at another end
        check_at_most(f"{name}: its corners from ours, px", off.max(), OPENCV_PX)
        return
    if aruco is None or not hasattr(aruco, "CharucoBoard_create"):
        session.leave_out("no aruco of OpenCV 4.6")
        return
    parameters = aruco.DetectorParameters_create()
    if board["kind"] == "charuco":
        dictionary = aruco.getPredefinedDictionary(getattr(aruco, f"DICT_{board['dictionary'].upper()}"))
        drawn = aruco.CharucoBoard_create(board["corners"][0] + 1, board["corners"][1] + 1, board["square_m"], board["marker_m"], dictionary)
        corners, ids, _ = aruco.detectMarkers(picture, dictionary, parameters=parameters)
        check(f"{name}: OpenCV reads every marker", ids is not None and sorted(ids.ravel()) == sorted(drawn.ids.ravel()))
        n, q, which = aruco.interpolateCornersCharuco(corners, ids, picture, drawn)
        check(f"{name}: OpenCV finds all corners of its own board", n == len(places), n)
        check_at_most(f"{name}: its corners from ours, px", np.linalg.norm(q[:, 0] - 0.5 - places[which.ravel()], axis=1).max(), OPENCV_PX)  # 4.6 is half a pixel off
        return
    parameters.markerBorderBits = 2  # as Kalibr prints them
    parameters.cornerRefinementMethod = aruco.CORNER_REFINE_SUBPIX
    dictionary = aruco.getPredefinedDictionary(getattr(aruco, f"DICT_APRILTAG_{board['dictionary']}"))
    corners, ids, _ = aruco.detectMarkers(picture, dictionary, parameters=parameters)
    across, down = board["tags"]
    check(f"{name}: OpenCV reads every tag", ids is not None and sorted(ids.ravel()) == list(range(across * down)), ids)
    off = 0
    for q, tag in zip(corners, ids.ravel()):
        row = down - 1 - tag // across if board["first_row"] == "bottom" else tag // across
        first = 2 * row * 2 * across + 2 * (tag % across)
        ours = places[[first + 2 * across + 1, first + 2 * across, first, first + 1]]  # its tags stand on their heads
        off = max(off, np.linalg.norm(q[0] - ours, axis=1).max())
    check_at_most(f"{name}: its tags from ours, px", off, OPENCV_PX)


def try_print(name, folder, page, dpi):
    board = session.load(f"{folder}/board.yaml")["board"]
    made, shown = {"pdf": print_pdf(folder, dpi), "svg": print_svg(folder, dpi)}, {}
    for kind, print_ in made.items():
        size = np.array(print_.shape[::-1]) * 25.4 / dpi
        check_at_most(f"{name}, {kind}: page off {page}, px", np.abs(size - page).max() * dpi / 25.4, 1)
        shown[kind] = photograph(print_)
        cv2.imwrite(f"{folder}/{kind}.png", shown[kind])
    check_at_most(f"{name}: SVG from PDF, grey values", np.abs(shown["pdf"].astype(float) - shown["svg"]).mean(), SAME_GREY)
    shapes = svg_shapes(folder)
    check(f"{name}: nothing is within 5 mm of the page's edges", (shapes > 4.9).all() and (shapes < np.array(page) - 4.9).all(), (shapes.min((0, 1)), shapes.max((0, 1))))
    rulers_measure(name, shapes, made["pdf"], dpi)
    places = corners_measure(name, folder, board, shapes[0].max(0), made["pdf"].shape[0], dpi)  # corner 0: where the first black square ends
    opencv_reads(name, shown["svg"], board, places["svg"])
    return board


def text_fits(name, folder, page):
    """Every word of the PDF lies on its page, and the text says what the board is."""
    told = subprocess.run(["pdftotext", "-bbox", f"{folder}/board.pdf", "-"], capture_output=True, text=True, check=True).stdout
    boxes = np.array([[float(n) for n in re.findall(r'M..="([-\d.]+)"', line)] for line in told.splitlines() if "<word " in line]) * 25.4 / 72
    check(f"{name}: words keep to the page", (boxes > 4).all() and (boxes[:, 2:] < np.array(page) - 4).all(), (boxes.min(0), boxes.max(0)))
    words = " ".join(re.findall(r">([^<]+)</word>", told))
    check(f"{name}: it asks for 100 %", "Print at 100 %" in words and "measure both rulers" in words, words)
    return words


if not shutil.which("pdftoppm") or not shutil.which("rsvg-convert"):
    print("skipped: no pdftoppm (poppler-utils) or no rsvg-convert (librsvg2-bin)")
    raise SystemExit(session.SKIPPED)

folder = session.folder()
for kind, paper, page, dpi in PRINTS:
    name, made = f"{kind} on {paper}", f"{folder}/{kind}_{paper}"
    told = rigpose("board", "--kind", kind, "--paper", paper, "--dir", made).stderr
    check(f"{name}: how to print it is told, and nothing is said against it", "100 %" in told and "warning" not in told, told)
    first = session.tree_bytes(made)
    board = try_print(name, made, page, dpi)
    check(f"{name}: the board that was asked for", {"kind": kind, **KINDS[kind]}.items() <= board.items(), board)
    edge_mm = 1000 * (board.get("square_m") or board["tag_m"])
    check(f"{name}: round squares", abs(edge_mm - round(edge_mm)) < 1e-9, board)
    words = text_fits(name, made, page)
    check(f"{name}: the text has its sizes", f"of {edge_mm:g} mm" in words, words)
    rigpose("board", f"{made}/board.yaml", "--paper", paper, "--dir", f"{made}_again")
    check(f"{name}: its YAML makes it again, byte by byte", first == session.tree_bytes(f"{made}_again") and len(first) == 3)

# Boards as rigs describe them: each is found by the same description, and its page says which OpenCV reads it.
DESCRIBED_DPI = 300
MARKED = {"kind": "charuco", "square_m": 0.02, "marker_m": 0.0145}
DESCRIBED = [
    ({**MARKED, "corners": [8, 5], "dictionary": "4x4_100", "first_id": 20}, "OpenCV reads this pattern from version 4.6 on.", ""),
    ({**MARKED, "corners": [8, 5], "dictionary": "original", "first_square": "white"}, "after setLegacyPattern(true).", ""),
    ({**MARKED, "corners": [8, 6], "dictionary": "7x7_50", "first_square": "white"}, "OpenCV has no such pattern.", ""),
    ({**MARKED, "corners": [5, 8], "dictionary": "6x6_250"}, "Every version of OpenCV reads this pattern.", ""),
    ({"kind": "aprilgrid", "tags": [4, 5], "tag_m": 0.03, "gap_m": 0.01, "dictionary": "25h9", "first_row": "top"}, "the first at the top left.", ""),
    ({"kind": "aprilgrid", "tags": [2, 1], "tag_m": 0.05, "gap_m": 0.0155}, "Kalibr: tagCols: 2, tagRows: 1, tagSize: 0.05, tagSpacing: 0.31.", ""),
    ({"kind": "chessboard", "corners": [7, 7], "square_m": 0.0185}, "8 x 8 squares of 18.5 mm", "7 x 7 inner corners look the same when the board is turned by half"),
]
for number, (board, says, warns) in enumerate(DESCRIBED):
    made = f"{folder}/described_{number}"
    os.makedirs(made)
    # A rig in the making: what else is missing or wrong in it does not matter here.
    session.dump(f"{made}/draft.yaml", {"schema": "rigpose/rig/1", "feeds": {"a": {"views": None}}, "board": board, "take": "nowhere"})
    told = rigpose("board", f"{made}/draft.yaml", "--dir", made).stderr
    check(f"{board}: warned of or not", warns in told if warns else "warning" not in told, told)
    written = session.load(f"{made}/board.yaml")
    check(f"{board}: the YAML says the same", board.items() <= written["board"].items(), written)
    print_ = print_pdf(made, DESCRIBED_DPI)
    words = text_fits(f"{board}", made, np.array(print_.shape[::-1]) * 25.4 / DESCRIBED_DPI)
    check(f"{board}: the page says '{says}'", says in words, words)
    cv2.imwrite(f"{made}/pdf.png", photograph(print_))
    session.dump(f"{made}/rig.yaml", {**written, "feeds": {"p": {"views": ["pdf"]}}, "recordings": {"print": {"p": "pdf.png"}}, "intrinsics": {"from": "print"}})
    rigpose("corners", f"{made}/rig.yaml")
    frames = session.load(f"{made}/out/20_corners.yaml")["recordings"]["print"]["pdf"]["frames"]
    check(f"{board}: all corners are found", len(frames) == 1 and all(frames[0]["corners"]), frames)

# What cannot be made is refused, and nothing is left.
os.chdir(folder)
rig = f"{folder}/rig.yaml"
LARGE = {"kind": "charuco", "corners": [9, 6], "square_m": 0.04, "marker_m": 0.03, "dictionary": "5x5_100"}


def refuses(board, *options, contains, code=2):
    session.dump(rig, {"schema": "rigpose/rig/1", "board": board})
    refused("board", rig, *options, code=code, contains=contains)
    check(f"{board} {options}: nothing is left", not os.path.exists("board"))


refuses(LARGE, contains=["needs", "paper 'a4' has 210 x 297 mm; it fits on a2"])
refuses({**LARGE, "square_m": 4, "marker_m": 3}, contains=["paper 'a4' has 210 x 297 mm"])
refuses({**LARGE, "corners": [20, 14], "square_m": 0.008, "marker_m": 0.006}, contains=["markers 0 to 156, but dictionary '5x5_100' ends at 99"])
refuses({**LARGE, "square_m": None}, contains=["board.square_m: not filled in"])
refuses({**LARGE, "marker_m": 0.039}, contains=["board.marker_m: 0.039, expected at most 0.9 of square_m"])
refuses({**LARGE, "squares": 4}, contains=["board.squares", "unknown key"])
refuses({**LARGE, "gap_m": 4}, contains=["board.gap_m: does not apply to kind charuco"])
refuses([9, 6], contains=["board: wrong type"])
refuses({"kind": "chessboard", "corners": [9, 6], "square_m": 0.02}, "--kind", "charuco", contains=["option '--kind' is for a board without a FILE"])
for wrong in ("a5", "", "0x0", "10x10", "300", "300x", "x300", "300x300x", "300x9000", "nanx300"):
    refused("board", "--paper", wrong, code=2, contains=[f"option '--paper': '{wrong}', expected a4, a3, a2, a1, a0, letter"])
refused("board", "--paper", "100x60", code=2, contains=["needs", "paper '100x60' has 100 x 60 mm; it fits on a4"])
refused("board", "--kind", "chess", code=2, contains=["option '--kind': 'chess', expected one of chessboard, charuco, aprilgrid"])
refused("board", "nowhere.yaml", code=2, contains=["nowhere.yaml"])
session.dump(rig, {"schema": "rigpose/rig/1", "feeds": {}})
refused("board", rig, code=2, contains=["board"])
session.dump(rig, {"board": LARGE})
refused("board", rig, code=2, contains=["schema"])
check("nothing is left of all these", not os.path.exists("board"))
session.dump(rig, {"schema": "rigpose/rig/1", "board": {"kind": "chessboard", "corners": [9, 6], "square_m": 0.00025}})
check("squares a hundred times too small are warned of", "squares of 0.25 mm are hardly printed" in rigpose("board", rig, "--dir", "small").stderr)
rigpose("board", "--kind", "chessboard")
before = session.tree_bytes("board")
refused("board", code=1, contains=["cannot write 'board/board."], preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (30000, 30000)))
check("a full disk leaves the board that was there", session.tree_bytes("board") == before and len(before) == 3, before.keys())
session.dump("file", {})
refused("board", "--dir", "file/board", code=1, contains=["file"])
session.finish()
