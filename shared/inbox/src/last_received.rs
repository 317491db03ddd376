//! When each topic was last heard of: a topic that has fallen silent is how a lost subscription shows.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::Inbox;
use crate::entry::number;
use crate::error::StoreError;
use crate::record::heard;
use crate::table;

impl Inbox {
    /// When the newest record of each topic arrived, held ones included; rows past their time do not count.
    ///
    /// For an operator's terminal, not for a request: there is no index by topic, which would cost every record a second write, so
    /// this is a Scan of the whole table, half a read unit per 4 KB.
    pub async fn last_received(&self, now: Timestamp) -> Result<HashMap<String, Timestamp>, StoreError> {
        let scan = self
            .client
            .scan()
            .table_name(&self.table)
            .filter_expression("#expires_at > :now")
            .projection_expression("#topic_arn, #received_at")
            .expression_attribute_names("#expires_at", table::EXPIRES_AT)
            .expression_attribute_names("#topic_arn", table::TOPIC_ARN)
            .expression_attribute_names("#received_at", table::RECEIVED_AT)
            .expression_attribute_values(":now", number(now.as_second()));
        let mut items = scan.into_paginator().items().send();
        let mut newest = HashMap::<String, Timestamp>::new();
        while let Some(item) = items.next().await {
            let (topic, at) = heard(item.map_err(|error| StoreError::from_sdk("Scan", error))?)?;
            newest.entry(topic).and_modify(|known| *known = at.max(*known)).or_insert(at);
        }
        Ok(newest)
    }
}
