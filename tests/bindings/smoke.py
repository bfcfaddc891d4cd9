"""The whole journey through the generated Python bindings, against a real server over a link that is cut.

Goal: what the shells call works as exported: enrol, capture, return, edit, approve, check, patrol, coverage, hand-over, rescue; errors,
cancellation, panics, observers that stop, a list of 100,000. The steps are those of journey.txt; the last line has the counts.
"""

import asyncio
import json
import os
import sys
import tempfile
import time

import xunge_bindings as xunge

import ground
from ground import Stage, claim, raises


class Listener(xunge.StatusObserver):
    def __init__(self):
        self.seen = []

    def changed(self, status):
        self.seen.append(status)


class Thrower(xunge.StatusObserver):
    def changed(self, status):
        raise RuntimeError("a shell's own defect")


def open_phone(folder, label, code):
    phone = xunge.Phone.open(os.path.join(folder, label), "smoke", label, None, b"")
    profile = phone.enrol(code)
    claim(f"{label}: the profile is listed", [p.id for p in phone.profiles()] == [profile])
    return phone, phone.device(profile, None)


def rule_of(call):
    try:
        call()
    except xunge.CoreError.InvalidInput as error:
        return error.problems[0].rule if error.problems else ""
    return None


def codes(stage, folder):
    """Codes: read from a picture, told apart where they are no good."""
    with open(stage["cast"]["worker"]["code_png"], "rb") as file:
        png = file.read()
    claim("a code is read from its picture", xunge.decode_qr_picture(png) == stage.code("worker"))
    claim("a picture of nothing has no code", xunge.decode_qr_picture(small_png()) is None)
    claim("a frame of nothing has no code", xunge.decode_qr(bytes(640 * 480), 640, 480, 640) is None)
    preview = xunge.read_enrolment_code(stage.code("worker"))
    claim("a code says where it leads before it is used", preview.base_url == stage["url"])
    for why in ("not_ours", "newer", "incomplete"):
        code = stage["codes"][why]
        claim(f"a code is {why}", rule_of(lambda code=code: xunge.read_enrolment_code(code)) == why)
    phone = xunge.Phone.open(os.path.join(folder, "nobody"), "smoke", "nobody", None, b"")
    for why in ("unknown", "expired"):
        code = stage["codes"][why]
        claim(f"a code that is {why} does not enrol", raises(xunge.CoreError.InvalidInput, lambda code=code: phone.enrol(code)))
    claim("where nobody answers it is no network", raises(
        xunge.CoreError.Offline, lambda: phone.enrol(stage["codes"]["nobody_there"])))
    claim("nobody is enrolled by that", phone.profiles() == [])


def capture(stage, worker):
    """One report with a photo, field by field, with no network."""
    report = worker.begin_draft()
    claim("an incomplete draft says everything that is missing", raises(
        xunge.CoreError.InvalidInput, lambda: worker.submit(report)))
    position = xunge.Position(**stage["position"])
    place = xunge.PlaceClaim(
        position=position, accuracy_m=8.0, provider=xunge.Provider.SATELLITE, is_mock=False, age_ms=0)
    claim("8 m is good", xunge.place_quality(place) == xunge.PlaceQuality.GOOD)
    claim("a good position is taken at once", xunge.PlaceWait().feed(place, 0).is_TAKE_IT())
    worker.set_place(report, place)
    located = worker.locate(place)
    claim("the position lies in one grid", located.is_INSIDE() and located.grid == stage["grid"])
    claim("a map that asks gets GCJ-02", abs(xunge.to_gcj02(position).lat_deg - position.lat_deg) > 1e-4)
    claim("categories stand as tiles", all(tile.has_children for tile in worker.category_children(None)))
    for typed in ("违章广告", "weizhangguanggao", "wzgg"):
        found = [tile.category.id for tile in worker.search_categories(typed)]
        claim(f"{typed} finds the category", stage["category"]["id"] in found)
    worker.edit_draft(report, [
        xunge.FieldEdit.SET_CATEGORY(category=stage["category"]["id"], version=stage["category"]["version"]),
        xunge.FieldEdit.SET_DESCRIPTION("路灯杆上挂着违章横幅"),
    ])
    worker.add_picture(report, stage["files"]["before"], xunge.AttachmentRole.SCENE)
    worker.add_voice_note(report, stage["files"]["voice"], xunge.AttachmentRole.SCENE)
    for bad in ("empty", "text"):
        claim(f"{bad} is no picture", raises(xunge.CoreError.InvalidInput, lambda bad=bad: worker.add_picture(
            report, stage["files"][bad], xunge.AttachmentRole.SCENE)))
    claim("a name that is none is wrong input, no crash", raises(
        xunge.CoreError.InvalidInput, lambda: worker.report("not a name")))
    claim("what was typed is in the draft", worker.draft(report).description == "路灯杆上挂着违章横幅")
    worker.submit(report)
    claim("it waits to be sent", worker.status().unsent_count > 0)
    claim("it was the last category", worker.recent_categories(1)[0].category.id == stage["category"]["id"])
    return report


