"""Movement of more frames than C3D's 16 bits count: its fields for long takes, and that memory does not grow with the take."""
import os
import subprocess
import sys

import numpy as np

import motion_readers as readers
import session
import stepper
from session import BINARY, check, check_at_most

SHORT, LONG, FIRST, CYCLE, PART = 2_000, 66_000, 66_000, 500, 20_000
FLOAT_M = 2.5e-7  # floats of up to 4000 mm
MEMORY_MIB = 8  # more than for the short take: its tallies of bones, of at most 16,384 moments


def write(folder, n):
    """n frames from FIRST on, in parts as a long take has them: the first CYCLE frames of the stepper again and again. Their joints."""
    rig = stepper.write_people3d(folder, "coco17", 1)
    os.remove(f"{folder}/out/70_people3d.yaml")
    os.mkdir(f"{folder}/out/70_people3d")
    cycle = stepper.joints3d("coco17", range(CYCLE)).round(6)
    rows = [", ".join("{p_m: [%.6f, %.6f, %.6f], sigma_m: 0.005}" % tuple(p) for p in joints) for joints in cycle]
    for part, first in enumerate(range(0, n, PART)):
        with open(f"{folder}/out/70_people3d/{FIRST + first:06d}.yaml", "w", encoding="utf-8") as stream:
            stream.write(f"schema: rigpose/people3d/1\nskeleton: coco17\nn_joints: 17\nfps: {stepper.FPS}\nviews: [c1, c2]\n")
            stream.write((f"part: {part + 1}\n" if part else "") + "frames:\n")
            for f in range(first, min(first + PART, n)):
                stream.write(f"- {{frame: {FIRST + f}, people: [{{id: 1, joints: [{rows[f % CYCLE]}]}}]}}\n")
    return rig, cycle


# Of a small process between, since a child's peak includes what its parent had when it was forked.
MEASURE = """import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)"""


def export(rig, to):
    """Peak memory, MiB."""
    done = subprocess.run([sys.executable, "-S", "-c", MEASURE, BINARY, "export", rig, "--to", to], capture_output=True, text=True, timeout=540)
    check(f"{to} of {rig}", done.returncode == 0, done.stderr)
    return int(done.stdout) / 1024


folder = session.folder()
short, _ = write(f"{folder}/short", SHORT)
rig, cycle = write(f"{folder}/long", LONG)
for form in ("c3d", "bvh"):
    least, most = export(short, form), export(rig, form)
    check_at_most(f"{form}: MiB of {LONG} frames over {least:.1f} MiB of {SHORT}", most - least, MEMORY_MIB)
c3d = readers.read_c3d(f"{folder}/long/out/export/c3d/walk_person1.c3d")  # checks both counts, and the header's
point, trial = c3d["parameters"]["POINT"], c3d["parameters"]["TRIAL"]
check("C3D: POINT:FRAMES and LONG_FRAMES have all", point["FRAMES"] == [float(LONG)] == point["LONG_FRAMES"], point)
last = FIRST + LONG
check("C3D: TRIAL's fields have 32 bits", trial == {"ACTUAL_START_FIELD": [(FIRST + 1) & 65535, (FIRST + 1) >> 16], "ACTUAL_END_FIELD": [last & 65535, last >> 16]}, trial)
check("C3D: frames count from the clock's first", c3d["first"] == FIRST + 1 and len(c3d["points"]) == LONG, c3d["first"])
check_at_most("C3D: m from the take", float(np.abs(c3d["points"] - cycle[np.arange(LONG) % CYCLE]).max()), FLOAT_M)
session.finish()
