//! Message attributes, and what SNS refuses of them.
//!
//! The rules are those of "Amazon SNS message attributes" (Amazon SNS Developer Guide) and of "MessageAttributeValue" (API
//! Reference): name, type and value are there and not empty. One attribute that breaks a rule fails the whole call, in a batch
//! too, with the code `ParameterValueInvalid`.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{Call, refusal::Refusal};

/// An attribute that SNS takes.
pub(super) struct Attribute {
    pub(super) name: String,
    /// The text, or what is binary in base64, as subscribers get it.
    pub(super) value: String,
    /// "All parts of the message attribute, including name, type, and value, are included in the message size".
    pub(super) size_bytes: usize,
}

/// The attributes of a message, `entry.1` and on, whose parameters begin with `message`.
///
/// `entry` is the number of the message in a batch, which SNS names in one of its refusals.
pub(super) fn attributes(call: &Call, message: &str, entry: Option<usize>) -> Result<Vec<Attribute>, Refusal> {
    call.numbered(&format!("{message}MessageAttributes.entry."))
        .map(|prefix| attribute(call, &prefix, entry))
        .collect()
}

fn attribute(call: &Call, prefix: &str, entry: Option<usize>) -> Result<Attribute, Refusal> {
    let part = |part: &str| call.parameter(&format!("{prefix}{part}"));
    let name = part("Name").unwrap_or_default();
    check_name(name)?;
    let Some(data_type) = part("Value.DataType") else {
        return Err(Refusal::no_data_type(name, entry));
    };
    let (text, binary) = (part("Value.StringValue"), part("Value.BinaryValue"));
    let (prefix, label) = data_type.split_once('.').unwrap_or((data_type, "none"));
    let (wanted, value) = match prefix {
        _ if label.is_empty() => return Err(Refusal::unknown_data_type(name)),
        "String" | "Number" => ("String", text),
        "Binary" => ("Binary", binary),
        _ => return Err(Refusal::unknown_data_type(name)),
    };
    let value = match (value, text.or(binary)) {
        (Some(value), _) if !value.is_empty() => value,
        (None, Some(_)) => return Err(Refusal::wrong_field(name, data_type, wanted)),
        _ => return Err(Refusal::empty_value(name, data_type)),
    };
    let value_bytes = match prefix {
        "Binary" => STANDARD
            .decode(value)
            .map_err(|_| Refusal::empty_value(name, data_type))?
            .len(),
        "Number" if !is_number(value) => return Err(Refusal::not_a_number(name)),
        _ => value.len(),
    };
    Ok(Attribute {
        size_bytes: name.len() + data_type.len() + value_bytes,
        name: name.to_owned(),
        value: value.to_owned(),
    })
}

fn check_name(name: &str) -> Result<(), Refusal> {
    let strange = |character: &char| !(character.is_ascii_alphanumeric() || "_-.".contains(*character));
    let fault = if name.len() > NAME_LIMIT_BYTES {
        "Length of message attribute name must be less than 256 bytes.".to_owned()
    } else if name.is_empty() {
        "The message attribute name must not be empty.".to_owned()
    } else if name.starts_with('.') {
        "Invalid message attribute name starting with character '.' was found.".to_owned()
    } else if name.ends_with('.') {
        "Invalid message attribute name ending with character '.' was found.".to_owned()
    } else if let Some(character) = name.chars().find(strange) {
        format!(
            "Invalid non-alphanumeric character '#x{:X}' was found in the message attribute name. \
             Can only include alphanumeric characters, hyphens, underscores, or dots.",
            u32::from(character)
        )
    } else if name.contains("..") {
        "Message attribute name can not have successive '.' character.".to_owned()
    } else {
        return Ok(());
    };
    Err(Refusal::attribute(fault))
}

fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// SNS says "less than 256 bytes" and takes 256.
const NAME_LIMIT_BYTES: usize = 256;
