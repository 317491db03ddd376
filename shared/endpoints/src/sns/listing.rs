//! What is asked about an application as a whole: which endpoints it has, a page at a time, and whether it can send at all.
//!
//! ListEndpointsByPlatformApplication gives up to 100 endpoints a page, with all that GetEndpointAttributes would say. Pages may be empty, and
//! only the one without a NextToken is the last
//! (<https://docs.aws.amazon.com/sns/latest/api/API_ListEndpointsByPlatformApplication.html>).

use std::collections::HashMap;

use jiff::Timestamp;
use registry::{EndpointArn, Token};
use upkeep::fleet::Listed;
use upkeep::{EndpointId, TokenHash, UserDataHash};

use super::{ENABLED, Refusal, Sns, TOKEN, USER_DATA};

/// A page of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its endpoints.
    pub endpoints: Vec<Listed>,
    /// Where the next page begins; the last page has none. For a checkpoint and nowhere else.
    pub next: Option<String>,
}

/// Whether an application can send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Health {
    /// SNS disables an application whose credentials the push service refuses.
    pub is_enabled: bool,
    /// When Apple's certificate ends, if it has one.
    pub certificate_expires_at: Option<Timestamp>,
}

impl Sns<'_> {
    /// A page: the first, or the one that another said is next.
    ///
    /// # Errors
    /// [`Refusal`]; `Invalid` of a page that is not the first means that its beginning is not known any more. An endpoint that cannot be
    /// read ends the listing: what is passed over would count as missing.
    pub async fn page(&self, from: Option<&str>) -> Result<Page, Refusal> {
        let call = self
            .client
            .list_endpoints_by_platform_application()
            .platform_application_arn(self.application.arn())
            .set_next_token(from.map(str::to_owned));
        let page = call
            .send()
            .await
            .map_err(|error| Refusal::of(LIST, self.application, error))?;
        let endpoints = page.endpoints.unwrap_or_default().into_iter().map(|endpoint| {
            let attributes = endpoint.attributes.unwrap_or_default();
            self.listed(endpoint.endpoint_arn.as_deref(), attributes)
        });
        Ok(Page {
            endpoints: endpoints.collect::<Option<_>>().ok_or_else(|| Refusal::unreadable(LIST))?,
            next: page.next_token,
        })
    }

    /// Whether the application can send.
    ///
    /// # Errors
    /// [`Refusal`]
    pub async fn health(&self) -> Result<Health, Refusal> {
        let call = self.client.get_platform_application_attributes();
        let answer = call.platform_application_arn(self.application.arn()).send().await;
        let answer = answer.map_err(|error| Refusal::of("GetPlatformApplicationAttributes", self.application, error))?;
        Ok(Health::of(&answer.attributes.unwrap_or_default()))
    }

    fn listed(&self, arn: Option<&str>, attributes: HashMap<String, String>) -> Option<Listed> {
        let arn = EndpointArn::parse(arn?)
            .ok()
            .filter(|arn| arn.application() == self.application)?;
        let text = |name| attributes.get(name).map(String::as_str).unwrap_or_default();
        Some(Listed {
            id: EndpointId::of_arn(arn.as_str()).ok()?,
            token: token_hash(Token::parse(self.application.platform(), text(TOKEN)).ok().as_ref()),
            user_data: UserDataHash::of(text(USER_DATA)),
            is_enabled: text(ENABLED).eq_ignore_ascii_case("true"),
        })
    }
}

impl Health {
    fn of(attributes: &HashMap<String, String>) -> Self {
        let ends_at = CERTIFICATE_ENDS.into_iter().find_map(|name| attributes.get(name));
        Self {
            // It is enabled unless SNS says that it is not.
            is_enabled: attributes
                .get(ENABLED)
                .is_none_or(|enabled| enabled.eq_ignore_ascii_case("true")),
            certificate_expires_at: ends_at.and_then(|at| at.parse().ok()),
        }
    }
}

/// One that no device could have counts as the empty one, which no row has.
pub(crate) fn token_hash(token: Option<&Token>) -> TokenHash {
    TokenHash::of(token.map(Token::as_str).unwrap_or_default())
}

const LIST: &str = "ListEndpointsByPlatformApplication";
/// As SNS has been seen to call it, and as its page does
/// (<https://docs.aws.amazon.com/sns/latest/api/API_GetPlatformApplicationAttributes.html>).
const CERTIFICATE_ENDS: [&str; 2] = ["AppleCertificateExpirationDate", "AppleCertificateExpiryDate"];

#[cfg(test)]
mod tests {
    use super::*;

    fn health(attributes: &[(&str, &str)]) -> Health {
        let pairs = attributes
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Health::of(&pairs.collect())
    }

    #[test]
    fn a_certificate_ends_by_either_name_and_an_application_is_enabled_unless_sns_says_no() {
        let healthy = Health {
            is_enabled: true,
            certificate_expires_at: None,
        };
        assert_eq!(health(&[]), healthy);
        assert_eq!(
            health(&[("Enabled", "TRUE"), ("AppleCertificateExpiryDate", "soon")]),
            healthy
        );
        for name in ["AppleCertificateExpirationDate", "AppleCertificateExpiryDate"] {
            let ending = Health {
                is_enabled: false,
                certificate_expires_at: Some("2026-06-21T09:30:24Z".parse().unwrap()),
            };
            assert_eq!(health(&[("Enabled", "False"), (name, "2026-06-21T09:30:24Z")]), ending);
        }
    }
}
