//! The sample events are what the commands in their README write.

use std::collections::BTreeSet;
use std::path::Path;

use crate::world::{firepost, folder};

#[tokio::test]
async fn every_sample_is_what_its_command_in_the_readme_writes() {
    let events = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events");
    let readme = std::fs::read_to_string(events.join("README.md")).unwrap();
    let written = folder("samples");
    let mut listed = BTreeSet::new();
    for line in readme.lines().filter(|line| line.starts_with("firepost ")) {
        let name = line
            .split("events/")
            .nth(1)
            .and_then(|rest| rest.split_whitespace().next())
            .unwrap();
        let target = written.join(name);
        let arguments = line
            .strip_prefix("firepost ")
            .unwrap()
            .replace(&format!("events/{name}"), target.to_str().unwrap());
        let said = firepost(&arguments).await;
        assert_eq!(said.code, Some(0), "{line}\n{}", said.err);
        let (fresh, committed) = (
            std::fs::read_to_string(&target).unwrap(),
            std::fs::read_to_string(events.join(name)),
        );
        assert_eq!(
            Some(fresh),
            committed.ok(),
            "run the command of events/README.md again: {line}"
        );
        assert!(listed.insert(name.to_owned()), "{name} is written by two commands");
    }
    let files = std::fs::read_dir(&events)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap());
    let others = ["README.md", "env.json", "sandbox.env"];
    // What hands on, what sends and what keeps endpoints are invoked with no delivery, so no command writes it.
    let others_than = ["adm-", "devices-", "dispatch-", "reconcile-"];
    let is_delivery = |name: &str| !others_than.iter().any(|prefix| name.starts_with(prefix));
    assert_eq!(
        files
            .filter(|name| !others.contains(&&**name) && is_delivery(name))
            .collect::<BTreeSet<_>>(),
        listed
    );
}
