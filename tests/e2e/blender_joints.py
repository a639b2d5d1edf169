"""Runs inside of Blender: imports a BVH or a glTF file and writes where each joint is in Blender's world, m, at the times that it is given.

blender -b --factory-startup --python blender_joints.py -- IN OUT TIMES   (TIMES: a JSON list, frames of a BVH, seconds of a glTF)
"""
import json
import sys

import bpy

source, out, times = sys.argv[sys.argv.index("--") + 1:]
with open(times, encoding="utf-8") as stream:
    times = json.load(stream)
bpy.ops.object.select_all(action="SELECT")
bpy.ops.object.delete()
scene = bpy.context.scene
if source.endswith(".bvh"):
    from io_anim_bvh import import_bvh
    import_bvh.open = lambda path, _: open(path, encoding="utf-8")  # Blender 3.4 asks for mode "rU", which Python 3.11 no longer has
    bpy.ops.import_anim.bvh(filepath=source, global_scale=0.01, frame_start=1)
    (armature,) = [o for o in scene.objects if o.type == "ARMATURE"]
    bones = armature.pose.bones

    def joints():
        found = {b.name: armature.matrix_world @ b.head for b in bones}
        return {**found, **{b.name + "End": armature.matrix_world @ b.tail for b in bones if not b.children}}

    at = [1 + t for t in times]
else:
    bpy.ops.import_scene.gltf(filepath=source, import_shading="FLAT")  # by default it asks numpy for np.bool, which Debian's no longer has

    def joints():
        return {o.name: o.matrix_world.translation for o in scene.objects}

    at = [t * scene.render.fps / scene.render.fps_base for t in times]
found = {}
for moment in at:
    scene.frame_set(int(moment // 1), subframe=moment % 1)
    for name, place in joints().items():
        found.setdefault(name, []).append(list(place))
with open(out, "w", encoding="utf-8") as stream:
    json.dump(found, stream)
