"""A run of all stages that is killed, once and again and again: the next one ends in the bytes of a run that was not, and leaves nothing over."""
import os
import random
import re
import shutil
import subprocess
import time

import killed_session
import session
from session import check

folder = session.folder()
rig = killed_session.make(folder)
expected, there, seconds = killed_session.whole_run(rig)
for name in ("20_corners.yaml", "30_intrinsics.yaml", "40_extrinsics.yaml", "50_stereo.yaml", "60_people2d/left.yaml", "70_people3d.yaml", "80_motion.yaml"):
    check(f"the session makes {name}", name in expected)
chance = random.Random(20)
for share in (0.2, 0.5, 0.8):
    killed_session.clear(rig)
    at = killed_session.killed_at(rig, (share + 0.1 * chance.random()) * seconds)
    now, names, _ = killed_session.whole_run(rig)
    check(f"killed in {at}: the same bytes", now == expected, [n for n in expected if now.get(n) != expected[n]])
    check("nothing is left over", names == there, set(names) ^ set(there))
killed_session.clear(rig)
stages = []
while len(stages) < 6 and (at := killed_session.killed_at(rig, (0.15 + 0.3 * chance.random()) * seconds)):
    stages.append(at)
now, names, _ = killed_session.whole_run(rig)
check(f"killed again and again ({', '.join(stages)}): the same bytes", stages and now == expected and names == there, set(names) ^ set(there))
check("the report is there", os.path.exists(f"{folder}/out/report.html"))

# Corners go on where they were.
out = f"{folder}/out"


def left():
    return [f"{out}/{n}" for n in os.listdir(out) if n.startswith("20_corners.yaml.tmp-")] if os.path.isdir(out) else []


def corners_killed(least):
    """Kill corners once so many bytes of what it has found are on the disk: the file that is left."""
    killed_session.clear(rig)
    run = subprocess.Popen([session.BINARY, "corners", rig, "--jobs", "1"], stderr=subprocess.DEVNULL)
    while run.poll() is None and not (left() and os.path.getsize(left()[0]) >= least):
        time.sleep(0.002)
    run.kill()
    run.wait()
    return left()[0]


def gone_on(what, resumed=True):
    done = session.rigpose("corners", rig)
    found = re.search(r"corners: resuming an interrupted run: (\d+) pictures", done.stderr)
    check(f"{what}: {'goes on' if resumed else 'begins again'}", bool(found) == resumed, done.stderr)
    check(f"{what}: the same bytes", open(f"{out}/20_corners.yaml", "rb").read() == expected["20_corners.yaml"])
    check(f"{what}: nothing is left over", not left())
    return int(found.group(1)) if found else 0


whole = os.path.getsize(f"{out}/20_corners.yaml")
corners_killed(0.5 * whole)
n = gone_on("killed half way")
check("half of the pictures are not searched again", n >= 10, n)
path = corners_killed(0.5 * whole)
os.truncate(path, os.path.getsize(path) - 100)
gone_on("cut within a picture")
path = corners_killed(0.5 * whole)
with open(path, "r+b") as stream:
    stream.seek(-3000, os.SEEK_END)
    stream.write(bytes(3000))
gone_on("zeros at the end, as after a power failure")
path = corners_killed(0.5 * whole)
with open(path, "r+b") as stream:
    stream.write(b"of another version")
gone_on("another version's", resumed=False)
path = corners_killed(0.5 * whole)
shutil.copy(f"{folder}/left/board000.png", f"{folder}/kept.png")
shutil.copy(f"{folder}/left/board001.png", f"{folder}/left/board000.png")
done = session.rigpose("corners", rig)
check("of other pictures: begins again", "resuming" not in done.stderr and open(f"{out}/20_corners.yaml", "rb").read() != expected["20_corners.yaml"] and not left())
os.replace(f"{folder}/kept.png", f"{folder}/left/board000.png")
session.rigpose("run", rig)
with open(f"{out}/20_corners.yaml.tmp-00112233445566ff", "w", encoding="utf-8") as stream:
    stream.write("of a run that was killed right after the result was there")
session.rigpose("run", rig)
check("what is left beside a current result goes", not left() and session.tree_bytes(out) == expected)
session.finish()
