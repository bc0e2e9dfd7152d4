//! Identifiers of records: a prefix that names the kind of record and a ULID (spec: github.com/ulid/spec), which sorts
//! by time. Clock and chance are handed in; neither is here.

use crate::fault::Fault;

/// Crockford base32: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The largest time a ULID holds, 48 bits of milliseconds.
const MAX_MILLIS: u64 = (1 << 48) - 1;

/// Makes and reads identifiers of records.
#[derive(Clone, Copy, Debug)]
pub struct Id;

impl Id {
    /// `{prefix}_{ULID}`; a time beyond the year 10889 counts as the last one a ULID holds.
    #[must_use]
    pub fn make(prefix: &str, millis: u64, random: [u8; 10]) -> String {
        let time = u128::from(millis.min(MAX_MILLIS)) << 80;
        let value = random.iter().fold(0_u128, |sum, byte| (sum << 8) | u128::from(*byte)) | time;
        let ulid: String = (0..26_u32).rev().filter_map(|place| symbol(value >> (5 * place))).collect();
        format!("{prefix}_{ulid}")
    }

    /// Reads an identifier of one kind. Only the canonical upper-case form is accepted: one record, one spelling.
    ///
    /// # Errors
    /// `id_malformed`.
    pub fn parse(prefix: &str, text: &str) -> Result<String, Fault> {
        let ulid = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_'));
        // A first symbol above 7 would need more than 128 bits.
        let canonical =
            ulid.is_some_and(|u| u.len() == 26 && u.bytes().all(|b| ALPHABET.contains(&b)) && u.bytes().next().is_some_and(|b| b <= b'7'));
        if canonical {
            return Ok(text.to_owned());
        }
        Err(Fault::new(
            "id_malformed",
            format!("标识符应为“{prefix}_”加 26 位大写 ULID。"),
            format!("The identifier must be \"{prefix}_\" and an upper-case ULID of 26 characters."),
        ))
    }
}

/// The symbol for the lowest five bits.
fn symbol(bits: u128) -> Option<char> {
    let index = usize::try_from(bits & 31).ok()?;
    ALPHABET.get(index).copied().map(char::from)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_values() {
        // The time part of the example in the ULID spec: 01ARYZ6S41 is 1469918176385.
        assert_eq!(Id::make("ntc", 1_469_918_176_385, [0; 10]), "ntc_01ARYZ6S410000000000000000");
        assert_eq!(Id::make("x", MAX_MILLIS, [255; 10]), "x_7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
        assert_eq!(Id::make("x", u64::MAX, [255; 10]), "x_7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
    }

    #[test]
    fn only_the_canonical_form_is_read() {
        let good = "ntc_01ARYZ6S410000000000000000";
        assert_eq!(Id::parse("ntc", good).unwrap(), good);
        for bad in [
            "",
            "ntc_",
            "ntc01ARYZ6S410000000000000000",
            "NTC_01ARYZ6S410000000000000000",
            "ntc_01aryz6s410000000000000000",
            "ntc_81ARYZ6S410000000000000000",
            "ntc_01ARYZ6S41000000000000000",
            "ntc_01ARYZ6S4100000000000000000",
            "ntc_01ARYZ6S41000000000000000I",
            " ntc_01ARYZ6S410000000000000000",
            "ntc_01ARYZ6S41000000000000000é",
        ] {
            assert_eq!(Id::parse("ntc", bad).unwrap_err().code, "id_malformed", "{bad}");
        }
    }

    proptest! {
        #[test]
        fn made_identifiers_are_read_and_sort_by_time(a in 0..MAX_MILLIS, b in 0..MAX_MILLIS, random in any::<[u8; 10]>()) {
            let (first, second) = (Id::make("p", a, random), Id::make("p", b, random));
            prop_assert_eq!(Id::parse("p", &first).unwrap(), first.clone());
            prop_assert_eq!(first.cmp(&second), a.cmp(&b));
        }
    }
}
