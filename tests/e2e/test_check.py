"""check: everything that can be known before a run, all at once, each with its place; and no word about what is sound."""
import os
import re
import shutil
import subprocess

import cv2
import numpy as np

import session
from session import check, rigpose

folder = session.folder()
rng = np.random.default_rng(5)
PICTURE = cv2.resize(rng.integers(60, 200, (6, 8, 3), np.uint8), (64, 48), interpolation=cv2.INTER_CUBIC)


def video(name, frames, fps=25):
    writer = cv2.VideoWriter(f"{folder}/{name}", cv2.VideoWriter_fourcc(*"mp4v"), fps, (64, 48))
    for _ in range(frames):
        writer.write(PICTURE)
    writer.release()


for view in ("a", "b", "c"):
    video(f"board_{view}.mp4", 10)
    video(f"walk_{view}.mp4", 20)
    os.mkdir(f"{folder}/people_{view}")
    for i in range(3):
        with open(f"{folder}/people_{view}/{i:03d}_keypoints.json", "w", encoding="utf-8") as stream:
            stream.write('{"people": [{"pose_keypoints_2d": [%s]}]}' % ", ".join(["20", "20", "0.9"] * 25))
video("short.mp4", 8)
video("begun_late.mp4", 15)
video("slow.mp4", 16, 20)
cv2.imwrite(f"{folder}/p_0.png", PICTURE)
cv2.imwrite(f"{folder}/p_1.png", PICTURE)
with open(f"{folder}/damaged.mp4", "wb") as stream:
    stream.write(b"no video at all")
open(f"{folder}/file", "w", encoding="utf-8").close()
SOUND = {
    "schema": "rigpose/rig/1",
    "feeds": {name: {"views": [name]} for name in ("a", "b", "c")},
    "board": {"kind": "chessboard", "corners": [9, 6], "square_m": 0.03},
    "recordings": {"board": {name: f"board_{name}.mp4" for name in ("a", "b", "c")}, "walk": {name: f"walk_{name}.mp4" for name in ("a", "b", "c")}},
    "intrinsics": {"from": "board"}, "extrinsics": {"from": "board"}, "take": "walk",
    "keypoints": {"source": "openpose", "people": "people_{view}"}, "out": "out",
}


def told(change, code, *words, without=()):
    """check of the sound rig, changed: its exit code, and words that it must say."""
    rig = session.loads(session.yaml.safe_dump(SOUND))
    change(rig)
    session.dump(f"{folder}/rig.yaml", rig)
    done = rigpose("check", f"{folder}/rig.yaml", code=code)
    for word in words:
        check(f"says '{word.strip()}'", word in done.stderr + done.stdout, done.stderr + done.stdout)
    for word in without:
        check(f"does not say '{word}'", word not in done.stderr + done.stdout, done.stderr + done.stdout)
    check("nothing is written", not os.path.exists(f"{folder}/out"))
    return done


ABSENT = object()


def at(rig, path, value):
    *way, last = path.split(".")
    for key in way:
        rig = rig[key]
    if value is ABSENT:
        del rig[last]
    else:
        rig[last] = value


def changed(**changes):
    return lambda rig: [at(rig, path.replace("__", "."), value) for path, value in changes.items()]


sound = told(changed(), 0, "no problems found\n", "stage corners: will make 20_corners.yaml", "stage stereo: not configured in the rig YAML (needs stereo)",
             "stage refine: not configured in the rig YAML")
check("nothing is said of what is sound", sound.stderr == "", sound.stderr)
# Files: each that is wrong, with what is wrong in the rig YAML.
told(changed(recordings__walk__a="nowhere.mp4", recordings__walk__b="damaged.mp4", recordings__board__c=["p_0.png", "p_7.png", "p_8.png"], intrinsics__lens="wide",
             keypoints__people="nobody_{view}", cameraz="x"),
     2, "nowhere.mp4", "damaged.mp4", "cannot read 2 of 3 pictures, the first is '", "p_7.png", "intrinsics.lens: 'wide' is not known", "cannot find '",
     "nobody_b' for view 'b'", "cameraz: unknown key", "did you mean 'cameras'?", "column 1\n", "rig.yaml: 8 problems")
