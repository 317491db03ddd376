//! The switch that stops all sweeps.

use aws_sdk_dynamodb::types::AttributeValue;
use registry::{StoreError, Switch};

use crate::world::{APPLICATION, Row, World, application, at, attempt};

#[tokio::test]
async fn sweeps_run_until_somebody_stops_them_and_again_when_they_are_resumed() {
    let world = World::new().await;
    let registry = &world.registry;
    assert_eq!(registry.switch(&application()).await.unwrap(), Switch::Running);
    assert_eq!(
        registry.resume(&application(), &attempt("kim", 1)).await.unwrap(),
        Switch::Running
    );
    assert!(world.rows().await.is_empty());

    let stopped = Switch::Stopped {
        since: at(2),
        reason: "certificate".to_owned(),
    };
    for (second, reason) in [(2, "certificate"), (3, "another")] {
        let switch = registry.stop(&application(), reason, &attempt("kim", second)).await.unwrap();
        assert_eq!(switch, stopped);
    }
    assert_eq!(registry.switch(&application()).await.unwrap(), stopped);
    insta::assert_snapshot!(world.lines().await, @r#"
    switch#app/ADM/Fire
      at N 1772366402250
      reason S certificate
      state S stopped
      version N 1
      writer S kim@1772366402250
    "#);

    registry.resume(&application(), &attempt("kim", 4)).await.unwrap();
    assert_eq!(registry.switch(&application()).await.unwrap(), Switch::Running);
}

#[tokio::test]
async fn a_switch_that_cannot_be_read_does_not_let_anybody_go_on() {
    let world = World::new().await;
    let row = Row::from([("state".to_owned(), AttributeValue::S("off".to_owned()))]);
    world.put(&format!("switch#{APPLICATION}"), row).await;

    let error = world.registry.switch(&application()).await.unwrap_err();

    assert!(matches!(error, StoreError::Malformed { attribute: "state" }), "{error}");
}
