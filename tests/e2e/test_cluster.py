"""The workflow of cluster/ on this machine: bytes of `rigpose run`, a session that fails, and what runs again when something changes."""
import os
import shutil
import subprocess

import session
import tiny
from session import check, rigpose

if not shutil.which("snakemake"):
    print("skipped: no snakemake")
    raise SystemExit(session.SKIPPED)

ROOT = os.getcwd()
folder = session.folder()
lab = f"{folder}/a lab"
work = f"{folder}/work"
os.makedirs(lab)
os.mkdir(work)
tiny.network_make(lab)
tiny.take_make(lab)
tiny.cameras_make(lab)
tiny.boards_make(lab, ["a", "b"])
PEOPLE = {"pictures": "../", "keypoints": {"source": "onnx", "model": "../zoomed.yaml"}, "cameras": "../cameras.yaml", "motion": {}}
BOARDS = {"feeds": {"a": {"views": ["a"]}, "b": {"views": ["b"]}}, "board": tiny.BOARD,
          "recordings": {"board": {f: f"../board_{f}/%03d.png" for f in "ab"}}, "intrinsics": {"from": "board", "lens": "pinhole5"}}
session.dump(f"{work}/mine.yaml", {"rigpose": session.BINARY, "sessions": "../a lab/s*/rig.yaml", "pictures_per_slice": {"keypoints": 20, "corners": 12}})


def people(name, **keys):
    os.makedirs(f"{lab}/{name}", exist_ok=True)
    return tiny.rig_write(f"{lab}/{name}/rig.yaml", **{**PEOPLE, **keys})


def boards(name):
    os.makedirs(f"{lab}/{name}", exist_ok=True)
    session.dump(f"{lab}/{name}/rig.yaml", {"schema": "rigpose/rig/1", **BOARDS})


def workflow(code=0, *args):
    """What the workflow says on both streams, and the jobs that it ran."""
    done = subprocess.run(["snakemake", "-s", f"{ROOT}/cluster/Snakefile", "--profile", f"{ROOT}/cluster/profiles/local", "--configfile", "mine.yaml", *args],
                          cwd=work, capture_output=True, text=True, timeout=300, check=False)
    text = done.stdout + done.stderr
    if done.returncode != code:
        raise SystemExit(f"{text[-6000:]}\nsnakemake: exit code {done.returncode}, expected {code}")
    return text


def bytes_of(name):
    return session.tree_bytes(f"{lab}/{name}/out")


def log_of(name, job):
    with open(f"{work}/log{lab}/{name}/rig/{job}.log", encoding="utf-8") as stream:
        return stream.read()


people("plain")
boards("plain_boards")
for name in ("plain", "plain_boards"):
    rigpose("run", f"{lab}/{name}/rig.yaml")
check("every stage runs", {"70_people3d.yaml", "75_watch.yaml", "80_motion.yaml"} <= set(bytes_of("plain")), list(bytes_of("plain")))

# Of three sessions one fails; the others are done, with the bytes of `rigpose run`.
people("s1")
boards("s2")
people("s3", pictures="../absent_")
told = workflow(1)
check("people: the bytes of `rigpose run`", bytes_of("s1") == bytes_of("plain"), [n for n, b in bytes_of("plain").items() if bytes_of("s1").get(n) != b])
check("boards: the bytes of `rigpose run`", bytes_of("s2") == bytes_of("plain_boards"))
slices = [n for n in os.listdir(f"{work}/done{lab}/s1/rig") if n.startswith("keypoints.")]
check("the take was divided", len(slices) == 4, slices)
check("the recording of boards was divided", os.path.exists(f"{work}/done{lab}/s2/rig/corners.2-of-2"))
check("how many sessions are done", "2 of 3 sessions are done" in told, told[-1500:])
failed = [line for line in told.splitlines() if line.startswith(f"  {lab}/s3/rig.yaml: error: ")]
check("which one is not, and why", len(failed) == 1 and "absent_" in failed[0] and "s3/rig/crop.log" in failed[0], told[-1500:])
check("costs of each job", os.path.exists(f"{work}/costs{lab}/s1/rig/keypoints.1-of-4.tsv"))

# Mended, only what is missing runs.
people("s3")
told = workflow()
check("mended: the bytes of `rigpose run`", bytes_of("s3") == bytes_of("plain"))
check("mended: other sessions are left alone", f"session={lab[1:]}/s3/" in told and f"session={lab[1:]}/s1/" not in told and f"session={lab[1:]}/s2/" not in told, told[-1500:])
check("done: nothing runs", "Nothing to be done" in workflow())

# Another key: each stage sees whether it is up to date.
people("s1", motion={"fill_s": 0.1})
people("plain", motion={"fill_s": 0.1})
rigpose("run", f"{lab}/plain/rig.yaml")
told = workflow()
check("another key: the bytes of `rigpose run`", bytes_of("s1") == bytes_of("plain"))
check("another key: a slice is up to date", "keypoints: up to date" in log_of("s1", "keypoints.1-of-4"))
check("another key: a stage that does not use it is up to date", "triangulate: up to date" in log_of("s1", "refine"))
check("another key: a stage that uses it runs", "refine: done" in log_of("s1", "refine"))

# Results that were removed are made again, where it is asked for.
shutil.rmtree(f"{lab}/s1/out/60_people2d")
workflow(0, "--forcerun", "slice", "--until", "slice")
workflow(0, "--forcerun", "stage")
check("removed and forced: the bytes of `rigpose run`", bytes_of("s1") == bytes_of("plain"))

# A list of sessions in a file.
with open(f"{work}/list.txt", "w", encoding="utf-8") as stream:
    stream.write(f"{lab}/s2/rig.yaml\n\n{lab}/s3/rig.yaml\n")
told = workflow(0, "-n", "--forceall", "--config", "sessions=list.txt")
check("a list of sessions", f"session={lab[1:]}/s2/" in told and f"session={lab[1:]}/s3/" in told and f"session={lab[1:]}/s1/" not in told, told[-1500:])
told = workflow(1, "--config", "sessions=none*/rig.yaml")
check("no session", "no rig YAML matches" in told, told)
session.finish()
