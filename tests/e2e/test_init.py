"""init: the layouts in which people keep their recordings, and names of every kind."""
import json
import os
import shutil

import cv2
import numpy as np
import yaml

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
check("what was drawn into is skipped", "annotated_videos/: named like" in told, told)
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
check("a second file is skipped", "skipped walk_cam1.avi: recording 'walk' already has 'walk_Cam01.MP4' for feed 'cam1'" in told, told)
check("hidden files are counted", "skipped 1 hidden" in told and "skipped 1 file that is neither" in told, told)

# Calibrations: of other tools and rigpose's own, by what is in the files.
def toml(names, size=(64, 48), apart=1000.0):
    """A calibration.toml as anipose writes it, its cameras so far apart along x."""
    return "".join(f"""[cam_{i}]
name = "{name}"
size = [{size[0]}, {size[1]}]
matrix = [[60.0, 0.0, 31.5], [0.0, 60.0, 23.5], [0.0, 0.0, 1.0]]
distortions = [0.0, 0.0, 0.0, 0.0, 0.0]
rotation = [0.0, 0.0, 0.0]
translation = [{-apart * i}, 0.0, 0.0]
""" for i, name in enumerate(names))


def opencv(pose):
    text = f"""%YAML:1.0
---
image_width: 64
image_height: 48
camera_matrix: !!opencv-matrix
  {{rows: 3, cols: 3, dt: d, data: [60., 0., 31.5, 0., 60., 23.5, 0., 0., 1.]}}
distortion_coefficients: !!opencv-matrix
  {{rows: 1, cols: 4, dt: d, data: [0., 0., 0., 0.]}}
"""
    return text + (f"rvec: !!opencv-matrix {{rows: 3, cols: 1, dt: d, data: [0., 0., 0.]}}\n"
                   f"tvec: !!opencv-matrix {{rows: 3, cols: 1, dt: d, data: [{pose}, 0., 0.]}}\n" if pose is not None else "")


def calibrated(files, code=0, footage=("cam1.mp4", "cam2.mp4")):
    """init and check of a folder with two videos and these calibrations: what init told, the rig, its text, what check told."""
    root = lay(list(footage))
    for name, text in files.items():
        os.makedirs(os.path.dirname(f"{root}/{name}"), exist_ok=True)
        with open(f"{root}/{name}", "w", encoding="utf-8") as stream:
            stream.write(text)
    told = rigpose("init", root).stderr
    with open(f"{root}/rig.yaml", encoding="utf-8") as stream:
        text = stream.read()
    done = rigpose("check", f"{root}/rig.yaml", code=None)
    problems = [line for line in done.stderr.splitlines() if line.startswith("error: ") and "model" not in line and "onnx" not in line and "problem" not in line]
    check(f"check of {list(files)}: {code} problems", len(problems) == code, problems)
    return told, session.load(f"{root}/rig.yaml"), text, problems


told, made, text, _ = calibrated({"Calib.toml": toml(["cam1", "cam2"]), "notes.txt": "measured on Monday"})
check("a calibration is written as cameras", made.get("cameras") == "Calib.toml" and "cameras_unit" not in made, made)
check("its format and unit are told", "Calib.toml is a calibration: anipose" in told and "2 of them named as views; lengths in millimetres" in told, told)
check("and stand in the rig", "2 cameras, 2 of them named as views; lengths in millimetres" in text, text)
check("the board's sections are a comment", "intrinsics" not in made and "# intrinsics: {from: RECORDING" in text, text)
check("only what is no calibration is skipped", "skipped 1 file that is neither" in told, told)
told, made, *_ = calibrated({"Calib.toml": toml(["left", "right"])})
check("cameras without names in common are taken by their order", made.get("cameras") == "Calib.toml" and "by their order" in told, told)
told, made, *_ = calibrated({"Calib.toml": toml(["a", "b", "c"])})
check("a calibration of another rig is left as a comment", "cameras" not in made and "left as a comment: no camera is named as a view" in told, told)
told, made, text, problems = calibrated({"Calib.toml": toml(["cam1", "cam2"], apart=50.0)}, code=1)
check("an open unit is to be filled in", made.get("cameras_unit", 0) is None and "fill in cameras_unit" in told, told)
check("and check asks for it", "expected `cameras_unit: m`, cm or mm" in problems[0], problems)
told, made, text, _ = calibrated({"a.toml": toml(["cam1", "cam2"]), "b.toml": toml(["cam1", "cam2"], apart=2000.0)})
check("of two calibrations neither is taken", "cameras" not in made and "# cameras: a.toml" in text and "# cameras: b.toml" in text, text)
check("and init says so", "choose cameras, of 2 calibrations" in told and told.count("there is more than one") == 2, told)
told, made, *_ = calibrated({"calib/cam1.yml": opencv(0.0), "calib/cam2.yml": opencv(1.0)})
check("a folder with a file a camera is one calibration", made.get("cameras") == "calib" and "OpenCV, 2 cameras, 2 of them named as views; lengths in metres" in told, told)
told, made, *_ = calibrated({"calib/cam1.yml": opencv(None), "calib/cam2.yml": opencv(None)})
check("lenses alone are left as a comment", "cameras" not in made and "calib is a calibration: OpenCV, 2 cameras" in told and "lenses and no poses" in told, told)
told, made, *_ = calibrated({"cam1.yml": opencv(0.0), "cam2.yml": opencv(1.0)})
check("so beside the videos", made.get("cameras") == ".", told)
told, made, *_ = calibrated({"Calib.toml": toml(["cam1", "cam2"]).replace("rotation = [0.0,", "rotation = [", 1)})
check("one that cannot be read is skipped with the reason", "cameras" not in made and "skipped Calib.toml: a calibration of anipose" in told and "rotation" in told, told)
for name, text_of in (("Calib.qca.txt", "<?xml version='1.0'?>\n<calibration><cameras><camera"), ("cameras.yaml", "schema: rigpose/extrinsics/1\ncameras: {cam1: {}}\n"),
                      ("my_calibration.txt", "cam1 is left of cam2\n")):
    told, made, *_ = calibrated({name: text_of})
    check(f"{name}: a calibration by its name alone is told", "cameras" not in made and f"skipped {name}: named as a calibration, but: " in told and "skipped 1 file" not in told, told)
