//! The fields of a small JSON request, and everything that is wrong with them.
//!
//! No fault hides another one. A field that the request does not have is refused, since it is most likely a misspelt one; a field that
//! stands twice is refused, since two readers could each believe another value; `null` says the same as nothing. No value is repeated.

use std::collections::HashSet;

use crate::fault::path;
use crate::json::{self, Json};
use crate::{Fault, FaultName, Faults};

/// A request on its way to being read.
pub(crate) struct Fields {
    fields: Vec<(String, Json)>,
    faults: Vec<Fault>,
    /// The body could not be read as an object, so that nothing can be said about what it holds.
    is_unreadable: bool,
}

/// What a field is, and what is told when it is something else.
#[derive(Clone, Copy)]
pub(crate) struct Rule {
    pub(crate) field: &'static str,
    pub(crate) fault: FaultName,
    pub(crate) detail: &'static str,
}

/// What was found in a field.
pub(crate) enum Found<T> {
    Nothing,
    Read(T),
    /// Something else, which has become a fault.
    Wrong,
}

impl Fields {
    /// The fields with these names.
    pub(crate) fn read(body: &[u8], known: &[&str]) -> Self {
        let mut read = Self {
            fields: Vec::new(),
            faults: Vec::new(),
            is_unreadable: false,
        };
        match object(body) {
            Ok(fields) => read.sort(fields, known),
            Err(fault) => {
                read.is_unreadable = true;
                read.faults.push(fault);
            }
        }
        read
    }

    /// A text that must be there.
    pub(crate) fn required<T>(&mut self, rule: Rule, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        match self.optional(rule, read) {
            Found::Read(value) => Some(value),
            Found::Nothing => {
                self.fault(rule, rule.detail);
                None
            }
            Found::Wrong => None,
        }
    }

    /// A text that may be there.
    pub(crate) fn optional<T>(&mut self, rule: Rule, read: impl FnOnce(&str) -> Option<T>) -> Found<T> {
        let Some(at) = self.fields.iter().position(|(name, _)| name == rule.field) else {
            return Found::Nothing;
        };
        let value = match self.fields.swap_remove(at) {
            (_, Json::Text(text)) => read(&text),
            _ => None,
        };
        match value {
            Some(value) => Found::Read(value),
            None => {
                self.fault(rule, rule.detail);
                Found::Wrong
            }
        }
    }

    /// Says that something is wrong with a field, unless none could be read.
    pub(crate) fn fault(&mut self, rule: Rule, detail: &str) {
        if !self.is_unreadable {
            self.faults.push(fault(rule.fault, rule.field, detail));
        }
    }

    /// All that was wrong.
    pub(crate) fn faults(self) -> Option<Faults> {
        Faults::of(self.faults)
    }

    fn sort(&mut self, fields: Vec<(String, Json)>, known: &[&str]) {
        let (mut seen, mut repeated) = (HashSet::new(), HashSet::new());
        for (name, value) in fields {
            if !seen.insert(name.clone()) {
                if repeated.insert(name.clone()) {
                    let detail = "stands twice in one object; say it once";
                    self.faults.push(fault(FaultName::DuplicateField, path("", &name), detail));
                }
            } else if !known.contains(&name.as_str()) {
                let detail = format!("there is no such field: there are {}", known.join(", "));
                self.faults.push(fault(FaultName::UnknownField, path("", &name), detail));
            } else if !matches!(value, Json::Null) {
                self.fields.push((name, value));
            }
        }
    }
}

fn object(body: &[u8]) -> Result<Vec<(String, Json)>, Fault> {
    if body.len() > MAX_REQUEST_BYTES {
        let detail = format!("the request has {} bytes; at most {MAX_REQUEST_BYTES} are read", body.len());
        return Err(fault(FaultName::MessageTooLarge, "", detail));
    }
    json::object(body)
}

fn fault(name: FaultName, field: impl Into<String>, detail: impl Into<String>) -> Fault {
    Fault {
        name,
        field: field.into(),
        detail: detail.into(),
    }
}

/// The longest registration id may be written in escapes of six bytes each; the rest is small.
const MAX_REQUEST_BYTES: usize = 16 * 1024;
