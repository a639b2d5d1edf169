"""Shelf: from real detections in five views to people in 3D, PCP as published."""
import session
import shelf
from session import check_at_least

source = session.real_data("shelf")
folder = session.folder()
shelf.write(source, folder)
done = session.rigpose("run", f"{folder}/rig.yaml")
print(done.stderr)
figures = session.loads(session.rigpose("eval", f"{folder}/out/70_people3d.yaml", f"{folder}/truth.yaml").stdout)
print(figures)
check_at_least("PCP, average of three", figures["pcp"]["average"], 97)
session.finish()
