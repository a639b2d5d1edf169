"""`rigpose overlay`: what each stage found, drawn on footage of a made-up rig whose results are files of this test."""
import os
import shutil
import subprocess

import cv2
import numpy as np

import session
from session import check, check_at_most, refused, rigpose

FRAMES, FPS, SIZE, BASE_M = 12, 25, (641, 481), 0.4  # odd sides: H.264 needs even ones
COLS, ROWS, SQUARE_M = 5, 4, 0.1
BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILLION, YELLOW = PALETTE = [
    (0x00, 0x72, 0xB2), (0xE6, 0x9F, 0x00), (0x00, 0x9E, 0x73), (0xCC, 0x79, 0xA7), (0x56, 0xB4, 0xE9), (0xD5, 0x5E, 0x00), (0xF0, 0xE4, 0x42)]
VIVID_LEAST = 50  # of 255, the difference of a pixel's strongest and weakest channel: the footage has 0, palest marks 100
DARK_MOST = 60    # of 255, the middle of a ring: black, but for what the encoder takes from around it
folder = session.folder()

# --- a rig: two cameras side by side, a metre and a half over the floor, that look along the world's y ---------------------------------------------
K = (600.0, 600.0, 320.0, 240.0)
DOWN = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]], float)  # world to camera: x right, z up is y down, y is depth


def t_of(view):
    centre = np.array([BASE_M * (view == "right") - BASE_M / 2, -4, 1.5])
    return -DOWN @ centre


def project(view, p):
    x, y, z = DOWN @ np.asarray(p, float) + t_of(view)
    return float(K[0] * x / z + K[2]), float(K[1] * y / z + K[3])


def camera(view, **more):
    rvec = cv2.Rodrigues(DOWN)[0].ravel().tolist()
    return {"size": list(SIZE), "lens": "pinhole0", "K": list(K), "Rt_cam_world": {"rvec": rvec, "t_m": t_of(view).tolist()}, **more}


def board(frame):  # it leans back two metres before the cameras, and moves to the right
    return [(-0.25 + 0.02 * frame + SQUARE_M * i, -2 - 0.6 * SQUARE_M * j, 1.8 - 0.8 * SQUARE_M * j) for j in range(ROWS) for i in range(COLS)]


LOST, FRAME_OUT, TURNED = 5, 3, 7  # frames without a board, left out, and whose corners the right view has from their other end
OFF_PX, RMS_PX = 0.5, 0.05         # a corner off in the right view, and what the file says of the rms


def corners(view, frame):
    q = [list(project(view, p)) for p in board(frame)]
    if view == "right":
        q[7][0] -= OFF_PX
        q = q[::-1] if frame == TURNED else q
    return {"frame": frame, "corners": q}


