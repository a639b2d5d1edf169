"""init: the layouts in which people keep their recordings, and names of every kind."""
import os
import shutil

import cv2
import numpy as np

import session
from session import check, refused, rigpose

folder = session.folder()
rng = np.random.default_rng(3)
PICTURE = cv2.resize(rng.integers(60, 200, (6, 8, 3), np.uint8), (64, 48), interpolation=cv2.INTER_CUBIC)
cv2.imwrite(f"{folder}/picture.png", PICTURE)
cv2.imwrite(f"{folder}/picture.jpg", PICTURE)
writer = cv2.VideoWriter(f"{folder}/video.mp4", cv2.VideoWriter_fourcc(*"mp4v"), 25, (64, 48))
for _ in range(3):
    writer.write(PICTURE)
writer.release()
made_n = 0


def lay(files):
    """A session folder of these files; its footage is all the same."""
    global made_n
    made_n += 1
    root = f"{folder}/s{made_n}"
    os.mkdir(root)
    for name in files:
        path = f"{root}/{name}"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        ending = os.path.splitext(name)[1].lower()
        if ending in (".png", ".jpg"):
            shutil.copy(f"{folder}/picture{ending}", path)
        elif ending in (".mp4", ".mov", ".avi"):
            shutil.copy(f"{folder}/video.mp4", path)
        else:
            with open(path, "w", encoding="utf-8") as stream:
                stream.write("{}")
    return root


def filled(rig):
    """The rig with what init says must be filled in."""
    with open(rig, encoding="utf-8") as stream:
        text = stream.read()
    text = text.replace("corners: null", "corners: [9, 6]").replace("square_m: null", "square_m: 0.03")
    with open(rig, "w", encoding="utf-8") as stream:
        stream.write(text)


def init(files, recordings, **keys):
    """init of such a folder: the recordings, their feeds' files, and other keys of the rig."""
    root = lay(files)
    told = rigpose("init", root).stderr
    made = session.load(f"{root}/rig.yaml")
    check(f"recordings of {files[0]}, ...", made["recordings"] == recordings, made["recordings"])
    for key, value in keys.items():
        check(f"{key} of {files[0]}, ...", made.get(key) == value, made.get(key))
    filled(f"{root}/rig.yaml")
    if made_n % 4 != 1:  # not all: it takes a moment
        return told, made
    done = rigpose("check", f"{root}/rig.yaml", code=None)
    wrong = [line for line in done.stderr.splitlines() if line.startswith("error: ") and ".onnx" not in line and "model" not in line
             and "problem" not in line and "JSON" not in line and "json" not in line]
    check(f"check of {files[0]}, ...", not wrong, wrong)
    return told, made


def numbered(pattern, n, first=0):
    return [pattern % i for i in range(first, first + n)]


BOARD = {"from": "calibration", "lens": "pinhole5"}
init(["cam1.mp4", "cam2.mp4"], {"take": {"cam1": "cam1.mp4", "cam2": "cam2.mp4"}}, take="take", intrinsics=None)
init(["cam1/trial.mp4", "cam2/trial.mp4"], {"trial": {"cam1": "cam1/trial.mp4", "cam2": "cam2/trial.mp4"}}, take="trial")
init(["cam1/calib.mp4", "cam1/walk.mp4", "cam2/calib.mp4", "cam2/walk.mp4"],
     {"calib": {"cam1": "cam1/calib.mp4", "cam2": "cam2/calib.mp4"}, "walk": {"cam1": "cam1/walk.mp4", "cam2": "cam2/walk.mp4"}},
     take="walk", intrinsics={"from": "calib", "lens": "pinhole5"}, extrinsics={"from": "calib"})
init(["trial1/cam1.mp4", "trial1/cam2.mp4", "trial2/cam1.mp4", "trial2/cam2.mp4"],
     {"trial1": {"cam1": "trial1/cam1.mp4", "cam2": "trial1/cam2.mp4"}, "trial2": {"cam1": "trial2/cam1.mp4", "cam2": "trial2/cam2.mp4"}})
init(["calibration/cam1.mp4", "calibration/cam2.mp4", "videos/cam1.mp4", "videos/cam2.mp4"],
     {"calibration": {"cam1": "calibration/cam1.mp4", "cam2": "calibration/cam2.mp4"}, "take": {"cam1": "videos/cam1.mp4", "cam2": "videos/cam2.mp4"}},
     take="take", intrinsics=BOARD)
init(["walk_cam01.mp4", "walk_cam02.mp4", "board_cam01.mp4", "board_cam02.mp4"],
     {"board": {"cam01": "board_cam01.mp4", "cam02": "board_cam02.mp4"}, "walk": {"cam01": "walk_cam01.mp4", "cam02": "walk_cam02.mp4"}}, take="walk")
