"""The commands from 20_corners.yaml on: intrinsics and extrinsics of bench_bundle's corners, files read and written.
Lines in its form: case, who (both commands one after the other; one `run`), seconds (least and median), rms in pixels.
usage: command.py RIGPOSE FOLDER CASE..."""
import os
import subprocess
import sys
import tempfile
import time

RUNS = 5


def session(folder, path):
    cameras, views, board = [], {}, None
    for line in open(path, encoding="utf-8"):
        word, *values = line.split()
        if word == "board":
            board = values
        elif word == "camera":
            cameras.append(values[:2])
        else:
            q = ", ".join(f"[{float(x):.4f}, {float(y):.4f}]" for x, y in zip(values[2::2], values[3::2]))
            views.setdefault(int(values[0]), []).append(f"        - {{frame: {values[1]}, corners: [{q}]}}\n")
    names = [f"c{i + 1}" for i in range(len(cameras))]
    board = f"board: {{kind: chessboard, corners: [{board[0]}, {board[1]}], square_m: {board[2]}}}\n"
    with open(os.path.join(folder, "rig.yaml"), "w", encoding="utf-8") as rig:
        rig.write("schema: rigpose/rig/1\nfeeds:\n" + "".join(f"  {n}: {{views: [{n}]}}\n" for n in names) + board)
        rig.write("recordings:\n  board: {" + ", ".join(f"{n}: null" for n in names) + "}\n")
        rig.write("intrinsics: {from: board}\nextrinsics: {from: board}\n")
    os.mkdir(os.path.join(folder, "out"))
    with open(os.path.join(folder, "out", "20_corners.yaml"), "w", encoding="utf-8") as corners:
        corners.write("schema: rigpose/corners/1\n" + board + "recordings:\n  board:\n")
        for i, name in enumerate(names):
            corners.write(f"    {name}:\n      size: [{cameras[i][0]}, {cameras[i][1]}]\n      frames:\n" + "".join(views[i]))


def measure(rigpose, rig, commands):
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        for command in commands:
            subprocess.run([rigpose, *command, rig], check=True, stderr=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - start)
    return sorted(seconds)


def main():
    for name in sys.argv[3:]:
        with tempfile.TemporaryDirectory() as folder:
            session(folder, os.path.join(sys.argv[2], name + ".txt"))
            for who, commands in (("2 commands", [["intrinsics"], ["extrinsics"]]), ("run --force", [["run", "--force"]])):
                seconds = measure(sys.argv[1], os.path.join(folder, "rig.yaml"), commands)
                text = open(os.path.join(folder, "out", "40_extrinsics.yaml"), encoding="utf-8").read()
                rms = float(text.rsplit("\nrms_px: ", 1)[1].split()[0])
                print(f"{name:<10} {who:<12} {seconds[0]:9.4f} {seconds[len(seconds) // 2]:9.4f} {rms:10.6f}", flush=True)


main()
