//! Topics that are split: `ADM_SHARDS`.
//!
//! ADM lets 10,000 app instances subscribe to one topic ("Topic Based Messaging"). For more, one topic of the product is several topics
//! of ADM: `weather=4` means `weather.0` to `weather.3`. A message to `weather` goes to all of them, and each app instance is told which
//! one to subscribe to. With a `+`, as in `weather=4+`, a message goes to the topic `weather` as well, last, for the instances that
//! subscribed to it before the split.
//!
//! Promises that every shard is a valid topic, and that no topic of ADM belongs to two of the product.

use std::collections::BTreeMap;

use crate::Topic;

/// Which topics are split, and into what. None by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shards(BTreeMap<Topic, Split>);

/// What one topic is split into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Split {
    /// `weather.0` and so on; never none.
    pub(crate) shards: Vec<Topic>,
    /// `weather` itself, if it is sent to.
    pub(crate) bare: Option<Topic>,
}

/// A text that `ADM_SHARDS` cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadShards {
    /// Not a topic.
    #[error("`{0}` is not a topic: write 1 to 100 of the characters a-z A-Z 0-9 - _ . ~ %")]
    BadTopic(String),
    /// Not `topic=number`.
    #[error(
        "`{0}` says nothing about shards: write topic=number, such as weather=4, or weather=4+ to send to weather itself as well"
    )]
    NotAnEntry(String),
    /// One topic is a shard of another.
    #[error("{shard} is a shard of {of} and cannot be split itself: rename one of them")]
    ShardOfAnother {
        /// The topic that is split.
        shard: Topic,
        /// The topic that it is a shard of.
        of: Topic,
    },
    /// The names of the shards are too long.
    #[error("the shards of {0} would have names of more than 100 bytes, such as {0}.{1}: shorten the topic")]
    TooLong(Topic, u8),
    /// Not a number of shards.
    #[error("`{1}` is not a number of shards for {0}: write 1 to 100, such as {0}=4")]
    BadNumber(Topic, String),
    /// A topic stands twice.
    #[error("{0} stands twice: write it once")]
    Twice(Topic),
}

impl Shards {
    /// Most shards of one topic: ADM has no more topics in one security profile.
    pub const MOST: u8 = 100;

    /// Reads `weather=4,news=2+`; nothing at all means that no topic is split.
    ///
    /// # Errors
    /// [`BadShards`]: the first that is wrong, and what to write.
    pub fn parse(text: &str) -> Result<Self, BadShards> {
        let mut topics = BTreeMap::new();
        if text.trim().is_empty() {
            return Ok(Self(topics));
        }
        for entry in text.split(',').map(str::trim) {
            let (topic, split) = read(entry)?;
            if topics.insert(topic.clone(), split).is_some() {
                return Err(BadShards::Twice(topic));
            }
        }
        for (of, split) in &topics {
            if let Some(shard) = split.shards.iter().find(|shard| topics.contains_key(shard)) {
                let (shard, of) = (shard.clone(), of.clone());
                return Err(BadShards::ShardOfAnother { shard, of });
            }
        }
        Ok(Self(topics))
    }

    /// Where a message to this topic goes; the topic itself if it is not split. Never none.
    pub fn of(&self, topic: &Topic) -> Vec<Topic> {
        match self.split(topic) {
            Some(split) => split.shards.iter().chain(&split.bare).cloned().collect(),
            None => vec![topic.clone()],
        }
    }

    pub(crate) fn split(&self, topic: &Topic) -> Option<&Split> {
        self.0.get(topic)
    }
}

