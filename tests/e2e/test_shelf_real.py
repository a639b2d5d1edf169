"""Shelf: from real detections in five views to people in 3D, PCP as published."""
import session
import shelf
from session import check_at_least

source = session.real_data("shelf")
folder = session.folder()
shelf.write(source, folder, motion={})
done = session.rigpose("run", f"{folder}/rig.yaml")
print(done.stderr)
for result in ("70_people3d", "80_motion"):
    figures = session.loads(session.rigpose("eval", f"{folder}/out/{result}.yaml", f"{folder}/truth.yaml").stdout)
    print(figures)
    check_at_least(f"{result}: PCP, average of three", figures["pcp"]["average"], 97)
session.finish()
