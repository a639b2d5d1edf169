"""A long take through the stages that work on people: most memory and time a frame, beside a short take.
usage: take.py MAKE_TAKE RIGPOSE FRAMES [SHORT]"""
import os
import subprocess
import sys
import tempfile
import time

STAGES = ("triangulate", "watch", "refine", "summary")


def run(command):
    """Wall and CPU seconds, and the most memory, MB."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        raise SystemExit(f"{' '.join(command)}: failed")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    make, rigpose = sys.argv[1:3]
    for frames in (int(sys.argv[4]) if len(sys.argv) > 4 else 4000, int(sys.argv[3])):
        with tempfile.TemporaryDirectory() as folder:
            run([make, folder, str(frames)])
            for stage in STAGES:
                wall, cpu, most = run([rigpose, stage, f"{folder}/rig.yaml"])
                print(f"{frames:>8} frames  {stage:<12} {1000 * cpu / frames:7.3f} ms CPU a frame {1000 * wall / frames:7.3f} ms wall {most:7.0f} MB", flush=True)


main()
