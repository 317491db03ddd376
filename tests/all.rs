//! The deployed functions, driven over loopback through their routes, with the real SDK against an embedded DynamoDB.
//!
//! Each invariant of `ARCHITECTURE.md`, and a test that holds it:
//!
//! | invariant | held by |
//! | --- | --- |
//! | 1. nothing unverified reaches the inbox | `tampering::a_notification_with_one_byte_changed_is_refused_unless_the_byte_says_nothing`, `identity::a_forgery_under_the_id_of_a_real_message_does_not_use_the_id_up`, `replenishment::refusals` |
//! | 2. no network call before the cheap refusals, none to an address out of a message | `cert_url::a_host_that_only_looks_like_sns_in_the_topics_region_is_refused_and_nobody_is_asked`, `admission::a_topic_never_seen_is_refused_and_nobody_is_asked`, `subscriptions::the_address_that_the_message_gives_is_never_visited`, `replenishment::refusals::a_topic_that_is_not_ours_is_refused_by_every_way_and_nobody_is_asked` |
//! | 3. a transient fault never answers 4xx, a final refusal never 5xx | `store_faults`, `replenishment::store_faults`, `cert_host`, `subscriptions::whatever_goes_wrong_at_sns_for_a_while_is_503_and_the_redelivery_confirms`; `malformed`, `fields`, `cert_url` |
//! | 4. a verified message is recorded or answered 503 | `crash`, `replenishment::crash`, `store_faults::a_database_whose_answers_are_lost_is_answered_503_and_the_redelivery_is_taken`, `bounds`, `bootstraps::lives::what_a_process_has_written_before_it_is_killed_is_known_to_the_next_one` |
//! | 5. nothing below `main` reads the clock, the environment or the process | `tidy::only_main_reads_the_clock_and_the_environment` |
//! | 6. nothing secret in a log line or an error text | `logs::nothing_secret_is_logged_by_us_at_any_level_nor_by_a_dependency_down_to_debug`, `error_texts`, `bootstraps::lives::a_process_writes_json_a_line_each_with_nothing_secret_and_ends_at_once_when_it_is_told_to` |
//! | 7. the template grants what the code calls | `template` |
//! | 8. a recorded event is handed on or waits where a person sees it | `handing_on::crash`, `handing_on::outage`, `handing_on::store_faults`, `replenishment::samples` |
//! | 9. no event keeps another one back | `handing_on::poison`, `replenishment::refusals::of_a_batch_only_what_failed_comes_again` |
//! | 10. a message is sent once under a key, or nobody knows and the answer says so | the crate `sends`: `model`, `crash`, `lost`, `late`; the function `adm`, `tests/service`: `crowd`, `crash`, `honesty` |
//! | 11. nothing is sent for a caller that IAM has not let in | `template::sending::every_route_is_for_whom_iam_lets_in_and_is_one_that_the_function_knows`, `template::sending::nothing_but_the_table_is_there_without_credentials` |
//! | 12. no endpoint is enabled without evidence | the crate `upkeep`: `model::tests`; the function `devices`: `evidence`; the function `reconcile`: `evidence::a_disabled_endpoint_is_left_alone_until_the_device_says_that_its_token_is_good` |
//! | 13. no endpoint is deleted at first sight | the function `reconcile`: `evidence::what_stays_disabled_is_deleted_in_two_phases`, `evidence::of_two_endpoints_with_one_token_one_stays`, `events::an_event_deletes_nothing` |
//! | 14. a plan changes nothing, the first sweep plans, and no other application is called | the function `reconcile`: `sweeping::a_plan_changes_nothing_and_what_it_says_is_what_is_done`, `sweeping::the_first_run_is_a_plan_whatever_was_asked_for`; `template::keeping::the_endpoints_that_may_be_changed_are_those_of_the_named_applications`, `template::keeping::nothing_but_the_table_is_there_without_applications` |
//! | 15. two sweeps never write at once, and a killed one ends as if it had not been | the crate `registry`: `lease`; the function `reconcile`: `crash` |
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a broken arrangement stops the test where it breaks"
)]

mod admission;
mod bootstraps;
mod bounds;
mod cert_host;
mod cert_url;
mod certificates;
mod cold_start;
mod concurrency;
mod configured_topics;
mod crash;
mod decisions;
mod drs_samples;
mod error_texts;
mod events;
mod fields;
mod handing_on;
mod identity;
mod log_page;
mod logs;
mod malformed;
mod order;
mod pending;
mod replenishment;
mod size;
mod store_faults;
mod subscriptions;
mod tampering;
mod template;
mod tidy;
mod trace;
mod unsubscribe;
mod workflows;
mod world;
