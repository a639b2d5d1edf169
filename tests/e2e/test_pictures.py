"""What a picture is, and what a frame: depths, numbers in names, sizes that differ, cut and joined videos. The right value, or words that name it."""
import os
import shutil
import subprocess

import cv2
import numpy as np

import session
from session import check, refused, rigpose

rng = np.random.default_rng(3)
GREY = np.full((240, 320), 120.0)
for y in range(7):
    for x in range(10):
        GREY[36 + 24 * y:60 + 24 * y, 40 + 24 * x:64 + 24 * x] = 225 if (x + y) % 2 else 25
GREY = np.clip(cv2.GaussianBlur(GREY, (0, 0), 0.8) + rng.normal(0, 1, GREY.shape), 0, 255)
folder = session.folder()
os.mkdir(f"{folder}/p")


def rig(files, **more):
    """A rig of a feed for each file; its path."""
    feeds = {f"c{i + 1}": {"views": [f"c{i + 1}"]} for i in range(len(files))}
    session.dump(f"{folder}/rig.yaml", {
        "schema": "rigpose/rig/1", "feeds": feeds, "board": {"kind": "chessboard", "corners": [9, 6], "square_m": 0.04},
        "recordings": {"b": {**dict(zip(feeds, files)), **more.pop("recording", {})}}, "intrinsics": {"from": "b"}, **more})
    return f"{folder}/rig.yaml"


def frames_of(files, **more):
    """The frames of each view with a board."""
    path = rig(files, **more)
    rigpose("corners", path)
    found = session.load(f"{folder}/out/20_corners.yaml")["recordings"]["b"]
    return [[f["frame"] for f in found[view]["frames"]] for view in sorted(found)]


# Pixels of more than 8 bits: the fewest bits that hold the brightest, or a share of white.
DEPTHS = {f"b{bits}.{ending}": (GREY / 255 * (2 ** bits - 1)).astype(np.uint16) for bits in (10, 12, 14, 16) for ending in ("png", "tif")}
DEPTHS.update({"left10.png": (GREY / 255 * 1023).astype(np.uint16) << 6, "share.tif": (GREY / 255).astype(np.float32),
               "levels.tif": GREY.astype(np.float32), "double.tif": GREY / 255, "int.tif": GREY.astype(np.int32),
               "alpha.png": cv2.merge([GREY.astype(np.uint8)] * 3 + [np.zeros(GREY.shape, np.uint8)])})
for name, pixels in DEPTHS.items():
    cv2.imwrite(f"{folder}/p/{name}", pixels)
found = frames_of([[f"p/{name}"] for name in DEPTHS])
check("a board in pictures of every depth", found == [[0]] * len(DEPTHS), dict(zip(sorted(DEPTHS), found)))
broken = (GREY / 255).astype(np.float32)
broken[3, 3] = np.nan
cv2.imwrite(f"{folder}/p/nan.tif", broken)
cv2.imwritemulti(f"{folder}/p/stack.tif", [GREY.astype(np.uint8)] * 3)
refused("corners", rig([["p/nan.tif"]]), code=1, contains=["nan.tif", "or not finite"])
refused("corners", rig([["p/stack.tif"]]), code=1, contains=["stack.tif' contains several pictures, expected one per file"])

# A frame is the number in its picture's name; gaps stay gaps, and views meet by number.
for name in ("x010", "x011", "x013", "x016", "y011", "y016"):
    cv2.imwrite(f"{folder}/p/{name}.png", GREY.astype(np.uint8))
check("numbers of a pattern", frames_of(["p/x%03d.png", "p/y%03d.png"]) == [[10, 11, 13, 16], [11, 16]])
check("frames and step", frames_of(["p/x%03d.png", "p/y%03d.png"], recording={"frames": [10, 15], "step": 3}) == [[10, 13], []])
listed = [[f"p/x{n:03d}.png" for n in (10, 13, 16)], [f"p/y{n:03d}.png" for n in (11, 16)]]
check("numbers of lists", frames_of(listed) == [[10, 13, 16], [11, 16]])
check("lists without a common number go by place", frames_of([listed[0][:2], listed[1]]) == [[0, 1], [0, 1]])
check("check tells the numbers", "4 frames, numbered 10 to 16" in rigpose("check", rig(["p/x%03d.png"]), code=0).stdout)
refused("check", rig(["p/x%03d.png"], recording={"frames": [20, None]}), code=2, contains=[])
told = rigpose("crop", f"{folder}/rig.yaml").stderr
check("a file without any of the frames", "none of its frames 10 to 16 is in the recording, which starts at 20" in told, told)

# A take of other sizes than its calibration: check says what triangulate would do, and what would mend it.
for name, size in (("half", (160, 120)), ("same", (320, 240)), ("tall", (320, 400))):
    cv2.imwrite(f"{folder}/p/{name}.png", cv2.resize(GREY.astype(np.uint8), size))
session.dump(f"{folder}/cameras.yaml", {"schema": "rigpose/extrinsics/1", "cameras": {"c1": {
    "size": [320, 240], "lens": "pinhole0", "K": [300.0, 300.0, 159.5, 119.5], "dist": []}}})