init(["cam01_walk.mp4", "cam02_walk.mp4"], {"walk": {"cam01": "cam01_walk.mp4", "cam02": "cam02_walk.mp4"}})
init(["cam1/GX010012.MP4", "cam2/GX010034.MP4"], {"take": {"cam1": "cam1/GX010012.MP4", "cam2": "cam2/GX010034.MP4"}}, take="take")
init(["cam1/GX010012.MP4", "cam1/GX010013.MP4", "cam2/GX010034.MP4", "cam2/GX010035.MP4"],
     {"take1": {"cam1": "cam1/GX010012.MP4", "cam2": "cam2/GX010034.MP4"}, "take2": {"cam1": "cam1/GX010013.MP4", "cam2": "cam2/GX010035.MP4"}})
# Pose2Sim
_, made = init(numbered("calibration/intrinsics/int_cam01_img/%02d.jpg", 3) + numbered("calibration/intrinsics/int_cam02_img/%02d.jpg", 3)
               + ["calibration/extrinsics/ext_cam01_img/scene.png", "calibration/extrinsics/ext_cam02_img/scene.png", "videos/cam01.mp4", "videos/cam02.mp4"]
               + numbered("pose/cam01_json/cam01_%06d.json", 2) + numbered("pose/cam02_json/cam02_%06d.json", 2),
               {"extrinsics": {"cam01": "calibration/extrinsics/ext_cam01_img/scene.png", "cam02": "calibration/extrinsics/ext_cam02_img/scene.png"},
                "intrinsics": {"cam01": "calibration/intrinsics/int_cam01_img/%02d.jpg", "cam02": "calibration/intrinsics/int_cam02_img/%02d.jpg"},
                "take": {"cam01": "videos/cam01.mp4", "cam02": "videos/cam02.mp4"}},
               keypoints={"source": "import", "people": "pose/{view}_json"})
# OpenCap
init(["Videos/Cam0/InputMedia/calib/calib.mov", "Videos/Cam1/InputMedia/calib/calib.mov", "Videos/Cam0/InputMedia/walk/walk.mov", "Videos/Cam1/InputMedia/walk/walk.mov"],
     {"calib": {"Cam0": "Videos/Cam0/InputMedia/calib/calib.mov", "Cam1": "Videos/Cam1/InputMedia/calib/calib.mov"},
      "walk": {"Cam0": "Videos/Cam0/InputMedia/walk/walk.mov", "Cam1": "Videos/Cam1/InputMedia/walk/walk.mov"}}, take="walk")
# FreeMoCap
told, _ = init(["annotated_videos/Camera_000_annotated.mp4", "annotated_videos/Camera_001_annotated.mp4",
                "synchronized_videos/Camera_000_synchronized.mp4", "synchronized_videos/Camera_001_synchronized.mp4"],
     {"take": {"Camera_000": "synchronized_videos/Camera_000_synchronized.mp4", "Camera_001": "synchronized_videos/Camera_001_synchronized.mp4"}})
check("what was drawn into is passed over", "annotated_videos/: named like" in told, told)
# EasyMocap
init(numbered("intri_data/images/01/%06d.jpg", 3) + numbered("intri_data/images/02/%06d.jpg", 3) + numbered("images/01/%06d.jpg", 3) + numbered("images/02/%06d.jpg", 3),
     {"take": {"01": "images/01/%06d.jpg", "02": "images/02/%06d.jpg"}, "intrinsics": {"01": "intri_data/images/01/%06d.jpg", "02": "intri_data/images/02/%06d.jpg"}},
     take="take")
# caliscope
init(["calibration/intrinsic/port_0.mp4", "calibration/intrinsic/port_1.mp4", "calibration/extrinsic/port_0.mp4", "calibration/extrinsic/port_1.mp4",
      "recordings/walk/port_0.mp4", "recordings/walk/port_1.mp4"],
     {"extrinsics": {"port_0": "calibration/extrinsic/port_0.mp4", "port_1": "calibration/extrinsic/port_1.mp4"},
      "intrinsics": {"port_0": "calibration/intrinsic/port_0.mp4", "port_1": "calibration/intrinsic/port_1.mp4"},
      "walk": {"port_0": "recordings/walk/port_0.mp4", "port_1": "recordings/walk/port_1.mp4"}}, take="walk")
# anipose
init(["calibration/calib-camA.mp4", "calibration/calib-camB.mp4", "videos-raw/vid-camA.mp4", "videos-raw/vid-camB.mp4"],
     {"calibration_calib": {"camA": "calibration/calib-camA.mp4", "camB": "calibration/calib-camB.mp4"}, "vid": {"camA": "videos-raw/vid-camA.mp4", "camB": "videos-raw/vid-camB.mp4"}},
     take="vid")
