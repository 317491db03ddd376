//! All devices of an application, and its condemned endpoints, page by page, for the sweep.
//!
//! A scan of the table, in segments that may be read side by side, and not an index. An index by application that holds everything is
//! written with every registration and puts a whole fleet into one partition; one that holds keys is followed by a read of every device,
//! ten times the price of a scan. A scan reads all kinds of rows, of all applications, and costs half a read unit for every 4 KB: a few
//! cents for millions of devices, once for each sweep (the README has the figures). It is not projected, because that saves transfer only:
//! what is read is charged in full (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Scan.html>). And it is not consistent,
//! which would cost twice as much: every change on its ground is made under a condition, and a device that is missing in it is looked for by
//! token, consistently, before anything is deleted.

use std::fmt;

use inbox::{Digest, StoreError};
use jiff::Timestamp;

use crate::condemned::condemnation;
use crate::device::Device;
use crate::item::{Item, malformed, text};
use crate::{Application, EndpointArn, Registry, table};

/// A part of the table. The segments of one scan are as many as they say, and each has its own pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    index: i32,
    total: i32,
}

/// Where the next page begins. It holds a key of the table: keep it in a checkpoint and nowhere else. `Debug` prints `[redacted]`.
#[derive(Clone, PartialEq, Eq)]
pub struct Cursor(String);

/// Some devices of an application, and some of its condemned endpoints. A page may have none, and still not be the last.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page {
    /// Those that are not past their time.
    pub devices: Vec<Device>,
    /// Its endpoints that are condemned, and since when.
    pub condemned: Vec<(EndpointArn, Timestamp)>,
    /// Rows that this program cannot read. They are left alone and reported.
    pub unreadable: Vec<Unreadable>,
    /// Where to go on. The last page has none.
    pub next: Option<Cursor>,
}

/// A row of a device, or of a condemned endpoint, that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unreadable {
    /// The first digits of the digest of its key.
    pub key: String,
    /// What is wrong with it.
    pub attribute: &'static str,
}

impl Segment {
    /// The whole table.
    pub const WHOLE: Self = Self { index: 0, total: 1 };

    /// One of `total` parts, counted from 0; `None` if there is no such part, or DynamoDB makes no so many.
    pub fn of(index: u32, total: u32) -> Option<Self> {
        let is_one = index < total && total <= MOST_SEGMENTS;
        let as_written = |number| i32::try_from(number).ok();
        is_one.then_some(()).and_then(|()| {
            Some(Self {
                index: as_written(index)?,
                total: as_written(total)?,
            })
        })
    }
}

impl Segment {
    /// The whole is no part: it is read in the order of its keys, which the embedded store of tests has an index for.
    fn is_a_part(self) -> bool {
        self.total > 1
    }
}

impl Cursor {
    /// One that was kept.
    pub fn from_stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text to keep.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Registry {
    /// A page: from the beginning of a segment, or from where another page of the same segment ended. At most `rows` rows of the table are
    /// looked at, of any kind and application, and at most 1 MB.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read.
    pub async fn page(
        &self,
        application: &Application,
        segment: Segment,
        from: Option<&Cursor>,
        rows: u16,
        now: Timestamp,
    ) -> Result<Page, StoreError> {
        let start = from.map(|cursor| Item::from([(table::KEY.to_owned(), text(cursor.as_str()))]));
        let scanned = self
            .client
            .scan()
            .table_name(&self.table)
            .set_segment(segment.is_a_part().then_some(segment.index))
            .set_total_segments(segment.is_a_part().then_some(segment.total))
            .limit(rows.max(1).into())
            .set_exclusive_start_key(start)
            .filter_expression("begins_with(#key, :devices) OR begins_with(#key, :condemned)")
            .expression_attribute_names("#key", table::KEY)
            .expression_attribute_values(":devices", text(&table::devices_of(application)))
            .expression_attribute_values(":condemned", text(&table::condemned_of(application)))
            .send()
            .await
            .map_err(|error| StoreError::from_sdk("Scan", error))?;
        let next = scanned.last_evaluated_key.map(|key| key_of(&key).map(Cursor)).transpose()?;
        let mut page = Page {
            devices: Vec::new(),
            condemned: Vec::new(),
            unreadable: Vec::new(),
            next,
        };
        for item in scanned.items.unwrap_or_default() {
            let key = key_of(&item)?;
            let read = match key.starts_with(table::CONDEMNED) {
                true => condemnation(item).map(|one| page.condemned.push(one)),
                false => Device::from_item(application, item).map(|device| {
                    if !device.is_expired(now) {
                        page.devices.push(device);
                    }
                }),
            };
            match read {
                Ok(()) => {}
                Err(StoreError::Malformed { attribute }) => page.unreadable.push(Unreadable {
                    key: Digest::of(&key).short(),
                    attribute,
                }),
                Err(error) => return Err(error),
            }
        }
        Ok(page)
    }
}

fn key_of(item: &Item) -> Result<String, StoreError> {
    let key = item.get(table::KEY).and_then(|key| key.as_s().ok());
    key.cloned().ok_or(malformed(table::KEY))
}

impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// "The value for TotalSegments must be greater than or equal to 1, and less than or equal to 1000000" (Scan).
const MOST_SEGMENTS: u32 = 1_000_000;
