"""`rigpose models`: what it lists, and what it says of networks that work and that do not, on each runtime there is."""
import os
import subprocess

import numpy as np

import session
from session import check, rigpose

folder = session.folder()
fetched = os.path.abspath("data/runtime/libonnxruntime.so.1")
if os.path.exists(fetched):
    os.environ.setdefault("RIGPOSE_ONNXRUNTIME", fetched)
script = os.path.join(os.path.dirname(__file__), "..", "support", "make_tiny_net.py")
subprocess.run(["/usr/bin/python3", script, "random", f"{folder}/tiny.onnx"], check=True)
shipped = session.load(os.path.join(os.getcwd(), "configs", "models", "higherhrnet_w32_512.yaml"))


def descriptor(name, **changes):
    model = {**shipped, "model": {"file": "tiny.onnx"}, "input": {**shipped["input"], "size": [128, 128]}, **changes}
    session.dump(f"{folder}/{name}.yaml", model)
    return f"{folder}/{name}.yaml"


listed = session.loads(rigpose("models").stdout)
names = [os.path.basename(m["descriptor"]) for m in listed["models"]]
check("the descriptors that come with rigpose", "higherhrnet_w32_512.yaml" in names, names)
runtimes = {r["name"]: r for r in listed["runtimes"]}
check("opencv is always there", runtimes["opencv"]["there"] and runtimes["opencv"]["version"].startswith("4."), runtimes)
ort = runtimes["onnxruntime"]["there"]
check("onnxruntime is there, or it is said why not", ort or "libonnxruntime" in runtimes["onnxruntime"]["why"], runtimes)
if not ort:
    session.leave_out("ONNX Runtime is not there")

model = session.loads(rigpose("models", descriptor("good")).stdout)["models"][0]
check("each runtime is tried", len(model["runtimes"]) == 1 + ort, model)
for trial in model["runtimes"]:
    check(f"{trial['runtime']} works", trial["works"] and trial["ms"] > 0, trial)
    check("shapes", trial["outputs"] == {"out0": [1, 34, 32, 32], "out1": [1, 17, 64, 64]}, trial)

np.zeros((3, 128, 128), np.float32).tofile(f"{folder}/in.bin")
np.full(34 * 32 * 32 + 17 * 64 * 64, 9, np.float32).tofile(f"{folder}/out.bin")
np.zeros(5, np.float32).tofile(f"{folder}/short.bin")
for name, changes, says in [
        ("stride", {"outputs": [{**shipped["outputs"][0], "stride": 8}, shipped["outputs"][1]]}, "stride 8"),
        ("channels", {"outputs": [{**shipped["outputs"][0], "tags": [40, 57]}, shipped["outputs"][1]]}, "beyond its 34 channels"),
        ("sha", {"model": {"file": "tiny.onnx", "sha256": "0" * 64}}, "sha256"),
        ("check", {"selfcheck": {"input": "in.bin", "output": "out.bin"}}, "self-check"),
        ("short", {"selfcheck": {"input": "in.bin", "output": "short.bin"}}, "short.bin"),
        ("lost", {"selfcheck": {"input": "nowhere.bin", "output": "out.bin"}}, "nowhere.bin"),
        ("key", {"nonsense": 1}, "nonsense")]:
    done = rigpose("models", descriptor(name, **changes), code=1)
    told = session.loads(done.stdout)["models"][0]
    check(f"{name} is told", says in told.get("error", ""), told)
    check(f"{name}: exit code and last line", "1 of 1 models failed" in done.stderr, done.stderr)
with open(f"{folder}/tiny.onnx", "rb+") as stream:
    stream.truncate(9000)
done = rigpose("models", descriptor("good"), code=1)
check("a truncated network is told", "truncated" in session.loads(done.stdout)["models"][0]["error"], done.stdout)
session.finish()
