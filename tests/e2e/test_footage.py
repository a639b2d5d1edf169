"""What is known of the footage flows down from 10_feeds.yaml: footage that is gone leaves every result as it is, changed footage is told by
name, and equal files give equal results, whoever wrote them and whether the footage is there or not."""
import hashlib
import os
import shutil
import subprocess
import time

import cv2
import numpy as np

import session
from session import check, check_at_most, refused, rigpose

FPS, FRAMES, SIZE = 25, 22, (640, 480)
K = np.array([[600.0, 0, 322], [0, 602, 236], [0, 0, 1]])
SQUARE_M, SCALE = 0.04, 40  # pixels of the print a square
RT = [(np.eye(3), np.zeros(3)), (cv2.Rodrigues(np.array([0.02, -0.25, 0.01]))[0], np.array([-0.3, 0.01, 0.05]))]
PRINT = np.full((9 * SCALE, 12 * SCALE), 255, np.uint8)
for y in range(7):
    for x in range(10):
        if (x + y) % 2 == 0:
            PRINT[(y + 1) * SCALE:(y + 2) * SCALE, (x + 1) * SCALE:(x + 2) * SCALE] = 0
TRACE = shutil.which("strace")


def board_at(moment):
    """R, t of the board's first inner corner before the first camera; the board moves a hand's breadth a frame."""
    s = np.sin(np.array([0.9, 1.3, 1.7, 0.7, 1.1, 1.9]) * moment * 0.55 + np.arange(6))
    R = cv2.Rodrigues(np.array([0.5, 0.5, 0.3]) * s[:3])[0]
    return R, np.array([0.15, 0, 1.05]) + np.array([0.12, 0.08, 0.2]) * s[3:] - R @ np.array([0.16, 0.1, 0])


def picture(camera, moment):
    R, t = board_at(moment)
    Rc, tc = RT[camera]
    R, t = Rc @ R, Rc @ t + tc
    from_print = np.array([[SQUARE_M / SCALE, 0, -2 * SQUARE_M + 0.5 * SQUARE_M / SCALE],
                           [0, SQUARE_M / SCALE, -2 * SQUARE_M + 0.5 * SQUARE_M / SCALE], [0, 0, 1]])
    fine = np.array([[2, 0, 0.5], [0, 2, 0.5], [0, 0, 1]])
    H = fine @ K @ np.column_stack([R[:, 0], R[:, 1], t]) @ from_print
    large = cv2.warpPerspective(PRINT, H, (2 * SIZE[0], 2 * SIZE[1]), flags=cv2.INTER_LINEAR, borderValue=120)
    return cv2.cvtColor(cv2.resize(large, SIZE, interpolation=cv2.INTER_AREA), cv2.COLOR_GRAY2BGR)


def video(path, camera, moments):
    writer = cv2.VideoWriter(path, cv2.VideoWriter_fourcc(*"MJPG"), FPS, SIZE)
    for moment in moments:
        writer.write(picture(camera, moment))
    writer.release()