told, *_ = calibrated({"notes.txt": "cam1 is left of cam2\n"})
check("any other text is counted alone", "notes.txt" not in told and "skipped 1 file" in told, told)
# Pictures of another shape than the calibration's: 68x48 lost four columns.
told, made, text, problems = calibrated({"Calib.toml": toml(["cam1", "cam2"], size=(68, 48))}, code=2)
check("a rect is proposed", "#   cam1: {rect: [0, 1, 64, 45]}" in text and "views" not in made, text)
check("it is what check proposes", "rect: [0, 1, 64, 45]" in problems[0], problems)
check("and told as a guess", "cam2: calibrated at 68x48, the take's pictures are 64x48: `rect: [0, 1, 64, 45]`" in told and "a guess" in told, told)
told, made, text, _ = calibrated({"Calib.toml": toml(["cam1", "cam2"], size=(128, 96))})
check("none of pictures scaled", "calibrated at" not in text, text)
told, made, *_ = calibrated({"Calib.toml": toml(["cam1", "cam2"]).split("[cam_1]")[0]})
check("one pose alone is left as a comment", "cameras" not in made and "the pose of one camera alone" in told, told)
# rigpose's own: somebody's copy is taken, that of an earlier run is not.
CAMERA = {"size": [64, 48], "lens": "pinhole5", "K": [60.0, 60.0, 31.5, 23.5], "dist": [0.0] * 5}
OWN = yaml.safe_dump({"schema": "rigpose/extrinsics/1", "cameras": {f"cam{i}": {**CAMERA, "Rt_cam_world": {"rvec": [0.0, 0.0, 0.0], "t_m": [-1.0 * i, 0.0, 0.0]}}
                                                                   for i in (1, 2)}})
told, made, *_ = calibrated({"known/40_extrinsics.yaml": OWN})
check("rigpose's own calibration is taken", made.get("cameras") == "known/40_extrinsics.yaml" and "rigpose, 2 cameras" in told, told)
told, made, *_ = calibrated({"out/40_extrinsics.yaml": OWN, "out/10_feeds.yaml": "schema: rigpose/feeds/1\n"})
check("that of an earlier run is left as a comment", "cameras" not in made and "out/40_extrinsics.yaml is a calibration" in told and "made by an earlier run" in told, told)
# A JSON calibration is not taken for people.
told, made, *_ = calibrated({"calibration.json": json.dumps({"cameras": [{"name": f"cam{i}", "resolution": [64, 48], "K": [[60, 0, 31.5], [0, 60, 23.5], [0, 0, 1]], "distCoef": [0] * 5,
                                                                          "R": [[1, 0, 0], [0, 1, 0], [0, 0, 1]], "t": [[-100 * i], [0], [0]]} for i in (1, 2)]})})
check("a calibration in JSON is no file of people", made.get("cameras") == "calibration.json" and "Panoptic" in told and "JSON files, but" not in told, told)
# The take is the recording of most feeds: a composite beside the videos that it is made of is not.
init(["composite_2x2.mp4", "videos/cam1.mp4", "videos/cam2.mp4"], {"composite": {"2x2": "composite_2x2.mp4"}, "take": {"cam1": "videos/cam1.mp4", "cam2": "videos/cam2.mp4"}}, take="take")

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
