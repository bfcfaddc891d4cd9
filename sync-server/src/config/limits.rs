//! Every bound of the server in one table: name, unit, default, least and greatest value.
//!
//! The names are the keys of the `[limits]` section and, in capitals behind `XUNGE_LIMITS_`, of the environment. A name is never
//! reused with another meaning or unit.

/// A setting's bounds, for messages and for the commented file that `init` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitSpec {
    /// The key in `[limits]`.
    pub name: &'static str,
    /// What it bounds, in English.
    pub about: &'static str,
    /// The value without any setting.
    pub default: u64,
    /// The least value that makes sense.
    pub least: u64,
    /// The greatest value that makes sense.
    pub greatest: u64,
}

macro_rules! limits {
    ($( $(#[doc = $about:literal])+ $name:ident : $default:expr , $least:expr => $greatest:expr ; )+) => {
        /// Bounds on what others may ask of the server. Units stand in the names.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Limits {
            $( $(#[doc = $about])+ pub $name: u64, )+
        }

        impl Default for Limits {
            fn default() -> Self {
                Self { $( $name: $default, )+ }
            }
        }

        impl Limits {
            /// Every limit with its bounds, in the order of the file.
            pub const ALL: &'static [LimitSpec] = &[
                $( LimitSpec {
                    name: stringify!($name),
                    about: concat!($($about),+).trim_ascii(),
                    default: $default,
                    least: $least,
                    greatest: $greatest,
                }, )+
            ];

            /// Sets a limit by its name; `false` where no limit has that name. The caller has checked the bounds.
            pub(super) fn set(&mut self, name: &str, value: u64) -> bool {
                match name {
                    $( stringify!($name) => self.$name = value, )+
                    _ => return false,
                }
                true
            }
        }
    };
}

const KB: u64 = 1024;
const MB: u64 = 1024 * KB;
const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

limits! {
    /// Body of one sync request as it travels, in bytes.
    sync_body_bytes_max: 2 * MB, 64 * KB => 64 * MB;
    /// Body of one sync request after decompression, in bytes.
    sync_unpacked_bytes_max: 8 * MB, 64 * KB => 256 * MB;
    /// Answer of one sync before compression, in bytes; a phone may ask for less.
    sync_answer_bytes_max: MB, 16 * KB => 16 * MB;
    /// Items in one sync request.
    sync_items_max: 5_000, 1 => 100_000;
    /// Body of any other request but an upload, in bytes.
    json_body_bytes_max: 256 * KB, KB => 16 * MB;
    /// One picture as uploaded, in bytes.
    picture_bytes_max: 12 * MB, 64 * KB => 64 * MB;
    /// One voice note as uploaded, in bytes.
    voice_note_bytes_max: 2 * MB, 64 * KB => 16 * MB;
    /// Unfinished uploads of one install.
    uploads_open_max: 2_000, 1 => 100_000;
    /// How long an unfinished upload is kept after its last byte, in milliseconds: phones may be away for weeks.
    upload_age_ms_max: 45 * DAY, HOUR => 365 * DAY;
    /// Received bytes after which an upload's offset is made durable and moved, in bytes.
    upload_step_bytes: 256 * KB, KB => 16 * MB;
    /// Silence of a client in the middle of an upload after which its connection is given up, in milliseconds.
    upload_idle_ms_max: 30 * SECOND, 100 => 10 * MINUTE;
    /// How long a client may take over the head of a request, in milliseconds.
    header_read_ms_max: 15 * SECOND, 100 => 5 * MINUTE;
    /// How long a client may take over the body of a request that is no upload, in milliseconds.
    body_read_ms_max: 60 * SECOND, 100 => 10 * MINUTE;
    /// How long a request may wait for news, in milliseconds.
    wait_ms_max: 60 * SECOND, 10 => 60 * SECOND;
    /// How long the server goes on with open requests after it was asked to stop, in milliseconds.
    stop_ms_max: 10 * SECOND, 10 => 5 * MINUTE;
    /// Requests of one phone within a minute, from whatever address: so many at once, and then at that pace.
    requests_per_minute_max: 1_200, 10 => 1_000_000;
    /// Open connections.
    connections_max: 4_000, 1 => 100_000;
    /// How long an enrolment code is good, in milliseconds, where nothing else is said.
    enrolment_age_ms: 24 * HOUR, MINUTE => 30 * DAY;
    /// Tries at enrolment with one code, and guesses at codes from one address, within a minute.
    enrolments_per_minute_max: 30, 1 => 10_000;
    /// Wrong passwords for one account within a quarter of an hour, after which it waits.
    sign_in_failures_max: 5, 1 => 1_000;
    /// How long a session of the console lives without use, in milliseconds.
    session_idle_ms_max: 12 * HOUR, MINUTE => 30 * DAY;
    /// Fewest characters of a password.
    password_chars_min: 10, 8 => 128;
}
