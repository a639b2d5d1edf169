"""Runs that are killed at any moment: the next one goes on where it was, ends in the same bytes, and leaves nothing over."""
import fcntl
import os
import random
import re
import resource
import shutil
import subprocess
import time

import cv2
import numpy as np

import session
import tiny
from session import check, refused, rigpose

LENGTHS = {"a": 46, "pair": 60, "b": 7}
folder = session.folder()
tiny.network_make(folder)

rng = np.random.default_rng(16)
for feed, n in LENGTHS.items():
    os.mkdir(f"{folder}/{feed}")
    for frame in range(n):
        cv2.imwrite(f"{folder}/{feed}/{frame:03d}.png", cv2.resize(rng.integers(0, 255, (12, 16, 3), np.uint8), (256, 96)))


def rig(name, **keypoints):
    session.dump(f"{folder}/{name}.yaml", {
        "schema": "rigpose/rig/1", "out": f"out_{name}",
        "feeds": {f: {"views": tiny.VIEWS[f], "fps": tiny.FPS, **({"grid": [2, 1]} if len(tiny.VIEWS[f]) > 1 else {})} for f in tiny.VIEWS},
        "recordings": {"walk": {f: f"{f}/%03d.png" for f in tiny.VIEWS}},
        "take": "walk", "keypoints": {"source": "onnx", "model": "zoomed.yaml", **keypoints}, "skeleton": "coco17"})
    return f"{folder}/{name}.yaml"


def names(name):
    """All that lies in a rig's output folder, less the logs."""
    return sorted(os.path.relpath(os.path.join(at, n), f"{folder}/out_{name}")
                  for at, folders, files in os.walk(f"{folder}/out_{name}") for n in folders + files if "/log" not in f"{at}/{n}")


def looked_at(text):
    """How many pictures of a killed run were not lost, as the next run says."""
    found = re.search(r"resuming an interrupted run: (\d+) pictures", text)
    return int(found.group(1)) if found else 0


def made_bytes(name):
    """How much of a rig's people is in the making."""
    at = f"{folder}/out_{name}/60_people2d"
    sizes = []
    for n in os.listdir(at) if os.path.isdir(at) else []:
        try:
            sizes.append(os.path.getsize(f"{at}/{n}") if ".tmp-" in n else 0)
        except FileNotFoundError:
            pass
    return sum(sizes)


def run_killed(name, share, total):
    """Kill a run once so much of its people was made, some milliseconds later. Returns what it said; None: it had ended before."""
    with open(f"{folder}/said", "w+", encoding="utf-8") as said:
        run = subprocess.Popen([session.BINARY, "run", f"{folder}/{name}.yaml"], stderr=said)
        while run.poll() is None and made_bytes(name) < share * total:
            time.sleep(0.002)
        time.sleep(0.03 * chance.random())
        ended = run.poll() is not None
        run.kill()
        run.wait()
        said.seek(0)
        return None if ended else said.read()


chance = random.Random(16)
whole = rig("whole")
rigpose("run", whole)
expected, there = session.tree_bytes(f"{folder}/out_whole"), names("whole")
total = sum(len(v) for k, v in expected.items() if k.startswith("60_people2d"))
check("a whole run leaves no temporary names", not any(".tmp-" in n for n in there), there)

# Killed again and again, each time a little later: each run goes on where the one before was.
path, kept, n_killed = rig("killed"), [], 0
for share in (0, 0, 0.05, 0.3, 0.3, 0.6, 0.9, 0.999):
    said = run_killed("killed", share, total)
    if said is not None:
        n_killed += 1
        kept.append(looked_at(said))
# A kill while views are completed, one after the other, leaves those that are as results: the next run counts the pictures of the others.
completed = any(n.startswith("60_people2d/") and ".tmp-" not in n for n in names("killed"))
done = rigpose("run", path)
kept = [n for n in [*kept, looked_at(done.stderr)] if n > 0]
check("runs were killed", n_killed >= 4, n_killed)
going_on = kept[:-1] if completed else kept
check("each goes on where the one before was", going_on == sorted(going_on) and max(kept) > 0.5 * sum(LENGTHS[f] * len(tiny.VIEWS[f]) for f in tiny.VIEWS), kept)
check("killed runs end in the same bytes", session.tree_bytes(f"{folder}/out_killed") == expected)
check("nothing is left over", names("killed") == there, names("killed"))

