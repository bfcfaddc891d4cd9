//! The words of the administrator's forms: what is filled in, what a change means for whom, delegations and shifts.

catalogue! {
    /// Every string of these pages in one language. What stands in `{}` is filled in by the page.
    Keep, KEEP_ZH, KEEP_EN;

    add: "增加", "Add";
    add_grid: "增加网格", "Add a grid";
    add_department: "增加部门", "Add a department";
    new_of: "增加：{x}", "Add: {x}";
    edit_of: "修改：{x}", "Edit: {x}";
    from_day: "从哪天起生效", "From which day it holds";
    from_hint: "选今天就是马上生效", "Today means at once";
    check: "看看影响", "See what it means";
    wrong_fields: "有 {n} 处要改，什么都没有写入：", "{n} things to correct; nothing was written:";
    taken: "这个编号已经有了，请换一个", "this code is taken, choose another";
    needed: "（必填）", " (required)";
    nothing_changed: "和现在一样，没有什么要写", "Nothing differs from what stands";
    none_chosen: "（不选）", "(none)";
    many_hint: "可选多个；一个都不选就是全部", "Several may be chosen; none means all";

    places: "重点场所", "Key places";
    places_about: "必须走访的地方，多久去一次。", "Places that must be visited, and how often.";
    names: "地名", "Place names";
    names_about: "当地人常说的地名，填报时一点就能选。", "Names that people use, offered in one tap while reporting.";
    areas: "无法到达的区域", "Unreachable ground";
    areas_about: "水面、陡坡、封闭区域，不计入覆盖。", "Water, cliffs, closed compounds: they do not count for coverage.";
    rules_about: "什么样的事件交给哪个部门、哪一级、多久办完；一条一条改，先用上个月的事件试。", "Which reports go to which department, level and deadline: rule by rule, tried on last month's reports first.";
    rule_new: "增加规则", "Add a rule";
    rule_try: "用上个月的事件试一试", "Try it on last month's reports";
    shifts: "代理和轮值", "Delegations and shifts";
    shifts_about: "有人请假时由谁代，今晚谁值班；到期自己结束。", "Who stands in while somebody is away, who is on duty tonight; each ends by itself.";

    outline: "边界（GeoJSON，WGS-84 或 CGCS2000）", "Outline (GeoJSON, WGS 84 or CGCS2000)";
    outline_hint: "在地图上画，或把 GeoJSON 贴在这里；留空就是还没有画，填报时按名称选。", "Draw it on the map or paste GeoJSON here; left empty it is not drawn yet, and chosen by name.";
    draw: "画边界", "Draw an outline";
    draw_hole: "挖空", "Cut a hole";
    draw_undo: "撤销上一点", "Undo the last point";
    draw_clear: "清除边界", "Clear the outline";
    draw_hint: "点一下加一个点，双击结束；拖动点可以改，按住 Alt 点一个点删除它。靠近别的边界会自动贴上。键盘：方向键移动地图，Enter 在正中加点，Ctrl+Enter 结束。", "Click to add a point, double-click to end; drag points to move them, Alt and a click deletes one. Borders of others attract. By keyboard: arrows move the map, Enter adds its middle, Ctrl+Enter ends.";
    place_hint: "在地图上点一下，就是这个地方。键盘：方向键移动地图，Enter 取正中。", "Click the map to say where it is. By keyboard: arrows move the map, Enter takes its middle.";
    map_of_form: "画边界的地图；也可以在下面的框里贴 GeoJSON", "The map to draw on; GeoJSON may be pasted below instead";

    end: "撤销", "End";
    end_title: "撤销：{x}", "End: {x}";
    end_unit_about: "撤销以后不再能选。在这里任职的岗位同时结束；重点场所、下级单位、分流规则转到接手的单位，没有接手的就结束或停用。在办事件不会自己转，影响里会列出来。", "An ended unit can be chosen no more. Posts there end with it; key places, units below it and rules go to the unit that takes over, or end. Open reports do not move by themselves; they are listed.";
    end_about: "从这天起不再有效。以前的记录照旧能看。", "It holds no more from that day on. What was before stays readable.";
    successor: "由谁接手", "Who takes over";

    effects_title: "写入以前：谁会受影响", "Before it is written: what changes for whom";
    effects_at: "按 {t} 比较", "Compared as of {t}";
    changes_title: "要改什么", "What changes";
    change_new: "新增", "new";
    change_edit: "修改", "changed";
    change_end: "撤销", "ends";
    changes_cut: "只列出前 {n} 条", "Only the first {n} are listed";
    col_before: "现在", "Now";
    col_after: "以后", "Then";
    col_what: "内容", "What";
    col_where: "哪里", "Where";
    effect_people: "人员：{n} 人", "People: {n}";
    effect_reports: "在办事件：{n} 件（看了 {m} 件）", "Open reports: {n} (of {m} looked at)";
    effect_cut: "在办事件太多，只看了一部分", "There are too many open reports; a part of them was looked at";
    effect_places: "重点场所：{n} 处", "Key places: {n}";
    effect_rules: "分流规则：{n} 条", "Rules of routing: {n}";
    effect_overlaps: "边界重叠：{n} 处", "Outlines that overlap: {n}";
    effect_none: "没有人、在办事件、重点场所、分流规则因此改变网格或经手人。", "No person, open report, key place or rule changes its grid or its hands.";
    post_begins: "开始任职：{x}", "begins: {x}";
    post_ends: "不再任职：{x}", "ends: {x}";
    sees_more: "多看到：{x}", "sees from then on: {x}";
    sees_less: "不再看到：{x}", "sees no longer: {x}";
    grid_ends: "所属网格 {x} 撤销，请到时改派", "its grid {x} ends: classify it anew";
    ground_moves: "位置原在 {a}，以后在 {b}；仍归 {g}，要改请重新研判", "its place lay in {a} and will lie in {b}; it stays with {g} until it is classified anew";
    hands_move: "经手人由 {a} 变为 {b}", "its hands change from {a} to {b}";
    nobody: "无人", "nobody";
    no_grid: "画出的网格以外", "no drawn grid";
    place_moves: "由 {a} 归到 {b}", "goes from {a} to {b}";
    place_new: "归 {b}", "belongs to {b}";
    place_ends: "撤销（原归 {a}）", "ends (belonged to {a})";
    place_stays: "仍归 {g}，但位置会在 {b}", "stays with {g}, but will lie in {b}";
    rule_more: "增加适用：{x}", "is about {x} too";
    rule_less: "不再适用：{x}", "is about {x} no longer";
    rule_differs: "结论或启用状态有改动", "says something else, or is switched on or off";
    overlap_line: "{a} 和 {b} 有约 {n} 平方米重叠：填报时会问是哪个网格", "{a} and {b} will share about {n} m²: reporters there will be asked which";
    apply: "写入", "Write";
    discard: "放弃", "Discard";
    applied: "已写入 {n} 条", "{n} written";
    gone: "没有等着写入的更改：也许已经写入，或超过了一天", "No checked change waits: it was written already, or is older than a day";

    delegate_title: "请人代理", "Let somebody stand in";
    delegate_post: "代哪个岗位", "For which post";
    delegate_who: "由谁代", "Who stands in";
    shift_title: "排班", "Put somebody on duty";
    shift_from: "从", "From";
    shift_to: "到", "Until";
    shift_to_hint: "到这一刻为止，自己结束", "It ends by itself at this instant";
    shift_now: "现在和以后的", "Now and to come";
    shift_none: "没有代理和轮值", "No delegations or shifts";
    shift_wrong: "请选岗位、人员，并让结束晚于开始", "choose a post and a person, and let it end after it begins";
    stands_in: "代 {x}", "stands in for {x}";
    on_duty: "轮值", "on duty";
    end_now: "现在结束", "End now";
    ended: "已结束", "ended";

    handover: "交接班", "Hand over";
    handover_about: "下班前列出手上没办完的事，写几句话交给接班的人；接班的人在这里确认。", "Before you go: what is open is listed, you add a few words, and who takes over confirms it here.";
    handover_open: "现在没办完的", "What is open now";
    handover_to: "交给谁", "To whom";
    handover_note: "要交代的话", "What to know";
    handover_give: "交班", "Hand over";
    handover_take: "接班", "I take over";
    handover_taken: "{p} 已接班（{t}）", "{p} took over ({t})";
    handover_waits: "等 {p} 接班", "waits for {p}";
    handover_from: "{p} 交班", "{p} handed over";
    handover_past: "最近的交接", "Latest hand-overs";
    handover_none: "还没有交接过", "None yet";
    handover_empty: "手上没有没办完的事", "Nothing is open";
    handover_nobody: "指挥室里没有别人可接班", "Nobody else of the room can take over";
    handover_wrong: "请选接班的人", "choose who takes over";
    handover_count: "没办完 {n} 件，其中超期 {m} 件", "{n} open, {m} of them late";

    phrases: "常用语", "Templates";
    phrases_about: "各种动作里可以一点就用的话，一行一句；全镇共用。", "Sentences for each act that are chosen by one click, one a line, for the whole township.";
    phrases_built_in: "自带的：", "Built in:";
    phrases_own: "本镇的", "The township's own";
    phrases_saved: "已保存", "Saved";
    phrases_too_many: "每种动作最多 20 句，每句最多 100 字", "at most 20 sentences an act, 100 characters each";

    account: "我的账号", "My account";
    factor_title: "两步登录", "Second step at log-in";
    factor_about: "登录时除了密码，再输一次手机验证器上的 6 位数字。任何符合 RFC 6238 的验证器都可以用，不用联网。", "Besides the password, log-in asks for six digits from an authenticator app. Any that follows RFC 6238 will do; it needs no network.";
    factor_on: "已开启", "It is on";
    factor_off: "没有开启", "It is off";
    factor_required: "您的岗位要求开启两步登录", "Your post requires a second step at log-in";
    factor_begin: "开启", "Turn on";
    factor_scan: "用验证器扫这个码", "Scan this with the authenticator";
    factor_type: "不能扫码时，输入这个密钥", "Where it cannot be scanned, type this key";
    factor_code: "验证器上的 6 位数字", "The six digits of the authenticator";
    factor_confirm: "确认开启", "Confirm";
    factor_stop: "关闭", "Turn off";
    factor_wrong: "数字不对，或已经用过。请等下一组数字", "Wrong, or used already. Wait for the next digits";
    factor_recovery: "恢复码只显示这一次，请抄下收好。手机丢了时，每个可以登录一次：", "These recovery codes are shown this once. Write them down: each logs you in once if the phone is lost.";
    factor_left: "还有 {n} 个恢复码没有用", "{n} recovery codes are left";
    factor_ask: "第二步", "Second step";
    factor_ask_about: "请输入验证器上的 6 位数字，或一个恢复码。", "Enter the six digits of your authenticator, or a recovery code.";
    factor_again: "重新登录", "Log in anew";
    factor_expired: "过了太久，请重新登录", "That took too long: log in anew";
    factor_reset: "撤去两步登录", "Remove the second step";
    factor_roles: "哪些岗位必须两步登录", "Which posts require a second step";
    factor_roles_about: "选中的岗位，下次登录时要先开启两步登录才能用控制台。", "Whoever holds one of these must turn it on at the next log-in before anything else.";
    back: "返回", "Back";

    export_running: "正在生成 {n} / {m} 件", "Writing {n} of {m}";
    export_ready: "已生成并下载", "Written and downloaded";
    export_failed: "没有生成成功，请重试", "It did not succeed; try again";
    export_cancelled: "已取消", "Cancelled";
    coverage_export: "导出覆盖数据", "Coverage as a file";
    export_cancel: "取消", "Cancel";
}
