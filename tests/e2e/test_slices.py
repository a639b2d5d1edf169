"""Stages in slices: whatever their number and order, wherever one was killed, the result has the bytes of an undivided run."""
import contextlib
import fcntl
import os
import subprocess
import time

import session
import tiny
from session import check, refused, rigpose

folder = session.folder()
tiny.network_make(folder)
tiny.take_make(folder)
tiny.boards_make(folder, ["a", "b"])
BOARDS = {"feeds": {"a": {"views": ["a"]}, "b": {"views": ["b"]}}, "board": tiny.BOARD,
          "recordings": {"board": {f: f"board_{f}/%03d.png" for f in "ab"}, "floor": {"b": "board_b/%03d.png", "frames": [3, 8]}},
          "intrinsics": {"from": "board", "lens": "pinhole5"},
          "extrinsics": {"from": "board", "world": {"board": "floor"}}}


def take(name, **keys):
    return tiny.rig_write(f"{folder}/{name}.yaml", out=f"out_{name}", **keys)


def boards(name):
    session.dump(f"{folder}/{name}.yaml", {"schema": "rigpose/rig/1", "out": f"out_{name}", **BOARDS})
    return f"{folder}/{name}.yaml"


def slices_at(name):
    at = f"{folder}/out_{name}/slices"
    return sorted(os.listdir(at)) if os.path.isdir(at) else []


