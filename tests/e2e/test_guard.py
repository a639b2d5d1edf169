"""What a session may hold to hold rigpose up, to harm a terminal, or to run code: refused in one clear error, at once."""
import os
import resource
import subprocess

import session
from session import check, refused, rigpose

folder = session.folder()
RIG = {"schema": "rigpose/rig/1", "feeds": {"a": {"views": ["a"], "fps": 30}, "b": {"views": ["b"], "fps": 30}},
       "recordings": {"walk": {"a": None, "b": None}}, "take": "walk", "cameras": "cameras.yaml", "keypoints": {"source": "yaml"},
       "skeleton": "coco17"}
pose = {"rvec": [0, 0, 0], "t_m": [0, 0, 3]}
session.dump(f"{folder}/cameras.yaml", {"schema": "rigpose/extrinsics/1", "cameras": {name: {
    "size": [640, 480], "lens": "pinhole0", "K": [500, 500, 320, 240], "dist": [], "Rt_cam_world": pose} for name in "ab"}})
os.makedirs(f"{folder}/out/60_people2d")


def people(name, frames):
    session.dump(f"{folder}/out/60_people2d/{name}.yaml", {"schema": "rigpose/people2d/1", "view": name, "skeleton": "coco17", "frames": [
        {"frame": frame, "people": [{"joints": [[300 + k, 200 + 5 * k, 0.9] for k in range(17)]}]} for frame in frames]})


def rig(**changes):
    session.dump(f"{folder}/rig.yaml", {**RIG, **changes})
    return f"{folder}/rig.yaml"


# Spans of frames that make nothing, and more people than there are.
people("a", [0, 1, 999999999])
people("b", [0, 1])
done = rigpose("triangulate", rig())
check("a frame far off is no span", len(session.load(f"{folder}/out/70_people3d.yaml")["frames"]) < 100, done.stderr)
many = session.load(f"{folder}/out/60_people2d/b.yaml")
many["frames"][1]["people"] *= 1001
session.dump(f"{folder}/out/60_people2d/b.yaml", many)
refused("triangulate", rig(), code=1, contains=["b.yaml:", "1001 people in frame 1, expected at most 1000"])
people("b", [0, 1])
for rate in (1e-9, 0.02):
    refused("triangulate", rig(feeds={"a": {"views": ["a"], "fps": 30}, "b": {"views": ["b"], "fps": rate}}), code=2,
            contains=["view 'b' has", "expected rates within a factor of 1000"])

# Nothing waits for a pipe.
for name, stage in (("cameras.yaml", "triangulate"), ("out/60_people2d/a.yaml", "triangulate"), ("rig.yaml", "check")):
    path = rig()
    kept = open(f"{folder}/{name}", encoding="utf-8").read()
    os.remove(f"{folder}/{name}")
    os.mkfifo(f"{folder}/{name}")
    done = subprocess.run([session.BINARY, stage, path], capture_output=True, text=True, timeout=60, check=False)
    check(f"{name}: a pipe is refused", done.returncode in (1, 2) and "it is a pipe, expected a regular file" in done.stderr, done.stderr)
    os.remove(f"{folder}/{name}")
    with open(f"{folder}/{name}", "w", encoding="utf-8") as stream:
        stream.write(kept)

# What steers a terminal is shown.
done = subprocess.run([session.BINARY, "check", rig(skeleton="\x1b]0;owned\x07\u202e.yaml\nerror: none")], capture_output=True, check=False)
check("hidden characters are shown", done.returncode == 2 and b"\x1b" not in done.stderr and "\u202e".encode() not in done.stderr and
      b"\\x1B" in done.stderr, done.stderr)

# A descriptor loads no library.
model = session.load(os.path.join(os.getcwd(), "configs", "models", "higherhrnet_w32_512.yaml"))
session.dump(f"{folder}/evil.yaml", {**model, "runtime": {"backend": "onnxruntime", "library": "./evil.so"}})
done = subprocess.run([session.BINARY, "models", f"{folder}/evil.yaml"], capture_output=True, text=True, check=False)
check("models refuses a library", done.returncode != 0 and "runtime.library" in done.stdout + done.stderr and
      "RIGPOSE_ONNXRUNTIME" in done.stdout + done.stderr, (done.stdout, done.stderr))

# A library that aborts, as some releases of FFmpeg do on these bits of a lossless picture, ends the program with words.
BITS = ("5249464656000000574542505650384c490000002f0600010037a026002168d43f8238260514704f1f32018b146ba1802cfa47e07290095884582c2d"
        "a5f1cae11560fe03dd08ddc9f188637c8120db662e539ac0fd41ae10d1ff58f20100ffffffffffffffffff")
os.mkdir(f"{folder}/film")
with open(f"{folder}/film/\x1b[2J.mp4", "wb") as stream:
    stream.write(bytes.fromhex(BITS))
session.dump(f"{folder}/film/rig.yaml", {
    "schema": "rigpose/rig/1", "feeds": {"a": {"views": ["a"]}}, "board": {"corners": [9, 6], "square_m": 0.1},
    "recordings": {"board": {"a": "\x1b[2J.mp4"}}, "intrinsics": {"from": "board"}})
refused("corners", f"{folder}/film/rig.yaml", code=1, contains=["\\x1B[2J.mp4"])  # or crop, on the way
left = set(os.listdir(f"{folder}/film/out")) - {"10_feeds.yaml", "log", "seconds.yaml"}
check("nothing is left over but what corners had found", not [n for n in left if not n.startswith("20_corners.yaml.tmp-")], left)

# Where address space is short a stage ends, well or with words.
for kilobytes in (400000, 500000, 800000):
    done = subprocess.run([session.BINARY, "triangulate", rig()], capture_output=True, text=True, timeout=120, check=False,
                          preexec_fn=lambda k=kilobytes: resource.setrlimit(resource.RLIMIT_AS, (k * 1024, k * 1024)))
    told = "error" in done.stderr
    check(f"within {kilobytes} kB of address space: done, or why not", done.returncode == 0 or (done.returncode > 0 and told), done)
session.finish()
