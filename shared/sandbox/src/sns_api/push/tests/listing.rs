//! Lists: their pages, tokens, lag and quotas.

use super::*;

#[tokio::test]
async fn a_list_has_a_hundred_on_a_page_and_ends_without_a_token() {
    let devices = Devices::start().await;
    for number in 0..201 {
        devices
            .push
            .put(APP, &format!("token-{number}"), number % 2 == 0, "")
            .unwrap();
    }
    let (first, next) = devices.page(None).await.unwrap();
    let (second, next) = devices.page(next.as_deref()).await.unwrap();
    let (third, next) = devices.page(next.as_deref()).await.unwrap();
    assert_eq!((first.len(), second.len(), third.len(), next), (100, 100, 1, None));
    let numbers: Vec<String> = (0..201).map(|number| format!("token-{number}")).collect();
    assert_eq!([first, second, third].concat(), numbers);
}

#[tokio::test]
async fn what_is_listed_is_what_can_be_read() {
    let devices = Devices::start().await;
    let arn = devices.push.put(APP, "token-1", false, "user 1").unwrap();
    let listed = async || {
        let call = devices.world.client.list_endpoints_by_platform_application();
        let page = call.platform_application_arn(APP).send().await.unwrap();
        let endpoints = page.endpoints.unwrap().into_iter();
        let shown = endpoints.map(|endpoint| (endpoint.endpoint_arn.unwrap(), line(endpoint.attributes.unwrap())));
        shown.collect::<Vec<_>>()
    };
    for (spelling, word) in [
        (Spelling::Lower, "false"),
        (Spelling::Title, "False"),
        (Spelling::Upper, "FALSE"),
    ] {
        devices.push.spell(spelling);
        let attributes = format!("CustomUserData=user 1 Enabled={word} Token=token-1");
        assert_eq!(devices.get(&arn).await, Ok(attributes.clone()));
        assert_eq!(listed().await, [(arn.clone(), attributes)]);
    }
}

#[tokio::test]
async fn a_deleted_endpoint_is_listed_for_ten_seconds_and_leaves_its_page_shorter() {
    let devices = Devices::start().await;
    devices.push.set_page_size(2);
    let arns: Vec<String> = (0..5)
        .map(|number| devices.push.put(APP, &format!("token-{number}"), true, "").unwrap())
        .collect();
    let list = async || {
        let (mut pages, mut next) = (Vec::new(), None);
        loop {
            let page = devices.page(next.as_deref()).await.unwrap();
            pages.push(page.0.join(" "));
            next = page.1;
            if next.is_none() {
                return pages;
            }
        }
    };
    devices.delete(&arns[2]).await.unwrap();
    devices.delete(&arns[3]).await.unwrap();
    devices.wait(9);
    assert_eq!(list().await, ["token-0 token-1", "token-2 token-3", "token-4"]);
    devices.wait(1);
    assert_eq!(list().await, ["token-0 token-1", "", "token-4"]);
    devices.create("token-3", None, None).await.unwrap();
    assert_eq!(list().await, ["token-0 token-1", "token-3", "token-4"]);
    devices.push.set_list_lag(Duration::ZERO);
    devices.delete(&arns[4]).await.unwrap();
    assert_eq!(list().await, ["token-0 token-1", "token-3", ""]);
}

#[tokio::test]
async fn an_empty_page_leads_on_to_where_the_list_stands() {
    let devices = Devices::start().await;
    devices.push.put(APP, "token-1", true, "").unwrap();
    devices.push.empty_pages(2);
    let (first, next) = devices.page(None).await.unwrap();
    let (second, next) = devices.page(next.as_deref()).await.unwrap();
    let (third, next) = devices.page(next.as_deref()).await.unwrap();
    assert_eq!((first, second, third), (vec![], vec![], vec!["token-1".to_owned()]));
    assert_eq!(next, None);
}