def sent(stage, worker, report, cancel):
    """Over a link that is cut, answers that are lost, a hotel's page: nothing is lost, nothing is said to be sent that is not."""
    stage.ask("cut")
    claim("without a network it says so", worker.sync(cancel).failure is not None and worker.status().unsent_count > 0)
    stage.ask("restore")
    stage.ask("fault", kind="captive_portal", count=1)
    claim("a hotel's page is not the server", worker.sync(cancel).failure.is_NOT_THE_SERVER())
    stage.ask("fault", kind="lose_answer", count=1)
    claim("an answer that was lost fails the sync", worker.sync(cancel).failure is not None)
    stage.ask("restore")
    metered = xunge.SyncOptions(with_attachments=True, is_metered=True)
    worker.set_wifi_only(True)
    claim("text goes over a link that costs", worker.sync_with(metered, cancel).failure is None)
    status = worker.status()
    claim("photos wait for Wi-Fi", status.unsent_count == 0 and status.unsent_attachment_count > 0)
    worker.set_wifi_only(False)
    done = 0
    while (next_upload := worker.next_upload(False)) is not None:
        done += hand_over(worker, next_upload)
    claim("what was handed over to the system arrived", done >= 1 and worker.status().unsent_attachment_count == 0)
    claim("it is sent", worker.sync(cancel).failure is None)
    claim("photos and voice are received", worker.report(report).row.attachment_received_count == 2)


def hand_over(worker, next_upload):
    import urllib.error
    import urllib.request

    data = None
    if next_upload.file is not None:
        with open(next_upload.file, "rb") as file:
            data = file.read()
    request = urllib.request.Request(
        next_upload.url, data=data, method=next_upload.method,
        headers={header.name: header.value for header in next_upload.headers})
    try:
        answer = urllib.request.urlopen(request)
    except urllib.error.HTTPError as error:
        answer = error
    headers = [xunge.HttpHeader(name=name, value=value) for name, value in answer.headers.items()]
    return worker.upload_answered(next_upload.blob, answer.status, headers, answer.read())


def decided(stage, worker, chief, report, cancel):
    """Returned, corrected, approved, asked, checked, ordered."""
    chief.sync(cancel)
    row = chief.reports(xunge.ListQuery(tab=xunge.Tab.TODO, after=None, limit=20)).items[0]
    claim("the chief has it to decide", row.report == report and row.state == xunge.State.SUBMITTED)
    claim("and knows by when", row.due_at is not None and not row.is_late and chief.report(report).deadlines[0].stage.is_CHIEF())
    levels = [action.to for action in chief.actions(report, xunge.ActionKind.PASS_UP)]
    ready = chief.actions(report, xunge.ActionKind.APPROVE)
    claim("acts come ready to be signed, with the levels that are open",
          xunge.Level.TOWNSHIP in levels and xunge.Level.COUNTY not in levels and [a.is_APPROVE() for a in ready] == [True]
          and not worker.actions(report, xunge.ActionKind.APPROVE))
    claim("reasons are offered", "blurred" in [phrase.code for phrase in xunge.phrases(xunge.ActionKind.RETURN)])
    claim("a return needs a reason", raises(
        xunge.CoreError.NotAllowed, lambda: chief.decide(report, xunge.Action.RETURN(), None, None)))
    reason = xunge.Reason(code="blurred", text="照片看不清", voice=None)
    chief.decide(report, xunge.Action.RETURN(), reason, None)
    chief.sync(cancel)
    worker.sync(cancel)
    view = worker.report(report)
    claim("the return reaches the worker with its reason",
          view.row.state == xunge.State.RETURNED and view.row.why.text == "照片看不清")
    task = worker.tasks()[0]
    claim("returned work stands first", task.kind == xunge.TaskKind.RETURNED and task.words == "照片看不清")
    news = worker.news()
    claim("the return is news", [item.kind for item in news] == [xunge.NewsKind.RETURNED])
    worker.told([item.id for item in news])
    claim("news is told once", worker.news() == [])
    worker.edit(report, [xunge.FieldEdit.SET_DESCRIPTION("两条横幅")])
    worker.submit(report)
    worker.sync(cancel)
    chief.sync(cancel)
    chief.decide(report, xunge.Action.APPROVE(), None, None)
    chief.sync(cancel)
    worker.sync(cancel)
    view = worker.report(report)
    claim("approved, it is in the township's queue", view.row.state == xunge.State.QUEUED and view.row.why is None)
    claim("the approval is news", [item.kind for item in worker.news()] == [xunge.NewsKind.APPROVED])
    claim("the story has four acts", len(view.story) == 4)
    claim("the reporter may not approve", xunge.ActionKind.APPROVE not in worker.permitted(report))
    stage.act(report, "clerk", {"action": "ask"}, text="请补充准确地点。")
    worker.sync(cancel)
    question = [task for task in worker.tasks() if task.kind == xunge.TaskKind.QUESTION][0]
    claim("the room's question is a task", question.words == "请补充准确地点。")
    worker.decide(report, xunge.Action.ANSWER(question=question.command), None, "桥头东侧")
    claim("answered, it is none", xunge.TaskKind.QUESTION not in [task.kind for task in worker.tasks()])
    stage.ask("order", grid=stage["grid"], text="请清理河道", hours=24)
    chief.sync(cancel)
    orders = [task for task in chief.tasks() if task.kind == xunge.TaskKind.ORDER]
    claim("an order reaches the grid with its deadline", len(orders) == 1 and orders[0].due_at is not None)
    chief.decide(orders[0].report, xunge.Action.SIGN(unit=orders[0].unit), None, None)
    chief.decide(orders[0].report, xunge.Action.FEED_BACK(unit=orders[0].unit), None, "已清理")
    claim("signed and answered", chief.sync(cancel).failure is None and chief.needs_attention() == [])
    worker.edit(report, [xunge.FieldEdit.SET_DESCRIPTION("三条横幅")])
    worker.sync(cancel)
    chief.sync(cancel)
    amended = chief.report(report).amendments
    claim("an edit after the approval shows both", [(a.before, a.now) for a in amended] == [("两条横幅", "三条横幅")])