def write_results(out):
    os.makedirs(f"{out}/60_people2d", exist_ok=True)
    views = ("left", "right")
    session.dump(f"{out}/20_corners.yaml", {
        "schema": "rigpose/corners/1", "board": {"kind": "chessboard", "corners": [COLS, ROWS], "square_m": SQUARE_M},
        "recordings": {"board": {v: {"size": list(SIZE), "frames": [corners(v, f) for f in range(FRAMES) if f != LOST]} for v in views}}})
    fits = [{"frame": f, **({"left_out": "rms"} if f == FRAME_OUT else {"rms_px": RMS_PX})} for f in range(FRAMES) if f != LOST]
    cameras = {v: camera(v, rms_px=RMS_PX, n_frames=FRAMES - 2, fits=fits) for v in views}
    for name, schema in (("30_intrinsics", "intrinsics"), ("40_extrinsics", "extrinsics")):
        session.dump(f"{out}/{name}.yaml", {"schema": f"rigpose/{schema}/1", "cameras": cameras})
    P = [K[0], 0, K[2], 0, 0, K[1], K[3], 0, 0, 0, 1, 0]
    P2 = P[:3] + [-K[0] * BASE_M] + P[4:]
    eye = [1, 0, 0, 0, 1, 0, 0, 0, 1]
    session.dump(f"{out}/50_stereo.yaml", {
        "schema": "rigpose/stereo/1", "pair": list(views), "Rt_right_left": {"rvec": [0, 0, 0], "t_m": [-BASE_M, 0, 0]}, "E": [0] * 9, "F": [0] * 8 + [1],
        "R1": eye, "R2": eye, "P1": P, "P2": P2, "Q": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]})
    for v in views:
        session.dump(f"{out}/60_people2d/{v}.yaml", {
            "schema": "rigpose/people2d/1", "view": v, "skeleton": "coco17", "tags": False,
            "frames": [{"frame": f, "people": [{"joints": [[*project(v, p), 1] for p in person(x, f)]} for x in PEOPLE.values()]} for f in range(FRAMES)]})
    for name, filled in (("70_people3d", ()), ("80_motion", (FILLED,))):
        session.dump(f"{out}/{name}.yaml", {
            "schema": "rigpose/people3d/1", "skeleton": "coco17", "fps": FPS, "views": list(views),
            "frames": [{"frame": f, "people": [{"id": i, "joints": [{"p_m": list(p), **({"state": "filled"} if k in filled else {"views": list(views)})}
                                                                      for k, p in enumerate(person(x, f))]} for i, x in PEOPLE.items()]} for f in range(FRAMES)]})


# --- people: ids and where they stand; joints two abreast, every other one on the right --------------------------------------------------------------
PEOPLE = {1: -0.5, 3: 0.7}
FILLED, SEEN = 9, 10  # a left and a right wrist


