//! One app on one device, known by the digest of its ADM registration id.
//!
//! Promises that the registration id goes no further than this file: whoever has it can be sent messages. What is kept, compared and
//! stored is its SHA-256, and `Debug` shows neither.

use std::fmt;

use ring::digest::{SHA256, digest};

use crate::fields::{Fields, Rule};
use crate::{FaultName, Faults};

/// An app instance.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instance([u8; 32]);

impl Instance {
    /// The longest registration id, in bytes. Amazon's pages give no length; those that are seen have a few hundred.
    pub const MAX_BYTES: usize = 2048;

    /// The instance with this registration id; nothing when that is not 1 to 2,048 visible ASCII characters.
    pub fn new(registration_id: &str) -> Option<Self> {
        let fits = (1..=Self::MAX_BYTES).contains(&registration_id.len());
        if !fits || !registration_id.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, registration_id.as_bytes()).as_ref());
        Some(Self(bytes))
    }

    /// Reads the body of a `POST /adm/topics/{topic}/assignment`: `{"instance": "<registration id>"}`, in which the topic of the path
    /// may be repeated, as in a message.
    ///
    /// # Errors
    /// [`Faults`]: everything that is wrong.
    pub fn read(topic: &str, body: &[u8]) -> Result<Self, Faults> {
        let mut fields = Fields::read(body, &["instance", "topic"]);
        let instance = fields.required(RULE, Self::new);
        fields.optional(TOPIC, |repeated| (repeated == topic).then_some(()));
        match (instance, fields.faults()) {
            (Some(instance), None) => Ok(instance),
            (_, faults) => Err(faults.expect("an instance that cannot be read is a fault")),
        }
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// 64 hexadecimal digits.
    pub(crate) fn hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Instance([redacted])")
    }
}

const TOPIC: Rule = Rule {
    field: "topic",
    fault: FaultName::InvalidTopic,
    detail: "the topic in the body must be the one in the path; it may be left out",
};

pub(crate) const RULE: Rule = Rule {
    field: "instance",
    fault: FaultName::InvalidInstance,
    detail: "the registration id of the app instance: a text of 1 to 2048 visible ASCII characters",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_is_the_digest_of_its_registration_id() {
        assert_eq!(
            Instance::new("abc").unwrap().hex(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(format!("{:?}", Instance::new("abc")), "Some(Instance([redacted]))");
    }

    #[test]
    fn a_registration_id_is_visible_ascii() {
        assert!(Instance::new(&"x".repeat(2048)).is_some());
        for text in ["", " ", "a b", "a\n", "caf\u{e9}", "\u{7f}", &"x".repeat(2049)] {
            assert_eq!(Instance::new(text), None, "{} bytes", text.len());
        }
    }

    #[test]
    fn an_assignment_asks_for_one_instance_and_nothing_else() {
        assert_eq!(Instance::read("a", br#"{"instance":"abc"}"#).ok(), Instance::new("abc"));
        let repeated = br#"{"topic":"a","instance":"abc"}"#;
        assert_eq!(Instance::read("a", repeated).ok(), Instance::new("abc"));
        let names = Instance::read("b", repeated)
            .unwrap_err()
            .listed()
            .iter()
            .map(|fault| fault.name)
            .collect::<Vec<_>>();
        assert_eq!(names, [FaultName::InvalidTopic]);
        let faults = Instance::read("a", br#"{"instance":7,"app":"a","instance":"abc"}"#).unwrap_err();
        let found: Vec<_> = faults
            .listed()
            .iter()
            .map(|fault| (fault.name.as_str(), fault.field.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                ("UnknownField", "app"),
                ("DuplicateField", "instance"),
                ("InvalidInstance", "instance")
            ]
        );
    }
}
