//! Certificates kept for the next process. What comes back is judged anew, so this table can delay a decision but not make one.
//!
//! The one that was fetched last is kept twice: under its URL, and under a key that a process knows before it has seen a message. That one only for a
//! message of a topic that is trusted: what a stranger has fetched must not be in the way.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use inbox::StoreError;
use jiff::Timestamp;
use sns_webhook::{Fetched, Region, SigningCertUrl};

use super::{EXPIRES_AT, Item, KEY, Trust, failed, number, read_number, read_text, text};

/// A certificate as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeptCertificate {
    pub(crate) pem: String,
    pub(crate) issuers: Vec<Vec<u8>>,
    pub(crate) fetched_at: Timestamp,
}

impl Trust {
    /// The certificate of that URL.
    pub(crate) async fn certificate(&self, url: &SigningCertUrl) -> Result<Option<KeptCertificate>, StoreError> {
        let item = self.certificate_item(key(url)).await?;
        Ok(item.as_ref().and_then(KeptCertificate::of))
    }

    /// The certificate that was fetched last for the function of this name, with its URL.
    pub(crate) async fn last_certificate(&self, function: &str) -> Result<Option<(SigningCertUrl, KeptCertificate)>, StoreError> {
        let item = self.certificate_item(last(function)).await?;
        Ok(item.as_ref().and_then(|item| Some((url(item)?, KeptCertificate::of(item)?))))
    }

    async fn certificate_item(&self, key: AttributeValue) -> Result<Option<Item>, StoreError> {
        let answer = self.client.get_item().table_name(&self.table).key(KEY, key).send().await;
        Ok(answer.map_err(failed("GetItem"))?.item)
    }

    /// Keeps a certificate until it expires, and as the last for the function that `last_for` names.
    pub(crate) async fn keep_certificate(
        &self,
        url: &SigningCertUrl,
        fetched: &Fetched,
        last_for: Option<&str>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let issuers = fetched
            .issuers
            .iter()
            .map(|der| AttributeValue::B(Blob::new(der.as_slice())))
            .collect();
        let item = Item::from([
            (URL.to_owned(), text(url.to_string())),
            (PEM.to_owned(), text(&fetched.pem)),
            (ISSUERS.to_owned(), AttributeValue::L(issuers)),
            (FETCHED_AT.to_owned(), number(now.as_millisecond())),
            (EXPIRES_AT.to_owned(), number(fetched.cert.valid_until().as_second())),
        ]);
        for key in [Some(key(url)), last_for.map(last)].into_iter().flatten() {
            let put = self.client.put_item().table_name(&self.table);
            put.set_item(Some(item.clone()))
                .item(KEY, key)
                .send()
                .await
                .map_err(failed("PutItem"))?;
        }
        Ok(())
    }
}

impl KeptCertificate {
    /// `None` if that is no certificate.
    fn of(item: &Item) -> Option<Self> {
        let issuers = match item.get(ISSUERS) {
            Some(AttributeValue::L(list)) => list
                .iter()
                .filter_map(|der| Some(der.as_b().ok()?.as_ref().to_vec()))
                .collect(),
            Some(_) | None => Vec::new(),
        };
        let fetched_at = read_number(item, FETCHED_AT).and_then(|at| Timestamp::from_millisecond(at).ok());
        Some(Self {
            pem: read_text(item, PEM)?.to_owned(),
            issuers,
            fetched_at: fetched_at.unwrap_or(Timestamp::UNIX_EPOCH),
        })
    }
}

/// The URL, checked against the region that its own host names: it is nobody's claim, and it serves no message but those that name it.
fn url(item: &Item) -> Option<SigningCertUrl> {
    let url = read_text(item, URL)?;
    let (region, _) = url.strip_prefix("https://sns.")?.split_once('.')?;
    SigningCertUrl::parse(url, &Region::parse(region)?).ok()
}

fn key(url: &SigningCertUrl) -> AttributeValue {
    text(format!("cert#{url}"))
}

fn last(function: &str) -> AttributeValue {
    text(format!("last_cert#{function}"))
}

const FETCHED_AT: &str = "fetched_at";
const PEM: &str = "pem";
const ISSUERS: &str = "issuers";
const URL: &str = "url";
