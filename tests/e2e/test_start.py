"""OpenCV is loaded when a picture is first met (docs/adr/0019): not for help, and where it is missing it is told."""
import os
import shutil
import subprocess

import cv2
import numpy as np

import session
from session import check

PROGRAM = session.BINARY


def loaded(*words):
    """The libraries that a command loads."""
    told = subprocess.run([PROGRAM, *words], env={**os.environ, "LD_DEBUG": "files"}, capture_output=True, text=True, check=False)
    return [line for line in told.stderr.splitlines() if "calling init" in line], told


folder = session.folder()
os.mkdir(f"{folder}/walk_side")
for i in range(3):
    cv2.imwrite(f"{folder}/walk_side/{i:03d}.png", np.full((48, 64, 3), 60 * i, np.uint8))
for words in (["--version"], ["--help"], ["keys"], ["stages"], ["run", "--help"]):
    names, _ = loaded(*words)
    check(f"{' '.join(words)} loads no OpenCV", len(names) < 40 and not any("opencv" in name or "libav" in name for name in names), names)
names, _ = loaded("init", folder)
check("init, which looks at pictures, loads it", any("librigpose_cv.so" in name for name in names), len(names))

alone = f"{folder}/alone"
os.mkdir(alone)
shutil.copy(PROGRAM, alone)
told = subprocess.run([f"{alone}/rigpose", "--version"], capture_output=True, text=True, check=False)
check("the program alone says its version", told.returncode == 0 and told.stdout.startswith("rigpose "), told)
os.remove(f"{folder}/rig.yaml")
told = subprocess.run([f"{alone}/rigpose", "init", folder], capture_output=True, text=True, check=False)
check("the program alone names what is missing", told.returncode != 0 and "librigpose_cv.so" in told.stderr and told.stderr.count("\n") <= 3, told.stderr)
session.finish()