def shared(stage, worker, supervisor, report):
    """What is made by one tap."""
    log = worker.day_log(None)
    claim("the day's log has the report", any("上报" in line.zh for line in log.lines) and log.text_en != "")
    claim("no day is no day", raises(xunge.CoreError.InvalidInput, lambda: worker.day_log("yesterday")))
    card = worker.receipt_card(report)
    claim("the card has the picture and names nobody", len(card.before) == 1 and stage["cast"]["worker"]["name"] not in repr(card))
    picture = worker.attachment_bytes(card.before[0].blob)
    region = xunge.Region(x=0.2, y=0.2, w=0.4, h=0.4)
    claim("a face is hidden", xunge.blur_picture(picture, [region])[:2] == b"\xff\xd8")
    used = worker.storage()
    claim("storage tells pictures from voices", used.pictures_bytes > 0 and used.voice_bytes > 0)
    # The log is one for the process and lies with the phone that was opened last.
    log = supervisor.log()
    claim("the log names nobody", stage["cast"]["worker"]["name"] not in log and "a sync ended" in log)


def patrol(stage, worker, supervisor, cancel):
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
    middle, kept = stage["position"], 0
    for n in range(30):
        step = worker.add_fix(xunge.PatrolFix(
            wall_at=now_ms + n * 5000, monotonic_ms=up_ms + (n + 1) * 5000, boot=None, satellite_at=now_ms + n * 5000,
            lat_deg=middle["lat_deg"], lon_deg=middle["lon_deg"] + n * 0.00007, accuracy_m=6.0, speed_mps=1.4,
            bearing_deg=90.0, provider=xunge.Provider.SATELLITE, is_mock=False, battery_percent=80,
        ))
        kept += step.is_kept
    claim("fixes are kept", kept == 30 and worker.patrol().open_fix_count == 30)
    claim("a pause is told", worker.patrol_pause().state.is_PAUSED())
    claim("two pauses are one", raises(xunge.CoreError.NotAllowed, worker.patrol_pause))
    worker.patrol_end()
    claim("a segment waits", worker.status().unsent_track_count == 1)
    grid, centre = stage["grid"], xunge.Position(**middle)
    before = worker.coverage(grid, None)
    claim("the own walk is on the map at once", before.has_outline and before.seen > 10)
    claim("numbers add up", before.seen + before.unknown + before.unseen == before.reachable)
    claim("it can be drawn", worker.coverage_picture(grid, None, 256)[1:4] == b"PNG")
    scene = worker.map(xunge.MapQuery(centre=centre, radius_m=300.0, period=None))
    claim("the map has outline, cells and the own track", scene.outlines and scene.cells and len(scene.track) == 1)
    claim("a walk is suggested", len(worker.where_next(centre)) > 0)
    claim("the track is sent", worker.sync(cancel).failure is None and worker.status().unsent_track_count == 0)
    after = worker.coverage(grid, None)
    claim("sent, the coverage is the same", (after.seen, after.unknown) == (before.seen, before.unknown))
    claim("no period is no period", raises(xunge.CoreError.InvalidInput, lambda: worker.coverage(grid, "yesterday")))
    supervisor.sync(cancel)
    rows = {row.unit: row for row in supervisor.coverage_rows(None)}
    claim("the supervisor sees every grid", len(rows) > 20 and rows[grid].seen == after.seen)
    claim("and where nobody was first", supervisor.coverage_rows(None)[0].unseen_days is None)


