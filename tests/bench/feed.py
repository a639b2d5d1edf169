"""Footage: `corners` on a composite of four tiles in H.264 against ffmpeg's decoding of it, and how busy `keypoints` keeps the cores.
usage: feed.py RIGPOSE FRAMES [FOLDER]    FOLDER: where make_feed.py has made the composite, or is to"""
import os
import re
import resource
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
RIGPOSE, FRAMES = os.path.abspath(sys.argv[1]), int(sys.argv[2])
MOST, BUSY_LEAST = 1.5, 90  # times ffmpeg's; per cent of the threads' time


def measure(*command):
    """Wall and CPU seconds, and what it says."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.perf_counter() - start, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stderr


def corners(folder):
    if not os.path.exists(f"{folder}/rig.yaml"):
        subprocess.run([sys.executable, f"{HERE}/make_feed.py", folder, str(FRAMES)], check=True)
    measure(RIGPOSE, "crop", f"{folder}/rig.yaml")
    decode = measure("ffmpeg", "-v", "error", "-threads", "2", "-i", f"{folder}/feed.mp4", "-f", "null", "-")
    ours = measure(RIGPOSE, "--verbose", "--jobs", "2", "corners", f"{folder}/rig.yaml")
    print(f"{'composite, ' + str(FRAMES) + ' frames':34} {'wall s':>8} {'CPU s':>8}")
    print(f"{'ffmpeg -threads 2 -f null':34} {decode[0]:8.2f} {decode[1]:8.2f}")
    print(f"{'rigpose corners':34} {ours[0]:8.2f} {ours[1]:8.2f}")
    for k, what in enumerate(("wall", "CPU")):
        ratio = ours[k] / decode[k]
        print(f"{'  ratio, ' + what:34} {ratio:8.2f} {'<=':>5} {MOST} {'' if ratio <= MOST else 'MISSED'}")
    for line in re.findall(r"^corners: .*frames.*$", ours[2], re.MULTILINE):
        print("  " + line)


def keypoints(name, feeds, folder):
    """By the share of the threads' time that they wait, which other programs on the machine change little."""
    videos = os.path.join(os.environ["RIGPOSE_REAL_DATA"], "pose2sim", "videos")
    frames = 100 // len(feeds) - 1
    with open(f"{folder}/{name}.yaml", "w", encoding="utf-8") as rig:
        rig.write("schema: rigpose/rig/1\nfeeds:\n" + "".join(f"  {f}: {{views: [{f}]}}\n" for f in feeds) + "recordings:\n  walk: {" +
                  ", ".join(f"{f}: {videos}/{f}.mp4" for f in feeds) + f", frames: [0, {frames}]}}\n"
                  f"take: walk\nkeypoints: {{source: onnx}}\nskeleton: coco17\nout: out_{name}\n")
    wall, cpu, said = measure(RIGPOSE, "--verbose", "--jobs", "2", "keypoints", f"{folder}/{name}.yaml")
    busy = float(re.search(r"keypoints: ([\d.]+) % of the threads' time was work", said).group(1))
    print(f"{'keypoints, ' + name:34} {wall:8.2f} {cpu:8.2f}   threads busy {busy} % >= {BUSY_LEAST} {'' if busy >= BUSY_LEAST else 'MISSED'}")


def main():
    with tempfile.TemporaryDirectory() as made:
        folder = sys.argv[3] if len(sys.argv) > 3 else made
        corners(folder)
        if os.environ.get("RIGPOSE_REAL_DATA"):
            keypoints("one view", ["cam03"], made)
            keypoints("four views", ["cam01", "cam02", "cam03", "cam04"], made)


main()
