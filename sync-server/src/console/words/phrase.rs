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