@contextlib.contextmanager
def held(path):
    """As if another rigpose worked in a folder."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    yield
    os.close(handle)


def begun(rig):
    rigpose("crop", rig)
    return rig


def same(what, name, stage, expected):
    done = rigpose("run", f"{folder}/{name}.yaml", "--to", stage)
    check(f"{what}: the bytes of an undivided run", session.tree_bytes(f"{folder}/out_{name}") == expected)
    check(f"{what}: slices are gone", not os.path.exists(f"{folder}/out_{name}/slices"), slices_at(name))
    return done.stderr


whole = take("whole")
rigpose("run", whole, "--to", "keypoints")
expected = session.tree_bytes(f"{folder}/out_whole")
n_pictures = sum(n * len(tiny.VIEWS[f]) for f, n in tiny.LENGTHS.items())

# --- keypoints -------------------------------------------------------------------------------------------------------
stages = {s["name"]: s for s in session.loads(rigpose("stages", whole).stdout)["stages"]}
check("the rig's stages, in order", list(stages) == ["crop", "keypoints"], stages)
check("what keypoints needs", stages["keypoints"]["needs"] == ["crop"])
check("pictures of the take", stages["keypoints"]["pictures"] == n_pictures, stages["keypoints"])
check("slices: a group of three pictures of the longest feed", stages["keypoints"]["slices_most"] == 9, stages["keypoints"])

for name, order in {"one": [1], "four": [3, 1, 2, 4], "more_than_groups": range(11, 0, -1)}.items():
    rig = begun(take(name))
    for k in order:
        rigpose("keypoints", rig, "--slice", f"{k}/{len(order)}")
    check(f"{name}: a folder each", len(slices_at(name)) == len(order), slices_at(name))
    told = same(f"{name} of slices", name, "keypoints", expected)
    check(f"{name}: all is taken from slices", f"keypoints: {n_pictures} pictures were processed in slices" in told, told)

parts = {"recordings": {"walk": {**{f: f"{f}/%03d.png" for f in tiny.VIEWS}, "frames": [5, 22], "step": 2}}}
rigpose("run", take("part_whole", **parts), "--to", "keypoints")
rig = begun(take("part", **parts))
for k in (2, 1):
    rigpose("keypoints", rig, "--slice", f"{k}/2")
same("a take of every second frame", "part", "keypoints", session.tree_bytes(f"{folder}/out_part_whole"))

# A slice that is missing, damaged or stale is computed by the stage itself.
rig = begun(take("holed"))
for k in (1, 3):
    rigpose("keypoints", rig, "--slice", f"{k}/3")
told = same("a slice is missing", "holed", "keypoints", expected)
check("a slice is missing: those before it are taken", "pictures were processed in slices" in told and f" {n_pictures} pictures" not in told, told)

rig = begun(take("damaged"))
for k in (1, 2):
    rigpose("keypoints", rig, "--slice", f"{k}/2")
with open(f"{folder}/out_damaged/slices/keypoints-0001-of-0002/left.yaml", "r+b") as stream:
    stream.truncate(1500)
same("a slice was cut", "damaged", "keypoints", expected)

rig = begun(take("stale", keypoints={"source": "onnx", "model": "zoomed.yaml", "zoom": "always"}))
for k in (1, 2):
    rigpose("keypoints", rig, "--slice", f"{k}/2")
take("stale")
told = same("slices of other keys", "stale", "keypoints", expected)
check("slices of other keys are not taken", "in slices" not in told, told)

# A slice that is there is not computed again, nor is any of a result that is current.
rig = begun(take("again"))
first = rigpose("keypoints", rig, "--slice", "2/3").stderr
check("a slice is computed", "100 %" in first, first)
again = rigpose("keypoints", rig, "--slice", "2/3").stderr
check("a slice that is there is not computed again", "100 %" not in again and "up to date" in again, again)
same("one slice of three", "again", "keypoints", expected)
check("no slice of a current result", "up to date" in rigpose("keypoints", rig, "--slice", "1/3").stderr and not slices_at("again"))

# Slices run side by side, and beside a run; one slice is not run twice at a time.
rig = begun(take("beside"))
at = f"{folder}/out_beside/slices/keypoints-0001-of-0002"
os.makedirs(at)
with held(at):
    refused("keypoints", rig, "--slice", "1/2", code=1, contains=["another rigpose is running in", "keypoints-0001-of-0002"])
    rigpose("keypoints", rig, "--slice", "2/2")
with held(f"{folder}/out_beside"):
    rigpose("keypoints", rig, "--slice", "1/2")
same("slices beside a run", "beside", "keypoints", expected)

# A slice that is killed goes on where it was.
rig = begun(take("killed"))
at = f"{folder}/out_killed/slices/keypoints-0001-of-0001"
with subprocess.Popen([session.BINARY, "keypoints", rig, "--slice", "1/1", "--jobs", "1", "--quiet"]) as run:
    while run.poll() is None and not (os.path.isdir(at) and sum(os.path.getsize(f"{at}/{n}") for n in os.listdir(at)) > 20000):
        time.sleep(0.002)
    check("a slice was killed", run.poll() is None)
    run.kill()
told = rigpose("keypoints", rig, "--slice", "1/1").stderr
check("a killed slice goes on where it was", "resuming an interrupted run" in told, told)
same("a slice was killed", "killed", "keypoints", expected)

# --- corners ---------------------------------------------------------------------------------------------------------
rig = boards("boards_whole")
rigpose("run", rig, "--to", "corners")
expected = session.tree_bytes(f"{folder}/out_boards_whole")
stages = {s["name"]: s for s in session.loads(rigpose("stages", rig).stdout)["stages"]}
check("pictures of boards", stages["corners"]["pictures"] == 2 * tiny.N_BOARDS + 6, stages["corners"])
check("slices of boards: a recording's feeds", stages["corners"]["slices_most"] == 3, stages["corners"])
check("boards were found", expected["20_corners.yaml"].count(b"frame: ") > tiny.N_BOARDS, expected["20_corners.yaml"][:400])
for name, order, skipped in (("boards_two", [2, 1], []), ("boards_five", [5, 3, 1, 2, 4], []), ("boards_holed", [1, 3], [2])):
    rig = begun(boards(name))
    for k in order:
        rigpose("corners", rig, "--slice", f"{k}/{len(order) + len(skipped)}")
    same(name, name, "corners", expected)

# --- refused ---------------------------------------------------------------------------------------------------------
rig = take("refused")
refused("keypoints", rig, "--slice", "1/2", code=1, contains=["keypoints needs 10_feeds.yaml", "run `rigpose crop"])
check("a slice makes no folder before it may run", not os.path.exists(f"{folder}/out_refused"))
for text in ("0/3", "4/3", "3", "1/0", "1/2/3", "a/b", "-1/2", "1/99999", " 1/2", "1/2 "):
    refused("keypoints", rig, f"--slice={text}", code=2, contains=["option '--slice'", f"'{text}'", "expected K/N"])
refused("keypoints", rig, "--slice", "1/2", "--maps", code=2, contains=["options '--maps' and '--slice' exclude each other"])
refused("corners", rig, "--slice", "1/2", code=2, contains=["corners is not configured"])
refused("run", rig, "--to", "corner", code=2, contains=["option '--to'", "no stage 'corner'"])
refused("run", rig, "--to", "corners", code=2, contains=["corners is not configured"])
for view in ("a", "left", "right", "b"):
    session.dump(f"{folder}/{view}.json", [])
rig = take("imported", keypoints={"source": "coco", "people": "{view}.json"})
rigpose("crop", rig)
refused("keypoints", rig, "--slice", "1/2", code=2, contains=["option '--slice'", "imported from files"])
session.finish()
