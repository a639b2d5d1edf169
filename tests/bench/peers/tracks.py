"""The optimum that cameras found from tracks of points (bench_tracks) are held against: SciPy's least_squares (trust region, LSMR) over
the same sights, from the true cameras and points on. Prints, a rig, the sum of squares at the cameras that were found, points put
where they fit best, over that at the optimum, and the errors of both against the truth. Passed over where SciPy is not installed. usage: tracks.py FOLDER"""
import glob
import sys

import numpy as np

try:
    from scipy.optimize import least_squares
    from scipy.sparse import csr_matrix
    from scipy.spatial.transform import Rotation
except ImportError:
    print("SciPy: not installed")
    sys.exit(0)

OUTLIER_PX = 20  # from where the truth says: what was made to be wrong, left out of both


def read(path):
    poses, lenses, points, sights = {"truth": {}, "found": {}}, {}, [], []
    for line in open(path, encoding="utf-8"):
        word, *numbers = line.split()
        numbers = [float(x) for x in numbers]
        if word in poses:
            poses[word][int(numbers[0])] = (np.reshape(numbers[1:10], (3, 3)), np.array(numbers[10:13]))
            lenses[int(numbers[0])] = np.array(numbers[13:18])
        elif word == "point":
            points.append(numbers)
        elif word == "sight":
            sights.append([numbers[0], len(points) - 1, *numbers[1:]])
    sights = np.array(sights)
    return poses, np.array([lenses[c] for c in sorted(lenses)]), np.array(points), sights[:, 0].astype(int), sights[:, 1].astype(int), sights[:, 2:]


def project(R, t, lens, p):
    """Pixels, and how they change with the point in the camera's frame (n x 2 x 3)."""
    x = np.einsum("nij,nj->ni", R, p) + t
    n, f, k1, k2 = x[:, :2] / x[:, 2:], lens[:, :1], lens[:, 3:4], lens[:, 4:5]
    r2 = np.sum(n ** 2, 1, keepdims=True)
    bent = 1 + k1 * r2 + k2 * r2 ** 2
    by_n = bent[:, :, None] * np.eye(2) + n[:, :, None] * n[:, None, :] * (2 * k1 + 4 * k2 * r2)[:, :, None]
    n_by_x = np.concatenate([np.repeat(np.eye(2)[None], len(x), 0), -n[:, :, None]], 2) / x[:, 2, None, None]
    return f * n * bent + lens[:, 1:3], f[:, :, None] * by_n @ n_by_x, x - t


def optimum(poses, lenses, points, camera, point, q):
    """Least squares over all cameras but the first, by turns and shifts, and all points."""
    n_c = len(poses)
    R0, t0 = np.array([poses[c][0] for c in range(n_c)]), np.array([poses[c][1] for c in range(n_c)])

    def cameras_of(z):
        d = np.concatenate([np.zeros((1, 6)), z[:6 * (n_c - 1)].reshape(-1, 6)])
        return Rotation.from_rotvec(d[:, :3]).as_matrix() @ R0, t0 + d[:, 3:], d

    def residuals(z):
        R, t, _ = cameras_of(z)
        return (project(R[camera], t[camera], lenses[camera], z[6 * (n_c - 1):].reshape(-1, 3)[point])[0] - q).ravel()

    def jacobian(z):
        R, t, d = cameras_of(z)
        _, by_x, turned = project(R[camera], t[camera], lenses[camera], z[6 * (n_c - 1):].reshape(-1, 3)[point])
        # exp(d + e) = exp(J_l(d) e) exp(d): the left Jacobian takes e to a turn about the camera's axes
        left = np.array([np.linalg.inv(log_jacobian(w)) for w in d[:, :3]])
        cross = np.zeros((len(q), 3, 3))
        for i, j, k, s in ((0, 1, 2, 1), (1, 2, 0, 1), (2, 0, 1, 1), (1, 0, 2, -1), (2, 1, 0, -1), (0, 2, 1, -1)):
            cross[:, i, j] = s * turned[:, k]  # minus the cross matrix of what is turned
        by_c = np.concatenate([by_x @ cross @ left[camera], by_x], 2)
        by_p = by_x @ R[camera]
        rows, cols, values = [], [], []
        row = 2 * np.arange(len(q))[:, None, None] + np.arange(2)[None, :, None]
        free = camera > 0
        rows.append(np.broadcast_to(row, by_c.shape)[free].ravel())
        cols.append(np.broadcast_to(6 * (camera - 1)[:, None, None] + np.arange(6), by_c.shape)[free].ravel())
        values.append(by_c[free].ravel())
        rows.append(np.broadcast_to(row, by_p.shape).ravel())
        cols.append(np.broadcast_to(6 * (n_c - 1) + 3 * point[:, None, None] + np.arange(3), by_p.shape).ravel())
        values.append(by_p.ravel())
        return csr_matrix((np.concatenate(values), (np.concatenate(rows), np.concatenate(cols))), shape=(2 * len(q), len(z)))

    start = np.concatenate([np.zeros(6 * (n_c - 1)), points.ravel()])
    made = least_squares(residuals, start, jac=jacobian, method="trf", tr_solver="lsmr", x_scale="jac", xtol=1e-12, ftol=1e-12, gtol=1e-9,
                         max_nfev=200)
    R, t, _ = cameras_of(made.x)
    return {c: (R[c], t[c]) for c in range(n_c)}, made.x[6 * (n_c - 1):].reshape(-1, 3)


