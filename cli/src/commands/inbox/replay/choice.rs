//! Which events a replay is about.
//!
//! Everything that is given must hold. Nothing given is a mistake, and never the whole table.

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};
use inbox::{Reach, Selection, table};
use jiff::Timestamp;

use crate::ago::Since;
use crate::commands::read::source::Source;
use crate::failure::Failure;

/// What an operator knows of the events.
#[derive(Debug, Args)]
pub(super) struct Choice {
    /// All events of this subject, such as rtn#com.example.app#receipt or drs#serial.
    #[arg(long, value_parser = NonEmptyStringValueParser::new(), conflicts_with = "source")]
    subject: Option<String>,
    /// Only this event of the subject: see `inbox history`.
    #[arg(long, value_parser = NonEmptyStringValueParser::new(), requires = "subject")]
    event: Option<String>,
    /// What came under this MessageId.
    #[arg(long, value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    message_id: Option<String>,
    /// What arrived since a time such as 2026-03-06T19:55:38Z, or so long ago, such as 2h or 7d.
    #[arg(long, value_name = "TIME|AGO")]
    since: Option<Since>,
    /// What arrived until then.
    #[arg(long, value_name = "TIME|AGO")]
    until: Option<Since>,
    /// Only one kind of what arrived in that time.
    #[arg(long)]
    source: Option<Kind>,
    /// Only what has this type, such as SUBSCRIPTION_RENEWED or ItemShippedNotification.
    #[arg(long, value_name = "TYPE", value_parser = NonEmptyStringValueParser::new())]
    r#type: Option<String>,
    /// Tries to read what could not be read when it came, too, and files anew what can be read now.
    #[arg(long)]
    unread: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Real-Time Notifications of the Appstore.
    Rtn,
    /// Dash Replenishment notifications.
    Drs,
    /// Only what could not be read when it came.
    Unread,
}

/// A choice, with its times.
pub(super) struct Chosen {
    choice: Choice,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    /// Where to look, unless that is a subject.
    sources: Vec<&'static str>,
    /// How the type stands in a key.
    key_part: Option<String>,
}

impl Choice {
    /// The choice, seen from `now`.
    pub(super) fn seen_from(self, now: Timestamp) -> Result<Chosen, Failure> {
        let is_chosen = self.subject.is_some()
            || self.message_id.is_some()
            || self.since.is_some()
            || self.until.is_some()
            || self.r#type.is_some()
            || self.source == Some(Kind::Unread);
        if !is_chosen {
            return Err(Failure::new(NOT_CHOSEN));
        }
        let since = self.since.map(|since| since.moment(now)).transpose()?;
        let until = self.until.map(|until| until.moment(now)).transpose()?;
        if matches!((since, until), (Some(since), Some(until)) if since > until) {
            return Err(Failure::new(
                "nothing can have arrived since --since and until --until: the first is the later one",
            ));
        }
        let read = match self.source {
            None => vec![Source::Rtn.prefix(), Source::Drs.prefix()],
            Some(Kind::Rtn) => vec![Source::Rtn.prefix()],
            Some(Kind::Drs) => vec![Source::Drs.prefix()],
            Some(Kind::Unread) => Vec::new(),
        };
        let unread = (self.unread || self.source == Some(Kind::Unread)).then_some(table::UNREAD_PREFIX);
        Ok(Chosen {
            since,
            until,
            sources: read.into_iter().chain(unread).collect(),
            key_part: self.r#type.as_ref().map(|r#type| format!("#{type}")),
            choice: self,
        })
    }
}

impl Chosen {
    /// The rows to look at.
    pub(super) fn selection(&self) -> Selection<'_> {
        let reach = match &self.choice.subject {
            Some(subject) => Reach::Subject {
                subject,
                event: self.choice.event.as_deref(),
            },
            None => Reach::Table {
                sources: &self.sources,
                key_part: self.key_part.as_deref(),
            },
        };
        Selection {
            reach,
            message_id: self.choice.message_id.as_deref(),
            since: self.since,
            until: self.until,
        }
    }

    /// What could not be read when it came is part of the choice.
    pub(super) fn takes_unread(&self) -> bool {
        self.choice.subject.is_some() || self.sources.contains(&table::UNREAD_PREFIX)
    }

    /// An event of this type is meant.
    pub(super) fn takes_type(&self, r#type: &str) -> bool {
        self.choice.r#type.as_deref().is_none_or(|chosen| chosen == r#type)
    }

    /// An event of this source is meant, if it was unread until now.
    pub(super) fn takes_source(&self, source: Source) -> bool {
        match self.choice.source {
            None | Some(Kind::Unread) => true,
            Some(Kind::Rtn | Kind::Drs) => self.sources.contains(&source.prefix()),
        }
    }
}

const NOT_CHOSEN: &str = "say what to replay: --subject, --message-id, --since, --until, --type or --source unread; \
     `firepost inbox replay --help` shows examples";
