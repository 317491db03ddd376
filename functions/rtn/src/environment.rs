//! Real money or a test.
//!
//! Promises an answer also where the flag is missing, doubled or text. Refuses what is neither `true` nor `false` in any form.

use reading::Unreadable;
use serde::Serialize;
use serde_json::Value;

use crate::payload::Payload;
use crate::warning::Warning;

/// Where a purchase was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// By a customer, for money.
    Production,
    /// In Live App Testing: `betaProductTransaction` is true.
    LiveAppTest,
}

impl Environment {
    /// The stable name, as in the JSON of an event.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::LiveAppTest => "live_app_test",
        }
    }

    /// A flag with two spellings. Where they disagree, the documented one decides.
    ///
    /// Without either the purchase counts as real: to take a paid purchase for a test would cost a customer what was paid for,
    /// the reverse costs a test item, and the warning tells.
    pub(crate) fn read(payload: &mut Payload, warnings: &mut Vec<Warning>) -> Result<Self, Unreadable> {
        let documented = flag("betaProductTransaction", payload.beta_product_transaction.take(), warnings)?;
        let older = flag("betaProduct", payload.beta_product.take(), warnings)?;
        match (documented, older) {
            (None, None) => warnings.push(Warning::BetaFlagMissing),
            (Some(documented), Some(older)) if documented != older => warnings.push(Warning::BetaFlagsDisagree),
            _ => {}
        }
        Ok(if documented.or(older).unwrap_or(false) {
            Self::LiveAppTest
        } else {
            Self::Production
        })
    }
}

// "true" can only mean true, so it is read, with a warning; "yes" or 1 would be guesses.
fn flag(field: &'static str, value: Option<Value>, warnings: &mut Vec<Warning>) -> Result<Option<bool>, Unreadable> {
    let text = match value {
        None => return Ok(None),
        Some(Value::Bool(flag)) => return Ok(Some(flag)),
        Some(Value::String(text)) => text,
        Some(_) => return Err(Unreadable::FieldType(field)),
    };
    if !warnings.contains(&Warning::BetaFlagAsText) {
        warnings.push(Warning::BetaFlagAsText);
    }
    text.parse().map(Some).map_err(|_| Unreadable::FieldValue(field))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::read::read;
    use crate::sample::{read_changed, read_with, subscription_fields};

    #[test]
    fn either_spelling_of_the_beta_flag_tells_the_environment() {
        use Environment::{LiveAppTest, Production};
        use Warning::{BetaFlagAsText, BetaFlagMissing, BetaFlagsDisagree};
        let (yes, no, null) = (json!(true), json!(false), Value::Null);
        check_flags(&yes, &null, LiveAppTest, &[]);
        check_flags(&no, &null, Production, &[]);
        check_flags(&null, &yes, LiveAppTest, &[]);
        check_flags(&null, &no, Production, &[]);
        check_flags(&yes, &yes, LiveAppTest, &[]);
        check_flags(&yes, &no, LiveAppTest, &[BetaFlagsDisagree]);
        check_flags(&no, &yes, Production, &[BetaFlagsDisagree]);
        check_flags(&null, &null, Production, &[BetaFlagMissing]);
        check_flags(
            &json!("true"),
            &json!("false"),
            LiveAppTest,
            &[BetaFlagAsText, BetaFlagsDisagree],
        );
    }

    #[test]
    fn a_message_without_a_flag_counts_as_production() {
        let mut message = subscription_fields();
        message.remove("betaProductTransaction");
        let reading = read(&json!(message).to_string()).expect("a purchase");
        assert_eq!(
            (reading.event.environment, reading.warnings),
            (Environment::Production, vec![Warning::BetaFlagMissing])
        );
    }

    #[test]
    fn what_is_no_flag_is_refused() {
        for field in ["betaProduct", "betaProductTransaction"] {
            assert_eq!(read_with(field, json!(1)), Err(Unreadable::FieldType(field)));
            assert_eq!(read_with(field, json!("yes")), Err(Unreadable::FieldValue(field)));
        }
    }

    fn check_flags(documented: &Value, older: &Value, environment: Environment, warnings: &[Warning]) {
        let reading = read_changed(&[("betaProductTransaction", documented.clone()), ("betaProduct", older.clone())])
            .expect("readable flags");
        assert_eq!(
            (reading.event.environment, reading.warnings.as_slice()),
            (environment, warnings),
            "{documented} {older}"
        );
    }
}
