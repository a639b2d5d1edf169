"""The command line itself: help, versions, wrong usage, init and check on feeds of every kind."""
import os
import subprocess

import cv2
import numpy as np

import session
from session import check, refused, rigpose

COMMANDS = ["run", "check", "init", "board", "keys", "stages", "summary", "synth", "demo", "eval", "overlay", "export", "uncertainty", "doctor", "batch", "models", "help", "completion", "manual",
            "crop", "corners", "intrinsics", "extrinsics", "stereo", "keypoints", "triangulate", "watch", "refine"]
OPTIONS = {"batch": ["--sessions N"], "run": ["--force", "--to STAGE", "--repair"], "board": ["--kind KIND", "--paper SIZE", "--dir DIR"], "keys": ["--tables"], "synth": ["--people N", "--seed N"], "export": ["--to FORMAT", "--dir DIR"],
           "overlay": ["--stage STAGE"],
           "crop": ["--write"], "corners": ["--slice K/N"], "keypoints": ["--maps", "--slice K/N"], "watch": ["--repair"]}
check("version", rigpose("--version").stdout.startswith("rigpose "))
overview = rigpose("--help").stdout
for command in COMMANDS:
    check(f"{command} in the overview", f"  {command} " in overview)
    told = rigpose(command, "--help").stdout
    usage = told.splitlines()[0]
    check(f"{command} --help", usage.startswith(f"usage: rigpose {command}"), told)
    for option in OPTIONS.get(command, []):
        check(f"{command} tells of {option}", option in usage and f"\n  {option} " in told, told)
    check(f"{command} has no other options", usage.count("--") == len(OPTIONS.get(command, [])), usage)
check("stages lists results", "40_extrinsics.yaml" in rigpose("stages").stdout)
refused("nonsense", code=2, contains=["unknown command 'nonsense'"])
refused("triangluate", "x", code=2, contains=["unknown command 'triangluate'; did you mean 'triangulate'?"])
refused("export", "x", "--too=trc", code=2, contains=["unknown option '--too'; did you mean '--to'?"])
refused("crop", "x", "--write=1", code=2, contains=["option '--write' takes no value"])
refused("crop", "--jobs=0", "x", code=2, contains=["option '--jobs': '0', expected a whole number from 1"])
refused("crop", "x", "--color", "green", code=2, contains=["expected auto, always or never"])
refused("export", "--to=nonsense", "x", code=2, contains=["opencv"])
refused("crop", "--", "--write", code=2, contains=["--write"])
check("help of a stage is its --help", rigpose("help", "watch").stdout == rigpose("watch", "-h").stdout)
colored = rigpose("crop", "/nowhere", "--color=always", code=2).stderr
check("errors in colour where asked for", colored.startswith("\033[1;31merror: \033[0m"), colored)
check("and not into a pipe", rigpose("crop", "/nowhere", code=2).stderr.startswith("error: "))
manual = rigpose("manual").stdout
for command in COMMANDS:
    check(f"the manual tells of {command}", f"\\fB{command}\\fR" in manual)
refused("run", code=2, contains=["usage: rigpose run RIG [--force] [--to STAGE] [--repair]"])
refused("crop", "x", "--maps", code=2, contains=["unknown option '--maps'"])
refused("export", "x", code=2, contains=["usage: rigpose export RIG --to FORMAT [--dir DIR]"])
refused("run", "--nonsense", "x", code=2, contains=["unknown option '--nonsense'"])
refused("run", "/nowhere/rig.yaml", code=2, contains=["/nowhere/rig.yaml"])
refused("export", "x", "--to", "nonsense", code=2, contains=["expected one of opencv, easymocap"])
refused("keys", "motion.speed", code=2, contains=["no key 'motion.speed'"])
refused("synth", "x", "--people", "9", code=2, contains=["--people", "1 to 4"])
rigpose(code=2)
# What is near to a known word is offered; an option has one value, which is not another option.
refused("help", "triangluate", code=2, contains=["unknown command 'triangluate'; did you mean 'triangulate'?"])
refused("help", "nope", code=2, contains=["unknown command 'nope': see `rigpose help`"])
refused("export", "x", "--to", "trcc", code=2, contains=["'trcc', expected one of opencv,", "did you mean 'trc'?"])
refused("--frce", "run", "x", code=2, contains=["unknown option '--frce'"])
refused("export", "x", "--to", "trc", "--to", "csv", code=2, contains=["option '--to' is given twice"])
refused("run", "x", "--jobs=1", "--jobs", "2", code=2, contains=["option '--jobs' is given twice"])
refused("export", "x", "--to=trc", "--dir", "-q", code=2, contains=["option '--dir' needs a value; one that begins with '-' is given as '--dir=-q'"])
refused("export", "--dir", "-q", "x", "--to=trc", code=2, contains=["option '--dir' needs a value"])
refused("export", "x", "--dir", "--to=trc", code=2, contains=["option '--dir' needs a value"])
refused("run", "x", "--jobs", "-q", code=2, contains=["option '--jobs' needs a value"])
refused("export", "/nowhere", "--to=trc", "--dir=-q", code=2, contains=["cannot read '/nowhere'"])
refused("run", "-qv", "x", code=2, contains=["option '-qv': expected short options one by one, as in '-q -v'"])
refused("-vq", "run", "x", code=2, contains=["option '-vq': expected short options one by one, as in '-v -q'"])
refused("run", "x", "-q", "--verbose", code=2, contains=["options '--quiet' and '--verbose' exclude each other"])