def log_jacobian(w):
    """The inverse of the left Jacobian of SO(3) at w."""
    angle, W = np.linalg.norm(w), np.array([[0, -w[2], w[1]], [w[2], 0, -w[0]], [-w[1], w[0], 0]])
    if angle < 1e-9:
        return np.eye(3) - W / 2
    return np.eye(3) - W / 2 + (1 / angle ** 2 - (1 + np.cos(angle)) / (2 * angle * np.sin(angle))) * W @ W


def best_cost(poses, lenses, points, camera, point, q):
    """The sum of squares with each point where it fits best: Gauss and Newton, point by point."""
    R, t = np.array([poses[c][0] for c in sorted(poses)]), np.array([poses[c][1] for c in sorted(poses)])
    p = points.copy()
    for _ in range(20):
        at, by_x, _ = project(R[camera], t[camera], lenses[camera], p[point])
        J, r = by_x @ R[camera], at - q
        H, g = np.zeros((len(p), 3, 3)), np.zeros((len(p), 3))
        np.add.at(H, point, np.swapaxes(J, 1, 2) @ J)
        np.add.at(g, point, np.einsum("nji,nj->ni", J, r))
        p -= np.linalg.solve(H, g[:, :, None])[:, :, 0]
    return np.sum((project(R[camera], t[camera], lenses[camera], p[point])[0] - q) ** 2)


def aligned(poses, truth):
    """Cameras after a similarity to the true ones (Umeyama 1991), errors of positions in mm and turns in degrees."""
    order = sorted(truth)
    a, b = (np.array([-s[c][0].T @ s[c][1] for c in order]) for s in (poses, truth))
    am, bm = a - a.mean(0), b - b.mean(0)
    u, _, v = np.linalg.svd(bm.T @ am)
    turn = u @ np.diag([1, 1, np.linalg.det(u @ v)]) @ v
    scale = np.sum(bm * (am @ turn.T)) / np.sum(am ** 2)
    mm = 1000 * np.linalg.norm(scale * am @ turn.T - bm, axis=1)
    R = {c: poses[c][0] @ turn.T for c in order}
    centres = scale * am @ turn.T + b.mean(0)
    degrees = [np.degrees(np.linalg.norm(Rotation.from_matrix(R[c] @ truth[c][0].T).as_rotvec())) for c in order]
    return {c: (R[c], -R[c] @ centres[i]) for i, c in enumerate(order)}, mm, degrees


def main():
    worst, mm_found, mm_best = 0, [], []
    for path in sorted(glob.glob(f"{sys.argv[1]}/rig*.txt")):
        poses, lenses, points, camera, point, q = read(path)
        true_R, true_t = (np.array([poses["truth"][c][k] for c in sorted(poses["truth"])]) for k in (0, 1))
        kept = np.linalg.norm(project(true_R[camera], true_t[camera], lenses[camera], points[point])[0] - q, axis=1) < OUTLIER_PX
        seen = np.bincount(point[kept], minlength=len(points)) >= 2
        kept &= seen[point]
        place = np.cumsum(seen) - 1
        data = (lenses, points[seen], camera[kept], place[point[kept]], q[kept])
        best, _ = optimum(poses["truth"], *data)
        found, mm, degrees = aligned(poses["found"], poses["truth"])
        ratio = best_cost(found, *data) / best_cost(best, *data)
        _, best_mm, best_degrees = aligned(best, poses["truth"])
        worst = max(worst, ratio)
        mm_found += list(mm)
        mm_best += list(best_mm)
        print(f"{path}: {len(data[4])} sights, cost {ratio:.6f} of the optimum's; cameras off by {np.sqrt(np.mean(mm ** 2)):.2f} mm, "
              f"{np.mean(degrees):.4f} degrees, at the optimum {np.sqrt(np.mean(best_mm ** 2)):.2f} mm, {np.mean(best_degrees):.4f} degrees", flush=True)
    print(f"of all: cost at most {worst:.6f} of the optimum's; cameras off by {np.sqrt(np.mean(np.square(mm_found))):.2f} mm, at the optimum "
          f"{np.sqrt(np.mean(np.square(mm_best))):.2f} mm (ratio {np.sqrt(np.mean(np.square(mm_found)) / np.mean(np.square(mm_best))):.4f})")


if __name__ == "__main__":
    main()
