//! The strings of the pages for supervisors and administrators, both languages on one line: one that is missing does not compile.

macro_rules! pairs {
    ($($name:ident: $zh:literal, $en:literal;)+) => {
        /// Every string of these pages in one language. What stands in `{}` is filled in by the page.
        pub(crate) struct BoardWords {
            $(pub(crate) $name: &'static str),+
        }

        /// 中文.
        pub(crate) const BOARD_ZH: BoardWords = BoardWords { $($name: $zh),+ };

        /// English.
        pub(crate) const BOARD_EN: BoardWords = BoardWords { $($name: $en),+ };

        #[cfg(test)]
        impl BoardWords {
            /// Every string with its name, for the tests.
            pub(super) fn all(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($name), self.$name)),+]
            }
        }
    };
}

pairs! {
    nav_coverage: "覆盖", "Coverage";

    period_day: "日", "Day";
    period_week: "周", "Week";
    period_month: "月", "Month";
    period_before: "上一期", "Earlier";
    period_after: "下一期", "Later";
    period_label: "时段", "Period";
    period_span: "{a} 至 {b}", "{a} to {b}";

    coverage_title: "巡查覆盖", "Coverage by patrols";
    coverage_about: "说的是地方，不是人：哪里看过，哪里还没有人去。", "It speaks of places, not of people: what was seen, and where nobody has been.";
    layer_label: "图层", "Layer";
    layer_period: "本期看过没有", "Seen in this period";
    layer_age: "多久没人看过", "Days since last seen";
    map_label: "覆盖地图。表格里有同样的内容", "Map of coverage. The tables say the same";
    map_in: "放大", "Zoom in";
    map_out: "缩小", "Zoom out";
    map_all: "看全部", "Show all";
    map_failed: "地图没有加载成功，请看下面的表格", "The map did not load; see the tables below";
    map_missing: "本机的程序没有带地图（编译时没有 Node）。下面的表格里有同样的内容。", "This program was built without the map (no Node at that time). The tables below say the same.";
    map_script: "地图需要 JavaScript。下面的表格里有同样的内容。", "The map needs JavaScript. The tables below say the same.";
    map_hint: "点地图看是哪里；按住 Ctrl 滚动或用按钮缩放", "Click the map to see what is there; zoom with Ctrl and the wheel, or with the buttons";
    legend_seen: "看过", "seen";
    legend_unknown: "无法确定", "cannot be known";
    legend_unseen: "没看过", "not seen";
    legend_excluded: "不计入", "does not count";
    legend_blind: "长期没人去的地方", "unseen for weeks";
    legend_place: "重点场所（实心：该去了）", "key place (filled: due)";
    legend_age_0: "1 天内", "within a day";
    legend_age_1: "2–7 天", "2–7 days";
    legend_age_2: "8–14 天", "8–14 days";
    legend_age_3: "15–28 天", "15–28 days";
    legend_age_4: "28 天以上或从未", "over 28 days, or never";
    by_unit_title: "按村、网格", "By village and grid";
    col_unit: "单位", "Unit";
    col_seen: "看过", "Seen";
    col_unknown: "无法确定", "Unknown";
    col_unseen: "没看过", "Not seen";
    col_patrols: "巡查", "Patrols";
    col_old: "28 天以上没人看过", "Unseen for over 28 days";
    col_blind: "盲点", "Blind spots";
    col_age: "多久没人看过", "Since last seen";
    no_outline: "没有边界，只计巡查次数", "no outline: only patrols are counted";
    all_units: "全部", "All";
    unknown_title: "为什么无法确定", "Why it cannot be known";
    unknown_line: "{x}：{n} 公顷", "{x}: {n} ha";
    unknown_none: "没有无法确定的地方", "Nothing is unknown";
    blind_title: "长期没人去的地方", "Places unseen for weeks";
    blind_line: "约 {a} 公顷，{w} 周以上没人看过", "about {a} ha, unseen for {w} weeks or more";
    blind_none: "没有连成片的盲点", "There are no blind spots";
    places_title: "重点场所", "Key places";
    places_due: "该去的 {n} 处，共 {m} 处", "{n} of {m} are due";
    places_none: "没有登记重点场所", "No key places are kept";
    col_place: "场所", "Place";
    col_grid: "网格", "Grid";
    col_standing: "情况", "Standing";
    col_last: "上次走访", "Last visit";
    col_made: "本期走访", "Visits made";
    never: "从未", "never";
    since_on: "自 {d}", "since {d}";
    until_on: "{d} 前", "until {d}";
    next_on: "下次 {d}", "next {d}";
    silent_link: "查看没有联系上的手机（会记录在案）", "Show phones not heard from (this is recorded)";
    silent_title: "没有联系上的手机", "Phones not heard from";
    silent_about: "这些天走过的路可能还在手机上。请打电话问一声。这次查看已记录在案。", "What was walked on these days may still be on the phone. Please call. This look was recorded.";
    silent_none: "都联系上了", "All were heard from";
    col_person: "姓名", "Name";
    col_telephone: "电话", "Telephone";
    col_phone: "手机", "Phone";
    col_heard: "最后联系", "Last heard";
    col_days: "没有消息的日子", "Days without word";

    picked_received: "{t} 上报", "handed in {t}";
    picked_from: "{t} 起上报", "handed in from {t} on";
    picked_to: "{t} 及以前上报", "handed in until {t}";
    picked_line: "主办：{u}", "led by {u}";
    out_closed: "已办结", "closed";
    out_on_time: "按期办结", "closed in time";
    out_closed_late: "超期办结", "closed late";
    out_overdue: "在办已超期", "open and late";
    out_reworked: "驳回重办过", "sent back to be handled again";
    out_content: "回访满意", "called back, content";
    out_not_content: "回访不满意", "called back, not content";
    out_local: "县级以下办结", "closed below the county";
    nav_figures: "统计", "Figures";
    figures_title: "办理统计", "Figures";
    figures_about: "每个数字都能点开，看到它数的是哪些事件。只按地方和条线统计，不给人排名。", "Each figure opens the reports that it counts. By place and line alone: nobody is ranked.";
    figures_how: "这些数字怎么算", "How these figures are made";
    figure_of: "{k} / {n} 件", "{k} of {n}";
    by_label: "按什么分", "By what";
    by_village: "村社", "Village";
    by_grid: "网格", "Grid";
    by_line: "条线", "Line";
    by_class: "大类", "Class";
    by_category: "类别", "Category";
    by_none: "（未定）", "(none yet)";
    fig_received: "上报", "Received";
    fig_closed: "办结率", "Closing rate";
    fig_on_time: "按期率", "On-time rate";
    fig_reworked: "重办率", "Rework rate";
    fig_content: "满意率", "Satisfaction";
    fig_local: "纠纷就地化解率", "Disputes resolved locally";
    how_received: "这段时间上报的事件，不含撤回、作废和并入其他的。", "Reports handed in during this time, without those withdrawn, void or merged.";
    how_closed: "其中已经办结的。", "Those of them that are closed.";
    how_on_time: "办结的当中，在办结期限之前办结的。", "Of those closed: closed before their closing deadline.";
    how_reworked: "其中至少被驳回重办过一次的。", "Those that were sent back at least once.";
    how_content: "回访联系上的当中，表示满意的。", "Of those called back and reached: those who were content.";
    how_local: "已办结的矛盾纠纷当中，在县级以下办结的。", "Of the closed disputes: those closed below the county.";
    how_line: "主办单位；还没有交办的归入“未定”。", "The unit that leads; what is not dispatched yet belongs to none.";
    queue_map: "在地图上看", "Show on the map";
    queue_map_title: "事件地图", "Reports on the map";
    queue_map_back: "回到列表", "Back to the list";
    queue_map_count: "{n} 件有位置，{m} 件没有", "{n} with a place, {m} without one";
    queue_map_cut: "只画了最前面的 {n} 件，请缩小筛选范围", "Only the first {n} are drawn; narrow the filter";
    legend_late: "已超期", "late";
    legend_soon: "快到期", "due soon";
    legend_open: "在办", "open";
    legend_done: "已结束", "ended";
    legend_urgent: "外圈：紧急", "ring: urgent";
    col_report: "事件", "Report";
    col_state: "状态", "State";
    col_due: "期限", "Deadline";
    export_link: "导出", "Export";
    export_title: "导出事件", "Export reports";
    export_count: "将导出 {n} 件", "{n} reports";
    export_masked: "隐去姓名和电话", "Names and telephones masked";
    export_masked_about: "相关人员只留姓和号码的头尾。边生成边下载，件数多也不占内存。", "People concerned are masked. The file is written while it is sent, however long it is.";
    export_full: "完整的姓名和电话", "Names and telephones in full";
    export_full_about: "必须写明理由，理由和您的账号会记录在案。", "Asks why; the reason and your account are recorded.";
    ex_code: "编号", "Code";
    ex_title: "标题", "Title";
    ex_urgent: "紧急", "Urgent";
    ex_place: "地点", "Place";
    ex_words: "内容", "Words";
    ex_reporter: "上报人", "Reporter";
    ex_holder: "在谁手里", "Held by";
    ex_received: "收到时间", "Received";
    ex_due: "办结期限", "To be closed by";
    ex_closed: "办结时间", "Closed";
    ex_in_time: "是否按期", "In time";
    ex_level: "层级", "Level";
    ex_reworks: "重办次数", "Reworks";
    ex_call_back: "回访", "Call back";
    ex_people: "相关人员", "People";
    ex_attachments: "附件数", "Attachments";
    archive_link: "签名档案", "Signed archive";
    archive_title: "签名档案（一案一档）", "Signed archive of one report";
    archive_about: "一个 ZIP 文件：全部经过（JSON）、照片和录音、每个文件的 SHA-256，由本服务器签名。可用 xunge-server verify-archive 校验。", "One ZIP file: the whole story (JSON), pictures and voice notes, the SHA-256 of each file, signed by this server. xunge-server verify-archive checks it.";
    archive_masked: "下载（隐去姓名和电话）", "Download, people masked";
    archive_full: "下载完整档案", "Download in full";
    archive_why: "要完整的姓名和电话时，写明理由（会记录在案）", "For names and telephones in full: why (this is recorded)";
}
