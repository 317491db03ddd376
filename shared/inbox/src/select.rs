//! Choosing rows by what an operator knows of them, a page at a time: the table need not fit into memory.
//!
//! One subject is a Query, everything else a Scan: there is no index by MessageId, time or type, which would cost every record
//! a second write. Rows past their time are left out. A row that cannot be typed is counted and passed over: it must not keep an
//! operator from all the others.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::operation::scan::builders::ScanFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use crate::entry::{Item, number, text};
use crate::error::StoreError;
use crate::record::Record;
use crate::{Inbox, key, table};

/// Which rows. Every condition that is given must hold.
#[derive(Clone, Copy)]
pub struct Selection<'a> {
    /// Where to look for them.
    pub reach: Reach<'a>,
    /// Only what came under this MessageId.
    pub message_id: Option<&'a str>,
    /// Only what arrived at or after this time.
    pub since: Option<Timestamp>,
    /// Only what arrived at or before this time.
    pub until: Option<Timestamp>,
}

/// Where to look.
#[derive(Clone, Copy)]
pub enum Reach<'a> {
    /// In the history of one subject: a consistent Query, one read unit per 4 KB.
    Subject {
        /// The subject.
        subject: &'a str,
        /// Only this event of it.
        event: Option<&'a str>,
    },
    /// Everywhere: a Scan, half a read unit per 4 KB of the whole table, whatever is chosen.
    Table {
        /// Only subjects that begin with one of these; none of them means any subject.
        sources: &'a [&'a str],
        /// Only events whose key holds this text, and whatever could not be read, whose key says nothing.
        key_part: Option<&'a str>,
    },
}

/// A part of what was chosen.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The rows; possibly none, on any page.
    pub records: Vec<Record>,
    /// How many rows this program cannot type, because a newer one has written them or because they are damaged.
    pub illegible: u64,
    /// How many rows were looked at for this page.
    pub looked_at: u64,
}

/// The pages of a selection, one call each.
pub struct Pages {
    request: Request,
    at: Place,
    now: Timestamp,
}

enum Request {
    Query(QueryFluentBuilder),
    Scan(ScanFluentBuilder),
}

/// Where in the table the next page begins.
enum Place {
    Start,
    After(Item),
    End,
}

impl Inbox {
    /// The rows of a selection, page by page. Nothing is asked before the first page is.
    pub fn select(&self, selection: &Selection<'_>, now: Timestamp) -> Pages {
        let Terms {
            conditions,
            names,
            values,
        } = Terms::of(selection, now);
        let request = match selection.reach {
            Reach::Subject { subject, event } => {
                let mut query = self.partition(subject);
                if let Some(event) = event {
                    query = query
                        .key_condition_expression("#subject = :subject AND #event = :event")
                        .expression_attribute_names("#event", table::EVENT)
                        .expression_attribute_values(":event", text(&key::event(event)));
                }
                for (name, attribute) in names {
                    query = query.expression_attribute_names(name, attribute);
                }
                for (name, value) in values {
                    query = query.expression_attribute_values(name, value);
                }
                Request::Query(query.filter_expression(conditions))
            }
            Reach::Table { .. } => {
                let mut scan = self.client.scan().table_name(&self.table);
                for (name, attribute) in names {
                    scan = scan.expression_attribute_names(name, attribute);
                }
                for (name, value) in values {
                    scan = scan.expression_attribute_values(name, value);
                }
                Request::Scan(scan.filter_expression(conditions))
            }
        };
        Pages {
            request,
            at: Place::Start,
            now,
        }
    }
}

impl Pages {
    /// The next page, until there is none. A page that could not be had can be asked for again.
    pub async fn next(&mut self) -> Result<Option<Page>, StoreError> {
        let start = match &self.at {
            Place::Start => None,
            Place::After(key) => Some(key.clone()),
            Place::End => return Ok(None),
        };
        let (items, looked_at, last) = match &self.request {
            Request::Query(query) => {
                let page = query.clone().set_exclusive_start_key(start).send().await;
                let page = page.map_err(|error| StoreError::from_sdk("Query", error))?;
                (page.items, page.scanned_count, page.last_evaluated_key)
            }
            Request::Scan(scan) => {
                let page = scan.clone().set_exclusive_start_key(start).send().await;
                let page = page.map_err(|error| StoreError::from_sdk("Scan", error))?;
                (page.items, page.scanned_count, page.last_evaluated_key)
            }
        };
        self.at = last.map_or(Place::End, Place::After);
        let mut page = Page {
            looked_at: looked_at.try_into().unwrap_or_default(),
            ..Page::default()
        };
        for item in items.unwrap_or_default() {
            match Record::from_item(item) {
                Ok(record) if record.is_expired(self.now) => {}
                Ok(record) => page.records.push(record),
                Err(_) => page.illegible += 1,
            }
        }
        Ok(Some(page))
    }
}

/// A filter expression and what its names stand for.
struct Terms {
    conditions: String,
    names: HashMap<&'static str, &'static str>,
    values: HashMap<String, AttributeValue>,
}

impl Terms {
    fn of(selection: &Selection<'_>, now: Timestamp) -> Self {
        let mut conditions = vec!["#expires_at > :now".to_owned()];
        let mut names = HashMap::from([("#expires_at", table::EXPIRES_AT)]);
        let mut values = HashMap::from([(":now".to_owned(), number(now.as_second()))]);
        if let Some(message_id) = selection.message_id {
            conditions.push("#message_id = :message_id".to_owned());
            names.insert("#message_id", table::MESSAGE_ID);
            values.insert(":message_id".to_owned(), text(message_id));
        }
        for (sign, name, moment) in [(">=", ":since", selection.since), ("<=", ":until", selection.until)] {
            if let Some(moment) = moment {
                conditions.push(format!("#received_at {sign} {name}"));
                names.insert("#received_at", table::RECEIVED_AT);
                values.insert(name.to_owned(), number(moment.as_millisecond()));
            }
        }
        if let Reach::Table { sources, key_part } = selection.reach {
            let sources = sources.iter().enumerate().map(|(n, source)| {
                names.insert("#subject", table::SUBJECT);
                values.insert(format!(":source{n}"), text(source));
                format!("begins_with(#subject, :source{n})")
            });
            let sources = sources.collect::<Vec<_>>().join(" OR ");
            if !sources.is_empty() {
                conditions.push(format!("({sources})"));
            }
            if let Some(part) = key_part {
                conditions.push("(contains(#event, :part) OR attribute_exists(#unreadable))".to_owned());
                names.extend([("#event", table::EVENT), ("#unreadable", table::UNREADABLE)]);
                values.insert(":part".to_owned(), text(part));
            }
        }
        Self {
            conditions: conditions.join(" AND "),
            names,
            values,
        }
    }
}
