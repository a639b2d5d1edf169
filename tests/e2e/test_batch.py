"""Many sessions at a time: the summary's order, what one that fails or is killed does to the others, going on after a stop, and the bytes."""
import glob
import json
import os
import signal
import subprocess
import time

import cv2
import numpy as np

import session
from session import check, refused, rigpose

N_LONG = 900  # pictures of the session that is always at work when others are done: seconds of corners
folder = session.folder()
rng = np.random.default_rng(20)
cv2.imwrite(f"{folder}/noise.png", cv2.resize(rng.integers(0, 255, (36, 64, 3), np.uint8), (640, 360)))
CAMERA = {"size": [640, 480], "lens": "pinhole0", "K": [500, 500, 320, 240], "dist": []}


def people_session(name, n_frames=20):
    """Two cameras and a person that another program found: triangulate alone is to be done."""
    at = f"{folder}/{name}"
    os.makedirs(f"{at}/out/60_people2d")
    poses = {"a": [0, 0, 3], "b": [0.3, 0, 3]}
    session.dump(f"{at}/cameras.yaml", {"schema": "rigpose/extrinsics/1", "cameras": {
        v: {**CAMERA, "Rt_cam_world": {"rvec": [0, 0, 0], "t_m": t}} for v, t in poses.items()}})
    for v, t in poses.items():
        session.dump(f"{at}/out/60_people2d/{v}.yaml", {"schema": "rigpose/people2d/1", "view": v, "skeleton": "coco17", "frames": [
            {"frame": f, "people": [{"joints": [[320 + 500 * (t[0] + 0.01 * k) / 3, 240 + 500 * 0.05 * (k - 8) / 3, 0.9] for k in range(17)]}]}
            for f in range(n_frames)]})
    session.dump(f"{at}/rig.yaml", {"schema": "rigpose/rig/1", "feeds": {v: {"views": [v], "fps": 30} for v in poses}, "take": "walk",
                                    "recordings": {"walk": {v: None for v in poses}}, "cameras": "cameras.yaml",
                                    "keypoints": {"source": "yaml"}, "skeleton": "coco17"})
    return f"{at}/rig.yaml"


def long_session(name, n=N_LONG):
    """Pictures without a board: corners take long, and intrinsics fail."""
    at = f"{folder}/{name}"
    os.makedirs(f"{at}/a")
    for frame in range(n):
        os.symlink(f"{folder}/noise.png", f"{at}/a/{frame:04d}.png")
    session.dump(f"{at}/rig.yaml", {"schema": "rigpose/rig/1", "feeds": {"a": {"views": ["a"], "fps": 30}}, "board": {"corners": [9, 6], "square_m": 0.1},
                                    "recordings": {"board": {"a": "a/%04d.png"}}, "intrinsics": {"from": "board"}})
    return f"{at}/rig.yaml"


