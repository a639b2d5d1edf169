"""`rigpose pick` as a test runs it: started, asked over HTTP, stopped; and the poses that picked points lead to."""
import http.client
import os
import resource
import signal
import socket
import subprocess
import urllib.parse

import cv2
import numpy as np

import session


class Pick:
    """A running `rigpose pick RIG`."""

    def __init__(self, rig, file_bytes=None):
        """file_bytes: no file can grow beyond so many."""
        limit = None if file_bytes is None else lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
        self.process = subprocess.Popen([session.BINARY, "pick", str(rig)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        preexec_fn=limit)
        self.address = self.process.stdout.readline().strip()
        if not self.address:
            raise SystemExit(f"rigpose pick: {self.process.communicate()[1]}")
        parts = urllib.parse.urlsplit(self.address)
        self.port, self.token = parts.port, parts.path.strip("/")

    def ask(self, path, method="GET", body=None, host=None, token=None):
        """(code, headers, bytes); code 0: the connection was closed without an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.putrequest(method, f"/{self.token if token is None else token}/{path}", skip_host=True)
            if host != "":
                connection.putheader("Host", host or f"127.0.0.1:{self.port}")
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        except (http.client.HTTPException, OSError):
            return 0, {}, b""
        finally:
            connection.close()

    def raw(self, data):
        """What comes back for bytes that need not be HTTP."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            try:
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
                return connection.recv(65536)
            except OSError:
                return b""

    def alive(self):
        return self.process.poll() is None

    def stop(self, how=signal.SIGINT):
        """Its exit code and what it said."""
        if self.alive() and how is not None:
            self.process.send_signal(how)
        said = self.process.communicate(timeout=20)[1]
        return self.process.returncode, said


def look(camera, points):
    """Pixels of points (m) by a camera of 40_extrinsics.yaml."""
    fx, fy, cx, cy = camera["K"]
    pose = camera["Rt_cam_world"]
    q, _ = cv2.projectPoints(np.array(points, float).reshape(-1, 1, 3), np.array(pose["rvec"]), np.array(pose["t_m"]),
                             np.array([[fx, 0, cx], [0, fy, cy], [0, 0, 1]]), np.array(camera["dist"], float))
    return q.reshape(-1, 2)


def apart_px(out_a, out_b, points):
    """The farthest that two calibrations are apart at any of the points, over all cameras."""
    a, b = (session.load(os.path.join(out, "40_extrinsics.yaml"))["cameras"] for out in (out_a, out_b))
    return max(float(np.linalg.norm(look(a[view], points) - look(b[view], points), axis=1).max()) for view in a)
