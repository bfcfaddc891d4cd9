//! 常用语 in the reader's language: what people say often with an act. The sentences themselves are core's, the same as on phones.

use xunge_core::command::ActionKind;
use xunge_core::command::phrase;

use super::super::lang::Lang;

/// The sentences that may go with an act, as values and texts; the text itself is what is sent.
pub(crate) fn sentences(lang: Lang, kind: ActionKind) -> Vec<(String, String)> {
    let texts = phrase::sentences(kind).iter();
    let texts = texts.map(|said| lang.pick((said.zh, said.en)).to_owned());
    texts.map(|text| (text.clone(), text)).collect()
}

/// Stable codes with the words for a reason of this act.
pub(crate) fn phrases(lang: Lang, kind: ActionKind) -> Vec<(String, String)> {
    let coded = phrase::reasons(kind).iter();
    coded
        .filter_map(|said| Some((said.code?.to_owned(), lang.pick((said.zh, said.en)).to_owned())))
        .collect()
}

/// The words of a reason's code; a code that is newer than this program as it is.
pub(crate) fn of_code(lang: Lang, code: &str) -> String {
    phrase::of_code(code).map_or_else(
        || code.to_owned(),
        |said| lang.pick((said.zh, said.en)).to_owned(),
    )
}
