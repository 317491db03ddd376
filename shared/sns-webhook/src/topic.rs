//! Topic ARNs, and which of them a receiver listens to.
//!
//! A signature proves that SNS signed a message, not who published it: anybody with an AWS account can make a topic, subscribe
//! our URL and publish to it. So a message counts only if its topic is admitted, and the topic is checked before any network
//! call.

use std::fmt;

use crate::{Region, Rejection};

/// A checked ARN of a standard SNS topic: `arn:<partition>:sns:<region>:<account>:<name>`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TopicArn {
    text: String,
    region: Region,
}

impl TopicArn {
    /// Reads a topic ARN.
    ///
    /// # Errors
    /// [`Rejection::FifoTopic`] for a FIFO topic, [`Rejection::Grammar`] for anything else that is not a topic ARN.
    ///
    /// Source: Service Authorization Reference, "Resource types defined by Amazon SNS"; topic names: SNS API Reference,
    /// `CreateTopic` (1 to 256 of letters, digits, `-`, `_`).
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        let wrong = || Rejection::Grammar {
            field: "TopicArn",
            form: "arn:aws:sns:<region>:<12 digits>:<name>",
        };
        let parts = text.split(':').collect::<Vec<_>>();
        let ["arn", partition, "sns", region, account, name] = parts.as_slice() else {
            return Err(wrong());
        };
        let region = Region::parse(region).ok_or_else(wrong)?;
        if *partition != region.partition() || !is_account(account) {
            return Err(wrong());
        }
        if let Some(stem) = name.strip_suffix(".fifo")
            && is_topic_name(stem)
        {
            return Err(Rejection::FifoTopic);
        }
        if !is_topic_name(name) {
            return Err(wrong());
        }
        Ok(Self {
            text: text.to_owned(),
            region,
        })
    }

    /// The ARN as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The region that the topic is in.
    pub fn region(&self) -> &Region {
        &self.region
    }
}

impl fmt::Display for TopicArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for TopicArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TopicArn({})", self.text)
    }
}

/// The topics that a receiver is configured to listen to: exact ARNs, and whole accounts, written as
/// `arn:aws:sns:us-east-1:033616359524:*`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedTopics(Vec<TopicPattern>);

impl TrustedTopics {
    /// Reads a comma-separated list of topic ARNs and account patterns. White space around an entry does not count; an empty list
    /// trusts no topic.
    ///
    /// # Errors
    /// [`BadTopicPattern`] names the first entry that is neither.
    pub fn parse(list: &str) -> Result<Self, BadTopicPattern> {
        let entries = list.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        entries.map(TopicPattern::parse).collect::<Result<_, _>>().map(Self)
    }

    /// Whether the topic is on the list.
    pub fn admit(&self, topic: &TopicArn) -> bool {
        self.0.iter().any(|pattern| match pattern {
            TopicPattern::Exact(arn) => arn == topic,
            TopicPattern::Account { prefix } => topic
                .text
                .strip_prefix(prefix.as_str())
                .is_some_and(|name| !name.contains(':')),
        })
    }
}

/// An entry of the list of trusted topics that cannot be one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{entry:?} is neither a topic ARN nor an account pattern such as arn:aws:sns:us-east-1:033616359524:*")]
pub struct BadTopicPattern {
    entry: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum TopicPattern {
    Exact(TopicArn),
    /// All topics of one account in one region; `prefix` ends with the colon before the name.
    Account {
        prefix: String,
    },
}

impl TopicPattern {
    fn parse(entry: &str) -> Result<Self, BadTopicPattern> {
        let bad = || BadTopicPattern { entry: entry.to_owned() };
        match entry.strip_suffix('*') {
            // Any topic name stands for the star: what is checked is all that comes before it.
            Some(prefix) if prefix.ends_with(':') => {
                TopicArn::parse(&format!("{prefix}any")).map_err(|_| bad())?;
                Ok(Self::Account {
                    prefix: prefix.to_owned(),
                })
            }
            Some(_) => Err(bad()),
            None => TopicArn::parse(entry).map(Self::Exact).map_err(|_| bad()),
        }
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_topic_name(text: &str) -> bool {
    (1..=256).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topic_arns_of_every_partition_are_read() {
        for arn in [
            "arn:aws:sns:us-east-1:033616359524:LT0XA",
            "arn:aws-cn:sns:cn-north-1:123456789012:t",
            "arn:aws-us-gov:sns:us-gov-west-1:123456789012:A_b-9",
            "arn:aws-eusc:sns:eusc-de-east-1:123456789012:t",
            &format!("arn:aws:sns:us-east-1:123456789012:{}", "x".repeat(256)),
        ] {
            assert_eq!(TopicArn::parse(arn).unwrap().as_str(), arn);
        }
    }

    #[test]
    fn what_is_not_a_topic_arn_is_refused() {
        for arn in [
            "",
            "arn:aws:sqs:us-east-1:123456789012:t",
            "arn:aws:sns:us-east-1:12345678901:t",
            "arn:aws:sns:us-east-1:123456789012:",
            "arn:aws:sns:us-east-1:123456789012:t:sub",
            "arn:aws:sns:us-east-1:123456789012:t\nType\nx",
            "arn:aws:sns:us-east-1:123456789012:t ",
            "arn:aws-cn:sns:us-east-1:123456789012:t",
            "arn:aws:sns:cn-north-1:123456789012:t",
            "ARN:aws:sns:us-east-1:123456789012:t",
            "arn:aws:sns:s3-us-west-2:123456789012:t",
            &format!("arn:aws:sns:us-east-1:123456789012:{}", "x".repeat(257)),
        ] {
            assert!(
                matches!(TopicArn::parse(arn), Err(Rejection::Grammar { field: "TopicArn", .. })),
                "{arn:?}"
            );
        }
        assert_eq!(
            TopicArn::parse("arn:aws:sns:us-east-1:123456789012:t.fifo"),
            Err(Rejection::FifoTopic)
        );
    }

    #[test]
    fn a_pattern_admits_the_topics_of_one_account_in_one_region() {
        let trusted =
            TrustedTopics::parse(" arn:aws:sns:us-east-1:033616359524:* , arn:aws:sns:eu-west-1:123456789012:mine,").unwrap();
        let admitted = |arn: &str| trusted.admit(&TopicArn::parse(arn).unwrap());
        assert!(admitted("arn:aws:sns:us-east-1:033616359524:LT0XA"));
        assert!(admitted("arn:aws:sns:eu-west-1:123456789012:mine"));
        assert!(!admitted("arn:aws:sns:eu-west-1:123456789012:mine2"));
        assert!(!admitted("arn:aws:sns:us-east-2:033616359524:LT0XA"));
        assert!(!admitted("arn:aws:sns:us-east-1:033616359525:LT0XA"));
        assert!(!TrustedTopics::default().admit(&TopicArn::parse("arn:aws:sns:eu-west-1:123456789012:mine").unwrap()));
    }

    #[test]
    fn a_pattern_wider_than_an_account_is_refused_by_name() {
        for entry in [
            "*",
            "arn:aws:sns:*",
            "arn:aws:sns:us-east-1:*",
            "arn:aws:sns:us-east-1:033616359524:LT*",
            "nonsense",
        ] {
            assert_eq!(TrustedTopics::parse(entry), Err(BadTopicPattern { entry: entry.to_owned() }));
        }
    }
}