told(changed(recordings__walk__frames=[5, 500]), 2, "recordings.walk.frames: frame 500 is out of range, expected 0 to 19, the last frame")
told(changed(recordings__walk__frames=[20, 20]), 2, "in the recording, which starts at 20")
told(changed(recordings__walk__frames=[19, 19]), 0, without=("frames: frame",))
# Views beside each other.
told(changed(recordings__walk__b="short.mp4"), 0, "recording 'walk': view 'b' ends after 0.32 s, view 'a' after 0.8", "1 warning")
told(changed(recordings__walk__b="begun_late.mp4", views={"b": {"offset_s": 0.2}}), 0, without=("recording 'walk': view",))
told(changed(views={"b": {"offset_s": -0.2}}), 0, "view 'b' ends after 0.6 s, view 'a' after 0.8")
told(changed(views={v: {"offset_s": -0.5} for v in "abc"}), 0, without=("ends after",))
# A sequence ends with its last number, however many pictures are missing before it.
for i in (0, 1, 18, 19):
    cv2.imwrite(f"{folder}/holes_{i}.png", PICTURE)
told(changed(recordings__walk__b="holes_%d.png"), 0, "4 frames, numbered 0 to 19", without=("ends after",))
told(changed(recordings__walk__b="holes_%d.png", recordings__walk__a="p_%d.png"), 0, "view 'a' ends after 2 frames, view 'b' after 20")
told(changed(recordings__walk__b="slow.mp4"), 0, "feed a has 25 frames/s, feed b 20: results have the frame rate of the former", without=("ends after", "warning"))
told(changed(recordings__walk__b="p_%d.png"), 0, "the frame rate of feed 'b' is unknown", "expected `feeds: {b: {fps: RATE}}`")
told(changed(views={"b": {"offset_s": 0.9}}), 2, "views.b.offset_s: 0.9 s, recording 'walk' has 0.8 s of its footage")
told(changed(views={"b": {"offset_s": -0.5}}), 0)
told(changed(recordings__walk__b="walk_a.mp4"), 0, "feeds 'a' and 'b' name the same file")
told(changed(motion={"filter": "butterworth", "cutoff_hz": 13}), 2, "motion: cutoff_hz 13 at 25 frames/s: expected less than 12.5")
told(changed(motion={"filter": "savitzky_golay", "window_s": 0.05}), 2, "motion: window_s 0.05 is ")
told(changed(motion={"filter": "butterworth", "cutoff_hz": 12}), 0)
told(changed(recordings__board__frames=[0, 1]), 2, "recording 'board': 2 frames of view 'a', expected at least 3 boards to calibrate a lens")
# Frames are each feed's own.
told(changed(recordings__walk__b="slow.mp4", recordings__walk__frames=[5, 15]), 0,
     "recordings.walk.frames: frame numbers count each feed's own frames: the first is at 0.2 s in feed 'a', but at 0.25 s in feed 'b'", without=("walk.step",))
told(changed(recordings__walk__b="slow.mp4", recordings__walk__step=2), 0,
     "recordings.walk.step: the step counts each feed's own frames: every 0.08 s in feed 'a', but every 0.1 s in feed 'b'", without=("walk.frames",))
told(changed(keypoints={"source": "yaml"}, recordings__walk__step=2), 2, "recordings.walk: `frames` and `step` have no effect with")
told(changed(recordings__walk__frames=[5, 15], recordings__walk__step=2), 0, without=("each feed's own frames", "have no effect"))
# Four numbers in another order.
CAMERAS = {name: {"size": [64, 48], "lens": "pinhole0", "K": [60, 61, 31.5, 23.5], "dist": [], "Rt_cam_world": {"rvec": [0, 0.1 * i, 0], "t_m": [i, 0, 2]}}
           for i, name in enumerate("abc")}
