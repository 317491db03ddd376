//! What is different from one sender of notifications to the next: nothing but how the message inside is read and filed.

/// A sender of notifications, as a function crate describes it.
#[derive(Debug, Clone, Copy)]
pub struct Source {
    /// Name of the function: its folder, its route, its log field.
    pub name: &'static str,
    /// Reads the message inside a verified notification far enough to file it.
    pub read: fn(&str) -> Result<Filing, Unreadable>,
}

/// Where a message is filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filing {
    /// What the message is about: the key of its history.
    pub subject: String,
    /// Which event of that history it is.
    pub event: String,
    /// Whether the message had to be repaired before it could be read.
    pub repaired: bool,
    /// Codes of what was odd about it.
    pub warnings: Vec<String>,
}

/// A verified message that cannot be read. It is kept all the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the message cannot be read: {reason}")]
pub struct Unreadable {
    /// Stable code of the reason, and the field it is about; never the field's content.
    pub reason: String,
}

/// `field_missing:receiptId`, or the reason alone where no field is at fault.
impl From<reading::Unreadable> for Unreadable {
    fn from(unreadable: reading::Unreadable) -> Self {
        let reason = match unreadable.field() {
            Some(field) => format!("{}:{field}", unreadable.reason()),
            None => unreadable.reason().to_owned(),
        };
        Self { reason }
    }
}

#[cfg(test)]
mod tests {
    use sns_webhook::lenient;

    use super::*;

    #[test]
    fn a_reason_goes_with_the_field_it_is_about() {
        let shape = lenient::read::<()>("[]").expect_err("a list");
        for (unreadable, reason) in [
            (reading::Unreadable::FieldMissing("a.b"), "field_missing:a.b"),
            (reading::Unreadable::WrongShape(shape), "wrong_shape"),
        ] {
            let reason = reason.to_owned();
            assert_eq!(Unreadable::from(unreadable), Unreadable { reason });
        }
    }
}