known = {"cameras": "cameras.yaml", "take": "b", "keypoints": {"source": "yaml"}, "skeleton": "coco17", "intrinsics": None}
told = rigpose("check", rig(["p/half.png"], **known), code=2).stderr  # for want of people
check("a picture scaled", "calibrated at 320x240, its view is 160x120: treated as scaled" in told, told)
rigpose("crop", rig(["p/half.png"], **known))
told = rigpose("export", f"{folder}/rig.yaml", "--to", "opencv").stderr
check("cameras are exported as calibrated, which is told", "exported for pictures of 320x240, as it was calibrated, but those of the take are 160x120" in told, told)
rigpose("crop", rig(["p/same.png"], **known))
told = rigpose("export", f"{folder}/rig.yaml", "--to", "opencv").stderr
check("pictures as calibrated are not warned of", "exported for" not in told, told)
told = rigpose("check", rig(["p/tall.png"], **known), code=2).stderr
check("another shape, and the window that would do", "320x400: the aspect ratios differ" in told and "{c1: {rect: [0, 80, 320, 240]}}" in told, told)

# Of a recording with a step, the moments in between are not listed as empty.
os.makedirs(f"{folder}/out/60_people2d")
cameras = {}
for v in range(2):
    t = np.array([-0.5 * v, 0.0, 3.0])
    cameras[f"c{v + 1}"] = {"size": [320, 240], "lens": "pinhole0", "K": [300.0, 300.0, 159.5, 119.5], "dist": [],
                            "Rt_cam_world": {"rvec": [0.0, 0.0, 0.0], "t_m": t.tolist()}}
    frames = []
    for f in (10, 15, 20):
        p = np.array([[0.1 * (j % 5) - 0.2 + 0.004 * f, 0.1 * (j // 5) - 0.15, 0.02 * (j % 3)] for j in range(17)]) + t
        frames.append({"frame": f, "people": [{"joints": [[300 * x / z + 159.5, 300 * y / z + 119.5, 0.9] for x, y, z in p.tolist()]}]})
    session.dump(f"{folder}/out/60_people2d/c{v + 1}.yaml", {"schema": "rigpose/people2d/1", "view": f"c{v + 1}", "skeleton": "coco17", "frames": frames})
session.dump(f"{folder}/cameras.yaml", {"schema": "rigpose/extrinsics/1", "cameras": cameras})
rigpose("triangulate", rig([None, None], **known, recording={"frames": [10, 20], "step": 5}))
check("frames that a step leaves out", [f["frame"] for f in session.load(f"{folder}/out/70_people3d.yaml")["frames"]] == [10, 15, 20])


def ffmpeg(*arguments):
    subprocess.run(["ffmpeg", "-y", "-loglevel", "error", *arguments], check=True, cwd=folder)


if shutil.which("ffmpeg"):
    ffmpeg("-f", "lavfi", "-i", "testsrc=s=160x120:r=30:d=2", "-c:v", "mpeg4", "-g", "40", "-bf", "2", "whole.mp4")
    ffmpeg("-ss", "0.7", "-i", "whole.mp4", "-c", "copy", "cut.mp4")
    told = rigpose("corners", rig(["cut.mp4"])).stderr
    check("a losslessly cut video is whole", "in 39 frames" in told, told)
    ffmpeg("-i", "whole.mp4", "-c", "copy", "-movflags", "+faststart", "front.mp4")
    with open(f"{folder}/front.mp4", "rb") as stream:
        data = stream.read()
    with open(f"{folder}/front.mp4", "wb") as stream:
        stream.write(data[:len(data) * 6 // 10])
    refused("corners", rig(["front.mp4"]), code=1, contains=["front.mp4' is truncated", "its container says 60"])
    for size in ("160x120", "320x240"):
        ffmpeg("-f", "lavfi", "-i", f"testsrc=s={size}:r=30:d=1", "-c:v", "mpeg2video", f"{size}.ts")
    for name, parts in (("grows", ("160x120", "320x240")), ("joined", ("160x120", "160x120"))):
        with open(f"{folder}/{name}.ts", "wb") as stream:
            for part in parts:
                with open(f"{folder}/{part}.ts", "rb") as source:
                    stream.write(source.read())
    refused("crop", rig(["grows.ts"]), code=1, contains=["frame 30 is 320x240, expected 160x120"])
    refused("crop", rig(["joined.ts"]), code=1, contains=["time stamps jump back at frame 30"])
    ffmpeg("-f", "lavfi", "-i", "sine=d=1", "-c:a", "aac", "sound.mp4")
    refused("crop", rig(["sound.mp4"]), code=1, contains=["sound.mp4' has no pictures"])
    ffmpeg("-i", "whole.mp4", "-i", "whole.mp4", "-map", "0", "-map", "1", "-c", "copy", "two.mp4")
    told = rigpose("crop", rig(["two.mp4"])).stderr
    check("a second stream is warned of", "its file has 2 video streams, the first is used" in told, told)
else:
    session.leave_out("no ffmpeg")
session.finish()
