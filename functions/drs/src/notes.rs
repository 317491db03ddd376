//! What is noted while a message is read: oddities, and signs of its version.
//!
//! Promises each warning once, in the order in which they were met.

use crate::version::WireVersion;
use crate::warning::Warning;

/// The notes on one message, or on a part of it.
#[derive(Default)]
pub(crate) struct Notes {
    warnings: Vec<Warning>,
    /// Something that only version 1.0 has.
    first: bool,
    /// Something that only version 2.0 has.
    second: bool,
}

impl Notes {
    pub(crate) fn warn(&mut self, warning: Warning) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// Something was met that only this version has. A message with signs of both counts as 2.0, and is flagged.
    pub(crate) fn sign_of(&mut self, version: WireVersion) {
        match version {
            WireVersion::V1 => self.first = true,
            WireVersion::V2 => self.second = true,
            WireVersion::Any => {}
        }
        if self.first && self.second {
            self.warn(Warning::VersionsMixed);
        }
    }

    /// Takes over the notes on a part.
    pub(crate) fn add(&mut self, part: Self) {
        for warning in part.warnings {
            self.warn(warning);
        }
        if part.first {
            self.sign_of(WireVersion::V1);
        }
        if part.second {
            self.sign_of(WireVersion::V2);
        }
    }

    pub(crate) fn wire_version(&self) -> WireVersion {
        match (self.first, self.second) {
            (_, true) => WireVersion::V2,
            (true, false) => WireVersion::V1,
            (false, false) => WireVersion::Any,
        }
    }

    pub(crate) fn into_warnings(self) -> Vec<Warning> {
        self.warnings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_is_noted_once() {
        let mut notes = Notes::default();
        for warning in [Warning::Wrapped, Warning::ModelMissing, Warning::Wrapped] {
            notes.warn(warning);
        }
        assert_eq!(notes.into_warnings(), [Warning::Wrapped, Warning::ModelMissing]);
    }

    #[test]
    fn signs_of_both_versions_make_the_second_and_a_warning() {
        use WireVersion::{Any, V1, V2};
        check(&[], Any, &[]);
        check(&[V1, V1], V1, &[]);
        check(&[V2, Any], V2, &[]);
        check(&[V1, V2], V2, &[Warning::VersionsMixed]);
        check(&[V2, V1, V2], V2, &[Warning::VersionsMixed]);
    }

    fn check(signs: &[WireVersion], version: WireVersion, warnings: &[Warning]) {
        let (mut notes, mut whole) = (Notes::default(), Notes::default());
        for sign in signs {
            notes.sign_of(*sign);
            let mut part = Notes::default();
            part.sign_of(*sign);
            whole.add(part);
        }
        for notes in [notes, whole] {
            assert_eq!(notes.wire_version(), version);
            assert_eq!(notes.into_warnings(), warnings);
        }
    }
}
