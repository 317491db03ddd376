//! The JSON of an SNS delivery, field by field.
//!
//! The fields keep SNS's order and its look, `"Type" : "Notification"` on a line each (Amazon SNS Developer Guide, "HTTP/HTTPS
//! notification JSON format"). Any of them can be altered, left out, renamed or doubled, before or after the signature, so that
//! a test can forge whatever an attacker could.

use serde_json::Value;

use crate::tree::Tree;

/// A message as fields in order, ready to be rendered, or tampered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    fields: Vec<(String, Value)>,
}

impl Envelope {
    /// An envelope of the given fields, for what SNS would never send.
    pub fn of<V: Into<Value>>(fields: impl IntoIterator<Item = (&'static str, V)>) -> Self {
        Self {
            fields: fields
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.into()))
                .collect(),
        }
    }

    /// The text of a field; the first, if it was doubled.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|field| field.0 == name)?.1.as_str()
    }

    /// Replaces a field where it stands, or adds it at the end.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        match self.fields.iter_mut().find(|field| field.0 == name) {
            Some(field) => field.1 = value,
            None => self.fields.push((name.to_owned(), value)),
        }
        self
    }

    /// Leaves a field out.
    pub fn without(mut self, name: &str) -> Self {
        self.fields.retain(|field| field.0 != name);
        self
    }

    /// Gives a field another name, such as `SigningCertUrl`.
    pub fn renamed(mut self, name: &str, new_name: &str) -> Self {
        for field in self.fields.iter_mut().filter(|field| field.0 == name) {
            field.0 = new_name.to_owned();
        }
        self
    }

    /// Adds a field at the end even if there is one of that name: a duplicate key.
    pub fn and_also(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.fields.push((name.to_owned(), value.into()));
        self
    }

    /// The body of an HTTPS delivery ("HTTP/HTTPS notification JSON format").
    pub fn text(&self) -> String {
        let lines: Vec<String> = self
            .fields
            .iter()
            .map(|(name, value)| format!("  {} : {}", quoted(name), look(value)))
            .collect();
        format!("{{\n{}\n}}", lines.join(",\n"))
    }

    /// The `Sns` object of a Lambda record ("Invoking AWS Lambda functions using Amazon SNS"): other spellings of the URL
    /// keys, `Subject` and `MessageAttributes` always there, no white space.
    pub fn lambda_text(&self) -> String {
        self.lambda_tree().text()
    }

    /// The same, to be put into a record; see [`lambda::sns_event`](crate::lambda::sns_event).
    pub(crate) fn lambda_tree(&self) -> Tree {
        let mut record = self
            .clone()
            .renamed("SigningCertURL", "SigningCertUrl")
            .renamed("UnsubscribeURL", "UnsubscribeUrl");
        if record.fields.iter().all(|field| field.0 != "Subject") {
            let after_topic = record
                .fields
                .iter()
                .position(|field| field.0 == "TopicArn")
                .map_or(0, |at| at + 1);
            record.fields.insert(after_topic, ("Subject".to_owned(), Value::Null));
        }
        if record.fields.iter().all(|field| field.0 != "MessageAttributes") {
            record = record.and_also("MessageAttributes", serde_json::Map::new());
        }
        let fields = record.fields.into_iter().map(|(name, value)| (name, Tree::from(value)));
        Tree::Object(fields.collect())
    }

    /// The text that SNS signs: `name\nvalue\n` in byte order of the names, over the names that count for the type
    /// ("Verifying the signatures of Amazon SNS messages").
    ///
    /// Written apart from the verifier on purpose, so that a mistake there cannot hide here.
    pub fn string_to_sign(&self) -> String {
        let is_notification = self.field("Type") == Some("Notification");
        let counts = |name: &str| match name {
            "Message" | "MessageId" | "Timestamp" | "TopicArn" | "Type" => true,
            "Subject" => is_notification,
            "SubscribeURL" | "Token" => !is_notification,
            _ => false,
        };
        let mut signed: Vec<(&str, &str)> = self
            .fields
            .iter()
            .filter(|(name, _)| counts(name))
            .filter_map(|(name, value)| Some((&**name, value.as_str()?)))
            .collect();
        signed.sort_unstable();
        signed.into_iter().map(|(name, value)| format!("{name}\n{value}\n")).collect()
    }
}

/// A value as SNS prints it: message attributes on a line each, everything else compact.
fn look(value: &Value) -> String {
    match value {
        Value::Object(attributes) if !attributes.is_empty() => {
            let lines: Vec<String> = attributes
                .iter()
                .map(|(name, value)| format!("    {} : {value}", quoted(name)))
                .collect();
            format!("{{\n{}\n  }}", lines.join(",\n"))
        }
        _ => value.to_string(),
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_body_looks_as_sns_prints_it() {
        let envelope = Envelope::of([
            ("Type", json!("Notification")),
            ("Message", json!("a \"b\"\n")),
            ("MessageAttributes", json!({"colour": {"Type": "String", "Value": "red"}})),
        ]);
        assert_eq!(
            envelope.text(),
            r#"{
  "Type" : "Notification",
  "Message" : "a \"b\"\n",
  "MessageAttributes" : {
    "colour" : {"Type":"String","Value":"red"}
  }
}"#
        );
    }

    #[test]
    fn a_lambda_record_spells_its_keys_another_way() {
        let envelope = Envelope::of([
            ("TopicArn", "arn"),
            ("SigningCertURL", "https://c"),
            ("UnsubscribeURL", "https://u"),
        ]);
        assert_eq!(
            envelope.lambda_text(),
            r#"{"TopicArn":"arn","Subject":null,"SigningCertUrl":"https://c","UnsubscribeUrl":"https://u","MessageAttributes":{}}"#
        );
    }

    #[test]
    fn only_the_names_that_count_for_the_type_are_signed_in_byte_order() {
        let fields = [
            "Type",
            "Token",
            "TopicArn",
            "Timestamp",
            "Subject",
            "SubscribeURL",
            "MessageId",
            "Message",
            "UnsubscribeURL",
        ];
        let envelope = Envelope::of(fields.map(|name| (name, name.to_lowercase()))).with("Type", "Notification");
        let names = |envelope: &Envelope| envelope.string_to_sign().lines().step_by(2).collect::<Vec<_>>().join(" ");

        assert_eq!(names(&envelope), "Message MessageId Subject Timestamp TopicArn Type");
        assert_eq!(
            names(&envelope.clone().with("Subject", Value::Null)),
            "Message MessageId Timestamp TopicArn Type"
        );
        let confirmation = envelope.with("Type", "UnsubscribeConfirmation");
        assert_eq!(
            names(&confirmation),
            "Message MessageId SubscribeURL Timestamp Token TopicArn Type"
        );
    }

    #[test]
    fn fields_can_be_altered_left_out_renamed_and_doubled() {
        let envelope = Envelope::of([("Type", "Notification"), ("Message", "a")]);
        let forged = envelope
            .with("Message", "b")
            .and_also("Message", "c")
            .renamed("Type", "type")
            .without("nothing");
        assert_eq!(
            forged.text(),
            "{\n  \"type\" : \"Notification\",\n  \"Message\" : \"b\",\n  \"Message\" : \"c\"\n}"
        );
        assert_eq!(forged.field("Message"), Some("b"));
    }
}