async def waits(worker):
    """The async twins, and what dropping them does."""
    options = xunge.SyncOptions(with_attachments=True, is_metered=False)
    report = await worker.sync_async(options, xunge.CancelToken())
    claim("an awaited sync goes through", report.failure is None)
    claim("an awaited wait answers", await worker.wait_async(1_000) in (True, False))
    token = xunge.CancelToken()
    token.cancel()
    report = await worker.sync_async(options, token)
    claim("a cancelled sync says so", report.failure is not None and report.failure.is_CANCELLED())
    task = asyncio.ensure_future(worker.wait_async(3_000))
    await asyncio.sleep(0)
    task.cancel()
    claim("who waits can turn away at once", await asyncio.wait([task], timeout=2) and task.cancelled())


def journey(stage, folder):
    codes(stage, folder)
    phone, worker = open_phone(folder, "worker", stage.code("worker"))
    _, chief = open_phone(folder, "chief", stage.code("chief"))
    _, supervisor = open_phone(folder, "supervisor", stage.code("supervisor"))
    cancel = xunge.CancelToken()
    claim("the first sync brings the directory", worker.sync(cancel).failure is None)
    chief.sync(cancel)
    listener = Listener()
    subscription, thrower = worker.observe(listener), worker.observe(Thrower())
    claim("an observer is told the current state first", len(listener.seen) == 1)
    report = capture(stage, worker)
    claim("a rescue file holds it", worker.rescue(os.path.join(folder, "rescue")).item_count > 0)
    sent(stage, worker, report, cancel)
    # Whatever another one throws.
    claim("the observer was told more", len(listener.seen) > 1)
    del subscription, thrower
    told = len(listener.seen)
    decided(stage, worker, chief, report, cancel)
    claim("an observer that was closed is told nothing", len(listener.seen) == told)
    draft = chief.begin_draft()
    chief.edit_draft(draft, [xunge.FieldEdit.SET_DESCRIPTION("我也看到了")])
    chief.join_report(draft, report)
    claim("a draft joins a report", chief.drafts() == [] and len(chief.report(report).content.notes) == 1)
    shared(stage, worker, supervisor, report)
    patrol(stage, worker, supervisor, cancel)
    asyncio.run(waits(worker))
    worker.set_pin("1234")
    claim("a wrong PIN is told", raises(xunge.CoreError.SignInRequired, lambda: worker.check_pin("0000")))
    claim("every profile is synced", [done.report.failure for done in phone.sync_all(xunge.CancelToken())] == [None])
    claim("an unknown report is said to be unknown", raises(xunge.CoreError.NotFound, lambda: worker.report("00" * 16)))
    claim("a panic is an error, and life goes on", raises(xunge.InternalError, xunge.break_on_purpose))
    claim("nothing needs attention", worker.needs_attention() == [] and worker.notices() == [])
    aside = phone.set_aside(worker.info().id, "key_lost")
    claim("a profile is set aside, not lost", phone.profiles() == [] and [a.folder for a in phone.set_aside_profiles()] == [aside.folder])


def paging(told):
    """A list of 100,000, page by page, each line once."""
    phone = xunge.Phone.open(told["folder"], "smoke", "seeded", None, b"")
    device = phone.device(told["profile"], None)
    seen, after = set(), None
    while True:
        page = device.reports(xunge.ListQuery(tab=xunge.Tab.MINE, after=after, limit=200))
        seen.update(row.report for row in page.items)
        after = page.next
        if after is None:
            break
    claim("100,000 reports come page by page, each once", len(seen) == device.report_count(xunge.Tab.MINE) == 100_000)


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
    build, seeded = sys.argv[1:]
    claim("the library says its version", xunge.library_version() != "")
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(build, folder)
        try:
            journey(stage, folder)
        finally:
            stage.stop()
    with open(seeded, encoding="utf-8") as told:
        paging(json.load(told))
    sys.exit(0 if ground.ended("python") else 1)


main()
