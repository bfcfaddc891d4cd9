//! Whole numbers in as few bytes as they need: seven bits a byte, the least significant first; signed ones zigzag.
//!
//! Reading is strict: a number that is longer than it needs to be is refused, so that one value has one spelling and hashes can name it.

/// Why bytes are no such numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum VarintError {
    /// The bytes end within a number or before one.
    #[error("the bytes end too early")]
    Truncated,
    /// A number has needless zeros at its end or more than 64 bits.
    #[error("a number is not written in its shortest form")]
    NotShortest,
}

/// Appends an unsigned number.
pub(crate) fn put_u64(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push((value & 0x7f) as u8);
}

/// Appends a signed number, small where it is near zero.
pub(crate) fn put_i64(out: &mut Vec<u8>, value: i64) {
    put_u64(out, (value << 1 ^ value >> 63).cast_unsigned());
}

/// Appends bytes behind their count.
pub(crate) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_u64(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Reads what was put, from the front.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Whether everything was read.
    pub(crate) fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn byte(&mut self) -> Result<u8, VarintError> {
        let (first, rest) = self.rest.split_first().ok_or(VarintError::Truncated)?;
        self.rest = rest;
        Ok(*first)
    }

    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], VarintError> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(VarintError::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], VarintError> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(VarintError::Truncated)?;
        self.rest = rest;
        Ok(*taken)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, VarintError> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return Err(VarintError::NotShortest);
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                let is_shortest = byte != 0 || shift == 0;
                return if is_shortest {
                    Ok(value)
                } else {
                    Err(VarintError::NotShortest)
                };
            }
        }
        Err(VarintError::NotShortest)
    }

    pub(crate) fn i64(&mut self) -> Result<i64, VarintError> {
        let value = self.u64()?;
        Ok((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }

    /// Bytes behind their count, at most `bytes_max`; `None` where the count is greater.
    pub(crate) fn bytes(&mut self, bytes_max: usize) -> Result<Option<&'a [u8]>, VarintError> {
        match usize::try_from(self.u64()?) {
            Ok(count) if count <= bytes_max => Ok(Some(self.take(count)?)),
            _ => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_come_back(unsigned: u64, signed: i64) {
            let mut bytes = Vec::new();
            put_u64(&mut bytes, unsigned);
            put_i64(&mut bytes, signed);
            let mut reader = Reader::new(&bytes);
            prop_assert_eq!(reader.u64(), Ok(unsigned));
            prop_assert_eq!(reader.i64(), Ok(signed));
            prop_assert!(reader.is_done());
        }
    }

    #[test]
    fn a_number_has_one_spelling() {
        assert_eq!(Reader::new(&[0x80, 0]).u64(), Err(VarintError::NotShortest));
        assert_eq!(Reader::new(&[0x80]).u64(), Err(VarintError::Truncated));
        assert_eq!(Reader::new(&[0xff; 11]).u64(), Err(VarintError::NotShortest));
    }
}
