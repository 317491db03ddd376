//! The environment of the samples: what a function needs to believe them, and nothing else.

use std::collections::{BTreeMap, HashMap};

use sandbox::Pki;
use sandbox::dynamo::Tables;

use super::outside::{DRS_TOPIC, EVENTS_TOPIC, RTN_TOPIC};
use super::read;

/// The variables of a function's section of `env.json`, as `sam local invoke --env-vars` gives them to it.
pub(crate) fn environment(function: &str) -> BTreeMap<String, String> {
    sections()[function].clone()
}

fn sections() -> BTreeMap<String, BTreeMap<String, String>> {
    serde_json::from_str(&read("env.json")).unwrap()
}

#[test]
fn the_environment_pins_the_certificate_that_the_samples_are_signed_with_and_says_nothing_else_of_trust() {
    let sections = sections();
    assert_eq!(
        sections.keys().collect::<Vec<_>>(),
        ["Adm", "Devices", "Dispatch", "Drs", "Reconcile", "Rtn"]
    );
    for (function, topic) in [("Rtn", RTN_TOPIC), ("Drs", DRS_TOPIC)] {
        let environment = &sections[function];
        let names = environment.keys().map(String::as_str).collect::<Vec<_>>();
        assert_eq!(
            names,
            [
                "MAX_AGE_SECONDS",
                "NOTIFICATIONS_TABLE",
                "PINNED_SIGNING_CERTS",
                "TRUSTED_TOPICS",
                "TRUST_TABLE"
            ]
        );
        let signer = Pki::fixed().signer();
        let pins = serde_json::from_str::<HashMap<String, String>>(&environment["PINNED_SIGNING_CERTS"]).unwrap();
        assert_eq!(
            pins,
            HashMap::from([(signer.certificate_url(topic), signer.certificate_pem().to_owned())])
        );
        assert_eq!(environment["TRUSTED_TOPICS"], topic);
    }
    let dispatch = &sections["Dispatch"];
    assert_eq!(
        dispatch.keys().collect::<Vec<_>>(),
        ["EVENTS_TOPIC_ARN", "NOTIFICATIONS_TABLE"]
    );
    assert_eq!(dispatch["EVENTS_TOPIC_ARN"], EVENTS_TOPIC);
    let adm = sections["Adm"].keys().collect::<Vec<_>>();
    assert_eq!(adm, ["ADM_CREDENTIALS_SECRET", "ADM_SHARDS", "SENDS_TABLE"]);
}

#[test]
fn the_environment_names_the_tables_of_the_local_stack() {
    let tables = Tables::default();
    for (function, environment) in sections() {
        let named = environment.iter().filter(|(name, _)| name.ends_with("_TABLE"));
        let named = named.map(|(name, table)| (name.as_str(), table.as_str())).collect::<Vec<_>>();
        let notifications = ("NOTIFICATIONS_TABLE", tables.notifications.as_str());
        let expected = match function.as_str() {
            "Adm" => vec![("SENDS_TABLE", tables.sends.as_str())],
            "Devices" | "Reconcile" => vec![("DEVICES_TABLE", tables.devices.as_str())],
            "Dispatch" => vec![notifications],
            _ => vec![notifications, ("TRUST_TABLE", tables.trust.as_str())],
        };
        assert_eq!(named, expected, "{function}");
    }
}

#[test]
fn both_files_of_variables_say_the_same_and_the_one_for_all_functions_lists_the_topics_of_both() {
    let lines = read("sandbox.env");
    let pairs = lines.lines().map(|line| {
        let (name, value) = line.split_once("='").unwrap();
        let value = value.strip_suffix('\'').unwrap();
        // What cargo lambda's reader would change: it knows these inside of quotes, and nothing else.
        assert!(!value.contains('\'') && !value.contains("\\n"), "{name}");
        (name.to_owned(), value.to_owned())
    });
    let mut all = BTreeMap::from([("TRUSTED_TOPICS".to_owned(), format!("{RTN_TOPIC},{DRS_TOPIC}"))]);
    for (name, value) in sections()
        .into_values()
        .flatten()
        .filter(|(name, _)| name != "TRUSTED_TOPICS")
    {
        let known = all.entry(name).or_insert_with(|| value.clone());
        assert_eq!(*known, value);
    }
    assert_eq!(pairs.collect::<BTreeMap<_, _>>(), all);
}
