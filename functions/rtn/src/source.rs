//! How the intake files an RTN message.

use intake::{Filing, Source, Unreadable};

/// Appstore Real-Time Notifications as a source of the intake.
pub const SOURCE: Source = Source { name: "rtn", read: file };

fn file(message: &str) -> Result<Filing, Unreadable> {
    let reading = crate::read(message).map_err(|unreadable| Unreadable {
        reason: match unreadable.field() {
            Some(field) => format!("{}:{field}", unreadable.reason()),
            None => unreadable.reason().to_owned(),
        },
    })?;
    Ok(Filing {
        subject: reading.event.subject(),
        event: reading.event.event_key(),
        repaired: reading.repaired,
        warnings: reading.warnings.iter().map(|warning| warning.as_str().to_owned()).collect(),
    })
}
