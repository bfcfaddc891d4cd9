//! What the server did not take, and what to do about each.

use xunge_core::app::AttentionItem;
use xunge_core::command::{Action, Refusal};
use xunge_core::sync::message::RefusedCode;

use super::Words;

impl Words {
    /// What it was: an act by its name, else the kind of thing.
    pub fn attention_what(self, item: &AttentionItem) -> String {
        let what = match item.what.as_str() {
            "change" => self.pick("填写的内容", "what was written"),
            "person" => self.pick("有关的人", "a person concerned"),
            "track" => self.pick("一段巡查记录", "a part of a patrol"),
            "visit" => self.pick("重点场所走访", "a check-up of a key place"),
            "attachment" => self.pick("照片或语音", "a picture or voice note"),
            _ => return self.acted(item),
        };
        what.to_owned()
    }

    fn acted(self, item: &AttentionItem) -> String {
        let content: Option<serde_json::Value> = serde_json::from_str(&item.content).ok();
        let action = content.and_then(|c| serde_json::from_value::<Action>(c.get("action")?.clone()).ok());
        action.map_or_else(
            || self.pick("办理", "an act").to_owned(),
            |action| self.action(action.kind()),
        )
    }

    /// Why it was not taken, and what to do.
    pub fn attention_why(self, item: &AttentionItem) -> &'static str {
        let code = || serde_json::Value::String(item.refusal.clone());
        if let Ok(refusal) = serde_json::from_value::<Refusal>(code()) {
            return self.refusal(refusal);
        }
        if let Ok(refused) = serde_json::from_value::<RefusedCode>(code()) {
            return self.refused(refused);
        }
        match item.refusal.as_str() {
            "attachment_unreadable" | "hash_mismatch" | "unsupported_media_type" => self.pick(
                "服务器读不了这个文件，请重拍",
                "the server cannot read the file: take it again",
            ),
            "not_found" | "forbidden" => self.pick(
                "服务器不让发到这一件，请告诉指挥室",
                "it may not be sent to this report: tell the command room",
            ),
            "erased" => self.pick("内容已依法删除", "erased by law"),
            _ => self.pick(
                "服务器没有收，内容还在本机，请告诉管理员",
                "the server did not take it; it is on this phone: tell the administrator",
            ),
        }
    }

    fn refused(self, code: RefusedCode) -> &'static str {
        let (zh, en) = match code {
            RefusedCode::TooLarge => ("太长了，请改短再发", "too long: shorten it and send it again"),
            RefusedCode::NotYours | RefusedCode::BadSignature => (
                "登记不对了，请重新登记；内容还在本机",
                "enrol again; it stays on this phone",
            ),
            RefusedCode::NotAllowed | RefusedCode::Unsupported => (
                "应用或服务器版本旧，请更新；内容还在本机",
                "update the app or the server; it stays on this phone",
            ),
            RefusedCode::OutOfScope => (
                "您不能写这一件，请告诉指挥室",
                "you may not write to this report: tell the command room",
            ),
            RefusedCode::WrongFeed => (
                "这一件属于别的镇，请到那里登记",
                "the report belongs to another township: enrol there",
            ),
            RefusedCode::Malformed
            | RefusedCode::SequenceGap
            | RefusedCode::Unloadable
            | RefusedCode::NameReused => (
                "程序出错：内容还在本机，请告诉管理员",
                "a defect: it stays on this phone; tell the administrator",
            ),
        };
        self.pick(zh, en)
    }
}