#[tokio::test]
async fn a_token_is_good_for_its_list_and_its_time_only() {
    let devices = Devices::start().await;
    devices.push.set_page_size(1);
    for number in 0..3 {
        devices.push.put(APP, &format!("token-{number}"), true, "").unwrap();
    }
    let refused = Err("InvalidParameter: Invalid parameter: NextToken".to_owned());
    let next = devices.page(None).await.unwrap().1.unwrap();
    assert_eq!(devices.page(Some("MQ==")).await, refused);
    let elsewhere = devices.world.client.list_endpoints_by_platform_application();
    let elsewhere = elsewhere.platform_application_arn(IOS).next_token(&next).send().await;
    assert_eq!(
        told(&elsewhere.unwrap_err()),
        "InvalidParameter: Invalid parameter: NextToken"
    );

    devices.push.set_token_lifetime(Duration::from_secs(60));
    devices.wait(59);
    assert_eq!(devices.page(Some(&next)).await.unwrap().0, ["token-1"]);
    devices.wait(1);
    assert_eq!(devices.page(Some(&next)).await, refused);
    let next = devices.page(None).await.unwrap().1.unwrap();
    devices.push.expire_tokens();
    assert_eq!(devices.page(Some(&next)).await, refused);
    assert_eq!(devices.page(None).await.unwrap().0, ["token-0"]);
}

#[tokio::test]
async fn a_listing_under_way_neither_skips_nor_repeats() {
    let devices = Devices::start().await;
    devices.push.set_page_size(2);
    let arns: Vec<String> = (0..4)
        .map(|number| devices.push.put(APP, &format!("token-{number}"), true, "").unwrap())
        .collect();
    let (first, next) = devices.page(None).await.unwrap();
    devices.delete(&arns[0]).await.unwrap();
    devices.wait(60);
    devices.create("token-4", None, None).await.unwrap();
    let (second, next) = devices.page(next.as_deref()).await.unwrap();
    let (third, next) = devices.page(next.as_deref()).await.unwrap();
    assert_eq!([first, second, third].concat().len(), 5);
    assert_eq!(next, None);
}

#[tokio::test]
async fn a_second_has_its_quota_and_each_region_its_own() {
    let devices = Devices::start().await;
    let throttled = Err("ThrottlingException: Rate exceeded".to_owned());
    for _ in 0..30 {
        devices.page(None).await.unwrap();
    }
    assert_eq!(devices.page(None).await, throttled);
    *devices.world.now.lock().unwrap() += Duration::from_millis(100);
    for _ in 0..3 {
        devices.page(None).await.unwrap();
    }
    assert_eq!(devices.page(None).await, throttled);
    devices.create("token-1", None, None).await.unwrap();

    devices.push.set_quota(Quota::Soft, Some(2));
    let arn = devices.create("token-1", None, None).await.unwrap();
    devices.get(&arn).await.unwrap();
    assert_eq!(
        devices.delete(&arn).await,
        Err("ThrottlingException: Rate exceeded".to_owned())
    );
    devices.wait(1);
    devices.delete(&arn).await.unwrap();
    assert_eq!(devices.push.breaches(), 3);
    devices.push.without_quotas();
    for _ in 0..40 {
        devices.page(None).await.unwrap();
    }
    assert_eq!(devices.push.breaches(), 3);
}

#[test]
fn the_quotas_are_those_of_the_page() {
    let now = Timestamp::UNIX_EPOCH;
    for (action, region, per_second) in [
        (Action::CreatePlatformEndpoint, "us-east-1", 3_000),
        (Action::SetEndpointAttributes, "eu-west-1", 900),
        (Action::GetEndpointAttributes, "eu-central-1", 150),
        (Action::DeleteEndpoint, "eu-north-1", 30),
        (Action::ListEndpointsByPlatformApplication, "us-east-1", 30),
        (Action::ListPlatformApplications, "us-east-1", 15),
        (Action::ListSubscriptions, "us-east-1", 30),
        (Action::ListSubscriptionsByTopic, "us-east-1", 30),
        (Action::Subscribe, "eu-north-1", 100),
        (Action::Unsubscribe, "us-east-1", 100),
    ] {
        let mut quotas = Quotas::default();
        let allowed = (0..4_000).take_while(|_| quotas.allows(action, region, now)).count();
        assert_eq!(allowed, per_second, "{action:?} in {region}");
        assert!(quotas.allows(action, "us-west-2", now));
    }
}

#[tokio::test]
async fn twenty_thousand_endpoints_are_two_hundred_pages() {
    let devices = Devices::start().await;
    devices.push.without_quotas();
    for number in 0..20_000 {
        devices.push.put(APP, &format!("token-{number}"), true, "").unwrap();
    }
    let (mut count, mut next) = (0, None);
    loop {
        let page = devices.page(next.as_deref()).await.unwrap();
        count += page.0.len();
        next = page.1;
        if next.is_none() {
            break;
        }
    }
    assert_eq!(count, 20_000);
    assert_eq!(devices.world.api.count(Action::ListEndpointsByPlatformApplication), 200);
    assert_eq!(devices.world.api.mutating_calls(), 0);
}
