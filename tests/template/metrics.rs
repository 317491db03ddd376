//! The metrics are counted from log lines, so they must name their fields and what those can hold.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::logs::LOGS;
use super::parts::{Template, source};

/// A metric, and how it is counted.
pub(crate) struct Metric<'t> {
    pub(crate) filter: &'t str,
    pub(crate) condition: &'t Value,
    /// The log, by its resource.
    pub(crate) log: &'t str,
    pub(crate) pattern: &'t str,
    /// The namespace below the stack's name.
    pub(crate) space: &'t str,
    pub(crate) name: &'t str,
    pub(crate) value: &'t str,
    pub(crate) unit: &'t str,
    /// Names, and the fields that they have their values from.
    pub(crate) dimensions: Vec<(&'t str, &'t str)>,
}

impl Metric<'_> {
    /// The names of its dimensions.
    pub(super) fn keys(&self) -> BTreeSet<&str> {
        self.dimensions.iter().map(|(key, _)| *key).collect()
    }

    /// Whether a line is counted. Of a field that is not there nothing is true: CloudWatch Logs User Guide, "Filter pattern syntax".
    pub(crate) fn counts(&self, line: &Value) -> bool {
        let is_true = |(field, operator, value): &(&str, &str, &str)| match *operator {
            "=" => line[field] == *value,
            "!=" => !line[field].is_null() && line[field] != *value,
            _ => line[field].as_i64().is_some_and(|number| number >= 0),
        };
        let compared = compared(self.pattern);
        match self.pattern.contains(" || ") {
            true => compared.iter().any(is_true),
            false => compared.iter().all(is_true),
        }
    }
}

/// All metrics that the template counts.
pub(crate) fn all(template: &Template) -> Vec<Metric<'_>> {
    let filters = template.resources("AWS::Logs::MetricFilter").into_iter();
    let metrics = filters.map(|(filter, properties)| {
        let [metric] = properties["MetricTransformations"].as_array().map_or(&[][..], Vec::as_slice) else {
            unreachable!("{filter} makes one metric");
        };
        let space = text(&metric["MetricNamespace"]["Fn::Sub"]).strip_prefix("${AWS::StackName}/");
        let dimensions = metric["Dimensions"].as_array().into_iter().flatten();
        let dimensions = dimensions.map(|dimension| {
            let field = text(&dimension["Value"]).strip_prefix("$.");
            (text(&dimension["Key"]), field.expect("a dimension is a field's value"))
        });
        Metric {
            filter,
            condition: template.at(&format!("Resources/{filter}/Condition")),
            log: text(&properties["LogGroupName"]["Ref"]),
            pattern: text(&properties["FilterPattern"]),
            space: space.expect("a namespace is the stack's"),
            name: text(&metric["MetricName"]),
            value: text(&metric["MetricValue"]),
            unit: text(&metric["Unit"]),
            dimensions: dimensions.collect(),
        }
    });
    metrics.collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| unreachable!("{value} is no text"))
}

/// Fields that may be dimensions: each has a few values, of our own choosing, but for the topic.
const BOUNDED: [&str; 5] = ["function", "outcome", "reason", "request", "topic_arn"];

/// Outcomes of a notification whose topic is proven and trusted.
const OF_TRUSTED_TOPICS: [&str; 4] = ["conflict", "duplicate", "quarantined", "recorded"];

