//! What the form of a policy asks for: limits, hours, and for how long things are kept.

use super::{Choices, Input, Shape, hint, may, need, within};

const SIGHTS: Choices = &[
    ("dense", ("街巷密集，15 米", "narrow lanes, 15 m")),
    ("village", ("村庄，25 米", "villages, 25 m")),
    ("open", ("开阔地，40 米", "open land, 40 m")),
];

pub(super) const POLICIES: &[Shape] = &[
    need("unit", ("单位", "Unit"), Input::Unit),
    may(
        "is_emergency",
        ("应急模式（战时）", "Emergency mode"),
        Input::YesNo,
    ),
    within(
        "chief_within",
        ("网格长审核", "The chief decides"),
        (
            "写成 30分钟、24小时、4工作小时、3工作日或 5天。空着按上级的；都没写是 4工作小时",
            "As 30min, 24h, 4wh (working hours), 3wd (working days) or 5d. Empty as above; 4wh where nobody says",
        ),
    ),
    within(
        "dispatch_within",
        ("指挥室交办", "The room dispatches"),
        (
            "空着按上级的；都没写是 24小时",
            "Empty as above; 24h where nobody says",
        ),
    ),
    within(
        "sign_within",
        ("单位签收", "A unit signs"),
        (
            "空着按上级的；都没写就不限",
            "Empty as above; no limit where nobody says",
        ),
    ),
    within(
        "handle_within",
        ("单位处置反馈", "A unit feeds back"),
        (
            "交办时定了日期的，以那个日期为准；都没写就不限",
            "The day that a dispatch names goes before; no limit where nobody says",
        ),
    ),
    within(
        "review_within",
        ("指挥室审核反馈", "The room reviews"),
        (
            "空着按上级的；都没写就不限",
            "Empty as above; no limit where nobody says",
        ),
    ),
    within(
        "close_within",
        ("办结（全程）", "Closing, in all"),
        (
            "空着按上级的；都没写是 72小时",
            "Empty as above; 72h where nobody says",
        ),
    ),
    hint(
        may(
            "emergency_within",
            ("应急时要更快的", "Faster in an emergency"),
            Input::Stages,
        ),
        (
            "只在应急模式下用。如：交办 2小时，办结 1天。可写 审批、交办、签收、处置、审核、办结",
            "Only in emergency mode. As: dispatch 2h, close 1d. Stages: chief, dispatch, sign, handle, review, close",
        ),
    ),
    hint(
        may(
            "category_within",
            ("某些类别另有时限", "Other limits for some kinds"),
            Input::CategoryStages,
        ),
        (
            "一类一行，写类别的名称。如：乱倒垃圾：办结 1天，交办 2小时",
            "One kind a line, by its name. As: Litter: close 1d, dispatch 2h",
        ),
    ),
    hint(
        may("working_hours", ("工作时间", "Working hours"), Input::Text),
        (
            "“工作小时”只在这段时间里走。如 08:00-12:00 14:00-18:00",
            "Working hours run within these. As 08:00-12:00 14:00-18:00",
        ),
    ),
    hint(
        may("quiet_hours", ("免打扰时段", "Quiet hours"), Input::Text),
        (
            "这段时间不催办、不提醒（应急除外）。如 22:00-07:00；都可以提醒就写“无”",
            "No reminders then, but in an emergency. As 22:00-07:00; none for never",
        ),
    ),
    hint(
        may(
            "track_keep_days",
            ("轨迹保留天数", "Tracks are kept, days"),
            Input::Number,
        ),
        (
            "到期后只留覆盖，不留轨迹；默认 90",
            "After that only coverage remains; 90 by default",
        ),
    ),
    hint(
        may(
            "people_keep_days",
            ("当事人保留天数", "People concerned are kept, days"),
            Input::Number,
        ),
        (
            "事件办结（或撤回、作废、并案）多少天后删除当事人记录；不填就一直保留",
            "How long after a report has ended; for good where nothing is said",
        ),
    ),
    hint(
        may(
            "file_keep_days",
            ("照片录音保留天数", "Pictures and voice notes are kept, days"),
            Input::Number,
        ),
        (
            "同上，删除照片和录音。删除后不能恢复",
            "As above. What is deleted cannot be brought back",
        ),
    ),
    hint(
        may(
            "content_keep_days",
            ("事件内容保留天数", "The whole content is kept, days"),
            Input::Number,
        ),
        (
            "同上，删除全部内容，只留编号和经过了哪些步骤",
            "As above. Only the code and the steps stay",
        ),
    ),
    may(
        "sight",
        ("看多远算看到", "How far one sees"),
        Input::Choice(SIGHTS),
    ),
    hint(
        may(
            "picture_long_side_px",
            ("照片缩到多大（长边像素）", "Long side of pictures, px"),
            Input::Number,
        ),
        (
            "越大越清楚，也越费流量；空着是 1600",
            "Larger is clearer and costs more to send; 1600 if empty",
        ),
    ),
    hint(
        may("zone", ("时区", "Zone"), Input::Text),
        (
            "不用填；空着是北京时间 Asia/Shanghai",
            "Leave it empty for Asia/Shanghai",
        ),
    ),
    hint(
        may(
            "chief_clock_working_min",
            (
                "网格长时限（工作分钟，旧式）",
                "Chief's clock in working minutes (old form)",
            ),
            Input::Number,
        ),
        (
            "上面填了“网格长审核”就不用填",
            "Not needed where the chief's limit stands above",
        ),
    ),
];
