"""Shelf, if it is there: PCP and milliseconds a frame. usage: shelf.py RIGPOSE BENCH_PEOPLE"""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import session  # noqa: E402
import shelf  # noqa: E402

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
bench = os.path.abspath(sys.argv[2])
os.chdir(ROOT)
source = session.real_data("shelf")
folder = session.folder()
shelf.write(source, folder)
session.rigpose("run", f"{folder}/rig.yaml")
print(session.loads(session.rigpose("eval", f"{folder}/out/70_people3d.yaml", f"{folder}/truth.yaml").stdout)["pcp"])
views = list(session.load(f"{folder}/cameras.yaml")["cameras"])
sys.stdout.flush()
subprocess.run([bench, f"{folder}/cameras.yaml", "configs/skeletons/coco17.yaml",
                *(f"{folder}/out/60_people2d/{v}.yaml" for v in views)], check=True)