# Other inputs: what was kept is not reused, and goes.
path = rig("other")
while run_killed("other", 0.4, total) is None:
    shutil.rmtree(f"{folder}/out_other")
rig("other", zoom="always")
done = rigpose("run", path)
check("other keys: nothing is taken over", looked_at(done.stderr) == 0, done.stderr)
check("other keys: nothing is left over", names("other") == there, names("other"))

# A take that fails late keeps what it found; the mended take has other inputs, the same take goes on.
shutil.copy(f"{folder}/b/006.png", f"{folder}/b/kept.png")
with open(f"{folder}/b/006.png", "r+b") as stream:
    stream.truncate(60)
path = rig("failing")
refused("keypoints", path, code=1, contains=["b/006.png"])
done = subprocess.run([session.BINARY, "keypoints", path], capture_output=True, text=True)
check("it says that it keeps what it found", "the next run resumes from there" in done.stderr, done.stderr)
check("a failed run is gone on with", done.returncode == 1 and looked_at(done.stderr) > 0, done.stderr)
os.replace(f"{folder}/b/kept.png", f"{folder}/b/006.png")
rigpose("run", path)
check("a mended take ends as a whole one", session.tree_bytes(f"{folder}/out_failing/60_people2d").keys() ==
      session.tree_bytes(f"{folder}/out_whole/60_people2d").keys() and names("failing") == there, names("failing"))

# Leftovers of the dead go, what lives or is a user's stays; a planted link is not followed.
made, beside = f"{folder}/out_whole/60_people2d/a.yaml", f"{folder}/out_whole/60_people2d"
leftover = f"{made}.tmp-00112233445566ff"
strangers = [f"{made}.tmp-mine", f"{made}.tmp-00112233445566f", f"{beside}/x.yaml.tmp-00112233445566ff"]
for name in [leftover, *strangers]:
    with open(name, "w", encoding="utf-8") as stream:
        stream.write("x")
with open(f"{folder}/victim", "w", encoding="utf-8") as stream:
    stream.write("untouched")
os.symlink(f"{folder}/victim", f"{made}.tmp-0011223344556677")
living = f"{made}.tmp-0011223344556688"
with open(living, "w", encoding="utf-8") as held:
    fcntl.flock(held, fcntl.LOCK_EX)
    rigpose("keypoints", whole)
    check("a dead run's leftover is swept", not os.path.exists(leftover))
    check("names of others stay", all(os.path.exists(n) for n in strangers))
    check("a living run's file stays", os.path.exists(living))
check("a link is not followed", open(f"{folder}/victim", encoding="utf-8").read() == "untouched")
for name in [*strangers, living, f"{made}.tmp-0011223344556677"]:
    os.remove(name)
os.remove(made)
os.symlink(f"{folder}/victim", made)
rigpose("keypoints", whole)
check("a link in a result's place is replaced", not os.path.islink(made) and open(f"{folder}/victim", encoding="utf-8").read() == "untouched")
check("the same bytes again", session.tree_bytes(f"{folder}/out_whole") == expected)

# Two at once: the second is refused, and the first is not disturbed.
lock = os.open(f"{folder}/out_whole", os.O_RDONLY)
fcntl.flock(lock, fcntl.LOCK_EX)
refused("keypoints", whole, code=1, contains=["another rigpose is running in", "out_whole"])
refused("run", whole, code=1, contains=["another rigpose is running in"])
os.close(lock)

# Limits, and what stands in the way: one line, and what was there stays.
refused("crop", whole, code=1, contains=["10_feeds.yaml", "File too large"], preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)))
os.remove(f"{folder}/out_whole/seconds.yaml")
os.mkdir(f"{folder}/out_whole/seconds.yaml")
done = rigpose("crop", whole)
check("seconds.yaml cannot fail a stage", "seconds.yaml" in done.stderr and done.stderr.count("warning") == 1, done.stderr)
os.rmdir(f"{folder}/out_whole/seconds.yaml")
with open(f"{folder}/out_whole/seconds.yaml", "w", encoding="utf-8") as stream:
    stream.write("seconds: [")
rigpose("crop", whole)
check("nor a damaged one", session.load(f"{folder}/out_whole/seconds.yaml")["seconds"]["crop"] >= 0)
for shell in ("keys --tables | head -1", "stages | true"):
    done = subprocess.run(["bash", "-c", f"{session.BINARY} {shell}"], capture_output=True, text=True)
    check(f"{shell}: ends quietly", done.stderr == "", done.stderr)