# Four kinds of feed: MPEG-4 in mp4, motion JPEG in avi, a folder of pictures, and (where there is ffmpeg) H.264 and VP9.
folder = session.folder()
rng = np.random.default_rng(1)
size = (320, 240)
tiles = [cv2.resize(rng.integers(60, 200, (6, 8, 3), np.uint8), size, interpolation=cv2.INTER_CUBIC) for _ in range(4)]
quad = np.vstack([np.hstack(tiles[:2]), np.hstack(tiles[2:])])
pair = np.hstack(tiles[1:3])


def video(path, picture, fourcc):
    writer = cv2.VideoWriter(path, cv2.VideoWriter_fourcc(*fourcc), 25, (picture.shape[1], picture.shape[0]))
    for _ in range(10):
        writer.write(picture)
    writer.release()


video(f"{folder}/board_quad.mp4", quad, "mp4v")
video(f"{folder}/walk_quad.mp4", quad, "mp4v")
video(f"{folder}/walk_pair.avi", pair, "MJPG")
os.mkdir(f"{folder}/walk_side")
for i in range(5):
    cv2.imwrite(f"{folder}/walk_side/{i:03d}.png", tiles[3])
for name, codec in (("walk_h264.mp4", "libx264"), ("walk_vp9.webm", "libvpx-vp9")):
    subprocess.run(["ffmpeg", "-loglevel", "error", "-i", f"{folder}/walk_quad.mp4", "-c:v", codec, f"{folder}/{name}"], check=False)
print(rigpose("init", folder).stderr)
rig = f"{folder}/rig.yaml"
with open(rig, encoding="utf-8") as stream:
    print(stream.read())
made = session.load(rig)
check("four tiles guessed", made["feeds"]["quad"]["grid"] == [2, 2], made["feeds"])
check("side by side guessed", made["feeds"]["pair"]["grid"] == [2, 1], made["feeds"])
check("one picture guessed", "grid" not in made["feeds"]["side"], made["feeds"])
check("board and take guessed", made["intrinsics"]["from"] == "board" and made["take"] == "walk", made)
refused("init", folder, code=2, contains=["rig.yaml", "already"])
failed = rigpose("check", rig, code=2)
check("check asks for the board", "board.square_m: " in failed.stderr and "board.corners: " in failed.stderr, failed.stderr)
with open(rig, encoding="utf-8") as stream:
    filled = stream.read().replace("corners: null", "corners: [9, 6]").replace("square_m: null", "square_m: 0.1").replace("\ntake: walk\nkeypoints", "\n# keypoints")
with open(rig, "w", encoding="utf-8") as stream:
    stream.write(filled)
told = rigpose("check", rig).stdout
check("check tells sizes", "320x240" in told and "10 frames" in told, told)
os.remove(f"{folder}/walk_pair.avi")
failed = rigpose("check", rig, code=2)
check("check names what is missing", "walk_pair.avi" in failed.stderr and "1 problem" in failed.stderr, failed.stderr)
os.mkdir(f"{folder}/empty")
refused("init", f"{folder}/empty", code=1, contains=["no videos or pictures"])
session.finish()
