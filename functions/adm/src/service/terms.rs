//! What a sender asks for besides the message: the key, the patience, and what to do about doubt.
//!
//! A key is required and never made up for a request: one that were derived from the message would take two messages that are meant to
//! be alike for one. Only a message of a queue has a name of its own, which stays when it comes again, so there it stands in for a key.

use http::HeaderMap;
use sends::{IdempotencyKey, Wait};

use crate::{Fault, FaultName};

/// The terms of a send.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    pub(crate) key: IdempotencyKey,
    pub(crate) wait: Wait,
    pub(crate) if_unknown: Option<IfUnknown>,
}

/// What to do if nobody knows whether the message was delivered: `On-Unknown`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IfUnknown {
    /// `fail`: say so.
    Fail,
    /// `resend`: send it again, under a consolidation key.
    Resend,
}

impl Terms {
    /// The terms in the headers `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header), `Prefer` (RFC 7240) and `On-Unknown`
    /// (ours).
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub(crate) fn of_headers(headers: &HeaderMap) -> Result<Self, Vec<Fault>> {
        let wait = all(headers, "prefer").map_or_else(Wait::default, |prefer| Wait::from_prefer(&prefer));
        let key = all(headers, "idempotency-key");
        let on_unknown = all(headers, "on-unknown");
        Self::new(key, on_unknown, wait, ["Idempotency-Key", "On-Unknown"])
    }

    /// The terms in the attributes of a queue's message. `derived` is the key of a message that brings none.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub(crate) fn of_attributes(key: Option<String>, on_unknown: Option<String>, derived: String) -> Result<Self, Vec<Fault>> {
        Self::new(
            Some(key.unwrap_or(derived)),
            on_unknown,
            Wait::default(),
            ["idempotency_key", "on_unknown"],
        )
    }

    fn new(key: Option<String>, on_unknown: Option<String>, wait: Wait, names: [&str; 2]) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut fault = |name, field: &str, detail: String| {
            faults.push(Fault {
                name,
                field: field.to_owned(),
                detail,
            });
        };
        let key = match key.as_deref().map(IdempotencyKey::parse) {
            Some(Ok(key)) => Some(key),
            Some(Err(error)) => {
                fault(FaultName::InvalidIdempotencyKey, names[0], format!("{error}; a UUID is best"));
                None
            }
            None => {
                let detail = "give each message a key of its own, such as a UUID, and repeat it when you repeat the request";
                fault(FaultName::InvalidIdempotencyKey, names[0], detail.to_owned());
                None
            }
        };
        let if_unknown = match on_unknown.as_deref().map(str::trim) {
            None => None,
            Some(word) if word.eq_ignore_ascii_case("fail") => Some(IfUnknown::Fail),
            Some(word) if word.eq_ignore_ascii_case("resend") => Some(IfUnknown::Resend),
            Some(_) => {
                fault(
                    FaultName::InvalidOnUnknown,
                    names[1],
                    "must be fail or resend; leave it out for fail, or resend if the message has a consolidationKey".to_owned(),
                );
                None
            }
        };
        match key {
            Some(key) if faults.is_empty() => Ok(Self { key, wait, if_unknown }),
            _ => Err(faults),
        }
    }
}

/// All lines of a field as one value (RFC 9110, section 5.3): two keys are then no key.
fn all(headers: &HeaderMap, name: &str) -> Option<String> {
    let values = headers.get_all(name).iter();
    let values = values
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect::<Vec<_>>();
    (!values.is_empty()).then(|| values.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(headers: &[(&'static str, &'static str)]) -> Result<Terms, Vec<String>> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        Terms::of_headers(&map).map_err(|faults| {
            let names = faults.iter().map(|fault| format!("{} {}", fault.name, fault.field));
            names.collect()
        })
    }

    #[test]
    fn a_key_is_required_and_all_that_is_wrong_is_told() {
        assert_eq!(read(&[("idempotency-key", "\"a b\"")]).unwrap().key.as_str(), "a b");
        let key_fault = "InvalidIdempotencyKey Idempotency-Key".to_owned();
        for headers in [
            &[][..],
            &[("idempotency-key", "")],
            &[("idempotency-key", "a"), ("idempotency-key", "b")],
        ] {
            assert_eq!(read(headers).unwrap_err(), std::slice::from_ref(&key_fault));
        }
        assert_eq!(
            read(&[("idempotency-key", "\""), ("on-unknown", "retry")]).unwrap_err(),
            [key_fault, "InvalidOnUnknown On-Unknown".to_owned()]
        );
    }

    #[test]
    fn patience_and_policy_are_wishes_in_headers() {
        let terms = read(&[
            ("idempotency-key", "a"),
            ("prefer", "respond-async"),
            ("prefer", "wait=4"),
            ("on-unknown", " Resend"),
        ])
        .unwrap();
        assert_eq!((terms.wait, terms.if_unknown), (Wait::seconds(4), Some(IfUnknown::Resend)));
        let terms = read(&[("idempotency-key", "a"), ("on-unknown", "fail")]).unwrap();
        assert_eq!((terms.wait, terms.if_unknown), (Wait::default(), Some(IfUnknown::Fail)));
        assert_eq!(read(&[("idempotency-key", "a")]).unwrap().if_unknown, None);
    }

    #[test]
    fn a_queues_message_may_bring_a_key_and_has_one_of_its_own() {
        let of = |key: Option<&str>, wish: Option<&str>| {
            Terms::of_attributes(key.map(str::to_owned), wish.map(str::to_owned), "sqs:1".to_owned())
        };
        let terms = of(None, None).unwrap();
        assert_eq!((terms.key.as_str(), terms.if_unknown), ("sqs:1", None));
        let terms = of(Some("a"), Some("resend")).unwrap();
        assert_eq!((terms.key.as_str(), terms.if_unknown), ("a", Some(IfUnknown::Resend)));
        let faults = of(Some(""), Some("")).unwrap_err();
        assert_eq!(
            faults.iter().map(|fault| fault.field.as_str()).collect::<Vec<_>>(),
            ["idempotency_key", "on_unknown"]
        );
    }
}
