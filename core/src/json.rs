//! JSON of what is stored and sent, read by one kind of reader.
//!
//! Every kind of reader (text, bytes, a value in memory) compiles all types anew, which was the fortieth part of a phone's library: here
//! everything is read as text.

use serde::Serialize;
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeOwned, Error as _};
use serde_json::{Error, Value};

/// Reads text.
///
/// # Errors
/// Where it is no JSON or another type.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text)
}

/// Reads bytes, which must be UTF-8.
///
/// # Errors
/// As [`read`].
pub(crate) fn read_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    read(std::str::from_utf8(bytes).map_err(Error::custom)?)
}

/// Reads a value in memory.
///
/// # Errors
/// Where it is another type.
pub(crate) fn read_value<T: DeserializeOwned>(value: &Value) -> Result<T, Error> {
    read(&value.to_string())
}

/// Something as a value in memory.
///
/// # Errors
/// Where a type has no JSON form.
pub(crate) fn to_value(thing: &impl Serialize) -> Result<Value, Error> {
    read(&serde_json::to_string(thing)?)
}

/// The word that an enum is in JSON; `None` where it is more than a word.
pub(crate) fn word(thing: &impl Serialize) -> Option<String> {
    match to_value(thing) {
        Ok(Value::String(word)) => Some(word),
        _ => None,
    }
}

/// The enum that is this word in JSON.
pub(crate) fn of_word<T: DeserializeOwned>(word: &str) -> Option<T> {
    T::deserialize(StrDeserializer::<Error>::new(word)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    #[derive(Serialize, serde::Deserialize, PartialEq, Debug)]
    #[serde(rename_all = "snake_case")]
    enum Colour {
        DeepBlue,
        #[serde(other)]
        Other,
    }

    #[test]
    fn each_way_to_read_gives_the_same() {
        let at = Timestamp(1_795_305_600_123);
        let text = serde_json::to_string(&at).expect("serialises");
        let value = to_value(&at).expect("serialises");
        assert_eq!(value, serde_json::to_value(at).expect("serialises"));
        assert_eq!(read::<Timestamp>(&text).ok(), Some(at));
        assert_eq!(read_bytes::<Timestamp>(text.as_bytes()).ok(), Some(at));
        assert_eq!(read_value::<Timestamp>(&value).ok(), Some(at));
        assert!(read_bytes::<String>(b"\"\xff\"").is_err());
    }

    #[test]
    fn a_word_comes_back_and_an_unknown_one_is_what_the_type_says() {
        assert_eq!(word(&Colour::DeepBlue).as_deref(), Some("deep_blue"));
        assert_eq!(of_word("deep_blue"), Some(Colour::DeepBlue));
        assert_eq!(of_word("green"), Some(Colour::Other));
        assert_eq!(of_word::<bool>("true"), None);
        assert_eq!(word(&[1, 2]), None);
    }
}