for K, wrong in {(60, 61, 31.5, 23.5): False, (60, 31.5, 61, 23.5): True, (31.5, 23.5, 60, 61): True, (60, 61, 23.5, 45): True}.items():
    session.dump(f"{folder}/cameras.yaml", {"schema": "rigpose/extrinsics/1", "cameras": {**CAMERAS, "b": {**CAMERAS["b"], "K": list(K)}}})
    word = "camera 'b': K is ["
    told(changed(cameras="cameras.yaml", intrinsics=ABSENT, extrinsics=ABSENT), 0, *([word] if wrong else []), without=["camera 'a': K is"] + ([] if wrong else [word]))
# What a video is beside rows of square pixels seen at once.
if shutil.which("ffmpeg"):
    subprocess.run(["ffmpeg", "-loglevel", "error", "-i", f"{folder}/walk_a.mp4", "-vf", "setsar=16/11", "-flags", "+ildct+ilme", "-top", "1", "-c:v", "mpeg2video",
                    f"{folder}/fields.mp4"], check=True)
    for told_by in (told(changed(recordings__walk__a="fields.mp4"), 0, "; pixel aspect ratio 1.455").stderr,
                    rigpose("crop", f"{folder}/rig.yaml").stderr):
        check("interlaced footage is told", "recording 'walk', feed 'a': interlaced" in told_by, told_by)
        check("of no other feed", told_by.count("interlaced") == 1, told_by)
    shutil.rmtree(f"{folder}/out")
else:
    session.leave_out("no ffmpeg to make interlaced footage")
# What stages need of recordings.
told(changed(recordings__lens={"a": "board_a.mp4", "b": "board_b.mp4"}, intrinsics={"from": "lens"}), 2,
     "extrinsics.from: view 'c' is in recording 'board' but not in 'lens', from which lenses are calibrated: expected feed 'c' there")
told(changed(intrinsics=ABSENT), 2, "key 'intrinsics' is missing and ")
told(changed(recordings__board={"a": "board_a.mp4", "b": "board_b.mp4"}), 0, "recording 'board', which extrinsics come from, lacks these views, whose people are not used: 'c'")
told(changed(recordings__walk={"a": "walk_a.mp4"}), 2, "recording 'walk' has one view, expected at least two")
told(changed(recordings__other={"a": "walk_a.mp4"}), 0, "unused recordings: other")
told(changed(intrinsics=ABSENT, extrinsics=ABSENT, take=ABSENT, keypoints=ABSENT), 0, "board: not used by any stage")
told(changed(take=ABSENT), 0, "keypoints without a take")
# People.
os.mkdir(f"{folder}/empty_a"), os.mkdir(f"{folder}/empty_b"), os.mkdir(f"{folder}/empty_c")
told(changed(keypoints__people="empty_{view}"), 2, "empty_a", "empty_b", "empty_c", "3 problems")
told(changed(keypoints={"source": "yaml"}), 2, "expected the people of view 'a'", "expected the people of view 'c'")
told(changed(keypoints={"source": "onnx", "model": "nowhere.yaml"}, recordings__walk={"a": "walk_a.mp4", "b": None}), 2, "nowhere.yaml",
     "recordings.walk.b: null leaves a network without pictures")
told(changed(skeleton="nobody"), 2, "nobody.yaml")
told(changed(keypoints={"source": "onnx", "model": "synth"}), 0, without=("skeleton:",))
told(changed(keypoints={"source": "onnx", "model": "synth"}, skeleton="halpe26"), 0, "skeleton: the network detects 19 of the 26 joints of 'halpe26'")
with open("configs/skeletons/coco17.yaml", encoding="utf-8") as coco, open(f"{folder}/other.yaml", "w", encoding="utf-8") as other:
    names = session.loads(coco.read())["joints"]
    coco.seek(0)
    text = coco.read()
    for name in sorted(names, key=len, reverse=True):
        text = re.sub(rf"\b{name}\b", f"my_{name}", text)
    other.write(text)
told(changed(keypoints={"source": "onnx", "model": "synth"}, skeleton="other.yaml"), 2, "has no joint in common with those of the network ('coco19')")
# The folder of the results.
told(changed(out="file"), 2, "out: '", "is not a folder")
told(changed(out="file/below"), 2, "out: ")
told(changed(out="/proc/nothing"), 2, "out: ")
session.finish()
