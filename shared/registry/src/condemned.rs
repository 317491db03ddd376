//! Endpoints that are to be deleted, and since when: the first of two phases, for those that are no device's.
//!
//! Promises that the moment is that of the first who said so, until it is spared. To spare an endpoint needs no condition, since the safe side
//! is the one on which nothing is deleted: it begins anew at most. So this is the one write that has none.

use inbox::StoreError;
use jiff::Timestamp;

use crate::attempt::{Attempt, to_milliseconds};
use crate::condition::Condition;
use crate::item::{Item, Making, Reading, malformed, text};
use crate::store::{Commit, MOST_TRIES, Write, restless};
use crate::{EndpointArn, Registry, table};

impl Registry {
    /// An endpoint is to be deleted, after a while and another look. Answers since when: it may have been condemned before.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or written. It may or may not be condemned then; it is safe to repeat it.
    pub async fn condemn(&self, endpoint: &EndpointArn, attempt: &Attempt<'_>) -> Result<Timestamp, StoreError> {
        let at = to_milliseconds(attempt.now);
        let key = table::condemned(endpoint);
        let item = Making::of(&key)
            .moment(table::AT, at)
            .text(table::WRITER, &attempt.writer())
            .done();
        let write = Write::put(key, item, Condition::Absent);
        let mut last = None;
        for _ in 0..MOST_TRIES {
            match self.commit(vec![write.clone()]).await? {
                Commit::Done => return Ok(at),
                Commit::Overtaken(error) => last = Some(error),
            }
            if let Some(since) = self.condemned(endpoint).await? {
                return Ok(since);
            }
        }
        Err(last.unwrap_or_else(restless))
    }

    /// It is not to be deleted any more, or it is gone.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be written. It may or may not be spared then; it is safe to repeat it.
    pub async fn spare(&self, endpoint: &EndpointArn) -> Result<(), StoreError> {
        let delete = self.client.delete_item().table_name(&self.table);
        let deleted = delete.key(table::KEY, text(&table::condemned(endpoint))).send().await;
        deleted.map_err(|error| StoreError::from_sdk("DeleteItem", error))?;
        Ok(())
    }

    /// Since when an endpoint is to be deleted, if it is.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or has a row that cannot be.
    pub async fn condemned(&self, endpoint: &EndpointArn) -> Result<Option<Timestamp>, StoreError> {
        let item = self.row(&table::condemned(endpoint)).await?;
        Ok(item.map(condemnation).transpose()?.map(|(_, since)| since))
    }
}

pub(crate) fn condemnation(item: Item) -> Result<(EndpointArn, Timestamp), StoreError> {
    let mut read = Reading(item);
    let key = read.text(table::KEY)?;
    let arn = key.strip_prefix(table::CONDEMNED).unwrap_or_default();
    let endpoint = EndpointArn::parse(arn).map_err(|_| malformed(table::KEY))?;
    Ok((endpoint, read.moment(table::AT)?))
}
