//! The boxes of an ISO base media file (`.m4a`), read strictly and with bounds: no box may leave its parent, and the
//! number of boxes of a file is limited, so that a hostile file costs no more than reading it once.
//!
//! Knows nothing of sound; [`voice`](super::voice) says which boxes a voice note must have.

use super::voice::VoiceError;

/// A recorder writes about thirty boxes; an attacker could write a million.
const BOXES_MAX: u32 = 256;

/// One box: its four letters, its content, and where the content lies in the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mp4Box<'a> {
    pub(super) kind: [u8; 4],
    pub(super) body: &'a [u8],
    pub(super) offset: u64,
}

/// Reads boxes and counts them.
#[derive(Debug, Default)]
pub(super) struct BoxReader {
    boxes_read: u32,
}

impl BoxReader {
    /// All boxes of a file or of a box's content. In a file the last box may be cut, which is a truncation; in a box
    /// it is damage.
    pub(super) fn all<'a>(&mut self, content: &'a [u8], offset: u64) -> Result<Vec<Mp4Box<'a>>, VoiceError> {
        let cut = if offset == 0 {
            VoiceError::Truncated
        } else {
            VoiceError::Broken("a box leaves its parent")
        };
        let mut boxes = Vec::new();
        let mut at = 0;
        while at < content.len() {
            self.boxes_read += 1;
            if self.boxes_read > BOXES_MAX {
                return Err(VoiceError::Broken("too many boxes"));
            }
            let mut cursor = Fields::new(&content[at..]);
            let (Some(short), Some(kind)) = (cursor.u32(), cursor.array()) else {
                return Err(cut);
            };
            let size = match short {
                0 => (content.len() - at) as u64,
                1 => match cursor.u64() {
                    Some(long) => long,
                    None => return Err(cut),
                },
                other => u64::from(other),
            };
            let header = content.len() - at - cursor.rest().len();
            let Some(size) = usize::try_from(size)
                .ok()
                .filter(|size| *size <= content.len() - at)
            else {
                return Err(cut);
            };
            if size < header {
                return Err(VoiceError::Broken("a box smaller than its own header"));
            }
            let body = &content[at + header..at + size];
            boxes.push(Mp4Box {
                kind,
                body,
                offset: offset + (at + header) as u64,
            });
            at += size;
        }
        Ok(boxes)
    }

    /// All boxes inside `parent`.
    pub(super) fn inside<'a>(&mut self, parent: Mp4Box<'a>) -> Result<Vec<Mp4Box<'a>>, VoiceError> {
        self.all(parent.body, parent.offset)
    }

    /// Follows a path of box names downwards; each must exist.
    pub(super) fn descend<'a>(
        &mut self,
        mut parent: Mp4Box<'a>,
        path: &[&[u8; 4]],
    ) -> Result<Mp4Box<'a>, VoiceError> {
        for kind in path {
            parent = only(&self.inside(parent)?, kind)?;
        }
        Ok(parent)
    }
}

/// The one box of a kind; none or several are damage.
pub(super) fn only<'a>(boxes: &[Mp4Box<'a>], kind: &[u8; 4]) -> Result<Mp4Box<'a>, VoiceError> {
    let mut found = boxes.iter().filter(|b| b.kind == *kind);
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(*one),
        (None, _) => Err(VoiceError::Broken("a box that every recording has is missing")),
        _ => Err(VoiceError::Broken("a box that may stand once stands twice")),
    }
}

/// Reads big-endian fields; `None` when the content ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    pub(super) const fn new(content: &'a [u8]) -> Self {
        Self(content)
    }

    pub(super) const fn rest(&self) -> &'a [u8] {
        self.0
    }

    pub(super) fn skip(&mut self, bytes: usize) -> Option<()> {
        self.0 = self.0.get(bytes..)?;
        Some(())
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*array)
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }
}
