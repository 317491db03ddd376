//! The top-level entries of an envelope, each taken out in the form that SNS gives it.
//!
//! `null` counts as absent, since SNS sends `"Subject": null` towards Lambda. Entries that SNS does not sign and that nobody
//! needs are not even kept.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::json::{Value, read_object};
use crate::{Rejection, TopicArn};

/// The entries that mean something to SNS, as they were found.
#[derive(Default)]
pub(crate) struct Fields<'a> {
    message: Option<Value<'a>>,
    message_id: Option<Value<'a>>,
    message_type: Option<Value<'a>>,
    signature: Option<Value<'a>>,
    signature_version: Option<Value<'a>>,
    signing_cert_url: Url<'a>,
    subject: Option<Value<'a>>,
    subscribe_url: Url<'a>,
    timestamp: Option<Value<'a>>,
    token: Option<Value<'a>>,
    topic_arn: Option<Value<'a>>,
    unsubscribe_url: Url<'a>,
}

impl<'a> Fields<'a> {
    pub(crate) fn read(text: &'a str) -> Result<Self, Rejection> {
        let mut fields = Self::default();
        read_object(text, |key, value| fields.put(&key, value))?;
        fields.signing_cert_url.must_have_one_spelling("SigningCertURL")?;
        fields.subscribe_url.must_have_one_spelling("SubscribeURL")?;
        fields.unsubscribe_url.must_have_one_spelling("UnsubscribeURL")?;
        Ok(fields)
    }

    fn put(&mut self, key: &str, value: Value<'a>) {
        let slot = match key {
            "Message" => &mut self.message,
            "MessageId" => &mut self.message_id,
            "Signature" => &mut self.signature,
            "SignatureVersion" => &mut self.signature_version,
            "SigningCertURL" | "SigningCertUrl" => return self.signing_cert_url.put(value),
            "Subject" => &mut self.subject,
            "SubscribeURL" | "SubscribeUrl" => return self.subscribe_url.put(value),
            "Timestamp" => &mut self.timestamp,
            "Token" => &mut self.token,
            "TopicArn" => &mut self.topic_arn,
            "Type" => &mut self.message_type,
            "UnsubscribeURL" | "UnsubscribeUrl" => return self.unsubscribe_url.put(value),
            _ => return,
        };
        *slot = Some(value);
    }

    pub(crate) fn message_type(&mut self) -> Result<Cow<'a, str>, Rejection> {
        required("Type", self.message_type.take())
    }

    /// The published text: the one signed field that may hold anything.
    pub(crate) fn message(&mut self) -> Result<Cow<'a, str>, Rejection> {
        required("Message", self.message.take())
    }

    pub(crate) fn message_id(&mut self) -> Result<Cow<'a, str>, Rejection> {
        let id = one_line("MessageId", required("MessageId", self.message_id.take())?)?;
        of_form(id, "MessageId", "of a lower-case UUID", is_message_id)
    }

    pub(crate) fn topic_arn(&mut self) -> Result<TopicArn, Rejection> {
        TopicArn::parse(&one_line("TopicArn", required("TopicArn", self.topic_arn.take())?)?)
    }

    /// The text, which is what is signed, and the time that it says.
    pub(crate) fn timestamp(&mut self) -> Result<(Cow<'a, str>, Timestamp), Rejection> {
        let text = one_line("Timestamp", required("Timestamp", self.timestamp.take())?)?;
        let timestamp = parse_timestamp(&text).ok_or(Rejection::Grammar {
            field: "Timestamp",
            form: "YYYY-MM-DDTHH:MM:SS.mmmZ",
        })?;
        Ok((text, timestamp))
    }

    pub(crate) fn subject(&mut self) -> Result<Option<Cow<'a, str>>, Rejection> {
        let subject = optional("Subject", self.subject.take())?;
        subject.map(|text| one_line("Subject", text)).transpose()
    }

    pub(crate) fn subscribe_url(&mut self) -> Result<Cow<'a, str>, Rejection> {
        one_line("SubscribeURL", required("SubscribeURL", self.subscribe_url.value.take())?)
    }

    pub(crate) fn token(&mut self) -> Result<Cow<'a, str>, Rejection> {
        let token = one_line("Token", required("Token", self.token.take())?)?;
        of_form(token, "Token", "of hexadecimal digits", is_token)
    }

    pub(crate) fn signature_version(&mut self) -> Result<Cow<'a, str>, Rejection> {
        required("SignatureVersion", self.signature_version.take())
    }

    pub(crate) fn signature(&mut self) -> Result<Cow<'a, str>, Rejection> {
        required("Signature", self.signature.take())
    }

    pub(crate) fn signing_cert_url(&mut self) -> Result<Cow<'a, str>, Rejection> {
        required("SigningCertURL", self.signing_cert_url.value.take())
    }
}

/// A key that SNS spells `…URL` towards HTTP endpoints and `…Url` towards Lambda functions.
#[derive(Default)]
struct Url<'a> {
    value: Option<Value<'a>>,
    spelled_twice: bool,
}

impl<'a> Url<'a> {
    fn put(&mut self, value: Value<'a>) {
        self.spelled_twice |= self.value.is_some();
        self.value = Some(value);
    }

    fn must_have_one_spelling(&self, name: &'static str) -> Result<(), Rejection> {
        if self.spelled_twice {
            Err(Rejection::BothSpellings(name))
        } else {
            Ok(())
        }
    }
}

/// Whether a text can be the token of a confirmation.
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_hexdigit())
}

fn required<'a>(name: &'static str, value: Option<Value<'a>>) -> Result<Cow<'a, str>, Rejection> {
    optional(name, value)?.ok_or(Rejection::MissingField(name))
}

fn optional<'a>(name: &'static str, value: Option<Value<'a>>) -> Result<Option<Cow<'a, str>>, Rejection> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(Value::Other) => Err(Rejection::FieldType(name)),
    }
}

fn one_line<'a>(name: &'static str, text: Cow<'a, str>) -> Result<Cow<'a, str>, Rejection> {
    if text.chars().any(char::is_control) {
        Err(Rejection::ControlCharacter(name))
    } else {
        Ok(text)
    }
}

fn of_form<'a>(
    text: Cow<'a, str>,
    field: &'static str,
    form: &'static str,
    fits: impl Fn(&str) -> bool,
) -> Result<Cow<'a, str>, Rejection> {
    if fits(&text) {
        Ok(text)
    } else {
        Err(Rejection::Grammar { field, form })
    }
}

fn is_message_id(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => b == b'-',
            _ => matches!(b, b'0'..=b'9' | b'a'..=b'f'),
        })
}

/// The one form of timestamp that SNS writes.
fn parse_timestamp(text: &str) -> Option<Timestamp> {
    let shape = b"dddd-dd-ddTdd:dd:dd.dddZ";
    let fits = text.len() == shape.len()
        && text
            .bytes()
            .zip(shape)
            .all(|(b, &s)| if s == b'd' { b.is_ascii_digit() } else { b == s });
    if fits { text.parse().ok() } else { None }
}
