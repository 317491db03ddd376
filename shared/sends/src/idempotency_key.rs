//! The header `Idempotency-Key`, as its sender writes it.
//!
//! Promises one text of 1 to 255 printable ASCII characters, however it was spelled, and refuses everything that could be read
//! in two ways. The grammar is that of draft-ietf-httpapi-idempotency-key-header, section "Syntax": an Item of RFC 8941 whose
//! value is a String, in quotes
//! (<https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header>,
//! <https://www.rfc-editor.org/rfc/rfc8941#section-3.3.3>). Most clients in use leave the quotes out, so a bare word is taken
//! for the same key in quotes. The draft leaves the length to the server.

use std::fmt;

/// A key under which a request is sent once, chosen by its sender; a UUID is best. `Debug` prints `[redacted]`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

/// Why a header is no idempotency key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidKey {
    /// Nothing, or nothing between the quotes.
    #[error("the idempotency key is empty")]
    Empty,
    /// Neither one quoted string nor one bare word: two keys, an open quote, a parameter, a character outside ASCII.
    #[error("the idempotency key is not one string in double quotes")]
    NotOneString,
    /// More than 255 characters.
    #[error("the idempotency key has {characters} characters, and 255 is the most")]
    TooLong {
        /// How many it has.
        characters: usize,
    },
}

impl IdempotencyKey {
    /// Reads the value of the header.
    pub fn parse(field: &str) -> Result<Self, InvalidKey> {
        let field = field.trim_matches([' ', '\t']);
        let key = match field.strip_prefix('"') {
            Some(rest) => unquoted(rest)?,
            None => bare(field)?.to_owned(),
        };
        match key.len() {
            0 => Err(InvalidKey::Empty),
            1..=MAX_CHARACTERS => Ok(Self(key)),
            characters => Err(InvalidKey::TooLong { characters }),
        }
    }

    /// The key in clear, for its sender; not for logs.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Keys are often made of order numbers or mail addresses.
impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The text up to the closing quote, which must be the end.
fn unquoted(rest: &str) -> Result<String, InvalidKey> {
    let mut key = String::new();
    let mut letters = rest.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if letters.as_str().is_empty() => return Ok(key),
            '\\' => match letters.next() {
                Some(escaped @ ('"' | '\\')) => key.push(escaped),
                _ => return Err(InvalidKey::NotOneString),
            },
            ' '..='~' if letter != '"' => key.push(letter),
            _ => return Err(InvalidKey::NotOneString),
        }
    }
    Err(InvalidKey::NotOneString)
}

/// Visible ASCII without what means something to RFC 8941. Two headers are joined by a comma: two keys are none.
fn bare(field: &str) -> Result<&str, InvalidKey> {
    let is_plain = |letter: char| letter.is_ascii_graphic() && !matches!(letter, '"' | '\\' | ',' | ';');
    if field.chars().all(is_plain) {
        Ok(field)
    } else {
        Err(InvalidKey::NotOneString)
    }
}

const MAX_CHARACTERS: usize = 255;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{IdempotencyKey, InvalidKey};

    #[test]
    fn a_key_is_a_string_in_quotes_or_a_bare_word() {
        for (field, key) in [
            (
                r#""8e03978e-40d5-43dd-bc93-6894a57f9324""#,
                "8e03978e-40d5-43dd-bc93-6894a57f9324",
            ),
            ("8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324"),
            ("\t \"a\" ", "a"),
            (r#""a b, c; d""#, "a b, c; d"),
            (r#""\"\\""#, r#""\"#),
            ("a=b:c/d+e", "a=b:c/d+e"),
        ] {
            assert_eq!(
                IdempotencyKey::parse(field).as_ref().map(IdempotencyKey::as_str),
                Ok(key),
                "{field}"
            );
        }
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        for field in [
            "\"a",
            "a\"",
            "\"a\" \"b\"",
            "\"a\", \"b\"",
            "a, b",
            "a,b",
            "a b",
            "\"a\";p=1",
            "a;p",
            r#""\a""#,
            r#""a\"#,
            r"\",
            "é",
            "\"é\"",
            "\"a\nb\"",
            "a\u{7f}",
            "\"\t\"",
            "a\0",
        ] {
            assert_eq!(IdempotencyKey::parse(field), Err(InvalidKey::NotOneString), "{field:?}");
        }
        for field in ["", " ", "\"\""] {
            assert_eq!(IdempotencyKey::parse(field), Err(InvalidKey::Empty), "{field:?}");
        }
    }

    #[test]
    fn a_key_has_at_most_255_characters_however_they_are_spelled() {
        let longest = format!("\"{}\"", r#"\""#.repeat(255));
        assert_eq!(IdempotencyKey::parse(&longest).map(|key| key.as_str().len()), Ok(255));

        let error = IdempotencyKey::parse(&"a".repeat(256)).unwrap_err();
        assert_eq!(error, InvalidKey::TooLong { characters: 256 });
        assert_eq!(
            error.to_string(),
            "the idempotency key has 256 characters, and 255 is the most"
        );
    }

    #[test]
    fn a_key_is_never_printed() {
        assert_eq!(format!("{:?}", IdempotencyKey::parse("secret")), "Ok([redacted])");
    }

    proptest! {
        #[test]
        fn every_printable_text_can_be_a_key(text in "[ -~]{1,255}") {
            let field = format!("\"{}\"", text.replace('\\', r"\\").replace('"', r#"\""#));
            prop_assert_eq!(IdempotencyKey::parse(&field).map(|key| key.as_str().to_owned()), Ok(text));
        }

        #[test]
        fn no_header_makes_the_reader_panic_or_gives_a_key_out_of_bounds(field in any::<String>()) {
            if let Ok(key) = IdempotencyKey::parse(&field) {
                prop_assert!((1..=255).contains(&key.as_str().len()) && key.as_str().bytes().all(|byte| (b' '..=b'~').contains(&byte)));
            }
        }
    }
}
