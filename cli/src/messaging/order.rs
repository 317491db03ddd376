//! A message and how it is to be sent, as the request that the function takes.

use adm::Topic;
use bytes::Bytes;
use clap::ValueEnum;
use http::{HeaderValue, Request};

use crate::failure::Failure;

/// `POST /adm/topics/{topic}/messages`.
pub(crate) struct Order<'a> {
    /// Where it goes.
    pub(crate) topic: &'a Topic,
    /// The message, in Amazon's form.
    pub(crate) body: Bytes,
    /// The header `Idempotency-Key`.
    pub(crate) key: &'a str,
    /// How many seconds to wait for somebody else who is sending it.
    pub(crate) wait: Option<u64>,
    /// What to do if nobody knows what became of it; the function decides if this does not.
    pub(crate) on_unknown: Option<OnUnknown>,
}

/// What to do if nobody knows what became of a message.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum OnUnknown {
    /// Say so
    Fail,
    /// Send it again, which may deliver it twice
    Resend,
}

impl Order<'_> {
    /// As a request, to whatever host.
    pub(crate) fn request(self) -> Result<Request<Bytes>, Failure> {
        // Of the characters that a topic may have, a path has only this one for itself.
        let topic = self.topic.as_str().replace('%', "%25");
        let key = HeaderValue::from_str(self.key).map_err(|_| Failure::new(NOT_A_HEADER))?;
        let mut request = Request::post(format!("/adm/topics/{topic}/messages"))
            .header("content-type", "application/json")
            .header("idempotency-key", key);
        if let Some(seconds) = self.wait {
            request = request.header("prefer", format!("wait={seconds}"));
        }
        if let Some(on_unknown) = self.on_unknown {
            request = request.header("on-unknown", on_unknown.as_str());
        }
        Ok(request.body(self.body)?)
    }
}

impl OnUnknown {
    /// As in the header, and on the command line.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Resend => "resend",
        }
    }
}

const NOT_A_HEADER: &str = "the key must be 1 to 255 printable ASCII characters; a UUID is best";

#[cfg(test)]
mod tests {
    use super::*;

    fn request(topic: &str, key: &str, wait: Option<u64>, on_unknown: Option<OnUnknown>) -> Result<String, String> {
        let order = Order {
            topic: &Topic::new(topic).unwrap(),
            body: Bytes::from_static(b"{}"),
            key,
            wait,
            on_unknown,
        };
        let request = order.request().map_err(|failure| failure.to_string())?;
        let headers = request.headers().iter().skip(1);
        let headers = headers.map(|(name, value)| format!("; {name}: {}", value.to_str().unwrap()));
        Ok(format!(
            "{} {}{}",
            request.method(),
            request.uri(),
            headers.collect::<String>()
        ))
    }

    #[test]
    fn what_the_function_does_not_need_is_not_said() {
        assert_eq!(
            request("news", "a b", None, None).unwrap(),
            "POST /adm/topics/news/messages; idempotency-key: a b"
        );
        assert_eq!(
            request("news", "a", Some(3), Some(OnUnknown::Fail)).unwrap(),
            "POST /adm/topics/news/messages; idempotency-key: a; prefer: wait=3; on-unknown: fail"
        );
    }

    #[test]
    fn a_topic_is_one_segment_of_the_path() {
        assert_eq!(
            request("50%.a_b~c-d", "a", None, None).unwrap(),
            "POST /adm/topics/50%25.a_b~c-d/messages; idempotency-key: a"
        );
    }

    #[test]
    fn a_key_that_no_header_can_hold_is_not_sent() {
        assert_eq!(request("news", "a\nb", None, None), Err(NOT_A_HEADER.to_owned()));
    }
}
