"""How far found cameras are from true ones."""
import cv2
import numpy as np


def matrix(camera):
    pose = camera["Rt_cam_world"]
    return cv2.Rodrigues(np.array(pose["rvec"], float))[0], np.array(pose["t_m"], float)


def compare(found, truth):
    """Scale, worst position in mm and worst direction in degrees after a similarity (Umeyama 1991)."""
    pairs = [(matrix(found[v]), matrix(truth[v])) for v in truth]
    a, b = (np.array([-pair[k][0].T @ pair[k][1] for pair in pairs]) for k in (0, 1))
    am, bm = a - a.mean(0), b - b.mean(0)
    u, _, v = np.linalg.svd(bm.T @ am)
    R = u @ np.diag([1, 1, np.linalg.det(u @ v)]) @ v
    scale = np.sum(bm * (am @ R.T)) / np.sum(am ** 2)
    turns = [np.trace(t[0] @ R @ f[0].T) for f, t in pairs]
    return (scale, 1000 * np.linalg.norm(scale * am @ R.T - bm, axis=1).max(),
            np.degrees(np.arccos(np.clip((min(turns) - 1) / 2, -1, 1))))
