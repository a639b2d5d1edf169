"""Two runs on one output folder: in one system, in two containers, and on two hosts that share the folder without sharing locks. The second is
refused with the process and host of the first, or waits; what the dead hold is taken over."""
import atexit
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import cv2
import numpy as np

import session
from session import check, refused, rigpose

LEASE_S = 60      # RIG_LOCK_LEASE_S
BEAT_S = 10       # RIG_LOCK_BEAT_S
N_FRAMES = 200    # a second or so of corners on one thread
folder = session.folder()
rng = np.random.default_rng(20)
os.mkdir(f"{folder}/a")
cv2.imwrite(f"{folder}/a/0000.png", cv2.resize(rng.integers(0, 255, (36, 64, 3), np.uint8), (640, 360)))
for frame in range(1, N_FRAMES):
    os.symlink("0000.png", f"{folder}/a/{frame:04d}.png")
rig, out = f"{folder}/rig.yaml", f"{folder}/out"
session.dump(rig, {"schema": "rigpose/rig/1", "feeds": {"a": {"views": ["a"], "fps": 30}}, "board": {"corners": [9, 6], "square_m": 0.1},
                   "recordings": {"board": {"a": "a/%04d.png"}}, "intrinsics": {"from": "board"}})
lock = f"{out}/run.lock"


def begin(*before, stage="corners", path=rig, **options):
    """Start a stage, with words before it, and wait until it has the lock."""
    run = subprocess.Popen([*before, session.BINARY, stage, path, "--jobs", "1"], stderr=subprocess.PIPE, text=True, start_new_session=True, **options)
    atexit.register(lambda: run.poll() is None and os.killpg(run.pid, signal.SIGKILL))
    while run.poll() is None and not os.path.exists(lock):
        time.sleep(0.01)
    return run


def end(run, code=0):
    said = run.communicate(timeout=100)[1]
    check(f"the first run ends with {code}", run.returncode == code, said)
    return said


def kill_all(run):
    os.killpg(run.pid, signal.SIGKILL)
    run.communicate()


def holder():
    return session.load(lock)


rigpose("corners", rig)
expected = session.tree_bytes(out)
check("no lock is left", "run.lock" not in expected)

# One system.
run = begin()
check("the lock names its holder", holder()["process"] == str(run.pid) and holder()["host"] == os.uname().nodename and holder()["flocked"] is True, holder())
refused("crop", rig, code=1, contains=["another rigpose is running in", f"process {run.pid} on host '{os.uname().nodename}'",
                                       f"`rigpose corners {rig} --jobs 1`", "wait for it to finish (`--wait`), or set another `out`"])
os.utime(lock, (0, 0))
refused("run", rig, code=1, contains=[f"process {run.pid} on host"])  # however old its last sign of life
done = rigpose("crop", rig, "--wait")
check("--wait waits, and says for whom", done.stderr.count("waiting: another rigpose is running in") == 1 and f"process {run.pid} " in done.stderr and
      "set another" not in done.stderr, done.stderr)
check("until it is done", run.poll() == 0)
end(run)

run = begin()
kill_all(run)
check("a killed run leaves its lock", os.path.exists(lock))
rigpose("corners", rig)
check("which is taken over at once, and goes", not os.path.exists(lock) and session.tree_bytes(out) == expected)
run = begin()
run.send_signal(signal.SIGTERM)
end(run, -signal.SIGTERM)
check("a run that is stopped removes its lock", not os.path.exists(lock))
with open(lock, "w", encoding="utf-8") as stream:
    stream.write("schema: rigpose/lo")
refused("crop", rig, code=1, contains=["another rigpose is running in", "last seen"])
os.utime(lock, (time.time() - LEASE_S - 5,) * 2)
rigpose("crop", rig)
check("a lock that nobody can read ends with its lease", not os.path.exists(lock))
os.mkfifo(lock)
os.utime(lock, (time.time() - LEASE_S - 5,) * 2)
rigpose("crop", rig)
check("nothing waits for a pipe", not os.path.exists(lock))
os.symlink("/nowhere", lock)
refused("crop", rig, code=1, contains=["another rigpose is running in"])
os.remove(lock)

# Containers: spaces of processes, mounts and host names of their own, the folder mounted elsewhere.
CONTAINER = ["unshare", "--mount", "--pid", "--uts", "--fork", "--kill-child", "--mount-proc", "--propagation", "private", "sh", "-c"]
if os.geteuid() != 0:
    CONTAINER[1:1] = ["--map-root-user"]
if not shutil.which("unshare") or subprocess.run([*CONTAINER, "hostname x"], capture_output=True, check=False).returncode != 0:
    session.leave_out("no containers (unshare needs root, or spaces of users)")
    session.finish()


def container(name, *more, at=f"{folder}/at"):
    """Words that run what follows them in a container of its own."""
    os.makedirs(at, exist_ok=True)
    steps = [f"hostname {name}", f"mount --bind {folder} {at}", *more, 'exec "$@"']
    return [*CONTAINER, " && ".join(steps), "sh"]


