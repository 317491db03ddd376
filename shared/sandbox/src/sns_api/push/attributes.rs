//! The map `Attributes` of a call, and the same in an answer.

use std::collections::BTreeMap;

use crate::sns_api::{Call, refusal::Refusal, reply::escaped};

/// What a call says of an endpoint ("SetEndpointAttributes"); what it does not say stays as it is.
#[derive(Default)]
pub(super) struct Wanted {
    pub(super) token: Option<String>,
    pub(super) is_enabled: Option<bool>,
    pub(super) user_data: Option<String>,
}

impl Wanted {
    /// What CreatePlatformEndpoint says beside the token. User data may stand in the map or for itself.
    pub(super) fn for_creation(call: &Call) -> Result<Self, Refusal> {
        let mut wanted = Self::of(&map(call))?;
        if wanted.token.is_some() {
            return Err(Refusal::not_imitated("Attributes.Token"));
        }
        if wanted.user_data.is_none() {
            wanted.user_data = call.parameter("CustomUserData").map(str::to_owned);
            check_user_data("CustomUserData Reason:", wanted.user_data.as_deref().unwrap_or_default())?;
        }
        Ok(wanted)
    }

    /// What SetEndpointAttributes says, which has to be something.
    pub(super) fn for_change(call: &Call) -> Result<Self, Refusal> {
        let map = map(call);
        match map.is_empty() {
            true => Err(Refusal::no_attributes()),
            false => Self::of(&map),
        }
    }

    fn of(map: &BTreeMap<&str, &str>) -> Result<Self, Refusal> {
        let mut wanted = Self::default();
        for (name, value) in map {
            match *name {
                "CustomUserData" => {
                    check_user_data("Attributes Reason: Invalid value for attribute: CustomUserData:", value)?;
                    wanted.user_data = Some((*value).to_owned());
                }
                "Enabled" => wanted.is_enabled = Some(flag(value)?),
                "Token" => wanted.token = Some((*value).to_owned()),
                _ => return Err(unknown(name)),
            }
        }
        Ok(wanted)
    }
}

/// `Attributes.entry.1.key` and `.value`, and so on.
pub(super) fn map(call: &Call) -> BTreeMap<&str, &str> {
    let part = |prefix: &str, part: &str| call.parameter(&format!("{prefix}{part}"));
    call.numbered("Attributes.entry.")
        .filter_map(|prefix| Some((part(&prefix, "key")?, part(&prefix, "value").unwrap_or_default())))
        .collect()
}

/// A truth as text, in any case.
pub(super) fn flag(value: &str) -> Result<bool, Refusal> {
    match () {
        () if value.eq_ignore_ascii_case("true") => Ok(true),
        () if value.eq_ignore_ascii_case("false") => Ok(false),
        () => Err(Refusal::invalid("Attributes Reason: Invalid value for attribute: Enabled")),
    }
}

pub(super) fn unknown(name: &str) -> Refusal {
    Refusal::invalid(&format!("Attributes Reason: Invalid attribute name: {name}"))
}

/// The map in an answer.
pub(super) fn element<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let entries: String = pairs.into_iter().map(|(key, value)| entry(key, value)).collect();
    format!("<Attributes>{entries}</Attributes>\n")
}

fn entry(key: &str, value: &str) -> String {
    format!("<entry><key>{}</key><value>{}</value></entry>", escaped(key), escaped(value))
}

/// "The data must be in UTF-8 format and less than 2KB": SNS takes 2,048 bytes and says so.
fn check_user_data(place: &str, text: &str) -> Result<(), Refusal> {
    match text.len() {
        0..=2048 => Ok(()),
        _ => Err(Refusal::invalid(&format!(
            "{place} must be at most 2048 bytes long in UTF-8 encoding"
        ))),
    }
}