fn read(entry: &str) -> Result<(Topic, Split), BadShards> {
    let (name, number) = entry.split_once('=').ok_or_else(|| BadShards::NotAnEntry(entry.to_owned()))?;
    let (name, number) = (name.trim_end(), number.trim_start());
    let topic = Topic::new(name).ok_or_else(|| BadShards::BadTopic(name.to_owned()))?;
    let (digits, is_sent_to) = match number.strip_suffix('+') {
        Some(digits) => (digits, true),
        None => (number, false),
    };
    // `parse` would read a sign as well.
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    let shards = match digits.parse() {
        Ok(shards @ 1..=Shards::MOST) if is_number => shards,
        _ => return Err(BadShards::BadNumber(topic, number.to_owned())),
    };
    let names = (0..shards).map(|shard| Topic::new(&format!("{topic}.{shard}")));
    let Some(shards) = names.collect::<Option<Vec<_>>>() else {
        return Err(BadShards::TooLong(topic, shards - 1));
    };
    let bare = is_sent_to.then(|| topic.clone());
    Ok((topic, Split { shards, bare }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topic(name: &str) -> Topic {
        Topic::new(name).unwrap()
    }

    fn of(shards: &str, name: &str) -> Vec<String> {
        let topics = Shards::parse(shards).unwrap().of(&topic(name));
        topics.iter().map(Topic::to_string).collect()
    }

    #[test]
    fn a_message_goes_to_every_shard_and_with_a_plus_to_the_topic_itself() {
        let shards = "weather=3, news = 2+ ,one=1";
        assert_eq!(of(shards, "weather"), ["weather.0", "weather.1", "weather.2"]);
        assert_eq!(of(shards, "news"), ["news.0", "news.1", "news"]);
        assert_eq!(of(shards, "one"), ["one.0"]);
        assert_eq!(of(shards, "other"), ["other"]);
        assert_eq!(of(shards, "weather.2"), ["weather.2"]);
        assert_eq!(of("a=100", "a").len(), 100);
    }

    #[test]
    fn nothing_means_that_no_topic_is_split() {
        assert_eq!(Shards::parse(""), Ok(Shards::default()));
        assert_eq!(Shards::parse(" "), Ok(Shards::default()));
        assert_eq!(Shards::default().of(&topic("weather")), [topic("weather")]);
    }

    #[test]
    fn a_wrong_text_is_answered_with_what_to_write() {
        let long = "x".repeat(98);
        for (text, told) in [
            (
                "weather",
                "`weather` says nothing about shards: write topic=number, such as weather=4, or weather=4+ to send to weather itself as well",
            ),
            (
                "weather=4,",
                "`` says nothing about shards: write topic=number, such as weather=4, or weather=4+ to send to weather itself as well",
            ),
            (
                "the weather=4",
                "`the weather` is not a topic: write 1 to 100 of the characters a-z A-Z 0-9 - _ . ~ %",
            ),
            (
                "=4",
                "`` is not a topic: write 1 to 100 of the characters a-z A-Z 0-9 - _ . ~ %",
            ),
            (
                "weather=0",
                "`0` is not a number of shards for weather: write 1 to 100, such as weather=4",
            ),
            (
                "weather=101",
                "`101` is not a number of shards for weather: write 1 to 100, such as weather=4",
            ),
            (
                "weather=+4",
                "`+4` is not a number of shards for weather: write 1 to 100, such as weather=4",
            ),
            (
                "weather=4++",
                "`4++` is not a number of shards for weather: write 1 to 100, such as weather=4",
            ),
            (
                "weather=",
                "`` is not a number of shards for weather: write 1 to 100, such as weather=4",
            ),
            (
                "weather=4=5",
                "`4=5` is not a number of shards for weather: write 1 to 100, such as weather=4",
            ),
            ("weather=4,weather=5", "weather stands twice: write it once"),
            (
                "weather.1=2,weather=2",
                "weather.1 is a shard of weather and cannot be split itself: rename one of them",
            ),
        ] {
            assert_eq!(Shards::parse(text).unwrap_err().to_string(), told, "{text}");
        }
        assert!(Shards::parse(&format!("{long}=10")).is_ok());
        assert_eq!(
            Shards::parse(&format!("{long}=11")).unwrap_err().to_string(),
            format!("the shards of {long} would have names of more than 100 bytes, such as {long}.10: shorten the topic")
        );
        assert!(Shards::parse("weather=2,weather.2=2").is_ok());
    }
}