inside = f"{folder}/at/rig.yaml"
run = begin(*container("left"), path=inside)
refused_there = subprocess.run([*container("right"), session.BINARY, "crop", inside], capture_output=True, text=True, check=False)
check("the second container is refused, with the first one's name", refused_there.returncode == 1 and
      re.search(r"process \d+ on host 'left'", refused_there.stderr), refused_there.stderr)
check("its process is that of the container", holder()["process"] != str(run.pid) and f"process {holder()['process']} " in refused_there.stderr, holder())
refused("crop", rig, code=1, contains=["on host 'left'"])
waited = subprocess.run([*container("right"), session.BINARY, "corners", inside, "--wait"], capture_output=True, text=True, check=False)
check("or waits", waited.returncode == 0 and "waiting: " in waited.stderr, waited.stderr)
end(run)
check("nothing is lost", session.tree_bytes(out) == expected)
run = begin(*container("left"), path=inside)
kill_all(run)
done = subprocess.run([*container("right"), session.BINARY, "corners", inside], capture_output=True, text=True, check=False)
check("a killed container's lock is taken over at once", done.returncode == 0 and session.tree_bytes(out) == expected, done.stderr)

# Hosts: systems of their own, and a folder on which locks of one are not seen by the other.
shim = f"{folder}/noflock.so"
made = subprocess.run(["cc", "-shared", "-fPIC", "-x", "c", "-o", shim, "-"], input="#include <errno.h>\nint flock(int f, int o) { errno = ENOLCK; return -1; }\n",
                      text=True, capture_output=True, check=False) if shutil.which("cc") else None
if not made or made.returncode != 0:
    session.leave_out("no C compiler for a folder without locks")
    session.finish()


def host(name):
    """The same on a host of its own: the system's number is another."""
    with open(f"{folder}/boot_{name}", "w", encoding="utf-8") as stream:
        stream.write(f"{name}\n")
    return container(name, f"mount --bind {folder}/boot_{name} /proc/sys/kernel/random/boot_id", f"export LD_PRELOAD={shim}")


def on_host(name, stage="corners"):
    return subprocess.run([*host(name), session.BINARY, stage, inside], capture_output=True, text=True, check=False, timeout=100)


if subprocess.run([*host("east"), "true"], check=False).returncode != 0:
    session.leave_out("no mount over the number of the system")
    session.finish()
run = begin(*host("east"), path=inside)
check("no flock is there", holder()["flocked"] is False and holder()["boot"] == "east", holder())
done = on_host("west")
check("the second host is refused, with the first one's name", done.returncode == 1 and "on host 'east'" in done.stderr and "last seen 0 s ago" in done.stderr,
      done.stderr)
end(run)
check("its lock is gone", not os.path.exists(lock) and session.tree_bytes(out) == expected)
run = begin(*host("east"), path=inside)
kill_all(run)
done = on_host("west", "crop")
check("a killed host's lock lasts as long as its lease", done.returncode == 1 and re.search(r"its lock ends in \d+ s if it is gone", done.stderr), done.stderr)
os.utime(lock, (time.time() - LEASE_S - 1,) * 2)
done = on_host("west")
check("and no longer", done.returncode == 0 and not os.path.exists(lock), done.stderr)
for name in os.listdir(out):
    if ".tmp-" in name:  # where there are no locks nothing counts as left over (ADR 17)
        os.remove(f"{out}/{name}")
check("nothing is lost", session.tree_bytes(out) == expected)

# A host that sleeps for longer than its lease: another goes on, and the sleeper ends when it wakes, without harm.
def process_of(run):
    return int(subprocess.run(["pgrep", "-s", str(run.pid), "-x", "rigpose"], capture_output=True, text=True, check=True).stdout)


def says(text):
    try:
        return text in open(lock, encoding="utf-8").read()
    except FileNotFoundError:
        return False


sleeper = begin(*host("east"), path=inside)
os.kill(process_of(sleeper), signal.SIGSTOP)
slept_since = time.monotonic()
os.utime(lock, (time.time() - LEASE_S - 1,) * 2)
other = begin(*host("west"), path=inside)
while other.poll() is None and not says("host: west"):
    time.sleep(0.01)
os.kill(process_of(other), signal.SIGSTOP)
time.sleep(max(0, BEAT_S + 1 - (time.monotonic() - slept_since)))  # its next sign of life is due
os.kill(process_of(sleeper), signal.SIGCONT)
check("the sleeper ends", "was taken over by another run" in end(sleeper, 1))
check("the other's lock stays", says("host: west"))
os.kill(process_of(other), signal.SIGCONT)
end(other)
left = {n: b for n, b in session.tree_bytes(out).items() if ".tmp-" not in n}  # where there are no locks nothing counts as left over (ADR 17)
check("and nothing is lost", left == expected and not os.path.exists(lock), set(left) ^ set(expected))
session.finish()
