//! An event as a line for people.

use std::fmt;

use serde::Deserialize;

use crate::moment::moment;
use crate::stack::Event;
use crate::terminal::harmless;

/// What is told of an event.
pub(super) struct Line<'a> {
    event: &'a Event,
    /// None if the message is not an event.
    told: Option<Told>,
}

/// What is told of the body; the rest is for programs.
#[derive(Deserialize)]
struct Told {
    event_id: String,
    source: String,
    r#type: String,
    late: bool,
    conflict: bool,
    repaired: bool,
    replay: Option<String>,
    trace_id: Option<String>,
    record: Place,
}

#[derive(Deserialize)]
struct Place {
    subject: String,
}

impl<'a> Line<'a> {
    pub(super) fn of(event: &'a Event) -> Self {
        Self {
            event,
            told: serde_json::from_str(&event.message).ok(),
        }
    }
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = moment(self.event.published_at);
        let Some(told) = &self.told else {
            return write!(f, "{at}  not an event: message {}", self.event.message_id);
        };
        let marks = told.marks();
        let kind = harmless(&told.r#type);
        let subject = harmless(&told.record.subject);
        write!(
            f,
            "{at}  {:<3}  {kind:<32}  {marks:<8}  {subject}  {}",
            told.source, told.event_id
        )?;
        match &told.trace_id {
            Some(id) => write!(f, "  {}", harmless(id)),
            None => Ok(()),
        }
    }
}

impl Told {
    /// `late, replay friday`, or `-` for nothing.
    fn marks(&self) -> String {
        let replay = self.replay.as_ref().map(|name| format!("replay {}", harmless(name)));
        let marks = [
            self.late.then(|| "late".to_owned()),
            self.conflict.then(|| "conflict".to_owned()),
            self.repaired.then(|| "repaired".to_owned()),
            replay,
        ];
        let marks = marks.into_iter().flatten().collect::<Vec<_>>().join(", ");
        if marks.is_empty() { "-".to_owned() } else { marks }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn check(message: &str, expected: &str) {
        let event = Event {
            message_id: "m-1".to_owned(),
            published_at: "2026-03-06T19:55:39.5Z".parse().unwrap(),
            attributes: BTreeMap::new(),
            message: message.to_owned(),
        };
        assert_eq!(Line::of(&event).to_string(), expected);
    }

    fn message(marks: &str) -> String {
        format!(
            r#"{{"event_id":"00ff","source":"drs","type":"OrderPlacedNotification",{marks},"record":{{"subject":"drs#\u001bA"}},"data":null}}"#
        )
    }

    #[test]
    fn a_line_tells_when_what_and_what_is_odd_about_it_and_plays_no_tricks() {
        check(
            &message(r#""late":false,"conflict":false,"repaired":false,"replay":null"#),
            r"2026-03-06 19:55:39  drs  OrderPlacedNotification           -         drs#\u{1b}A  00ff",
        );
        check(
            &message(r#""late":true,"conflict":true,"repaired":true,"replay":"friday","trace_id":"1-5759e988-bd\u001b""#),
            r"2026-03-06 19:55:39  drs  OrderPlacedNotification           late, conflict, repaired, replay friday  drs#\u{1b}A  00ff  1-5759e988-bd\u{1b}",
        );
    }

    #[test]
    fn what_is_not_an_event_is_said_to_be_none() {
        check("hello", "2026-03-06 19:55:39  not an event: message m-1");
    }
}