def person(x, frame):
    return [(x + 0.01 * frame + (0.25 if k % 2 else 0), 0.5, 2.3 - 0.12 * (k // 2)) for k in range(17)]


# --- footage and rigs ----------------------------------------------------------------------------------------------------------------------------
def footage(name, width=2 * SIZE[0]):
    writer = cv2.VideoWriter(f"{folder}/{name}", cv2.VideoWriter_fourcc(*"mp4v"), FPS, (width, SIZE[1] + 1))
    for _ in range(FRAMES):
        writer.write(np.full((SIZE[1] + 1, width, 3), 120, np.uint8))
    writer.release()


def rig(name, **more):
    made = {"schema": "rigpose/rig/1", "feeds": {"pair": {"views": ["left", "right"]}},
            "views": {"left": {"rect": [0, 0, *SIZE]}, "right": {"rect": [SIZE[0], 0, *SIZE]}},
            "board": {"kind": "chessboard", "corners": [COLS, ROWS], "square_m": SQUARE_M}, "recordings": {"board": {"pair": "board.mp4"}, "walk": {"pair": "walk.mp4"}},
            "intrinsics": {"from": "board"}, "extrinsics": {"from": "board", "world": {"camera": "left"}}, "stereo": {"from": "board", "pair": ["left", "right"]},
            "take": "walk", "keypoints": {"source": "yaml"}, "skeleton": "coco17", "motion": {}, "out": f"out_{name}", **more}
    session.dump(f"{folder}/{name}.yaml", made)
    return f"{folder}/{name}.yaml"


def pictures(path):
    video, found = cv2.VideoCapture(path), []
    while True:
        got, picture = video.read()
        if not got:
            return found
        found.append(picture[:, :, ::-1])


def patch(picture, q, reach=3):
    x, y = (int(round(v)) for v in q)
    return picture[max(y - reach, 0):y + reach + 1, max(x - reach, 0):x + reach + 1].reshape(-1, 3).astype(int)


def colour_at(picture, q, reach=3):
    """The colour of the palette that the most vivid pixel around a place is nearest to, by hue; None where all is grey."""
    around = patch(picture, q, reach)
    vivid = around[np.argmax(around.max(1) - around.min(1))]
    if vivid.max() - vivid.min() < VIVID_LEAST:
        return None

    def hue(colour):
        centred = np.asarray(colour, float) - np.mean(colour)
        return centred / np.linalg.norm(centred)
    nearest = max(PALETTE, key=lambda colour: hue(colour) @ hue(vivid))
    return BLUE if nearest == SKY else nearest  # one hue


def probe_check(what, path, width=SIZE[0] + 1, codec="h264", n=FRAMES):
    if shutil.which("ffprobe") is None:
        session.leave_out("no ffprobe")
        return
    fields = "codec_name,pix_fmt,width,height,r_frame_rate,nb_frames"
    said = subprocess.run(["ffprobe", "-v", "error", "-show_entries", f"stream={fields}", "-of", "default=noprint_wrappers=1", path], capture_output=True, text=True,
                          check=True).stdout
    seen = dict(line.split("=") for line in said.split())
    expected = {"codec_name": codec, "pix_fmt": "yuv420p", "width": str(width), "height": str(SIZE[1] + 1), "r_frame_rate": f"{FPS}/1", "nb_frames": str(n)}
    check(f"{what}: {codec}, even, as many frames as the footage, as fast", seen == expected, seen)
    with open(path, "rb") as stream:
        start = stream.read()
    check(f"{what}: the index stands in front", 0 < start.find(b"moov") < start.find(b"mdat"))


footage("board.mp4"), footage("walk.mp4")
whole = rig("whole")

# --- refused, and the default ------------------------------------------------------------------------------------------------------------------------
refused("overlay", whole, code=1, contains=["overlay needs a result", "rigpose run"])
refused("overlay", whole, "--stage", "corners", code=1, contains=["overlay needs 20_corners.yaml", "run `rigpose corners"])
refused("overlay", whole, "--stage", "triangulate", code=1, contains=["overlay needs 70_people3d.yaml", "run `rigpose triangulate"])
refused("overlay", whole, "--stage", "watch", code=2, contains=["'watch'", "expected one of corners, intrinsics, extrinsics, stereo, keypoints, triangulate, refine"])
no_stereo = rig("no_stereo", stereo=None)
refused("overlay", no_stereo, "--stage", "stereo", code=2, contains=["stereo is not configured"])
write_results(f"{folder}/out_whole")
said = rigpose("overlay", whole).stderr
check("the last stage with a result is drawn", "overlay: refine in" in said and os.listdir(f"{folder}/out_whole/overlay") == ["refine"], said)
os.remove(f"{folder}/out_whole/80_motion.yaml")
check("else the one before", "overlay: triangulate in" in rigpose("overlay", whole).stderr)
write_results(f"{folder}/out_whole")
drawn = f"{folder}/out_whole/overlay"

# --- people ------------------------------------------------------------------------------------------------------------------------------------------
for stage in ("keypoints", "triangulate", "refine"):
    rigpose("overlay", whole, "--stage", stage)
    for view in ("left", "right"):
        probe_check(f"{stage}, {view}", f"{drawn}/{stage}/{view}.mp4")
        shown = pictures(f"{drawn}/{stage}/{view}.mp4")
        wanted = (BLUE, ORANGE) if stage == "keypoints" else (BLUE, GREEN)  # in 2D as they come; in space by id
        for frame in (0, FRAMES - 1):
            q = [project(view, person(x, frame)[SEEN]) for x in PEOPLE.values()]
            seen = tuple(colour_at(shown[frame], at) for at in q)
            check(f"{stage}, {view}, frame {frame}: joints have the person's colour", seen == wanted, seen)
            check(f"{stage}, {view}, frame {frame}: nothing where nobody is", colour_at(shown[frame], (q[0][0] + 60, q[0][1])) is None)
        middle = int(patch(shown[5], project(view, person(PEOPLE[1], 5)[FILLED]), 0).mean())
        if stage == "refine":
            check_at_most(f"{view}: a filled joint is a ring, dark inside", middle, DARK_MOST)
        else:
            check(f"{stage}, {view}: a joint that was seen is a disc", middle > DARK_MOST, middle)

# --- boards ------------------------------------------------------------------------------------------------------------------------------------------
for stage, inside in (("corners", "/board"), ("intrinsics", ""), ("extrinsics", "")):
    rigpose("overlay", whole, "--stage", stage)
    for view in ("left", "right"):
        probe_check(f"{stage}, {view}", f"{drawn}/{stage}{inside}/{view}.mp4")
shown = {stage: pictures(f"{drawn}/{stage}{inside}/right.mp4") for stage, inside in (("corners", "/board"), ("intrinsics", ""), ("extrinsics", ""))}
exact = {stage: pictures(f"{drawn}/{stage}/left.mp4") for stage in ("intrinsics", "extrinsics")}
for frame in (0, FRAME_OUT, FRAMES - 1):
    q = [project("right", p) for p in board(frame)]
    seen = [colour_at(shown["corners"][frame], q[i]) for i in (2, COLS * ROWS - 3)]
    check(f"corners, frame {frame}: from blue in the first row to yellow in the last", seen[0] == BLUE and seen[1] == YELLOW, seen)
    for stage in ("intrinsics", "extrinsics"):
        between = ((q[0][0] + q[1][0]) / 2, (q[0][1] + q[1][1]) / 2)
        check(f"{stage}, frame {frame}: the board in orange", colour_at(shown[stage][frame], between, 2) == ORANGE, colour_at(shown[stage][frame], between, 2))
        found = colour_at(exact[stage][frame], project("left", board(frame)[3]), 1)
        check(f"{stage}, frame {frame}: corners in blue, where no residual begins", found == BLUE, found)
        # 14 px, what 25 are in a picture of this size, over 0.05 px: times 200, and half a pixel is 100 long
        beside = colour_at(shown[stage][frame], (q[7][0] + 75, q[7][1]))
        check(f"{stage}, frame {frame}: a residual in red, magnified", beside == VERMILLION, beside)
empty = [project("right", p) for p in board(LOST)]
for stage in ("corners", "intrinsics"):
    check(f"{stage}: nothing is drawn where no board was found", colour_at(shown[stage][LOST], empty[2]) is None)
red = [int(((p[:, :, 0] > 120) & (p[:, :, 1] < 120) & (p[:, :, 2] < 60)).sum()) for p in shown["extrinsics"]]
check("a board from its other end has the residuals that the others have", red[LOST] < red[TURNED] <= 1.5 * red[0], red)
for axis, colour in enumerate((VERMILLION, GREEN, BLUE)):
    p = [0, 0, 0]
    p[axis] = 0.3
    if axis == 1:  # it runs away from the camera, along the others: its name tells
        p[axis] = 0.5
    q = project("right", p)
    seen = colour_at(shown["extrinsics"][LOST], (q[0] + 6 * (axis == 1), q[1] - 6 * (axis == 1)), 2)
    check(f"extrinsics: axis {'xyz'[axis]} of the world", seen == colour, seen)

rigpose("overlay", whole, "--stage", "stereo")
for name in ("board", "walk"):
    probe_check(f"stereo, {name}", f"{drawn}/stereo/{name}.mp4", 2 * SIZE[0])
row = project("left", board(0)[0])[1]
sheet = pictures(f"{drawn}/stereo/board.mp4")[0]
seen = [colour_at(sheet, (x, row), 2) for x in (SIZE[0] - 40, 2 * SIZE[0] - 40)]
check("stereo: a row through a corner, across both pictures", all(c == BLUE for c in seen), seen)
seen = pictures(f"{drawn}/stereo/walk.mp4")[0]
joint = project("left", person(PEOPLE[3], 0)[SEEN])
check("stereo: and through the joints of the take", colour_at(seen, (2 * SIZE[0] - 20, joint[1]), 2) in (BLUE, ORANGE))

# The pair as two files, the right one a frame late: what was seen at one moment stands side by side.
two = rig("two", feeds={"a": {"views": ["left"]}, "b": {"views": ["right"]}}, recordings={r: {"a": "a.mp4", "b": "b.mp4"} for r in ("board", "walk")},
          views={"left": {"rect": [0, 0, *SIZE]}, "right": {"rect": [0, 0, *SIZE], "offset_s": 1 / FPS}})
footage("a.mp4", SIZE[0] + 1), footage("b.mp4", SIZE[0] + 1)
write_results(f"{folder}/out_two")
rigpose("overlay", two, "--stage", "stereo")
probe_check("stereo of two files", f"{folder}/out_two/overlay/stereo/walk.mp4", 2 * SIZE[0], n=FRAMES - 1)
rigpose("overlay", two, "--stage", "refine")
late = pictures(f"{folder}/out_two/overlay/refine/right.mp4")
for frame in (0, FRAMES - 2):  # its frame is the moment after
    seen = colour_at(late[frame], project("right", person(PEOPLE[1], frame + 1)[SEEN]), 2)
    check(f"a late view, frame {frame}: people of its moment", seen == BLUE, seen)

# --- known cameras, stale results, footage that is gone --------------------------------------------------------------------------------------------------
known = rig("known", intrinsics=None, extrinsics=None, stereo=None, cameras="out_whole/40_extrinsics.yaml")
rigpose("overlay", known, "--stage", "extrinsics")
seen = colour_at(pictures(f"{folder}/out_known/overlay/extrinsics/left.mp4")[0], project("left", (0.3, 0, 0)), 2)
check("the world of cameras that are known is drawn into the take", seen == VERMILLION, seen)

shutil.copytree(f"{folder}/out_whole/60_people2d", f"{folder}/out_known/60_people2d")
rigpose("triangulate", known)
check("a result that is current is drawn without a warning", "warning" not in rigpose("overlay", known, "--stage", "triangulate").stderr)
with open(f"{folder}/out_known/60_people2d/left.yaml", "a", encoding="utf-8") as stream:
    stream.write("# touched\n")
said = rigpose("overlay", known, "--stage", "triangulate").stderr
check("a stale one is warned of", "warning: 70_people3d.yaml is stale" in said and "`rigpose triangulate" in said, said)

os.rename(f"{folder}/walk.mp4", f"{folder}/gone.mp4")
refused("overlay", whole, "--stage", "refine", code=1, contains=["walk.mp4"])
check("what was drawn stays", os.path.exists(f"{drawn}/refine/left.mp4"))
check("nothing half made is left", not [n for n in os.listdir(f"{drawn}/refine") if "tmp" in n], os.listdir(f"{drawn}/refine"))
os.rename(f"{folder}/gone.mp4", f"{folder}/walk.mp4")
nothing = rig("nothing", recordings={"board": {"pair": "board.mp4"}, "walk": {"pair": None}})
write_results(f"{folder}/out_nothing")
refused("overlay", nothing, "--stage", "refine", code=1, contains=["recording 'walk' has no footage"])

# --- an FFmpeg without encoders of H.264 -----------------------------------------------------------------------------------------------------------------
if shutil.which("cc"):
    with open(f"{folder}/none.c", "w", encoding="utf-8") as stream:
        stream.write("const void *avcodec_find_encoder_by_name(const char *name) { (void)name; return 0; }\n")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", f"{folder}/none.so", f"{folder}/none.c"], check=True)
    done = rigpose("overlay", whole, "--stage", "refine", code=None, env={**os.environ, "LD_PRELOAD": f"{folder}/none.so"})
    if "ASan runtime does not come first" in done.stderr:
        session.leave_out("the sanitizer takes no library before it")
    else:
        check("it is said", done.returncode == 0 and "warning: FFmpeg has no H.264 encoder" in done.stderr and "browsers do not" in done.stderr, done.stderr)
        probe_check("MPEG-4 then", f"{drawn}/refine/left.mp4", codec="mpeg4")
else:
    session.leave_out("no C compiler")
session.finish()
