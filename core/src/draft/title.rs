//! The title that writes itself.

use crate::directory::Directory;
use crate::report::ReportContent;

/// The longest title in characters.
pub const TITLE_CHARS_MAX: usize = 40;

/// The title of a report from its category and place: `违章广告 · 王家桥头`. Where no category is chosen the first words stand in, where no
/// place is named the grid; where there is nothing at all the code.
pub fn title(content: &ReportContent, directory: &Directory) -> String {
    let category = content.category.as_ref().and_then(|id| {
        let known = directory
            .category(id, content.category_version)
            .or_else(|| directory.category_newest(id));
        known.map(|category| category.name.trim())
    });
    let what = category
        .filter(|name| !name.is_empty())
        .or_else(|| first_words(&content.description));
    let named = Some(content.place_text.trim()).filter(|text| !text.is_empty());
    let place = named.or_else(|| {
        let grid = directory.last_known_unit(content.grid.as_ref()?, content.created_at)?;
        Some(grid.name.trim())
    });
    let parts: Vec<&str> = [what, place].into_iter().flatten().collect();
    if parts.is_empty() {
        return content.code.clone();
    }
    shortened(&parts.join(" · "))
}

/// The first clause of the words.
fn first_words(text: &str) -> Option<&str> {
    text.split(['。', '，', '；', '！', '？', '\n', '.', ','])
        .map(str::trim)
        .find(|clause| !clause.is_empty())
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= TITLE_CHARS_MAX {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(TITLE_CHARS_MAX - 1).collect();
    short.push('…');
    short
}