done = subprocess.run(["bash", "-c", f"{session.BINARY} crop {whole} 2>&1 >&- | true; exit ${{PIPESTATUS[0]}}"])
check("nobody listens: the stage goes on", done.returncode == 0, done.returncode)

for name in ("file", "link"):
    shutil.copy(whole, f"{folder}/{name}.yaml")
    with open(f"{folder}/{name}.yaml", encoding="utf-8") as stream:
        text = stream.read().replace("out: out_whole", f"out: at_{name}")
    with open(f"{folder}/{name}.yaml", "w", encoding="utf-8") as stream:
        stream.write(text)
with open(f"{folder}/at_file", "w", encoding="utf-8"):
    os.symlink("/nowhere/at/all", f"{folder}/at_link")
refused("crop", f"{folder}/file.yaml", code=1, contains=["at_file': a file of that name exists"])
refused("crop", f"{folder}/link.yaml", code=1, contains=["at_link': a broken link is there"])

# A result that is not as it was made.
with open(f"{beside}/b.yaml", encoding="utf-8") as stream:
    text = stream.read()
lines = text.splitlines(keepends=True)
for what, damaged in {"cut": lines[:-2], "cut in a line": [text[:-100]]}.items():
    with open(f"{beside}/b.yaml", "w", encoding="utf-8") as stream:
        stream.writelines(damaged)
    done = rigpose("run", whole)
    check(f"{what}: made again", "keypoints: up to date" not in done.stderr and session.tree_bytes(f"{folder}/out_whole") == expected, done.stderr)
with open(f"{beside}/b.yaml", "w", encoding="utf-8") as stream:
    stream.write(text.replace("frame: 6", "frame: 8"))
done = rigpose("run", whole)
check("changed by hand: told, once, and taken", done.stderr.count("b.yaml' was modified after rigpose wrote it") == 1 and "keypoints: up to date" in done.stderr, done.stderr)
with open(f"{beside}/b.yaml", "w", encoding="utf-8") as stream:
    stream.write(text)
os.makedirs(f"{beside}/b")
with open(f"{beside}/b/notes.txt", "w", encoding="utf-8") as stream:
    stream.write("a user's")
rigpose("run", whole)
shutil.copy(f"{beside}/b.yaml", f"{beside}/b/000000.yaml")
refused("run", whole, code=1, contains=["b.yaml' and the folder", "expected one of them: remove the other"])
shutil.rmtree(f"{beside}/b")
with open(f"{folder}/out_whole/10_feeds.yaml", "w", encoding="utf-8") as stream:
    stream.write("")
refused("run", whole, code=1, contains=["10_feeds.yaml", "`rigpose crop "])
rigpose("crop", whole)
check("crop makes a damaged 10_feeds.yaml again", session.tree_bytes(f"{folder}/out_whole") == expected)

# Footage exchanged for other of the same lengths, though 10_feeds.yaml is younger.
pictures = sorted(os.listdir(f"{folder}/b"))
os.mkdir(f"{folder}/turned")
for name, other in zip(pictures, pictures[1:] + pictures[:1]):
    shutil.copy(f"{folder}/b/{other}", f"{folder}/turned/{name}")
os.rename(f"{folder}/b", f"{folder}/b_before")
os.rename(f"{folder}/turned", f"{folder}/b")
os.utime(f"{folder}/out_whole/10_feeds.yaml")
done = rigpose("run", whole)
check("exchanged footage is seen", "crop: up to date" not in done.stderr and "keypoints: up to date" not in done.stderr, done.stderr)

# What another program says of the footage holds, but not without a word.
feeds = session.load(f"{folder}/out_whole/10_feeds.yaml")
del feeds["inputs"]
session.dump(f"{folder}/out_whole/10_feeds.yaml", feeds)
check("foreign facts as the rig has them", "another program: recording" not in rigpose("keypoints", whole).stderr)
feeds["recordings"]["walk"]["left"]["offset_s"] = 0.25
session.dump(f"{folder}/out_whole/10_feeds.yaml", feeds)
done = rigpose("keypoints", whole)
check("foreign facts that differ are told", done.stderr.count("view 'left' has offset_s 0.25 there, which is used, and 0 in") == 1, done.stderr)
session.finish()
