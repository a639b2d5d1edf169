"""What a run tells programs (`--progress json`) and keeps of itself (out/log): every stage with its end, warnings, errors, the exit, a signal."""
import json
import os
import re
import signal
import subprocess
import time

import cv2
import numpy as np

import session
from session import check, refused, rigpose

LOGS_KEPT = 20
N_FRAMES = 12
folder = session.folder()
rng = np.random.default_rng(20)
os.mkdir(f"{folder}/a")
for frame in range(N_FRAMES):
    cv2.imwrite(f"{folder}/a/{frame:03d}.png", cv2.resize(rng.integers(0, 255, (36, 64, 3), np.uint8), (640, 360)))
rig = f"{folder}/rig.yaml"
session.dump(rig, {"schema": "rigpose/rig/1", "feeds": {"a": {"views": ["a"], "fps": 30}}, "board": {"corners": [9, 6], "square_m": 0.1},
                   "recordings": {"board": {"a": "a/%03d.png"}}, "intrinsics": {"from": "board"}})


def events(text):
    """Every line must be an object with its event and its time, which never goes back."""
    told = [json.loads(line) for line in text.splitlines()]
    check("times ascend", all(a["t_s"] <= b["t_s"] for a, b in zip(told, told[1:]) if "signal" not in b))
    return told


def of(told, event, **members):
    return [e for e in told if e["event"] == event and all(e.get(k) == v for k, v in members.items())]


def logs():
    return sorted(os.listdir(f"{folder}/out/log"))


def log(name):
    with open(f"{folder}/out/log/{name}", encoding="utf-8") as stream:
        return stream.read()


# A run in which a stage fails: no board is in these pictures.
done = rigpose("run", rig, "--progress", "json", "--jobs", "1", code=1)
told = events(done.stderr)
check("the first event is the run's", told[0]["event"] == "run_begin" and told[0]["command"] == "run" and told[0]["arguments"] == [rig] and
      told[0]["threads"] == 1 and told[0]["process"] > 0 and told[0]["host"] == os.uname().nodename, told[0])
check("the last is its end", told[-1]["event"] == "run_end" and told[-1]["ok"] is False and told[-1]["exit"] == 1 and
      told[-1]["error"].startswith("intrinsics: "), told[-1])
for stage, result in {"crop": "made", "corners": "made", "intrinsics": "none"}.items():
    begun, ended = of(told, "stage_begin", stage=stage), of(told, "stage_end", stage=stage)
    check(f"{stage} begins and ends", len(begun) == len(ended) == 1 and ended[0]["result"] == result and ended[0]["ok"] == (result == "made") and
          0 <= ended[0]["seconds"] <= told[-1]["t_s"], [begun, ended])
check("a failed stage says why", of(told, "stage_end", stage="intrinsics")[0]["error"] in told[-1]["error"])
progress = of(told, "progress", stage="corners")
check("progress counts all pictures", progress and progress[-1]["done"] == progress[-1]["total"] == N_FRAMES and progress[-1]["unit"] == "pictures" and
      progress[-1]["what"] == "corners, board" and progress[-1]["eta_s"] == 0 and progress[-1]["rate"] > 0, progress)
check("warnings and the error are events", of(told, "warning", stage="corners") and of(told, "error", text=told[-1]["error"]), told)
report = of(told, "report")
check("the report is told", len(report) == 1 and report[0]["path"].endswith("out/report.html") and sum(report[0]["verdicts"].values()) > 0 and
      report[0]["worst"], report)

text = log(logs()[-1])
lines = text.splitlines()
check("the log has the command line", lines[0] == f"rigpose run {rig} --progress json --jobs 1", lines[0])
check("the log says where and with what", f"rigpose {told[0]['version']}, " in lines[1] and f"host {told[0]['host']}, process {told[0]['process']}, 1 threads" in
      lines[1], lines[1])
for what in ("not configured in the rig YAML", "[2/3] corners", "warning: recording 'board', view 'a': no board", "error: intrinsics: "):
    check(f"the log has '{what}'", re.search(r"^ +\d+\.\d s  " + re.escape(what), text, re.M), text)
check("the log ends with the exit code", lines[-1].endswith("  end: exit code 1"), lines[-1])

# To a file: people are told what they always are, and a second run is added at the end.
before = session.tree_bytes(f"{folder}/out")
plain = rigpose("corners", rig)
done = rigpose("corners", rig, f"--progress=json:{folder}/events")
check("people are told the same", done.stderr == plain.stderr and "corners, board: 100 %" in done.stderr, done.stderr)
rigpose("crop", rig, "--progress", f"json:{folder}/events", "-q")
with open(f"{folder}/events", encoding="utf-8") as stream:
    told = [json.loads(line) for line in stream]
check("two runs in one file", [e["command"] for e in of(told, "run_begin")] == ["corners", "crop"] and len(of(told, "run_end", ok=True)) == 2, told)
check("equal bytes, whoever looks on", session.tree_bytes(f"{folder}/out") == before)
check("a quiet run's log tells all", "end: exit code 0" in log(logs()[-1]) and "not there" not in log(logs()[-1]))
done = subprocess.run(["bash", "-c", f"{session.BINARY} crop {rig} --progress json:/dev/fd/3 3>&1 2>/dev/null | head -1"], capture_output=True, text=True, check=True)
check("to a handle of the shell", json.loads(done.stdout)["event"] == "run_begin", done.stdout)
told = events(rigpose("run", rig, "--progress", "json", code=1).stderr)
check("what is current is told", of(told, "stage_end", stage="corners", result="current", ok=True), told)

# What is wrong with the option.
refused("crop", rig, "--progress", "xml", code=2, contains=["option '--progress': 'xml', expected bar, json or json:FILE"])
refused("crop", rig, "--progress", f"json:{folder}/none/x", code=1, contains=["--progress", "none/x"])

# The oldest logs go, files of others stay.
with open(f"{folder}/out/log/notes.log", "w", encoding="utf-8") as stream:
    stream.write("a user's")
first = logs()[0]
for _ in range(LOGS_KEPT + 1):
    rigpose("crop", rig)
left = [n for n in logs() if n != "notes.log"]
check(f"the last {LOGS_KEPT} logs are kept", len(left) == LOGS_KEPT and first not in left and "notes.log" in logs(), logs())

# Where no log can be made the results are.
for name in logs():
    os.remove(f"{folder}/out/log/{name}")
os.rmdir(f"{folder}/out/log")
with open(f"{folder}/out/log", "w", encoding="utf-8"):
    done = rigpose("crop", rig)
check("no log: a warning", done.stderr.count("warning: no log: ") == 1, done.stderr)
os.remove(f"{folder}/out/log")

# A signal ends log and events in order.
for frame in range(N_FRAMES, 400):
    os.symlink("000.png", f"{folder}/a/{frame:03d}.png")
for number in (signal.SIGINT, signal.SIGTERM):
    run = subprocess.Popen([session.BINARY, "corners", rig, "--progress", "json", "--jobs", "1"], stderr=subprocess.PIPE, text=True)
    while '"progress"' not in run.stderr.readline():
        time.sleep(0.01)
    run.send_signal(number)
    rest = run.stderr.read()
    check("it ends by the signal", run.wait() == -number, run.returncode)
    check("the events end", json.loads(rest.splitlines()[-1]) == {"event": "run_end", "ok": False, "signal": int(number)}, rest)
    check("the log ends", log(logs()[-1]).splitlines()[-1] == f"end: stopped by signal {int(number):2d}", log(logs()[-1]))
session.finish()