def begin(*rigs, **options):
    return subprocess.Popen([session.BINARY, "batch", *rigs, "--jobs", "2", "--progress", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            start_new_session=True, **options)


def until(run, *words):
    """The events up to the first whose line has all of the words."""
    told = []
    for line in run.stderr:
        told.append(json.loads(line))
        if all(w in line for w in words):
            return told
    raise SystemExit(f"the batch never said {words}: {told}")


def alive(process):
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8") as stream:
            return stream.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def children(run):
    with open(f"/proc/{run.pid}/task/{run.pid}/children", encoding="utf-8") as stream:
        return [int(p) for p in stream.read().split()]


# The bytes of a session by itself, and in a batch with others.
alone = people_session("alone")
rigpose("run", alone)
expected = session.tree_bytes(f"{folder}/alone/out")
slow, quick, bad = long_session("slow", 150), [people_session(f"quick{i}") for i in range(3)], f"{folder}/bad.yaml"
session.dump(bad, {"schema": "rigpose/rig/1"})
rigs = [slow, quick[0], bad, quick[1], f"{folder}/none.yaml", quick[2]]
done = rigpose("batch", *rigs, "--jobs", "2", code=1)
summary = session.loads(done.stdout)
check("the summary is in the order of the words", [s["rig"] for s in summary["sessions"]] == rigs, summary)
check("one that fails stops no other", [s["ok"] for s in summary["sessions"]] == [False, True, False, True, False, True] and summary["failed"] == 3, summary)
check("each says why", "need" in summary["sessions"][0]["error"] and "'feeds' is missing" in summary["sessions"][2]["error"] and
      "none.yaml" in summary["sessions"][4]["error"], summary)
check("what is told names its session", f"{quick[0]}: " in done.stderr and f"error: {bad}: " in done.stderr and "3 of 6 sessions failed" in done.stderr, done.stderr)
check("the same bytes as alone", all(session.tree_bytes(f"{folder}/quick{i}/out") == expected for i in range(3)))
page = session.report_data(f"{folder}/batch.html")["sessions"]
check("the index page has that order", [s["rig"] for s in page] == rigs and page[1]["report"] == "quick0/out/report.html" and page[2]["report"] is None and
      sum(page[1]["verdicts"].values()) > 0, page)
logs = {r: [open(p, encoding="utf-8").read() for p in glob.glob(f"{os.path.dirname(r)}/out/log/*-batch.log")] for r in (slow, *quick)}
check("each session has a log of its own", all(len(v) == 1 for v in logs.values()) and logs[slow][0].endswith("end: exit code 1\n") and
      "triangulate: done" in logs[quick[0]][0] and "slow" not in logs[quick[0]][0].split("\n", 1)[1], logs)

# Again: nothing is left to do, and the reports stay.
before = {r: os.stat(f"{os.path.dirname(r)}/out/report.html").st_mtime_ns for r in quick}
done = rigpose("batch", *quick, "--progress", "json")
events = [json.loads(line) for line in done.stderr.splitlines()]
check("what is done is passed over", {e["result"] for e in events if e["event"] == "stage_end"} <= {"current", "foreign"} and
      all(os.stat(f"{os.path.dirname(r)}/out/report.html").st_mtime_ns == before[r] for r in quick), events)
check("and told", [s["ok"] for s in session.loads(done.stdout)["sessions"]] == [True] * 3 and
      session.report_data(f"{folder}/batch.html")["sessions"][0]["verdicts"] == page[1]["verdicts"])
check("events have their session", {e["session"] for e in events if e["event"] in ("session_begin", "session_end", "stage_end", "report")} == set(quick) and
      [e["ok"] for e in events if e["event"] == "session_end"] == [True] * 3, events)
os.utime(f"{folder}/quick1/cameras.yaml")
with open(f"{folder}/quick1/out/70_people3d.yaml", "a", encoding="utf-8") as stream:
    stream.write("\n")
rigpose("batch", *quick)
after = {r: os.stat(f"{os.path.dirname(r)}/out/report.html").st_mtime_ns for r in quick}
check("a report that is older than a result is made again", [after[r] != before[r] for r in quick] == [False, True, False], [before, after])

# Twice the same, by whatever way.
os.symlink(f"{folder}/quick0", f"{folder}/way")
refused("batch", quick[0], quick[1], f"{folder}/way/rig.yaml", code=2, contains=["way/rig.yaml' is given twice", "quick0/rig.yaml"])
twin = session.load(quick[1])
session.dump(f"{folder}/quick2/twin.yaml", {**twin, "out": "../way/out"})
refused("batch", quick[0], f"{folder}/quick2/twin.yaml", code=2, contains=["both write to", "quick0/out"])
refused("batch", quick[0], "--sessions", "0", code=2, contains=["option '--sessions': '0', expected a whole number from 1 to 1024"])

# Threads: as many sessions at a time as there are, one with all of them where only one is left.
run = subprocess.run([session.BINARY, "batch", *quick, "--jobs", "4", "--progress", "json"], capture_output=True, text=True, check=True)
begun = [json.loads(line)["threads"] for line in run.stderr.splitlines() if '"session_begin"' in line]
check("four threads for three sessions", sum(begun[:3]) == 4 and min(begun) == 1, begun)
run = subprocess.run([session.BINARY, "batch", *quick, "--jobs", "4", "--sessions", "1", "--progress", "json"], capture_output=True, text=True, check=True)
told = [json.loads(line) for line in run.stderr.splitlines()]
order = [(e["event"], e["session"]) for e in told if e["event"] in ("session_begin", "session_end")]
check("one at a time has all threads", order == [(e, r) for r in quick for e in ("session_begin", "session_end")] and
      {e["threads"] for e in told if e["event"] == "session_begin"} == {4}, order)

# A folder whose name is not UTF-8, as old disks have them: as in other messages, and none of it is left out.
old = os.fsdecode(os.fsencode(f"{folder}/caf") + b"\xe9")
os.rename(os.path.dirname(people_session("cafe")), old)
run = subprocess.run([session.BINARY, "batch", f"{old}/rig.yaml", "--progress", "json"], capture_output=True, text=True, check=True)
told = [json.loads(line) for line in run.stderr.splitlines()]
check("a name that is not UTF-8", {"session_begin", "stage_end", "report", "session_end"} <= {e["event"] for e in told if e.get("session", "").endswith("/caf\\xE9/rig.yaml")}, told)
check("its report is in the summary", session.loads(run.stdout)["sessions"][0].get("report", "").endswith("/caf\\xE9/out/report.html"), run.stdout)

# A process that is killed is one session lost.
killed, other = long_session("killed"), people_session("other")
run = begin(killed, other)
until(run, '"session_end"', "other")
until(run, '"progress"', "killed")
victim = [p for p in children(run) if alive(p)]
os.kill(victim[0], signal.SIGKILL)
out, said = run.communicate(timeout=60)
summary = session.loads(out)
check("a killed session is told", run.returncode == 1 and summary["sessions"][0]["error"] == "killed by signal 9" and summary["sessions"][1]["ok"], summary)

# Ctrl-C: the terminal sends it to all; a service manager to the first process alone.
for number, whom in ((signal.SIGINT, os.killpg), (signal.SIGTERM, os.kill)):
    ready, left = people_session(f"ready{number}"), people_session(f"left{number}")
    run = begin(ready, killed, slow, left)
    told = until(run, '"session_end"', "ready")
    until(run, '"progress"', "killed")
    at_work = children(run)
    whom(run.pid, number)
    out, said = run.communicate(timeout=60)
    check("it ends by the signal", run.returncode == -number, [run.returncode, said])
    summary = session.loads(out)
    errors = [s.get("error") for s in summary["sessions"]]
    check("what was done is told", [s["ok"] for s in summary["sessions"]] == [True, False, False, False] and errors[1].startswith("stopped by signal") and
          errors[3] == "not begun" and summary["failed"] == 3, summary)
    check("all its processes are gone", not [p for p in at_work if alive(p)], at_work)
    check("no lock is left", not os.path.exists(f"{folder}/killed/out/run.lock"))
    check("the log says it", "end: stopped by signal" in open(sorted(glob.glob(f"{folder}/killed/out/log/*.log"))[-1], encoding="utf-8").read())
rigpose("batch", left)
check("the rest goes on", session.tree_bytes(f"{os.path.dirname(left)}/out") == expected)

# A batch that is killed takes its sessions along.
run = begin(killed, other)
until(run, '"progress"', "killed")
at_work = [p for p in children(run) if alive(p)]
run.kill()
run.communicate()
for _ in range(200):
    if not [p for p in at_work if alive(p)]:
        break
    time.sleep(0.05)
check("none goes on by itself", at_work and not [p for p in at_work if alive(p)], at_work)
session.finish()
