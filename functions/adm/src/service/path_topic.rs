//! The topic in a path.
//!
//! Gateways differ in whether they decode a path before they hand it on, and a topic may hold `%`, the one character of a topic that has to be
//! written as an escape (RFC 3986, section 2.1). So a path with `%25` has two readings, and the body says which one is meant. No other
//! escape is read: a topic has one spelling in the policies that allow a path.

use serde::Deserialize;

use crate::{Fault, FaultName};

/// The topic in a path, as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PathTopic(String);

impl PathTopic {
    pub(crate) fn new(segment: &str) -> Self {
        Self(segment.to_owned())
    }

    /// The name that is meant, and what is wrong if the body does not say what only it can say.
    pub(crate) fn named(&self, body: &[u8]) -> (String, Option<Fault>) {
        let decoded = self.0.replace("%25", "%");
        if decoded == self.0 {
            return (decoded, None);
        }
        match repeated(body) {
            Some(topic) if topic == self.0 => (topic, None),
            Some(_) => (decoded, None),
            None => {
                let fault = Fault {
                    name: FaultName::InvalidTopic,
                    field: "topic".to_owned(),
                    detail: "repeat a topic that has a % in the body: gateways decode a path, or leave it as it is".to_owned(),
                };
                (decoded, Some(fault))
            }
        }
    }
}

/// The topic in a body; nothing in one that is longer than any that is read, or says none, or says two.
fn repeated(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Repeated {
        topic: String,
    }
    let body = (body.len() <= LONGEST_BODY_BYTES).then_some(body)?;
    serde_json::from_slice::<Repeated>(body).ok().map(|repeated| repeated.topic)
}

/// As long as a request may be.
const LONGEST_BODY_BYTES: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_escaped_percent_sign_has_two_readings_and_the_body_chooses() {
        for (segment, in_body, name, is_open) in [
            ("news", None, "news", false),
            ("news", Some("other"), "news", false),
            ("50%2525", None, "50%25", true),
            ("50%2525", Some("50%25"), "50%25", false),
            ("50%2525", Some("50%2525"), "50%2525", false),
            ("50%25", Some("50%25"), "50%25", false),
            ("50%25", Some("50%"), "50%", false),
            ("50%", None, "50%", false),
            ("%zz%4", None, "%zz%4", false),
            ("al%61rm", Some("alarm"), "al%61rm", false),
            ("a%2Fb", None, "a%2Fb", false),
        ] {
            let body = in_body.map_or("{}".to_owned(), |topic| format!(r#"{{"topic":"{topic}"}}"#));
            let (named, fault) = PathTopic::new(segment).named(body.as_bytes());
            assert_eq!((named.as_str(), fault.is_some()), (name, is_open), "{segment} {in_body:?}");
        }
    }

    #[test]
    fn a_body_that_cannot_be_read_says_nothing() {
        for body in ["", "{", "[]", r#"{"topic":5}"#, r#"{"topic":"50%25","topic":"50%"}"#] {
            assert!(PathTopic::new("50%25").named(body.as_bytes()).1.is_some(), "{body}");
        }
        let long = format!(r#"{{"topic":"50%25","a":"{}"}}"#, "x".repeat(64 * 1024));
        assert!(PathTopic::new("50%25").named(long.as_bytes()).1.is_some());
    }
}
