"""A run of all stages that is killed, once and again and again: the next one ends in the bytes of a run that was not, and leaves nothing over."""
import os
import random

import killed_session
import session
from session import check

folder = session.folder()
rig = killed_session.make(folder)
expected, there, seconds = killed_session.whole_run(rig)
for name in ("20_corners.yaml", "30_intrinsics.yaml", "40_extrinsics.yaml", "50_stereo.yaml", "60_people2d/left.yaml", "70_people3d.yaml", "80_motion.yaml"):
    check(f"the session makes {name}", name in expected)
chance = random.Random(20)
for share in (0.2, 0.5, 0.8):
    killed_session.clear(rig)
    at = killed_session.killed_at(rig, (share + 0.1 * chance.random()) * seconds)
    now, names, _ = killed_session.whole_run(rig)
    check(f"killed in {at}: the same bytes", now == expected, [n for n in expected if now.get(n) != expected[n]])
    check("nothing is left over", names == there, set(names) ^ set(there))
killed_session.clear(rig)
stages = []
while len(stages) < 6 and (at := killed_session.killed_at(rig, (0.15 + 0.3 * chance.random()) * seconds)):
    stages.append(at)
now, names, _ = killed_session.whole_run(rig)
check(f"killed again and again ({', '.join(stages)}): the same bytes", stages and now == expected and names == there, set(names) ^ set(there))
check("the report is there", os.path.exists(f"{folder}/out/report.html"))
session.finish()