#[test]
fn every_metric_counts_what_the_log_can_say() {
    let template = Template::read();
    for metric in all(&template) {
        let filter = metric.filter;
        let log = LOGS.iter().find(|log| log.name == metric.log);
        let log = log.unwrap_or_else(|| unreachable!("{filter} counts no log of ours"));
        assert_eq!(metric.space, log.space, "{filter}");

        let compared = compared(metric.pattern);
        assert!(!compared.is_empty(), "{filter}");
        for (field, operator, value) in &compared {
            assert!(log.has_field(field), "{filter}: no line has a field {field}");
            match *operator {
                "=" => assert!(log.can_say(value), "{filter}: no {field} is {value}"),
                // A line without any reason would not be counted either. Of what is counted so, every line has one.
                "!=" => assert!(
                    log.lines().contains(&format!(".because(\"{value}\")")),
                    "{filter}: nothing has the {field} {value}"
                ),
                _ => assert_eq!((*field, *value), ("elapsed_ms", "0"), "{filter}"),
            }
        }

        match metric.value.strip_prefix("$.") {
            // A field's value, under the field's name.
            Some(field) => {
                assert_eq!(metric.name, field, "{filter}");
                assert!(log.has_field(field), "{filter}: no line has a field {field}");
            }
            None => assert_eq!(metric.value, "1", "{filter}"),
        }
        if metric.value == "1" && metric.dimensions.is_empty() {
            assert_eq!(
                metric.name, compared[0].2,
                "{filter}: a metric has the name of what it counts"
            );
        }
        let unit = match metric.name.rsplit('_').next() {
            Some("ms") => "Milliseconds",
            Some("seconds") => "Seconds",
            _ => "Count",
        };
        assert_eq!(metric.unit, unit, "{filter}");
        for (key, field) in &metric.dimensions {
            assert!(log.has_field(field), "{filter}: no line has a field {field}");
            assert!(BOUNDED.contains(field), "{filter}: there may be any number of {field}");
            assert!(field.starts_with(key), "{filter}: {key} is {field}");
        }
    }
}

#[test]
fn no_stranger_can_make_a_metric() {
    let template = Template::read();
    let mut count = 0;
    for metric in all(&template) {
        let by_topic = metric.dimensions.iter().any(|(_, field)| *field == "topic_arn");
        if by_topic || metric.name == "received" {
            let mut outcomes = compared(metric.pattern);
            outcomes.sort_unstable();
            let trusted = OF_TRUSTED_TOPICS.map(|outcome| ("outcome", "=", outcome));
            assert_eq!(outcomes, trusted, "{}", metric.filter);
            assert!(!metric.pattern.contains("&&"), "{}", metric.filter);
            count += 1;
        }
    }
    assert_eq!(count, 2);
    // They are what `Recorded` and `Quarantined` are told as, which only a trusted topic's notifications come to.
    let outcomes = source("shared/intake/src/outcome.rs");
    for outcome in OF_TRUSTED_TOPICS {
        assert!(outcomes.contains(&format!("=> \"{outcome}\"")), "{outcome}");
    }
}

/// Fields, operators and values of `{ $.field = "value" }` or of several comparisons in parentheses, with `&&` or `||` between them.
fn compared(pattern: &str) -> Vec<(&str, &str, &str)> {
    assert!(!(pattern.contains("&&") && pattern.contains("||")), "{pattern}");
    let inner = pattern.strip_prefix("{ ").and_then(|rest| rest.strip_suffix(" }"));
    let inner = inner.unwrap_or_else(|| unreachable!("{pattern}"));
    let terms = inner.split(" && ").flat_map(|terms| terms.split(" || "));
    let terms = terms.map(|term| {
        let term = term.trim_start_matches('(').trim_end_matches(')');
        let mut parts = term.strip_prefix("$.").unwrap_or_default().splitn(3, ' ');
        let [field, operator, value] = [(); 3].map(|()| parts.next().unwrap_or_default());
        assert!(["=", "!=", ">="].contains(&operator), "{pattern}");
        (field, operator, value.trim_matches('"'))
    });
    terms.collect()
}

#[test]
fn a_pattern_is_taken_apart_whatever_it_compares() {
    assert_eq!(compared(r#"{ $.a = "b" }"#), [("a", "=", "b")]);
    assert_eq!(compared("{ $.a >= 0 }"), [("a", ">=", "0")]);
    assert_eq!(
        compared(r#"{ ($.a = "b") && ($.c != "d") }"#),
        [("a", "=", "b"), ("c", "!=", "d")]
    );
}

#[test]
fn a_metric_has_no_default_beside_dimensions() {
    let template = Template::read();
    for (filter, properties) in template.resources("AWS::Logs::MetricFilter") {
        let metric = &properties["MetricTransformations"][0];
        // CloudWatch Logs User Guide, "Publishing dimensions with metrics": they exclude one another.
        let has_both = metric["Dimensions"] != Value::Null && metric["DefaultValue"] != Value::Null;
        assert!(!has_both, "{filter}");
        assert!([Value::Null, json!(0)].contains(&metric["DefaultValue"]), "{filter}");
    }
}
