//! The words of the room's own pages: rules, entering, orders, rechecks, saved views, and what stands beside a report. Each string stands
//! in both languages on one line, so that none can be missing.

macro_rules! both {
    ($($name:ident: $zh:literal, $en:literal;)+) => {
        /// Every string of the room's pages in one language. What stands in `{}` is filled in by the page.
        pub(crate) struct Room {
            $(pub(crate) $name: &'static str),+
        }

        /// 中文.
        pub(crate) const ROOM_ZH: Room = Room { $($name: $zh),+ };

        /// English.
        pub(crate) const ROOM_EN: Room = Room { $($name: $en),+ };

        #[cfg(test)]
        pub(super) const ALL: &[(&str, &str, &str)] = &[$((stringify!($name), $zh, $en)),+];
    };
}

both! {
    nav: "工作台", "Desk";
    enter_title: "登记事件", "Enter a report";
    enter_advice: "来电、来访、信件、热线等没有手机的上报，在这里登记，直接进入待受理。", "Reports from telephone, visitor, paper or hotline are entered here and go straight to the queue.";
    enter_next: "下一步", "Next";
    enter_words: "内容", "What happened";
    enter_place: "地点", "Place";
    enter_source: "来源", "How it came";
    enter_informant: "反映人姓名", "Who told us: name";
    enter_telephone: "反映人电话", "Who told us: telephone";
    enter_occurred: "发生日期", "Day it happened";
    enter_button: "登记", "Enter";
    enter_incomplete: "还缺：{x}", "Still missing: {x}";
    enter_refused: "没有登记成功：{x}", "It was not taken: {x}";
    orders_title: "指令", "Orders";
    orders_new: "下达指令", "Give an order";
    orders_text: "要做什么", "What is to be done";
    orders_due: "完成期限", "Until";
    orders_grids: "网格", "Grids";
    orders_button: "下达", "Give the order";
    orders_none: "还没有指令。", "No orders yet.";
    orders_wrong: "请写明要做什么、期限，并选择有网格长的网格。", "Say what is to be done and until when, and choose grids that have a chief.";
    order_not_received: "未收到", "not received";
    order_received: "已收到", "received";
    order_signed: "已签收", "signed";
    order_answered: "已答复", "answered";
    order_closed: "已结束", "ended";
    order_call: "未收到的请打电话：", "Not received, call: ";
    order_progress: "{k}/{n} 已答复，{m} 未收到", "{k} of {n} answered, {m} not received";
    recheck_title: "随机抽查", "Random recheck";
    recheck_advice: "从最近 {n} 天当场处置的和网格、村社办结的事件中随机抽取，逐件核查并记录结果。", "Drawn at random from what was settled on the spot or closed by grid or village in the last {n} days.";
    recheck_count: "抽几件", "How many";
    recheck_draw: "抽取", "Draw";
    recheck_none: "没有可抽查的事件。", "There is nothing to recheck.";
    rules_title: "分流规则", "Routing rules";
    rules_advice: "规则只提出建议并说明理由，由指挥室决定。顺序号小的优先。", "Rules propose and say why; the room decides. The smaller rank goes first.";
    rules_none: "还没有规则。", "No rules yet.";
    rules_rank: "顺序", "Rank";
    rules_name: "规则", "Rule";
    rules_when: "条件", "When";
    rules_then: "结论", "Then";
    rules_dispatched: "按此交办", "Dispatched";
    rules_back: "退办", "Handed back";
    rules_off: "停用", "off";
    rules_clash: "规则 {a} 与 {b} 矛盾：同一件事会得出不同结论。请给其中一条更小的顺序号。", "The rules {a} and {b} contradict each other: give one of them a smaller rank.";
    rules_try: "试算", "Try";
    rules_try_title: "改动规则", "Change rules";
    rules_try_advice: "粘贴规则表（CSV，第一行是列名）或 JSON。先试算，看最近 31 天的事件会怎么走，再采用。", "Paste rules as CSV with a header line, or JSON. Try them on the reports of the last 31 days first, then adopt them.";
    rules_text: "规则", "Rules";
    rules_sample: "列名：规则编号、名称、单位、顺序、类别、范围、紧急、时段、日子、关键词、字段、主办部门、层级、时限、风险、启用", "Columns: rule, name, unit, rank, categories, units, urgency, hours, days, keywords, fields, department, level, within, risk, on";
    rules_tried: "看了最近 31 天的 {n} 件，其中 {k} 件的走向会不同。", "Of {n} reports of the last 31 days {k} would go another way.";
    rules_adopt: "采用这些规则", "Adopt these rules";
    rules_adopted: "已采用：写入 {n} 条。", "Adopted: {n} written.";
    rules_wrong: "规则有问题，没有采用：", "The rules were not taken:";
    rules_before: "现在", "Now";
    rules_after: "改后", "Changed";
    because_always: "所有事件", "every report";
    because_category: "类别：{x}", "category: {x}";
    because_unit: "范围：{x}", "place: {x}";
    because_urgent: "紧急", "urgent";
    because_normal: "一般", "normal";
    because_hours: "时段：{x}", "received {x}";
    because_work: "工作日", "working days";
    because_off: "休息日", "free days";
    because_word: "出现“{x}”", "has “{x}”";
    because_field: "字段：{x}", "field: {x}";
    because_usual: "该类别的常用部门", "the category's usual department";
    route_title: "规则建议", "What the rules say";
    route_department: "主办：{x}", "Department: {x}";
    route_level: "层级：{x}", "Level: {x}";
    route_within: "时限：{x}", "Time: {x}";
    route_risk: "风险：{x}", "Risk: {x}";
    route_by: "规则“{r}”：{x}", "rule “{r}”: {x}";
    route_other: "规则 {a} 另有说法，因顺序在后没有采用。", "The rule {a} says otherwise and came later.";
    route_follow: "按规则", "By rule";
    allow_minutes: "{n} 分钟", "{n} min";
    allow_hours: "{n} 小时", "{n} h";
    allow_working: "{n} 个工作小时", "{n} working hours";
    allow_working_days: "{n} 个工作日", "{n} working days";
    allow_days: "{n} 天", "{n} days";
    same_title: "可能是同一件事", "May be the same matter";
    same_far: "相距 {n} 米", "{n} m away";
    same_grid: "同一网格", "same grid";
    same_merge: "并入这一件", "Merge into this one";
    amended_title: "同意后的修改", "Changed after the approval";
    amended_was: "同意时", "approved";
    amended_is: "现在", "now";
    amended_pictures: "照片和语音", "pictures and voice notes";
    amended_count: "{n} 个", "{n}";
    handled_by: "{p} 正在处理这一件。", "{p} is handling this one.";
    handled_advice: "为避免重复，请先联系对方；确需接手，请点“我来处理”。", "So that nobody does it twice, speak to each other first; to take it over, press the button.";
    handled_take: "我来处理", "Take it over";
    handled_mark: "{p} 正在处理", "{p} has it open";
    near_patrol: "巡查中 {n} 米", "on patrol, {n} m";
    near_on: "巡查中", "on patrol";
    compare: "对比照片", "Compare pictures";
    compare_left: "左图", "Left";
    compare_right: "右图", "Right";
    compare_zoom: "缩放", "Zoom";
    compare_none: "少于两张照片，无法对比。", "There are fewer than two pictures.";
    blur: "打码", "Blur";
    blur_title: "打码后导出", "Blur before an export";
    blur_advice: "在图上拖动，遮住人脸和车牌。原图不变，只下载打码后的副本。", "Draw over faces and number plates. The picture stays as it is; a blurred copy is downloaded.";
    blur_undo: "撤销一处", "Undo one";
    blur_save: "下载打码图", "Download the copy";
    blur_keys: "也可用方向键移动方框，按回车打码。", "Or move the frame with the arrow keys and press Enter.";
    blur_script: "打码需要浏览器启用脚本。", "Blurring needs scripts in the browser.";
    slip: "交办单", "Dispatch slip";
    slip_title: "事件交办单", "Dispatch slip";
    slip_to: "承办单位", "To";
    slip_words: "交办意见", "Words";
    slip_done: "办理情况", "What was done";
    slip_sign: "签收人、日期", "Signature, date";
    slip_stamp: "单位盖章", "Stamp";
    views_title: "我的视图", "My views";
    view_save: "保存当前视图", "Save this view";
    view_name: "名称", "Name";
    view_drop: "删除 {x}", "Delete {x}";
    bulk_title: "对所选事件：", "With what is picked: ";
    bulk_do: "执行", "Do it";
    bulk_undo: "撤销：{x}", "Undo: {x}";
    bulk_undone: "撤销也是一步操作，会留在经过里。", "Undoing is an act of its own and stays in the story.";
    bulk_reason: "批量操作", "Done for many at once";
    upload_title: "添加照片", "Add pictures";
    upload_choose: "选择照片", "Choose pictures";
    upload_role: "照片类型", "What they show";
    upload_send: "上传", "Upload";
    upload_wait: "正在上传 {n}%", "Uploading {n}%";
    upload_again: "网络中断，会自动续传", "The network is gone; it goes on by itself";
    upload_script: "上传照片需要浏览器启用脚本。", "Uploading needs scripts in the browser.";
    upload_wrong: "照片没有收下：{x}", "The pictures were not taken: {x}";
    told_title: "系统提醒我的", "What I was reminded of";
    told_near: "{s}临期", "{s} is due soon";
    told_late: "{s}超期", "{s} is late";
    phrase_text: "常用语", "Phrase";
}
