"""Uploads pictures with a stock tus client (tuspy) to a real server process, to prove that the server speaks plain tus 1.0.0.

Goal: whoever writes a client needs no library of ours: an upload that was cut at any byte goes on at that byte.
Method: the terminal phone captures two pictures and sends the text alone; the stock client brings the pictures through a link that is cut
inside a piece, then in pieces with checksums, then again although they are there. At the end the phone finds its pictures received.
Each claim is counted; the last line has the counts. usage: stock_client.py FOLDER_OF_BINARIES
"""

import hashlib
import json
import os
import random
import re
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
import zlib

from tusclient import client
from tusclient.exceptions import TusCommunicationError

# The generator of P-256: a public key that is valid and whose owner signs nothing here.
PUBLIC_KEY = (
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
)
SAMPLES = [
    ("units", "units.csv"), ("grids", "grids.geojson"), ("people", "people.csv"),
    ("posts", "posts.csv"), ("categories", "categories.csv"), ("calendar", "calendar.csv"),
]
passed = failed = 0


def claim(what, holds):
    global passed, failed
    if holds:
        passed += 1
    else:
        failed += 1
        print(f"failed: {what}")


class Server:
    """A real server with the township of docs/samples, on a port that the system chose."""

    def __init__(self, binaries, folder):
        self.binary, self.data = os.path.join(binaries, "xunge-server"), os.path.join(folder, "server")
        self.cli("init", "--county", "QH:青禾县", "--township", "QX:青溪镇")
        for kind, file in SAMPLES:
            self.cli("import", kind, os.path.join("docs", "samples", file))
        self.process = subprocess.Popen(
            [self.binary, "serve", "--data", self.data, "--listen", "127.0.0.1:0"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        found = (re.search(r"http://[0-9.]+:\d+", line) for line in self.process.stdout)
        self.url = next(match.group(0) for match in found if match)

    def cli(self, *args):
        command = [self.binary, *args, "--data", self.data]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def code_for(self, person):
        return self.cli("enrol", person, "--text", "--url", self.url).strip().splitlines()[-1]

    def stop(self):
        self.process.terminate()
        self.process.wait()


class CuttingLink(threading.Thread):
    """One connection that is cut after `body_bytes` of the body: the server has read what arrived before the client sees the cut."""

    def __init__(self, url, body_bytes):
        super().__init__(daemon=True)
        host, port = url.removeprefix("http://").split(":")
        self.server, self.body_bytes = (host, int(port)), body_bytes
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self.listener.getsockname()[1]

    def run(self):
        near, _ = self.listener.accept()
        with self.listener, near, socket.create_connection(self.server) as far:
            head = b""
            while b"\r\n\r\n" not in head:
                head += near.recv(65536)
            end = head.index(b"\r\n\r\n") + 4
            far.sendall(head[:end + self.body_bytes])
            left = self.body_bytes - len(head[end:])
            while left > 0:
                piece = near.recv(min(left, 65536))
                far.sendall(piece)
                left -= len(piece)
            far.shutdown(socket.SHUT_WR)
            while far.recv(65536):
                pass
            near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def noisy_png(path, seed):
    """A picture of 640 x 480 pixels that no encoder makes small."""
    width, height = 640, 480
    noise = random.Random(seed).randbytes(width * height * 3)
    rows = b"".join(b"\0" + noise[y * width * 3:(y + 1) * width * 3] for y in range(height))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b""))


class Phone:
    """The terminal phone, which here sends text and no pictures."""

    def __init__(self, binaries, folder):
        self.command = [os.path.join(binaries, "xunge-phone"), "--phone", os.path.join(folder, "phone"), "--lang", "en"]

    def __call__(self, *args):
        return subprocess.run([*self.command, *args], capture_output=True, text=True)


def capture(phone, server, folder):
    """A report with two pictures whose text is on the server. Gives its code, its id, and the pictures' files."""
    phone("enrol", server.code_for("W001"))
    photos = [os.path.join(folder, f"{n}.png") for n in (1, 2)]
    for seed, path in enumerate(photos):
        noisy_png(path, seed)
    done = phone("capture", "--category", "ZF-GG", "--at", "28.304,120.905", "--photo", photos[0], "--photo", photos[1])
    claim(f"the capture is saved: {done.stderr}", done.returncode == 0)
    code = done.stdout.split()[0]
    claim("the text is sent alone", phone("sync", "--no-pictures").returncode == 0)
    story = json.loads(server.cli("report", code, "--json"))
    # The phone's own files, without a way to any server.
    phone("--server", "http://127.0.0.1:1", "pictures", code, "--into", os.path.join(folder, "pictures"))
    pictures = sorted(os.path.join(folder, "pictures", name) for name in os.listdir(os.path.join(folder, "pictures")))
    claim("the phone has both pictures", len(pictures) == 2)
    return code, story["row"]["report"], pictures


