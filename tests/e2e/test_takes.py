"""Takes that are not as most are: views that began before the clock, joints of another skeleton, views of another take."""
import os

import session
import walkers
from session import check, refused, rigpose

FPS = {v: 25 for v in walkers.VIEWS}


def change(path, edit):
    content = session.load(path)
    edit(content)
    session.dump(path, content)


# A view that began half a second before the rig's clock: frames below 0, which every later stage reads.
folder = session.folder()
walkers.write(folder, 3, FPS, offset_s={"c2": -0.5, "c3": -0.5})
rigpose("run", f"{folder}/rig.yaml")
for name in ("70_people3d", "80_motion"):
    frames = [frame["frame"] for frame in session.load(f"{folder}/out/{name}.yaml")["frames"]]
    check(f"{name}: frames from -12 on", frames[0] in (-13, -12) and frames == sorted(frames), frames[:3])
rigpose("summary", f"{folder}/rig.yaml")

# People with fewer joints than the skeleton that they name.
broken = f"{folder}/out/60_people2d/c2.yaml"
change(broken, lambda content: [person.update(joints=person["joints"][:14]) for frame in content["frames"] for person in frame["people"]])
refused("triangulate", f"{folder}/rig.yaml", code=1, contains=["'coco17' has 17 joints", "'c2' have 14"])
refused("eval", broken, f"{folder}/out/60_people2d/c1.yaml", code=1, contains=["17 joints", "c2.yaml", "have 14"])

# Keys that are in their range, and yet too small or too large for this take.
folder = session.folder()
walkers.write(folder, 2, FPS)
for key, value, says in (("keep_s", 0.02, "0.02 s is shorter than a frame at 25 frames/s"),
                         ("min_joints", 18, "18 is more than the 17 joints of skeleton 'coco17'")):
    change(f"{folder}/rig.yaml", lambda rig: rig.update(triangulate={key: value}))
    told = rigpose("triangulate", f"{folder}/rig.yaml").stderr
    check(f"{key} is warned of", f"warning: {folder}/rig.yaml: triangulate.{key}: {says}" in told, told)

# People of another view than the file is named after.
change(f"{folder}/rig.yaml", lambda rig: rig.pop("triangulate"))
change(f"{folder}/out/60_people2d/c2.yaml", lambda content: content.update(view="c1"))
refused("triangulate", f"{folder}/rig.yaml", code=1, contains=["c2.yaml: view: c1, expected c2: these are the people of another view"])

# People of a view that the take does not have are of another take.
folder = session.folder()
walkers.write(folder, 2, FPS)
change(f"{folder}/rig.yaml", lambda rig: rig["recordings"]["walk"].pop("c4"))
done = rigpose("run", f"{folder}/rig.yaml")
check("it is said that c4 is not used", "view 'c4' has people but is not part of the take" in done.stderr, done.stderr)
check("and c4 is not used", session.load(f"{folder}/out/70_people3d.yaml")["views"] == ["c1", "c2", "c3"])

# Another skeleton file makes people in space stale.
os.makedirs(f"{folder}/mine")
with open("configs/skeletons/coco17.yaml", encoding="utf-8") as stream:
    text = stream.read()
with open(f"{folder}/mine/coco17.yaml", "w", encoding="utf-8") as stream:
    stream.write(text + "# mine\n")
change(f"{folder}/rig.yaml", lambda rig: rig.update(skeleton="mine/coco17.yaml"))
check("triangulate runs again", "triangulate: up to date" not in rigpose("run", f"{folder}/rig.yaml").stderr)
check("and then no more", "triangulate: up to date" in rigpose("run", f"{folder}/rig.yaml").stderr)
with open(f"{folder}/mine/coco17.yaml", "a", encoding="utf-8") as stream:
    stream.write("# another\n")
check("but with another file again", "triangulate: up to date" not in rigpose("run", f"{folder}/rig.yaml").stderr)
session.finish()
