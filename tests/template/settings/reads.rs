//! The settings of a function as the template gives them to it, and the names that each asks for.

use std::cell::RefCell;
use std::collections::BTreeSet;

use intake::Settings;
use serde_json::Value;

use crate::template::parts::Template;

/// Reads the settings of a function whose variables refer to parameters with these values.
pub(super) fn read(template: &Template, value: impl Fn(&Value) -> Value) -> Result<Settings, intake::BadSetting> {
    Settings::read(|wanted| variable(template, "Rtn", wanted, &value))
}

/// The same of the function that sends, with a secret and a queue.
pub(super) fn read_adm(template: &Template, value: impl Fn(&Value) -> Value) -> Result<adm::Settings, intake::BadSetting> {
    adm::Settings::read(|wanted| of_adm(wanted).or_else(|| variable(template, "Adm", wanted, &value)))
}

/// What a deployment gives the function that sends, without which it does not start.
pub(super) fn of_adm(name: &str) -> Option<String> {
    let value = match name {
        "ADM_CREDENTIALS_SECRET" => "arn:aws:secretsmanager:us-east-1:123456789012:secret:adm-AbCdEf",
        "ADM_QUEUE_URL" => "https://sqs.us-east-1.amazonaws.com/123456789012/firepost-AdmQueue-EXAMPLE",
        _ => return None,
    };
    Some(value.to_owned())
}

/// The same of the function that keeps push endpoints.
pub(super) fn read_reconcile(
    template: &Template,
    value: impl Fn(&Value) -> Value,
) -> Result<reconcile::Settings, intake::BadSetting> {
    reconcile::Settings::read(|wanted| of_endpoints(wanted).or_else(|| variable(template, "Reconcile", wanted, &value)))
}

/// The same of the function that registers devices.
pub(super) fn read_devices(
    template: &Template,
    value: impl Fn(&Value) -> Value,
) -> Result<devices::Settings, intake::BadSetting> {
    devices::Settings::read(|wanted| of_endpoints(wanted).or_else(|| variable(template, "Devices", wanted, &value)))
}

/// What a deployment gives the two, without which they do not start.
pub(super) fn of_endpoints(name: &str) -> Option<String> {
    (name == "PLATFORM_APPLICATIONS").then(|| "arn:aws:sns:us-east-1:123456789012:app/ADM/Fire".to_owned())
}

/// What a variable of a function is set to, if its parameter has this value.
fn variable(template: &Template, function: &str, wanted: &str, value: impl Fn(&Value) -> Value) -> Option<String> {
    let (_, set) = variables(template, function).find(|(name, _)| *name == wanted)?;
    let name = match set.get("Fn::Join") {
        Some(join) => &join[1]["Ref"],
        None => &set["Ref"],
    };
    match template.at("Parameters").get(name.as_str()?) {
        Some(parameter) => Some(match value(parameter) {
            Value::String(text) => text,
            other => other.to_string(),
        }),
        // A table: its name is made up when it is.
        None => Some("any".to_owned()),
    }
}

/// The names that a receiving function asks for.
pub(super) fn intake_reads() -> BTreeSet<String> {
    let read = RefCell::new(BTreeSet::new());
    let settings = Settings::read(|name| {
        read.borrow_mut().insert(name.to_owned());
        name.ends_with("_TABLE").then(|| "any".to_owned())
    });
    assert_eq!(settings.map(|_| ()), Ok(()));
    read.into_inner()
}

/// The names that the function that hands on asks for.
pub(super) fn dispatch_reads() -> BTreeSet<String> {
    let read = RefCell::new(BTreeSet::new());
    let settings = dispatch::Settings::read(|name| {
        read.borrow_mut().insert(name.to_owned());
        match name {
            "EVENTS_TOPIC_ARN" => Some("arn:aws:sns:us-east-1:123456789012:events".to_owned()),
            _ => name.ends_with("_TABLE").then(|| "any".to_owned()),
        }
    });
    assert_eq!(settings.map(|_| ()), Ok(()));
    read.into_inner()
}

/// The names that the function that sends asks for.
pub(super) fn adm_reads() -> BTreeSet<String> {
    let read = RefCell::new(BTreeSet::new());
    let settings = adm::Settings::read(|name| {
        read.borrow_mut().insert(name.to_owned());
        of_adm(name).or_else(|| name.ends_with("_TABLE").then(|| "any".to_owned()))
    });
    assert_eq!(settings.map(|_| ()), Ok(()));
    read.into_inner()
}

/// The names that the function that registers devices asks for.
pub(super) fn devices_reads() -> BTreeSet<String> {
    let read = RefCell::new(BTreeSet::new());
    let settings = devices::Settings::read(|name| {
        read.borrow_mut().insert(name.to_owned());
        of_endpoints(name).or_else(|| name.ends_with("_TABLE").then(|| "any".to_owned()))
    });
    assert_eq!(settings.map(|_| ()), Ok(()));
    read.into_inner()
}

/// The names that the function that keeps push endpoints asks for.
pub(super) fn reconcile_reads() -> BTreeSet<String> {
    let read = RefCell::new(BTreeSet::new());
    let settings = reconcile::Settings::read(|name| {
        read.borrow_mut().insert(name.to_owned());
        of_endpoints(name).or_else(|| name.ends_with("_TABLE").then(|| "any".to_owned()))
    });
    assert_eq!(settings.map(|_| ()), Ok(()));
    read.into_inner()
}

pub(super) fn variables<'t>(template: &'t Template, function: &str) -> impl Iterator<Item = (&'t str, &'t Value)> {
    let variables = template.at(&format!("Resources/{function}/Properties/Environment/Variables"));
    let variables = variables.as_object().expect("the function has variables");
    variables.iter().map(|(name, value)| (name.as_str(), value))
}