def token(server):
    """The bearer token of a second install of the same worker, by the plain interface."""
    code = server.code_for("W001")
    body = {"code": code.rsplit(":", 1)[1], "public_key": PUBLIC_KEY, "app_version": "stock", "device_label": "tuspy"}
    request = urllib.request.Request(
        f"{server.url}/v1/enrol", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        answer = json.load(answer)
    return f"Bearer {answer['install']}.{answer['token']}"


def cut_and_go_on(server, headers, metadata, path):
    """The link is cut inside a piece, twice, at odd bytes: each time another client goes on at exactly that byte."""
    size, stands = os.path.getsize(path), 0
    first = client.TusClient(f"{server.url}/v1/uploads", headers=headers).uploader(path, metadata=metadata)
    first.set_url(first.create_url())
    for cut_after in (4_097, size // 2 + 1):
        link = CuttingLink(server.url, cut_after)
        link.start()
        broken = client.TusClient(f"{server.url}/v1/uploads", headers=headers).uploader(path, url=first.url)
        claim(f"a client learns that the upload stands at {stands}", broken.offset == stands)
        broken.set_url(first.url.replace(server.url, link.url))
        try:
            broken.upload()
            claim("a cut upload fails at the client", False)
        except TusCommunicationError:
            pass
        link.join()
        stands += cut_after
    last = client.TusClient(f"{server.url}/v1/uploads", headers=headers).uploader(path, url=first.url)
    claim(f"after the second cut the upload stands at {stands}", last.offset == stands)
    last.upload()
    claim("the rest completes the file", last.offset == size)


def in_pieces(server, headers, metadata, path):
    """Pieces with checksums, by two clients one after the other."""
    size = os.path.getsize(path)
    tus = client.TusClient(f"{server.url}/v1/uploads", headers=headers)
    first = tus.uploader(path, chunk_size=size // 3, metadata=metadata, upload_checksum=True)
    first.upload_chunk()
    claim("the first piece is a part of the file", 0 < first.offset < size)
    second = tus.uploader(path, chunk_size=size // 3, url=first.url, upload_checksum=True)
    claim("a second client learns where the upload stands", second.offset == first.offset)
    second.upload()
    claim("the pieces complete the file", second.offset == size)


def fetched(server, authorization, sha256):
    request = urllib.request.Request(f"{server.url}/v1/blobs/{sha256}", headers=authorization)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        return error.code


def journey(server, binaries, folder):
    phone = Phone(binaries, folder)
    code, report, pictures = capture(phone, server, folder)
    headers = {"Authorization": token(server)}
    for path, way in zip(pictures, (cut_and_go_on, in_pieces)):
        with open(path, "rb") as file:
            data = file.read()
        sha256 = hashlib.sha256(data).hexdigest()
        metadata = {"report": report, "sha256": sha256, "kind": "picture"}
        claim("before the upload the server does not have it", fetched(server, headers, sha256) == 404)
        way(server, headers, metadata, path)
        claim("what was uploaded comes back byte for byte", fetched(server, headers, sha256) == data)
        again = client.TusClient(f"{server.url}/v1/uploads", headers=headers).uploader(path, metadata=metadata)
        again.set_url(again.create_url())
        claim("what is there already is done at once", again.get_offset() == len(data))
    claim("the phone's own sync has nothing more to bring", phone("sync").returncode == 0)
    shown = phone("show", code).stdout
    claim(f"the report's pictures are received: {shown}", "2/2" in shown)
    claim("the server's own check finds nothing", json.loads(server.cli("verify", "--json"))["problems"] == [])


def main():
    with tempfile.TemporaryDirectory() as folder:
        server = Server(sys.argv[1], folder)
        try:
            journey(server, sys.argv[1], folder)
        finally:
            server.stop()
    print(f"tus: {passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
