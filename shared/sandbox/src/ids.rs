//! Names that SNS makes up, made from a seed: the same seed gives the same name in every run.

use base64::{Engine, engine::general_purpose::URL_SAFE};
use jiff::Timestamp;
use ring::digest::{SHA256, digest};

/// A MessageId: a lower-case UUID, of version 5 as SNS's notifications bear it.
pub fn message_id(seed: &str) -> String {
    uuid("message id", seed, 5)
}

/// The id of a message in a queue of SQS: a UUID of version 4.
pub(crate) fn queued_id(seed: &str) -> String {
    uuid("queued message", seed, 4)
}

/// A request id, as the API's answers bear it.
pub(crate) fn request_id(seed: &str) -> String {
    uuid("request id", seed, 5)
}

/// The tracing header of an invocation that Lambda begins at this time: a trace of its own for each seed (AWS X-Ray Developer Guide,
/// "Tracing header").
pub fn tracing_header(seed: &str, at: Timestamp) -> String {
    let digits = hex(&hash("trace", seed));
    let seconds = u32::try_from(at.as_second()).unwrap_or(u32::MAX);
    format!("Root=1-{seconds:08x}-{};Parent={};Sampled=1", &digits[..24], &digits[24..40])
}

/// The ARN of this sandbox's one subscription to a topic: the topic's ARN and a UUID of version 4
/// ("HTTP/HTTPS headers", `x-amz-sns-subscription-arn`).
pub fn subscription_arn(topic_arn: &str) -> String {
    format!("{topic_arn}:{}", uuid("subscription", topic_arn, 4))
}

/// A confirmation token: 256 hexadecimal digits behind the prefix that SNS's tokens have shared for years.
pub fn token(seed: &str) -> String {
    let digits = (0..4)
        .map(|block| hex(&hash("token", &format!("{block} {seed}"))))
        .collect::<String>();
    format!("{TOKEN_PREFIX}{}", &digits[TOKEN_PREFIX.len()..])
}

/// 44 characters like a user id or the first part of a receipt id of the Appstore ("Real-Time Notification Examples").
pub(crate) fn opaque(purpose: &str, seed: &str) -> String {
    URL_SAFE.encode(hash(purpose, seed))
}

/// 32 hexadecimal digits, of which an id of the Dash Replenishment Service is made.
pub(crate) fn hexadecimal(purpose: &str, seed: &str) -> String {
    hex(&hash(purpose, seed)[..16])
}

/// 32 hexadecimal digits that stand for a document, as in `SimpleNotificationService-<digits>.pem`.
pub(crate) fn document_id(document: &str) -> String {
    hexadecimal("document", document)
}

fn uuid(purpose: &str, seed: &str, version: u8) -> String {
    uuid_text(uuid_number(purpose, seed, version))
}

/// The id of a platform endpoint: a UUID of version 3, as all that SNS makes are, which is one made from a name. That is why
/// the same token always gets the same endpoint, and why one whose token was changed stands in the way of its first token.
pub(crate) fn endpoint_id(application_arn: &str, token: &str) -> u128 {
    uuid_number("endpoint", &format!("{application_arn} {token}"), 3)
}

/// The id of an endpoint's subscription to a topic.
pub(crate) fn subscription_id(topic_arn: &str, endpoint_arn: &str) -> u128 {
    uuid_number("subscription", &format!("{topic_arn} {endpoint_arn}"), 4)
}

/// A UUID as it is written.
pub(crate) fn uuid_text(number: u128) -> String {
    let digits = format!("{number:032x}");
    format!(
        "{}-{}-{}-{}-{}",
        &digits[..8],
        &digits[8..12],
        &digits[12..16],
        &digits[16..20],
        &digits[20..]
    )
}

fn uuid_number(purpose: &str, seed: &str, version: u8) -> u128 {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash(purpose, seed)[..16]);
    bytes[6] = bytes[6] & 0x0f | version << 4;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    u128::from_be_bytes(bytes)
}

fn hash(purpose: &str, seed: &str) -> Vec<u8> {
    digest(&SHA256, format!("{purpose}\0{seed}").as_bytes()).as_ref().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

const TOKEN_PREFIX: &str = "2336412f37fb687f5d51e6e242";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_always_gives_the_same_names_and_another_seed_others() {
        assert_eq!(message_id("a"), message_id("a"));
        assert_ne!(message_id("a"), message_id("b"));
        assert_ne!(token("a"), token("b"));
    }

    #[test]
    fn names_look_like_those_of_sns() {
        let id = message_id("a");
        let groups: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12]);
        assert!(id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-')));
        assert_eq!(id.as_bytes()[14], b'5');
        assert_eq!(token("a").len(), 256);
        assert_eq!(opaque("user", "a").len(), 44);
        let at = Timestamp::from_second(0x5759_e988).expect("a time of 2016");
        let header = tracing_header("a", at);
        let parts: Vec<usize> = header.split(';').map(str::len).collect();
        assert!(header.starts_with("Root=1-5759e988-") && parts == [40, 23, 9], "{header}");
        assert_ne!(header, tracing_header("b", at));
    }
}
