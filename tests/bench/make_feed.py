"""A composite of four tiles in H.264 as a recorder of four cameras makes it: a room, somebody who walks through it, sensor noise, and in one
quarter of the frames a board that is carried about.
usage: make_feed.py FOLDER FRAMES [TILE_WIDTH TILE_HEIGHT]    writes FOLDER/feed.mp4 and FOLDER/rig.yaml"""
import subprocess
import sys

import cv2
import numpy as np

COLS, ROWS, FPS, NOISE, BANK = 9, 6, 30, 2.0, 8  # inner corners; grey values; pictures of noise that are drawn from
SQUARE = 40  # pixels of the drawn board


def room(rng, width, height):
    """Walls, furniture and a floor with texture of every scale, which does not move."""
    picture = np.full((height, width), 120, np.float32)
    for octave in range(1, 7):
        small = rng.normal(0, 10, (height >> octave, width >> octave)).astype(np.float32)
        picture += cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    for _ in range(40):
        x, y, w, h = rng.integers(0, width), rng.integers(0, height), rng.integers(20, width // 6), rng.integers(20, height // 4)
        cv2.rectangle(picture, (int(x), int(y)), (int(x + w), int(y + h)), float(rng.uniform(30, 220)), -1)
        cv2.line(picture, (int(x), int(y)), (int(x + h), int(y + w)), float(rng.uniform(30, 220)), int(rng.integers(1, 6)))
    return cv2.GaussianBlur(picture, (0, 0), 0.9)


def board():
    picture = np.full(((ROWS + 3) * SQUARE, (COLS + 3) * SQUARE), 235, np.float32)
    for y in range(ROWS + 1):
        for x in range(COLS + 1):
            if (x + y) % 2 == 0:
                picture[(y + 1) * SQUARE:(y + 2) * SQUARE, (x + 1) * SQUARE:(x + 2) * SQUARE] = 25
    return cv2.GaussianBlur(picture, (0, 0), 0.8)


def person_put(picture, rng_texture, t, width, height):
    """A figure that walks across and back, its limbs swinging."""
    h = int(0.55 * height)
    x = int((0.5 + 0.42 * np.sin(0.35 * t)) * width)
    top = int(0.3 * height)
    swing = int(0.08 * h * np.sin(6 * t))
    for (dx, dy, w, l) in ((0, 0, 0.13, 0.16), (0, 0.17, 0.24, 0.36), (-0.06 + swing / h, 0.5, 0.1, 0.46), (0.06 - swing / h, 0.5, 0.1, 0.46),
                           (-0.17 - swing / h, 0.2, 0.07, 0.34), (0.17 + swing / h, 0.2, 0.07, 0.34)):
        x0, y0 = max(0, int(x + dx * h - w * h / 2)), top + int(dy * h)
        x1, y1 = min(width, int(x0 + w * h)), min(height, int(y0 + l * h))
        if x1 > x0 and y1 > y0:
            picture[y0:y1, x0:x1] = rng_texture[:y1 - y0, :x1 - x0]


def board_put(picture, drawn, t, width, height, phase):
    """A board in the hands of somebody who turns and tilts it slowly."""
    high = 0.42 * height * (1 + 0.25 * np.sin(0.7 * t + phase))
    wide = high * drawn.shape[1] / drawn.shape[0]
    u = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]]) * [wide, high]
    turn, yaw, pitch = 0.35 * np.sin(0.9 * t + phase), 0.6 * np.sin(0.8 * t + 2 * phase), 0.5 * np.sin(0.6 * t + phase)
    p = np.column_stack([u[:, 0] * np.cos(turn) - u[:, 1] * np.sin(turn), u[:, 0] * np.sin(turn) + u[:, 1] * np.cos(turn)])
    z = 1 + (p[:, 0] * np.sin(yaw) + p[:, 1] * np.sin(pitch)) / (2.5 * width / 2)
    p = np.column_stack([p[:, 0] * np.cos(yaw), p[:, 1] * np.cos(pitch)]) / z[:, None]
    p += [width * (0.5 + 0.2 * np.sin(0.5 * t + phase)), height * (0.5 + 0.15 * np.cos(0.6 * t + phase))]
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32) * [drawn.shape[1], drawn.shape[0]]
    H = cv2.getPerspectiveTransform(corners.astype(np.float32), p.astype(np.float32))
    x0, y0 = np.maximum(np.floor(p.min(0)).astype(int) - 2, 0)
    x1, y1 = np.minimum(np.ceil(p.max(0)).astype(int) + 2, [width, height])
    H = np.array([[1, 0, -x0], [0, 1, -y0], [0, 0, 1.0]]) @ H
    size = (int(x1 - x0), int(y1 - y0))
    warped = cv2.warpPerspective(drawn, H, size, flags=cv2.INTER_AREA)
    there = cv2.warpPerspective(np.ones_like(drawn), H, size)
    picture[y0:y1, x0:x1] = there * warped + (1 - there) * picture[y0:y1, x0:x1]


def main():
    folder, n = sys.argv[1], int(sys.argv[2])
    width, height = (int(x) for x in sys.argv[3:5]) if len(sys.argv) > 4 else (1920, 1080)
    rng = np.random.default_rng(20)
    rooms = [room(rng, width, height) for _ in range(4)]
    clothes = [room(rng, width // 4, height // 2) for _ in range(4)]
    bank = rng.normal(0, NOISE, (BANK, height + 64, width + 64)).astype(np.float32)
    drawn = board()
    encoder = subprocess.Popen(["ffmpeg", "-y", "-v", "error", "-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{2 * width}x{2 * height}", "-r", str(FPS),
                                "-i", "-", "-pix_fmt", "yuv420p", "-c:v", "libx264", "-threads", "2", f"{folder}/feed.mp4"], stdin=subprocess.PIPE)
    frame = np.empty((2 * height, 2 * width), np.uint8)
    for f in range(n):
        t = f / FPS
        for k in range(4):
            picture = rooms[k].copy()
            if f >= n // 8:  # at first the room is empty
                person_put(picture, clothes[k], t + k, width, height)
            if n // 2 <= f < n // 2 + n // 4:
                board_put(picture, drawn, t, width, height, k)
            dx, dy = rng.integers(0, 64, 2)
            picture += bank[rng.integers(BANK), dy:dy + height, dx:dx + width]
            frame[k // 2 * height:(k // 2 + 1) * height, k % 2 * width:(k % 2 + 1) * width] = np.clip(picture + 0.5, 0, 255)
        encoder.stdin.write(frame.tobytes())
    encoder.stdin.close()
    if encoder.wait() != 0:
        raise SystemExit("ffmpeg failed")
    with open(f"{folder}/rig.yaml", "w", encoding="utf-8") as rig:
        rig.write("schema: rigpose/rig/1\nfeeds:\n  quad: {grid: [2, 2], views: [c1, c2, c3, c4]}\n"
                  f"board: {{kind: chessboard, corners: [{COLS}, {ROWS}], square_m: 0.1}}\n"
                  "recordings:\n  board: {quad: feed.mp4}\nintrinsics: {from: board}\nextrinsics: {from: board}\n")


main()
