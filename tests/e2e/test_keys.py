"""The keys of the rig YAML: how they are shown, what those of triangulate do, and that a change of them makes people in space anew."""
import session
import walkers
from session import check, refused, rigpose

# All of them are a rig of defaults; a section and a stage show their own.
defaults = session.loads(rigpose("keys").stdout)
check("keys are YAML of defaults", defaults["motion"]["fill_s"] == 0.2 and defaults["keypoints"] == {"source": None}, defaults)
check("a section alone", list(session.loads(rigpose("keys", "motion").stdout)) == ["motion"])
check("a key alone", session.loads(rigpose("keys", "motion.fill_s").stdout) == {"motion": {"fill_s": 0.2}})
acting = session.loads(rigpose("refine", "--help").stdout.split("keys of the rig YAML that this stage uses\n")[1])
check("refine --help shows the keys of motion", acting["motion"] == defaults["motion"] and "triangulate" in acting, acting)
check("and of triangulate the one that it goes by", acting["triangulate"] == {"covariance": False}, acting)

GAP_S = (1.0, 1.8)  # in which no view finds anybody
folder = session.folder()
walkers.write(folder, 2.2, {v: 25 for v in walkers.VIEWS})
for view in walkers.VIEWS:
    path = f"{folder}/out/60_people2d/{view}.yaml"
    content = session.load(path)
    for frame in content["frames"]:
        if GAP_S[0] <= frame["frame"] / 25 < GAP_S[1]:
            frame["people"] = []
    session.dump(path, content)


def triangulated(**keys):
    """The ids of the people in space, and how many views their joints are of, with these keys of triangulate."""
    rig = session.load(f"{folder}/rig.yaml")
    rig.pop("triangulate", None)
    if keys:
        rig["triangulate"] = keys
    session.dump(f"{folder}/rig.yaml", rig)
    rigpose("triangulate", f"{folder}/rig.yaml")
    people = [p for frame in session.load(f"{folder}/out/70_people3d.yaml")["frames"] for p in frame["people"]]
    return {p["id"] for p in people}, sum(len(j.get("views", [])) for p in people for j in p["joints"])


ids, n_views = triangulated()
check("without keys two people are two, over the gap too", ids == {1, 2} and n_views > 0, ids)
check("who scores less than min_score is not used", triangulated(min_score=0.95) == (set(), 0))
check("who has fewer joints than min_joints is nobody", triangulated(min_joints=18) == (set(), 0))
check("who is away for longer than keep_s is somebody new", triangulated(keep_s=0.5)[0] > ids)
check("who is farther away than max_speed_m_s allows is somebody new", triangulated(max_speed_m_s=0.05)[0] > ids)
cameras = session.load(f"{folder}/cameras.yaml")
for scale in (10, 1):  # people ten times as tall: without the key the default goes with them, stated it is what it says
    session.dump(f"{folder}/cameras.yaml", {**cameras, "cameras": {view: {**c, "Rt_cam_world": {
        "rvec": c["Rt_cam_world"]["rvec"], "t_m": [scale * x for x in c["Rt_cam_world"]["t_m"]]}} for view, c in cameras["cameras"].items()}})
    check(f"two people at a scale of {scale}", triangulated()[0] == {1, 2})
    slow = triangulated(max_speed_m_s=0.5)[0]
    check(f"a speed is in the rig's metres at a scale of {scale}", slow > {1, 2} if scale == 10 else slow == {1, 2}, slow)
narrow = triangulated(gate_m=0.005, gate_px=1)[1]
check("gate_m lets views in", triangulated(gate_m=0.15, gate_px=1)[1] > 1.2 * narrow, narrow)
check("gate_px lets views in", triangulated(gate_m=0.005, gate_px=25)[1] > 1.2 * narrow, narrow)

# A key that changes makes the result stale.
triangulated()
rigpose("refine", f"{folder}/rig.yaml")
with open(f"{folder}/rig.yaml", "a", encoding="utf-8") as stream:
    stream.write("triangulate: {keep_s: 0.5}\n")
refused("refine", f"{folder}/rig.yaml", code=1, contains=["70_people3d.yaml is stale (rig.triangulate changed)"])
rig = session.load(f"{folder}/rig.yaml")
rig["triangulate"] = {"min_joints": 0}
session.dump(f"{folder}/rig.yaml", rig)
refused("check", f"{folder}/rig.yaml", code=2,
        contains=["rig.yaml:", "triangulate.min_joints: 0 is out of range, expected a whole number from 1 to 144"])
session.finish()
