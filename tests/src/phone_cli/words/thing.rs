//! The names of things: parts, roles, kinds, fields, answers.

use xunge_core::attachment::AttachmentRole;
use xunge_core::directory::{Category, FieldKind};
use xunge_core::report::{Answer, PersonPart, Source};

use super::{Lang, Words};

impl Words {
    /// A person's part in a report.
    pub fn part(self, part: PersonPart) -> &'static str {
        match part {
            PersonPart::Informant => self.pick("告知人", "informant"),
            PersonPart::Party => self.pick("当事人", "party"),
        }
    }

    /// What an attachment shows.
    pub fn role(self, role: AttachmentRole) -> &'static str {
        let (zh, en) = match role {
            AttachmentRole::Scene => ("现场", "scene"),
            AttachmentRole::Near => ("近景", "near"),
            AttachmentRole::Far => ("远景", "far"),
            AttachmentRole::Before => ("处置前", "before"),
            AttachmentRole::After => ("处置后", "after"),
            AttachmentRole::Return => ("退回理由", "reason for a return"),
            AttachmentRole::Other => ("其他", "other"),
        };
        self.pick(zh, en)
    }

    /// How the reporter came to know.
    pub fn source(self, source: Source) -> &'static str {
        let (zh, en) = match source {
            Source::Seen => ("巡查发现", "seen"),
            Source::ToldBy => ("群众告知", "told by somebody"),
            Source::Phone => ("电话", "by telephone"),
            Source::Visitor => ("来访", "a visitor"),
            Source::Paper => ("来信", "a letter or form"),
            Source::Hotline => ("热线", "a hotline"),
            Source::Drone => ("无人机", "a drone"),
            Source::Sensor => ("感知设备", "a sensor"),
            Source::OtherSystem => ("其他系统", "another system"),
            Source::Police => ("公安移交", "the police"),
        };
        self.pick(zh, en)
    }

    /// An answer as people say it.
    pub fn answer(self, answer: &Answer) -> String {
        match answer {
            Answer::YesNo(true) => self.pick("是", "yes").to_owned(),
            Answer::YesNo(false) => self.pick("否", "no").to_owned(),
            Answer::Number(number) => number.to_string(),
            Answer::Text(text) => text.clone(),
        }
    }

    /// The name of a content field by its path. The category's own fields have the label of its version; unknown ones keep their id.
    pub fn field(self, path: &str, category: Option<&Category>) -> String {
        let mut parts = path.split('/');
        let (head, id) = (parts.next().unwrap_or_default(), parts.next());
        if head == "answers"
            && let Some(id) = id
        {
            let specs = category.map(|c| c.fields.as_slice()).unwrap_or_default();
            let label = specs.iter().find(|spec| spec.id.as_str() == id);
            return label.map_or_else(|| id.to_owned(), |spec| spec.name.clone());
        }
        let (zh, en) = match head {
            "category" => ("类别", "category"),
            "grid" => ("网格", "grid"),
            "description" => ("描述", "words"),
            "occurred_at" => ("发生时间", "when"),
            "place" => ("位置", "position"),
            "place_text" => ("地点", "place"),
            "urgency" => ("紧急程度", "urgency"),
            "source" => ("来源", "source"),
            "result" => ("结果", "result"),
            "attachments" => ("内容", "content"),
            "answers" => ("类别的字段", "fields of the category"),
            "notes" => ("备注", "notes"),
            "people" => ("有关的人", "people concerned"),
            other => return other.to_owned(),
        };
        self.pick(zh, en).to_owned()
    }

    /// What a field takes, for somebody who filled it in wrongly.
    pub fn takes(self, kind: &FieldKind) -> String {
        match kind {
            FieldKind::Choice { options } => {
                let joined = options.join(self.pick("、", ", "));
                format!("{}{joined}", self.pick("请选 ", "choose one of "))
            }
            FieldKind::Number { .. } => self.pick("请填数字", "enter a number").to_owned(),
            FieldKind::Date => self
                .pick("请填日期，如 2026-11-22", "enter a day such as 2026-11-22")
                .to_owned(),
            FieldKind::Text { .. } => self.pick("请写文字", "write words").to_owned(),
            FieldKind::YesNo => self.pick("请填 是 或 否", "enter yes or no").to_owned(),
        }
    }

    /// Between a label and what it labels.
    pub fn colon(self) -> &'static str {
        self.pick("：", ": ")
    }

    /// Between things of one list.
    pub fn comma(self) -> &'static str {
        self.pick("、", ", ")
    }

    /// A remark in brackets.
    pub fn bracketed(self, text: &str) -> String {
        match self.0 {
            Lang::Zh => format!("（{text}）"),
            Lang::En => format!("({text})"),
        }
    }
}
