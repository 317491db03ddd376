//! `NAME=VALUE`, as several options take it.

/// Splits at the first `=`; the value may be empty, the name may not.
pub(super) fn pair(text: &str) -> Result<(String, String), &'static str> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        Some(_) | None => Err("write it as NAME=VALUE"),
    }
}

#[cfg(test)]
mod tests {
    use super::pair;

    #[test]
    fn a_pair_is_split_at_its_first_equals_sign() {
        assert_eq!(pair("receiptId=a=b"), Ok(("receiptId".to_owned(), "a=b".to_owned())));
        assert_eq!(pair("note="), Ok(("note".to_owned(), String::new())));
        for text in ["", "note", "=x"] {
            assert_eq!(pair(text), Err("write it as NAME=VALUE"), "{text:?}");
        }
    }
}