def people_write(path, camera, count=6):
    """One person of 17 dots a frame, as a detector of another program would have them."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    frames = []
    for f in range(count):
        p = np.array([[0.1 * (j % 5) - 0.2 + 0.02 * f, 0.1 * (j // 5) - 0.15, 1.5 + 0.02 * (j % 3)] for j in range(17)])
        R, t = RT[camera]
        q = (p @ R.T + t) @ K.T
        frames.append({"frame": f, "people": [{"joints": [[float(a), float(b), 0.9] for a, b in q[:, :2] / q[:, 2:]]}]})
    session.dump(path, {"schema": "rigpose/people2d/1", "view": f"c{camera + 1}", "skeleton": "coco17", "tags": False, "frames": frames})


def rig_write(folder, **more):
    """c2 began one frame late, and the rig says so."""
    session.dump(f"{folder}/rig.yaml", {
        "schema": "rigpose/rig/1", "feeds": {"c1": {"views": ["c1"]}, "c2": {"views": ["c2"]}}, "views": {"c2": {"offset_s": 1 / FPS}},
        "board": {"kind": "chessboard", "corners": [9, 6], "square_m": SQUARE_M},
        "recordings": {"board": {"c1": "board1.avi", "c2": "board2.avi"}, "walk": {"c1": "walk1.avi", "c2": "walk2.avi"}},
        "intrinsics": {"from": "board", "lens": "pinhole0"}, "extrinsics": {"from": "board"},
        "stereo": {"from": "board", "pair": ["c1", "c2"]}, "take": "walk", "keypoints": {"source": "yaml"}, "motion": {},
        "skeleton": "coco17", **more})
    return f"{folder}/rig.yaml"


def opened(folder, *command):
    """How often a command opened each file of footage; None without strace."""
    if not TRACE:
        print(f"skipped: no strace, which counts what {command[0]} opens")
        return None
    log = f"{session.folder()}/trace"
    done = subprocess.run([TRACE, "-f", "-e", "trace=openat,open", "-o", log, session.BINARY, *command], capture_output=True, text=True, check=False)
    check(f"{command[0]} runs under strace", done.returncode == 0, done.stderr)
    with open(log, encoding="utf-8", errors="replace") as stream:
        lines = [line for line in stream if "ENOENT" not in line]
    return {name: sum(f"{folder}/{name}" in line for line in lines) for name in FOOTAGE}


FOOTAGE = ("board1.avi", "board2.avi", "walk1.avi", "walk2.avi")
STAGES = {"intrinsics": "30_intrinsics.yaml", "extrinsics": "40_extrinsics.yaml", "stereo": "50_stereo.yaml", "triangulate": "70_people3d.yaml",
          "refine": "80_motion.yaml"}
folder = session.folder()
out, away = f"{folder}/out", f"{folder}/away"
os.mkdir(away)
for c in range(2):
    video(f"{folder}/board{c + 1}.avi", c, range(c, FRAMES + c))
    video(f"{folder}/walk{c + 1}.avi", c, range(6))
    people_write(f"{out}/60_people2d/c{c + 1}.yaml", c)
time.sleep(3)  # a file that changed less than 2 s ago may change again without another date: it would be read again
rig = rig_write(folder)
rigpose("run", rig)
whole = session.tree_bytes(out)
feeds = session.load(f"{out}/10_feeds.yaml")
check_at_most("rms px of views a frame apart", session.load(f"{out}/40_extrinsics.yaml")["rms_px"], 0.3)
check("a view's thumbnail", len(feeds["recordings"]["board"]["c2"].pop("thumbnail")) == 2 * 24 * 24)
check("a view's facts", feeds["recordings"]["board"]["c2"] == {
    "file": "board2.avi", "feed": "c2", "rect": [0, 0, 640, 480], "rotate": 0, "size": [640, 480], "fps": FPS, "frames": FRAMES,
    "offset_s": 1 / FPS}, feeds["recordings"]["board"])
with open(f"{folder}/board2.avi", "rb") as stream:
    data = stream.read()
check("a file's facts", feeds["files"]["board"]["c2"] == {"picture": [640, 480], "fps": FPS, "frames": FRAMES, "bytes": len(data),
                                                        "digest": hashlib.sha256(data).hexdigest()}, feeds["files"]["board"])
check("cameras say where they lie in their feed", session.load(f"{out}/40_extrinsics.yaml")["cameras"]["c1"]["crop"] ==
      {"feed": "c1", "picture": [640, 480], "rect": [0, 0, 640, 480], "rotate": 0})
times = opened(folder, "triangulate", rig)
check("triangulate opens no footage", times in (None, dict.fromkeys(FOOTAGE, 0)), times)
os.utime(f"{folder}/board2.avi")
times = opened(folder, "triangulate", rig)
check("a file that may have changed is read once", times in (None, {**dict.fromkeys(FOOTAGE, 0), "board2.avi": 1}), times)

# Gone: every stage after corners and keypoints works, and makes the same bytes.
for name in FOOTAGE:
    shutil.move(f"{folder}/{name}", away)
for stage, result in STAGES.items():
    os.remove(f"{out}/{result}")
    rigpose(stage, rig)
check("equal bytes without the footage", session.tree_bytes(out) == whole)
for command in (["export", rig, "--to", "opencv", "--dir", f"{folder}/export"], ["summary", rig], ["doctor", rig]):
    rigpose(*command)
os.remove(f"{out}/90_doctor.yaml")
told = rigpose("run", rig).stderr
check("all current without the footage", told.count(": up to date") >= 7, told)
changed = session.load(rig)
changed["views"]["c2"]["offset_s"] = 0.0
session.dump(rig, changed)
refused("extrinsics", rig, code=1, contains=["30_intrinsics.yaml is stale (feeds.board"])
check("facts of footage that is gone stay", session.load(f"{out}/10_feeds.yaml")["files"] == feeds["files"])
check("but the rig's offset is the new one", session.load(f"{out}/10_feeds.yaml")["recordings"]["board"]["c2"]["offset_s"] == 0)
rig = rig_write(folder)
rigpose("run", rig)
check("and as it was", session.tree_bytes(out) == whole)
refused("corners", rig, code=1, contains=["board1.avi"])

# There again, and changed: stale by name, be it as long as before and as old.
for name in FOOTAGE:
    shutil.move(f"{away}/{name}", folder)
check("all current with the footage back", rigpose("run", rig).stderr.count(": up to date") >= 7)
was = os.stat(f"{folder}/board2.avi")
with open(f"{folder}/board2.avi", "wb") as stream:
    stream.write(data[:-100] + bytes(100))
os.utime(f"{folder}/board2.avi", ns=(was.st_atime_ns, was.st_mtime_ns))
for stage in ("intrinsics", "extrinsics", "triangulate"):
    refused(stage, rig, code=1, contains=["20_corners.yaml is stale (footage.board changed", "rigpose corners"])
os.rename(f"{folder}/board2.avi", f"{away}/other.avi")
with open(f"{away}/board2.avi", "wb") as stream:
    stream.write(data)
os.symlink(f"{away}/board2.avi", f"{folder}/board2.avi")
told = rigpose("run", rig).stderr
check("with a link to what it was all else than crop is current", told.count(": up to date") == 6, told)
os.remove(f"{folder}/board2.avi")
os.symlink(f"{away}/other.avi", f"{folder}/board2.avi")  # as long, and older than 10_feeds.yaml
refused("intrinsics", rig, code=1, contains=["20_corners.yaml is stale (footage.board changed"])
os.remove(f"{folder}/board2.avi")
with open(f"{folder}/board2.avi", "wb") as stream:
    stream.write(data)

# A 10_feeds.yaml of an earlier version says less: it is made anew.
old = {"schema": "rigpose/feeds/1", "made_by": "rigpose 0.1.0", "inputs": {"recordings": 64 * "0"},
       "recordings": {r: {v: {k: e[k] for k in ("file", "feed", "rect", "rotate", "size", "offset_s")} | {"fps": 50} for v, e in views.items()}
                      for r, views in feeds["recordings"].items()}}
session.dump(f"{out}/10_feeds.yaml", old)
rigpose("extrinsics", rig)
check("a former 10_feeds.yaml is not read", session.tree_bytes(out) == whole)
os.remove(f"{out}/10_feeds.yaml")
os.remove(f"{folder}/walk1.avi")
refused("crop", rig, code=1, contains=["recording 'walk', feed 'c1'", "walk1.avi"])
told = rigpose("extrinsics", rig).stderr
check("footage that was never seen is told", "walk1.avi" in told and "size, frame rate and length are unknown" in told, told)
check("and does not change what is made of the other", session.load(f"{out}/40_extrinsics.yaml") == session.loads(whole["40_extrinsics.yaml"]))

# Corners and lenses of another program: the same poses with the footage, without it, and where it never was, if the rate is said.
poses = {}
for name in ("there", "gone", "never"):
    other = f"{folder}/{name}"
    os.makedirs(f"{other}/out")
    for result in ("20_corners.yaml", "30_intrinsics.yaml"):
        session.dump(f"{other}/out/{result}", {k: v for k, v in session.loads(whole[result]).items() if k != "inputs"})
    rated = {"feeds": {v: {"views": [v], "fps": FPS} for v in ("c1", "c2")}} if name == "never" else {}
    other_rig = rig_write(other, take=None, **rated)
    if name != "never":
        for c in (1, 2):
            for what in ("board", "walk"):
                shutil.copy(f"{folder}/board{c}.avi", f"{other}/{what}{c}.avi")
    if name == "gone":
        rigpose("crop", other_rig)
        for c in (1, 2):
            os.remove(f"{other}/board{c}.avi")
    rigpose("extrinsics", other_rig)
    poses[name] = {v: c["Rt_cam_world"] for v, c in session.load(f"{other}/out/40_extrinsics.yaml")["cameras"].items()}
check("the same with footage that is gone", poses["gone"] == poses["there"], poses)
check("the same where only the rate is known", poses["never"] == poses["there"], poses)
os.remove(f"{folder}/never/out/10_feeds.yaml")
refused("extrinsics", rig_write(f"{folder}/never", take=None), code=2, contains=["views.c2.offset_s", "no frame rate", "fps"])

# A known calibration of the whole picture serves a view cut out of it.
cut = f"{folder}/cut"
os.makedirs(f"{cut}/out")
x, y = 40, 24
shutil.copytree(f"{out}/60_people2d", f"{cut}/out/60_people2d")
people = session.load(f"{cut}/out/60_people2d/c2.yaml")
for frame in people["frames"]:
    for joint in frame["people"][0]["joints"]:
        joint[0], joint[1] = joint[0] - x, joint[1] - y
session.dump(f"{cut}/out/60_people2d/c2.yaml", people)
session.dump(f"{cut}/cameras.yaml", session.loads(whole["40_extrinsics.yaml"]))
for c in (1, 2):
    shutil.copy(f"{folder}/walk2.avi", f"{cut}/walk{c}.avi")
session.dump(f"{cut}/rig.yaml", {
    "schema": "rigpose/rig/1", "feeds": {"c1": {"views": ["c1"]}, "c2": {"views": ["c2"]}},
    "views": {"c2": {"rect": [x, y, 560, 440], "offset_s": 1 / FPS}}, "recordings": {"walk": {"c1": "walk1.avi", "c2": "walk2.avi"}},
    "cameras": "cameras.yaml", "take": "walk", "keypoints": {"source": "yaml"}, "skeleton": "coco17"})
told = rigpose("triangulate", f"{cut}/rig.yaml").stderr
check("the moved camera is told", "camera 'c2': calibrated at [0, 0, 640, 480]" in told, told)
check("people are where they were", session.load(f"{cut}/out/70_people3d.yaml")["frames"] == session.loads(whole["70_people3d.yaml"])["frames"])

# A view that is turned otherwise than the pictures of its calibration were is told: nothing else shows it.
rig = session.load(f"{cut}/rig.yaml")
rig["views"]["c1"] = {"rotate": 180}
session.dump(f"{cut}/rig.yaml", rig)
told = rigpose("triangulate", f"{cut}/rig.yaml").stderr
check("the camera of a turned view is told", "camera 'c1': calibrated at [0, 0, 640, 480] of feed 'c1' (640x480), turned by 0 degrees" in told and
      "turned by 180: treated as the same picture" in told, told)

# Time stamps where the rate is not constant, and the container's turn.
if shutil.which("ffmpeg"):
    uneven = f"{folder}/uneven"
    os.mkdir(uneven)
    kept = [f for f in range(FRAMES) if not 8 <= f < 18 or f % 2 == 0]
    for at, name, filters in ((f"{folder}/board1.avi", "board1.mp4", []),
                              (f"{folder}/board2.avi", "board2.mp4", ["-vf", "select='not(between(n,8,17)*mod(n,2))'", "-vsync", "vfr"])):
        subprocess.run(["ffmpeg", "-loglevel", "error", "-i", at, *filters, "-c:v", "mpeg4", "-q:v", "2", f"{uneven}/{name}"], check=True)
    rig = rig_write(uneven, recordings={"board": {"c1": "board1.mp4", "c2": "board2.mp4"}}, take=None)
    rigpose("run", rig)
    feeds = session.load(f"{uneven}/out/10_feeds.yaml")
    check("times of frames that were kept", np.allclose(feeds["files"]["board"]["c2"].get("times_s", []), np.array(kept) / FPS, atol=1e-5),
          feeds["files"]["board"]["c2"])
    check("the other's rate is constant", "times_s" not in feeds["files"]["board"]["c1"] and "stamps" not in feeds["recordings"]["board"]["c1"])
    check("the view goes by its stamps", feeds["recordings"]["board"]["c2"]["stamps"] is True)
    stated = session.load(rig)
    stated["feeds"]["c2"]["fps"] = FPS
    session.dump(f"{uneven}/stated.yaml", {**stated, "out": "stated"})
    told = rigpose("crop", f"{uneven}/stated.yaml").stderr
    check("a stated rate in the place of stamps is told", told.count("the frame rate is variable") == 1 and "feed 'c2'" in told, told)
    check_at_most("rms px with an uneven rate", session.load(f"{uneven}/out/40_extrinsics.yaml")["rms_px"], 0.4)

    turned = f"{folder}/turned"
    os.mkdir(turned)
    subprocess.run(["ffmpeg", "-loglevel", "error", "-i", f"{uneven}/board1.mp4", "-c", "copy", "-metadata:s:v", "rotate=90", f"{turned}/a.mp4"], check=True)
    session.dump(f"{turned}/rig.yaml", {"schema": "rigpose/rig/1", "feeds": {"a": {"views": ["a"]}}, "recordings": {"r": {"a": "a.mp4"}}})
    told = rigpose("crop", f"{turned}/rig.yaml").stderr
    feeds = session.load(f"{turned}/out/10_feeds.yaml")
    # What the flag means is what ffmpeg shows; a stated `rotate` takes the picture as it is stored, 0 too.
    subprocess.run(["ffmpeg", "-loglevel", "error", "-i", f"{turned}/a.mp4", "-frames:v", "1", f"{turned}/shown.png"], check=True)
    stored = cv2.VideoCapture(f"{uneven}/board1.mp4").read()[1].astype(int)
    shown = cv2.imread(f"{turned}/shown.png").astype(int)
    turn = min((90, 270), key=lambda degrees: np.abs(np.rot90(stored, -degrees // 90) - shown).mean())
    check("check tells it", f"asks for a rotation by {turn} degrees, applied" in rigpose("check", f"{turned}/rig.yaml").stdout)
    check("the container's turn is recorded", feeds["files"]["r"]["a"]["container_rotate"] == turn, feeds)
    check("and told", f"pictures are rotated by {turn} degrees" in told and "{a: {rotate: 0}}" in told, told)
    for rotate, expected in ((None, shown), (0, stored), (turn, shown)):
        rig = session.load(f"{turned}/rig.yaml")
        rig["views"] = {} if rotate is None else {"a": {"rotate": rotate}}
        session.dump(f"{turned}/rig.yaml", rig)
        rigpose("crop", f"{turned}/rig.yaml", "--write")
        feeds = session.load(f"{turned}/out/10_feeds.yaml")["recordings"]["r"]["a"]
        got = cv2.VideoCapture(f"{turned}/out/views/r/a.mp4").read()[1].astype(int)
        check(f"size with rotate {rotate}", got.shape == expected.shape and feeds["size"] == [expected.shape[1], expected.shape[0]], feeds)
        check_at_most(f"grey levels from what is expected with rotate {rotate}", np.abs(got - expected).mean(), 4)
        check(f"as stored with rotate {rotate}", feeds.get("as_stored", False) == (rotate is not None), feeds)

    # A calibration of the pictures as they were stored does not fit those shown: both sizes and the cure are told.
    rig["views"] = {}
    rig.update(cameras=f"{uneven}/out/30_intrinsics.yaml", take="r", keypoints={"source": "yaml"})
    session.dump(f"{turned}/rig.yaml", rig)
    shutil.copytree(f"{out}/60_people2d", f"{turned}/out/60_people2d")
    cameras = session.load(rig["cameras"])
    cameras["cameras"] = {"a": {k: cameras["cameras"]["c1"][k] for k in ("size", "lens", "K", "dist")}}
    session.dump(f"{turned}/cameras.yaml", cameras)
    rig["cameras"] = "cameras.yaml"
    session.dump(f"{turned}/rig.yaml", rig)
    refused("triangulate", f"{turned}/rig.yaml", code=1, contains=["camera 'a': calibrated at 640x480, its view is 480x640", "{a: {rotate: 0}}"])

# A link to a folder, set to one with pictures of the same length: dates tell nothing, crop looks at what they hold.
swapped = session.folder()
for name, grey in (("before", 50), ("after", 200)):
    os.mkdir(f"{swapped}/{name}")
    cv2.imwrite(f"{swapped}/{name}/000.bmp", np.full((60, 80, 3), grey, np.uint8))
session.dump(f"{swapped}/rig.yaml", {"schema": "rigpose/rig/1", "feeds": {"a": {"views": ["a"]}}, "recordings": {"r": {"a": "board/%03d.bmp"}}})
digests = []
for name in ("before", "after"):
    os.path.lexists(f"{swapped}/board") and os.remove(f"{swapped}/board")
    os.symlink(name, f"{swapped}/board")
    rigpose("crop", f"{swapped}/rig.yaml")
    digests.append(session.load(f"{swapped}/out/10_feeds.yaml")["files"]["r"]["a"]["digest"])
check("crop sees that a folder was exchanged", digests[0] != digests[1], digests)
session.finish()
