//! Certificates kept for the next process. What comes back is judged anew, so this table can delay a decision but not make one.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use inbox::StoreError;
use jiff::Timestamp;
use sns_webhook::{Fetched, SigningCertUrl};

use super::{EXPIRES_AT, KEY, Trust, failed, number, read_number, read_text, text};

/// A certificate as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeptCertificate {
    pub(crate) pem: String,
    pub(crate) issuers: Vec<Vec<u8>>,
    pub(crate) fetched_at: Timestamp,
}

impl Trust {
    pub(crate) async fn certificate(&self, url: &SigningCertUrl) -> Result<Option<KeptCertificate>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key(KEY, key(url))
            .send()
            .await
            .map_err(failed("GetItem"))?;
        let Some(item) = answer.item else { return Ok(None) };
        let Some(pem) = read_text(&item, PEM).map(str::to_owned) else {
            return Ok(None);
        };
        let issuers = match item.get(ISSUERS) {
            Some(AttributeValue::L(list)) => list
                .iter()
                .filter_map(|der| Some(der.as_b().ok()?.as_ref().to_vec()))
                .collect(),
            Some(_) | None => Vec::new(),
        };
        let fetched_at = read_number(&item, FETCHED_AT).and_then(|at| Timestamp::from_millisecond(at).ok());
        Ok(Some(KeptCertificate {
            pem,
            issuers,
            fetched_at: fetched_at.unwrap_or(Timestamp::UNIX_EPOCH),
        }))
    }

    /// Keeps a certificate until it expires.
    pub(crate) async fn keep_certificate(
        &self,
        url: &SigningCertUrl,
        fetched: &Fetched,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let issuers = fetched
            .issuers
            .iter()
            .map(|der| AttributeValue::B(Blob::new(der.as_slice())))
            .collect();
        self.client
            .put_item()
            .table_name(&self.table)
            .item(KEY, key(url))
            .item(PEM, text(&fetched.pem))
            .item(ISSUERS, AttributeValue::L(issuers))
            .item(FETCHED_AT, number(now.as_millisecond()))
            .item(EXPIRES_AT, number(fetched.cert.valid_until().as_second()))
            .send()
            .await
            .map_err(failed("PutItem"))?;
        Ok(())
    }
}

fn key(url: &SigningCertUrl) -> AttributeValue {
    text(format!("cert#{url}"))
}

const FETCHED_AT: &str = "fetched_at";
const PEM: &str = "pem";
const ISSUERS: &str = "issuers";
