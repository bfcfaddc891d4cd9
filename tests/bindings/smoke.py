"""The whole journey through the generated Python bindings, against a real server process on loopback.

Goal: what the shells will call works as exported: enrol, capture with a picture, return, edit, approve, lists, observers, errors, rescue.
Method: the samples of docs/samples make a township; two phones are two folders. Each claim is counted; the last line has the counts.
"""

import os
import re
import subprocess
import sys
import tempfile

import xunge_bindings as xunge

passed = failed = 0


def claim(what, holds):
    global passed, failed
    if holds:
        passed += 1
    else:
        failed += 1
        print(f"failed: {what}")


def raises(kind, call):
    try:
        call()
    except kind:
        return True
    except Exception as error:  # any other error is a failed claim, said by its name
        print(f"  got {error!r}")
    return False


class Server:
    """A real server with a township of two grids."""

    def __init__(self, binary, folder):
        self.binary, self.data = binary, os.path.join(folder, "server")
        self.cli("init", "--county", "QH:青禾县", "--township", "QX:青溪镇")
        for kind, file in [
            ("units", "units.csv"), ("grids", "grids.geojson"), ("people", "people.csv"),
            ("posts", "posts.csv"), ("categories", "categories.csv"), ("calendar", "calendar.csv"),
        ]:
            self.cli("import", kind, os.path.join("docs", "samples", file))
        self.process = subprocess.Popen(
            [binary, "serve", "--data", self.data, "--listen", "127.0.0.1:0"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        self.url = None
        for line in self.process.stdout:
            found = re.search(r"http://[0-9.]+:\d+", line)
            if found:
                self.url = found.group(0)
                break
        assert self.url, "the server did not say where it listens"

    def cli(self, *args):
        return subprocess.run(
            [self.binary, *args, "--data", self.data], check=True, capture_output=True, text=True
        ).stdout

    def enrol(self, person):
        return self.cli("enrol", person, "--text", "--url", self.url).strip().splitlines()[-1]

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Listener(xunge.StatusObserver):
    def __init__(self):
        self.seen = []

    def changed(self, status):
        self.seen.append(status)


def open_phone(folder, label, code):
    phone = xunge.Phone.open(os.path.join(folder, label), "smoke", label, None, b"")
    profile = phone.enrol(code)
    claim(f"{label}: the profile is listed", [p.id for p in phone.profiles()] == [profile])
    return phone, phone.device(profile, None)


def journey(server, folder):
    _, worker = open_phone(folder, "worker", server.enrol("W001"))
    _, chief = open_phone(folder, "chief", server.enrol("C001"))
    cancel = xunge.CancelToken()
    claim("the first sync brings the directory", worker.sync(cancel).failure is None)
    claim("the categories can be chosen", "ZF-GG" in [c.id for c in worker.categories()])

    listener = Listener()
    subscription = worker.observe(listener)
    claim("an observer is told the current state first", len(listener.seen) == 1)

    report = worker.begin_draft()
    claim(
        "an incomplete draft says everything that is missing",
        raises(xunge.CoreError.InvalidInput, lambda: worker.submit(report)),
    )
    position = xunge.Position(lat_deg=28.304, lon_deg=120.905)
    place = xunge.PlaceClaim(
        position=position, accuracy_m=8.0, provider=xunge.Provider.SATELLITE, is_mock=False, age_ms=0
    )
    worker.set_place(report, place)
    located = worker.locate(place)
    claim("the position lies in one grid", located.is_INSIDE() and located.grid == "QX-01-1")
    worker.edit_draft(report, [
        xunge.FieldEdit.SET_CATEGORY(category="ZF-GG", version=1),
        xunge.FieldEdit.SET_DESCRIPTION("路灯杆上挂着违章横幅"),
    ])
    picture = os.path.join(folder, "picture.png")
    with open(picture, "wb") as file:
        file.write(small_png())
    worker.add_picture(report, picture, xunge.AttachmentRole.SCENE)
    claim("a text is not a picture", raises(
        xunge.CoreError.InvalidInput,
        lambda: worker.add_picture(report, os.path.abspath(__file__), xunge.AttachmentRole.SCENE),
    ))
    claim("what was typed is in the draft", worker.draft(report).description == "路灯杆上挂着违章横幅")
    worker.submit(report)
    claim("it waits to be sent", worker.status().unsent_count > 0)
    claim("a rescue file holds it", worker.rescue(os.path.join(folder, "rescue")).item_count > 0)
    claim("it is sent", worker.sync(cancel).failure is None and worker.status().unsent_count == 0)
    claim("the observer was told more", len(listener.seen) > 1)
    del subscription

    chief.sync(cancel)
    row = chief.reports(xunge.ListQuery(tab=xunge.Tab.TODO, after=None, limit=20)).items[0]
    claim("the chief has it to decide", row.report == report and row.state == xunge.State.SUBMITTED)
    claim("a return needs a reason", raises(
        xunge.CoreError, lambda: chief.decide(report, xunge.Action.RETURN(), None, None)
    ))
    reason = xunge.Reason(code=None, text="照片看不清", voice=None)
    chief.decide(report, xunge.Action.RETURN(), reason, None)
    chief.sync(cancel)
    worker.sync(cancel)
    view = worker.report(report)
    claim("the return reaches the worker with its reason",
          view.row.state == xunge.State.RETURNED and view.row.why.text == "照片看不清")
    worker.edit(report, [xunge.FieldEdit.SET_DESCRIPTION("两条横幅")])
    worker.submit(report)
    worker.sync(cancel)
    chief.sync(cancel)
    chief.decide(report, xunge.Action.APPROVE(), None, None)
    chief.sync(cancel)
    worker.sync(cancel)
    view = worker.report(report)
    claim("approved, it is in the township's queue", view.row.state == xunge.State.QUEUED)
    claim("the old reason is gone", view.row.why is None)
    claim("the server has the picture", view.row.attachment_received_count == 1)
    claim("the story has four acts", len(view.story) == 4)
    claim("the reporter may not approve",
          xunge.ActionKind.APPROVE not in worker.permitted(report))
    claim("an unknown report is said to be unknown", raises(
        xunge.CoreError.NotFound, lambda: worker.report("00" * 16)
    ))
    patrol(worker, cancel)
    claim("nothing needs attention", worker.needs_attention() == [])
    cancel.cancel()
    claim("a cancelled sync says so", worker.sync(cancel).failure is not None)


def patrol(worker, cancel):
    import time

    facts = xunge.PlatformFacts(**{name: None for name in (
        "has_precise_location", "has_coarse_location", "is_location_on", "is_satellite_on", "may_run_in_background",
        "may_notify", "is_exempt_from_battery_saving", "is_power_saving", "may_start_itself", "maker",
        "is_mock_provider_on", "battery_percent", "is_charging", "free_bytes", "silent_min")}, killed_count=0)
    facts.is_location_on = False
    claim("the self-test says that location is off",
          [finding.key for finding in worker.self_test(facts)] == ["location_off"])
    step = worker.patrol_start(xunge.PatrolKind.ROUTINE, [], None, None)
    claim("the patrol runs and asks for fixes", step.state.is_RUNNING() and step.fix_every_ms == 5000)
    now_ms, up_ms = int(time.time() * 1000), time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
    kept = 0
    for n in range(30):
        step = worker.add_fix(xunge.PatrolFix(
            wall_at=now_ms + n * 5000, monotonic_ms=up_ms + (n + 1) * 5000, boot=None, satellite_at=now_ms + n * 5000,
            lat_deg=28.304, lon_deg=120.905 + n * 0.00007, accuracy_m=6.0, speed_mps=1.4, bearing_deg=90.0,
            provider=xunge.Provider.SATELLITE, is_mock=False, battery_percent=80,
        ))
        kept += step.is_kept
    claim("fixes are kept", kept == 30 and worker.patrol().open_fix_count == 30)
    claim("a pause is told", worker.patrol_pause().state.is_PAUSED())
    claim("two pauses are one", raises(xunge.CoreError.NotAllowed, worker.patrol_pause))
    worker.patrol_end()
    claim("a segment waits", worker.status().unsent_track_count == 1)
    day = time.strftime("%Y-%m-%d", time.gmtime(now_ms / 1000 + 8 * 3600))
    before = worker.coverage("QX-01-1", day)
    claim("the own walk is on the map at once", before.has_outline and before.seen > 10)
    claim("numbers add up", before.seen + before.unknown + before.unseen == before.reachable)
    claim("it can be drawn", worker.coverage_picture("QX-01-1", day, 256)[1:4] == b"PNG")
    claim("a walk is suggested", len(worker.where_next(xunge.Position(lat_deg=28.304, lon_deg=120.905))) > 0)
    claim("the track is sent", worker.sync(cancel).failure is None and worker.status().unsent_track_count == 0)
    after = worker.coverage("QX-01-1", day)
    claim("sent, the coverage is the same", (after.seen, after.unknown) == (before.seen, before.unknown))
    claim("no period is no period", raises(
        xunge.CoreError.InvalidInput, lambda: worker.coverage("QX-01-1", "yesterday")
    ))


def small_png():
    """A plain picture of 64 x 48 pixels."""
    import struct
    import zlib

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = b"".join(b"\0" + bytes((x * 4, y * 5, 90)[c] for x in range(64) for c in range(3)) for y in range(48))
    header = struct.pack(">IIBBBBB", 64, 48, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def main():
    claim("the library says its version", xunge.library_version() != "")
    with tempfile.TemporaryDirectory() as folder:
        server = Server(os.path.join(sys.argv[1], "xunge-server"), folder)
        try:
            journey(server, folder)
        finally:
            server.stop()
    print(f"python: {passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
