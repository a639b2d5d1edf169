"""The workflow of cluster/ on Slurm's own daemons: a node is killed while it computes a slice; the bytes are those of `rigpose run`."""
import glob
import os
import re
import shutil
import signal
import subprocess
import time

import session
import tiny
from session import check, rigpose

for tool in ("snakemake", "slurmctld", "slurmd", "munged"):
    if not shutil.which(tool) and not os.path.exists(f"/usr/sbin/{tool}"):
        print(f"skipped: no {tool}")
        raise SystemExit(session.SKIPPED)

ROOT = os.getcwd()
NODES = 2
folder = session.folder()
os.chmod(folder, 0o755)  # munge insists
lab, work, slurm = f"{folder}/lab", f"{folder}/work", f"{folder}/slurm"
# Snakemake waits 10 s between looks at its jobs, 1 s where a test runs.
ENV = {**os.environ, "SLURM_CONF": f"{slurm}/slurm.conf", "PATH": f"{os.environ['PATH']}:/usr/sbin", "CI": "true"}


def cluster(*words):
    return subprocess.run([f"{ROOT}/tests/support/slurm.sh", *words], env=ENV, capture_output=True, text=True, timeout=60, check=False)


def slurm_says(*words):
    return subprocess.run(words, env=ENV, capture_output=True, text=True, timeout=60, check=False).stdout


def until(holds, what, most_s=90):
    end = time.monotonic() + most_s
    while not holds():
        if time.monotonic() > end:
            raise SystemExit(f"{what}: not within {most_s} s\n{slurm_says('squeue')}")
        time.sleep(0.02)


def slice_at_work():
    """A process that computes a slice and has found some people: its id, the slice, its job and its node. It is stopped. None: there is none."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", encoding="utf-8") as words, open(f"/proc/{pid}/environ", encoding="utf-8") as said:
                words, said = words.read().split("\0"), dict(word.partition("=")[::2] for word in said.read().split("\0"))
        except OSError:
            continue
        if words[:1] != [session.BINARY] or "--slice" not in words or not words[2].startswith(lab):
            continue
        k, n = map(int, words[words.index("--slice") + 1].split("/"))
        if sum(map(os.path.getsize, glob.glob(f"{lab}/s1/out/slices/keypoints-{k:04}-of-{n:04}/*.tmp-*"))) > 4000:
            os.kill(int(pid), signal.SIGSTOP)
            return k, said["SLURM_JOB_ID"], said["SLURMD_NODENAME"]
    return None


def sessions_make():
    os.makedirs(lab)
    os.mkdir(work)
    tiny.network_make(lab)
    tiny.cameras_make(lab)
    tiny.take_make(lab)
    for name in ("plain", "s1"):
        os.mkdir(f"{lab}/{name}")
        tiny.rig_write(f"{lab}/{name}/rig.yaml", pictures="../", keypoints={"source": "onnx", "model": "../zoomed.yaml"}, cameras="../cameras.yaml")
    job = {"threads": 1, "mem_mb": 500, "runtime": 5}
    session.dump(f"{work}/mine.yaml", {"rigpose": session.BINARY, "sessions": "../lab/s*/rig.yaml", "pictures_per_slice": {"keypoints": 30},
                                       "resources": {"stage": job, "crop": job, "slice keypoints": job}})


def killed_half_way():
    """Kill a node while it computes a slice. Returns the slice, once its job waits again."""
    found = []
    until(lambda: found.append(slice_at_work()) or found[-1], "a slice")
    k, job, node = found[-1]
    done = cluster("kill", slurm, node)
    check("a node is killed", done.returncode == 0, done.stderr)
    check("its slice was not done", not os.path.exists(f"{work}/done{lab}/s1/rig/keypoints.{k}-of-3"))
    slurm_says("scontrol", "update", f"nodename={node}", "state=down", "reason=killed")  # else Slurm would find out after some 20 s
    until(lambda: "Restarts=1" in slurm_says("scontrol", "show", "job", job), "the job is queued again")
    return k


sessions_make()
rigpose("run", f"{lab}/plain/rig.yaml")
started, workflow = cluster("start", slurm, str(NODES)), None
try:
    if started.returncode:
        raise SystemExit(f"Slurm does not start: {started.stderr}")
    check("nodes", slurm_says("sinfo", "-h", "-N", "-o", "%N %T").split() == ["node1", "idle", "node2", "idle"], slurm_says("sinfo"))
    with open(f"{work}/said", "w+", encoding="utf-8") as said:
        workflow = subprocess.Popen(["snakemake", "-s", f"{ROOT}/cluster/Snakefile", "--profile", f"{ROOT}/cluster/profiles/slurm", "--configfile", "mine.yaml",
                                     "--latency-wait", "10"], cwd=work, env=ENV, stdout=said, stderr=said)
        k = killed_half_way()
        code = workflow.wait(timeout=120)
        said.seek(0)
        told = said.read()
finally:
    if workflow:
        workflow.kill()
    cluster("stop", slurm)
check("the workflow ends well", code == 0, told[-3000:])
check("no job was sent a second time", len(re.findall(r"^Submitted job ", told, re.M)) == 8, told)  # crop, 3 slices, 3 stages, report
with open(f"{work}/log{lab}/s1/rig/keypoints.{k}-of-3.log", encoding="utf-8") as log:
    check("the slice goes on where it was", "resuming an interrupted run" in log.read())
plain, found = session.tree_bytes(f"{lab}/plain/out"), session.tree_bytes(f"{lab}/s1/out")
check("the bytes of `rigpose run`", found == plain, [n for n in {*plain, *found} if plain.get(n) != found.get(n)])
session.finish()
