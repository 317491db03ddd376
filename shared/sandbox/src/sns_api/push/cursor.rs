//! Pages, and the tokens that lead from one to the next.
//!
//! "Each call returns a limited list […], up to 100" and a NextToken as long as there is more ("ListEndpointsByPlatformApplication",
//! "ListPlatformApplications", "ListSubscriptions"). A token is opaque, belongs to one list, and can only be had from the page
//! before. It ends with time, as one may expect of it; no page says when, nor what SNS answers then: here it is the sandbox's
//! choice, InvalidParameter.

use std::{ops::Range, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::Timestamp;

use crate::{ids, sns_api::refusal::Refusal};

/// How lists are cut into pages.
pub(super) struct Pages {
    /// How many things there are on a page at most.
    pub(super) size: usize,
    /// How long a token is good.
    pub(super) lifetime: Duration,
    /// Tokens of an earlier generation are good no more.
    pub(super) generation: usize,
    /// So many pages that come next are empty, and lead to where the list stands.
    pub(super) empty: usize,
}

/// A page: what is on it, and the token for the next.
pub(super) type Page = (Range<usize>, Option<String>);

impl Pages {
    /// The next page of a list that has `len` things now.
    pub(super) fn turn(&mut self, list: &str, token: Option<&str>, len: usize, now: Timestamp) -> Result<Page, Refusal> {
        let from = match token {
            None => 0,
            Some(token) => self.resume(list, token, now).ok_or_else(|| Refusal::invalid("NextToken"))?,
        };
        if self.empty > 0 {
            self.empty -= 1;
            return Ok((0..0, Some(self.token(list, from, now))));
        }
        let to = len.min(from.saturating_add(self.size));
        let next = (to < len).then(|| self.token(list, to, now));
        Ok((from.min(to)..to, next))
    }

    fn token(&self, list: &str, from: usize, now: Timestamp) -> String {
        let content = format!("{from}.{}.{}", self.generation, now.as_millisecond());
        STANDARD.encode(format!("{content}.{}", seal(list, &content)))
    }

    fn resume(&self, list: &str, token: &str, now: Timestamp) -> Option<usize> {
        let text = String::from_utf8(STANDARD.decode(token).ok()?).ok()?;
        let (content, sealed) = text.rsplit_once('.')?;
        let [from, generation, issued] = content.split('.').collect::<Vec<_>>().try_into().ok()?;
        let issued = Timestamp::from_millisecond(issued.parse().ok()?).ok()?;
        let is_good = seal(list, content) == sealed && generation == self.generation.to_string() && now < issued + self.lifetime;
        is_good.then(|| from.parse().ok())?
    }
}

impl Default for Pages {
    fn default() -> Self {
        Self {
            size: 100,
            lifetime: Duration::from_secs(60 * 60),
            generation: 0,
            empty: 0,
        }
    }
}

fn seal(list: &str, content: &str) -> String {
    ids::hexadecimal("next token", &format!("{list} {content}"))
}
