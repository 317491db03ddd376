//! What one side answered to each call, with names that both sides share in place of its ids.

use std::fmt;

/// In the order of the calls.
#[derive(Default)]
pub(crate) struct Answers {
    given: Vec<(&'static str, String)>,
    names: Vec<(String, String)>,
    left_out: String,
}

impl Answers {
    /// What all ARNs begin with; each side has another account.
    pub(crate) fn leave_out(&mut self, beginning: String) {
        self.left_out = beginning;
    }

    /// Gives an id a name, if it has none: each side makes up its own. Another id by the same name has a number.
    pub(crate) fn name(&mut self, id: &str, name: &str) {
        if self.names.iter().any(|(known, _)| known == id) {
            return;
        }
        let before = self.names.iter().filter(|(_, known)| known.split('#').next() == Some(name));
        let name = match before.count() {
            0 => name.to_owned(),
            before => format!("{name}#{}", before + 1),
        };
        self.names.push((id.to_owned(), name));
    }

    /// Adds the answer to a call.
    pub(crate) fn add(&mut self, call: &'static str, answer: &str) {
        assert_eq!(self.to(call), None, "two calls have one name");
        let short = answer.replace(&self.left_out, "");
        let named = self.names.iter().fold(short, |answer, (id, name)| answer.replace(id, name));
        self.given.push((call, named));
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.given.iter().map(|(call, answer)| (*call, answer.as_str()))
    }

    pub(crate) fn len(&self) -> usize {
        self.given.len()
    }

    /// The answer to a call.
    pub(crate) fn to(&self, call: &str) -> Option<&str> {
        self.iter().find(|(known, _)| *known == call).map(|(_, answer)| answer)
    }
}

impl fmt::Display for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().try_for_each(|(call, answer)| writeln!(f, "{call}\n  {answer}"))
    }
}
