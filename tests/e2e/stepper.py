"""Somebody with feet who walks a circle before a ring of four cameras, bones of one length: joints in space by name, and what other tools would
have found of them in the views."""
import json
import os

import cv2
import numpy as np

import session
from walkers import FOCAL, SIZE, VIEWS, pose

FPS, NOISE_PX = 50, 1.0
FEET = [f"{side}_{part}" for side in ("left", "right") for part in ("big_toe", "small_toe", "heel")]
# Bones, m, as OpenSim's markers measure them.
THIGH, SHANK, ARM, FOREARM, HIPS, SHOULDERS, TRUNK = 0.42, 0.40, 0.29, 0.25, 0.22, 0.35, 0.52
SKELETONS = {name: session.load(f"configs/skeletons/{name}.yaml")["joints"] for name in ("coco17", "halpe26", "body25")}


def _swung(angle):
    """Down, turned forward by an angle; x forward, y left, z up."""
    return np.array([np.sin(angle), 0, -np.cos(angle)])


def joints_at(t):
    """Name -> place, m, at t seconds."""
    phase, at = 2 * np.pi * 0.9 * t, {}
    for side, left, swing in (("left", 1, np.sin(phase)), ("right", -1, -np.sin(phase))):
        knee_bend = 0.35 + 0.25 * np.cos(phase + left)
        hip = np.array([0, left * HIPS / 2, 0.92])
        shoulder = np.array([0, left * SHOULDERS / 2, 0.92 + TRUNK])
        knee = hip + THIGH * _swung(0.4 * swing + 0.15)
        ankle = knee + SHANK * _swung(0.4 * swing + 0.15 - knee_bend)
        pitch = 0.3 * swing  # of the foot
        ahead, up = np.array([np.cos(pitch), 0, np.sin(pitch)]), np.array([-np.sin(pitch), 0, np.cos(pitch)])
        elbow = shoulder + ARM * _swung(-0.4 * swing)
        at |= {f"{side}_hip": hip, f"{side}_knee": knee, f"{side}_ankle": ankle, f"{side}_shoulder": shoulder, f"{side}_elbow": elbow,
               f"{side}_wrist": elbow + FOREARM * _swung(0.5 - 0.4 * swing), f"{side}_heel": ankle - 0.05 * ahead - 0.06 * up,
               f"{side}_big_toe": ankle + 0.17 * ahead - 0.07 * up + [0, -0.02 * left, 0],
               f"{side}_small_toe": ankle + 0.13 * ahead - 0.07 * up + [0, 0.05 * left, 0],
               f"{side}_eye": np.array([0.1, 0.03 * left, 1.63]), f"{side}_ear": np.array([0.02, 0.075 * left, 1.6])}
    at |= {"nose": np.array([0.13, 0, 1.58]), "head_top": np.array([0, 0, 1.75]), "neck": (at["left_shoulder"] + at["right_shoulder"]) / 2,
           "mid_hip": (at["left_hip"] + at["right_hip"]) / 2}
    angle = 0.5 * t
    c, s = np.cos(angle), np.sin(angle)  # heads along the circle
    return {name: np.array([c * p[1] + s * -p[0] + 1.2 * c, s * p[1] + c * p[0] + 1.2 * s, p[2]]) for name, p in at.items()}


def joints3d(skeleton, frames):
    """[frames, joints, 3]"""
    return np.array([[joints_at(f / FPS)[name] for name in SKELETONS[skeleton]] for f in frames])


def write_imports(folder, skeleton, n_frames, seed=1):
    """folder/rig.yaml, cameras.yaml and in/VIEW: of halpe26 an AlphaPose list, of others OpenPose's file a frame."""
    rng, cameras = np.random.default_rng(seed), {}
    truth = joints3d(skeleton, range(n_frames))
    os.makedirs(f"{folder}/in")
    for i, view in enumerate(VIEWS):
        R, t = pose(i)
        cameras[view] = {"size": list(SIZE), "lens": "pinhole0", "K": [FOCAL, FOCAL, SIZE[0] / 2, SIZE[1] / 2], "dist": [],
                         "Rt_cam_world": {"rvec": cv2.Rodrigues(R)[0].ravel().tolist(), "t_m": t.tolist()}}
        p = truth @ R.T + t
        q = FOCAL * p[..., :2] / p[..., 2:] + np.array(SIZE) / 2 + NOISE_PX * rng.standard_normal(p[..., :2].shape)
        flat = [np.column_stack((frame, np.full(len(frame), 0.9))).round(2).ravel().tolist() for frame in q]
        if skeleton == "halpe26":
            with open(f"{folder}/in/{view}", "w", encoding="utf-8") as stream:
                json.dump([{"image_id": f"{f}.jpg", "category_id": 1, "keypoints": k, "score": 2.5} for f, k in enumerate(flat)], stream)
            continue
        os.makedirs(f"{folder}/in/{view}")
        for f, k in enumerate(flat):
            with open(f"{folder}/in/{view}/{f:012d}_keypoints.json", "w", encoding="utf-8") as stream:
                json.dump({"version": 1.3, "people": [{"person_id": [-1], "pose_keypoints_2d": k}]}, stream)
    session.dump(f"{folder}/cameras.yaml", {"schema": "rigpose/extrinsics/1", "cameras": cameras})
    session.dump(f"{folder}/rig.yaml", {
        "schema": "rigpose/rig/1", "feeds": {v: {"views": [v], "fps": FPS} for v in VIEWS}, "recordings": {"walk": {v: None for v in VIEWS}},
        "cameras": "cameras.yaml", "take": "walk", "keypoints": {"source": "import", "people": "in/{view}"}, "motion": {}, "skeleton": skeleton})
    return f"{folder}/rig.yaml"


def write_people3d(folder, skeleton, n_frames):
    """A rig without pictures, and its people in space as another program made them: the truth."""
    camera = {"size": [640, 480], "lens": "pinhole0", "K": [500, 500, 320, 240], "dist": [], "Rt_cam_world": {"rvec": [0, 0, 0], "t_m": [0, 0, 3]}}
    os.makedirs(f"{folder}/out", exist_ok=True)
    session.dump(f"{folder}/cameras.yaml", {"schema": "rigpose/extrinsics/1", "cameras": {"c1": camera, "c2": camera}})
    session.dump(f"{folder}/rig.yaml", {
        "schema": "rigpose/rig/1", "feeds": {v: {"views": [v]} for v in ("c1", "c2")}, "recordings": {"walk": {"c1": None, "c2": None}},
        "cameras": "cameras.yaml", "take": "walk", "keypoints": {"source": "yaml"}, "skeleton": skeleton})
    session.dump(f"{folder}/out/70_people3d.yaml", {
        "schema": "rigpose/people3d/1", "skeleton": skeleton, "n_joints": len(SKELETONS[skeleton]), "fps": FPS, "views": ["c1", "c2"],
        "frames": [{"frame": f, "people": [{"id": 1, "joints": [{"p_m": [round(float(v), 6) for v in p], "sigma_m": 0.005} for p in joints]}]}
                   for f, joints in enumerate(joints3d(skeleton, range(n_frames)))]})
    return f"{folder}/rig.yaml"