# A stereo pair side by side in one folder.
init(numbered("left%02d.jpg", 3, 1) + numbered("right%02d.jpg", 3, 1), {"take": {"left": "left%02d.jpg", "right": "right%02d.jpg"}})
init(numbered("calib/left%d.jpg", 12) + numbered("calib/right%d.jpg", 12), {"calib": {"left": "calib/left%d.jpg", "right": "calib/right%d.jpg"}},
     stereo={"from": "calib", "pair": ["left", "right"]})
# Pictures with the camera's number, and frames with a camera's word.
init(["cam1.png", "cam2.png", "cam3.png"], {"take": {"cam1": "cam1.png", "cam2": "cam2.png", "cam3": "cam3.png"}})
init(numbered("cam_%04d.png", 30), {"take": {"cam": "cam_%04d.png"}})
init(numbered("0%03d_cam1.png", 3) + numbered("0%03d_cam2.png", 3), {"take": {"cam1": "%04d_cam1.png", "cam2": "%04d_cam2.png"}})
# One camera without a recording; upper case; camera names that differ in zeros; what is no footage.
told, _ = init(["board_cam1.mp4", "board_cam2.mp4", "board_cam3.mp4", "walk_Cam01.MP4", "walk_CAM2.MOV", "walk_cam1.avi", ".hidden.mp4", "notes.txt"],
               {"board": {"cam1": "board_cam1.mp4", "cam2": "board_cam2.mp4", "cam3": "board_cam3.mp4"}, "walk": {"cam1": "walk_Cam01.MP4", "cam2": "walk_CAM2.MOV"}})
check("a second file is passed over", "skipped walk_cam1.avi: recording 'walk' already has 'walk_Cam01.MP4' for feed 'cam1'" in told, told)
check("hidden files are counted", "skipped 1 hidden" in told and "skipped 1 file that is neither" in told, told)

# Names of every kind come back as they were.
NAMES = ["a b", "NO", "1e3", "007", "it's", 'say "x"', "a: b", "#1", "50% of %d", "ünïcode", "日本", "- x", "[x]", "{x}", "~", "null", "&a", "*a", "!t", "a\\b", "tab\there", "line\nbreak",
         "x" * 80, "frames", "step", "%%", "@", "`", "| x", "> x", "?", "0x10", "1:30", "true", "=", "<<", "."[0] + "5" + "."]
root = lay([f"{name}.mp4" for name in NAMES if not name.startswith(".")])
rigpose("init", root)
made = session.load(f"{root}/rig.yaml")
files = sorted(text.replace("%%", "%") for text in made["recordings"]["take"].values())
check("every file is there", files == sorted(f"{name}.mp4" for name in NAMES if not name.startswith(".")), files)
done = rigpose("check", f"{root}/rig.yaml", code=None)
check("every name is read back", done.stdout.count("3 frames") == len(files), done.stdout + done.stderr)
root = lay([f"cam1/{name} 1.png" for name in NAMES[:20]] + [f"cam1/{name} 2.png" for name in NAMES[:20]])
rigpose("init", root)
done = rigpose("check", f"{root}/rig.yaml", code=None)
check("every picture is found", "cannot" not in done.stderr and "recordings." not in done.stderr, done.stderr)

# Folders of every kind.
os.mkdir(f"{folder}/empty")
refused("init", f"{folder}/empty", code=1, contains=["no videos or pictures"])
refused("init", f"{folder}/nowhere", code=1, contains=["nowhere"])
refused("init", lay(["notes.txt"]), code=1, contains=["no videos or pictures"])
root = lay(["cam1.mp4", "cam2.mp4", "out/10_feeds.yaml", "out/views/take/cam1.mp4", "deep/a/b/c/d/e/f/cam1.mp4", "locked/cam1.mp4"])
os.symlink("..", f"{root}/deep/up")
os.symlink("nothing.mp4", f"{root}/lost.mp4")
os.symlink(f"{root}/cam1.mp4", f"{root}/cam3.mp4")
open(f"{root}/cam4.mp4", "w", encoding="utf-8").close()
with open(f"{root}/cam5.mp4", "w", encoding="utf-8") as stream:
    stream.write("no video")
os.mkfifo(f"{root}/cam6.mp4")
os.chmod(f"{root}/locked", 0)
told = rigpose("init", root).stderr
made = session.load(f"{root}/rig.yaml")
check("links are taken, the rest is not", made["recordings"]["take"] == {f"cam{i}": f"cam{i}.mp4" for i in (1, 2, 3)}, made["recordings"])
for why in ("out/: results of an earlier run", "/up/: a link to a folder that contains it", "lost.mp4: a broken link", "cam4.mp4: an empty file", "cam5.mp4: ",
            "cam6.mp4: not a regular file", "more than 6 folders deep"):
    check(f"init tells '{why}'", why in told, told)
os.chmod(f"{root}/locked", 0o700)
refused("init", root, code=2, contains=["rig.yaml", "already"])
session.finish()
