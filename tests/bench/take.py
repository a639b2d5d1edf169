"""A long take through the stages that work on people: CPU, how busy the cores were, most memory; beside a short take.
What counts against real time is triangulate, watch and refine together.
usage: take.py MAKE_TAKE RIGPOSE FRAMES [FPS [SHORT]]"""
import os
import subprocess
import sys
import tempfile
import time

STAGES = ("triangulate", "watch", "refine")


def run(command):
    """Wall and CPU seconds, and the most memory, MB."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        raise SystemExit(f"{' '.join(command)}: failed")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def take_run(make, rigpose, frames, fps):
    with tempfile.TemporaryDirectory() as folder:
        run([make, folder, str(frames), str(fps)])
        total_wall = total_cpu = most_all = 0
        for stage in STAGES + ("summary",):
            wall, cpu, most = run([rigpose, stage, f"{folder}/rig.yaml"])
            print(f"{frames:>8} frames  {stage:<12} {1000 * cpu / frames:7.3f} s CPU for 1,000 frames  {wall:7.1f} s wall"
                  f"  {cpu / wall:4.2f} cores {most:7.0f} MB", flush=True)
            if stage in STAGES:
                total_wall, total_cpu, most_all = total_wall + wall, total_cpu + cpu, max(most_all, most)
    print(f"{frames:>8} frames  together     {1000 * total_cpu / frames:7.3f} s CPU for 1,000 frames  {total_wall:7.1f} s wall"
          f"  {total_cpu / total_wall:4.2f} cores {most_all:7.0f} MB  {frames / fps / total_wall:.0f} x real time at {fps:g}"
          f" frames/s; {2 * frames / fps / total_cpu:.0f} x were two cores always busy", flush=True)


def main():
    make, rigpose = sys.argv[1:3]
    fps = float(sys.argv[4]) if len(sys.argv) > 4 else 30
    for frames in (int(sys.argv[5]) if len(sys.argv) > 5 else 4000, int(sys.argv[3])):
        take_run(make, rigpose, frames, fps)


main()
