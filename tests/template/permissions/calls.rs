//! Every SDK call in the sources, who makes it, and what it takes.

/// An SDK call: the file it stands in, its name, and who makes it.
pub(super) type Call = (&'static str, &'static str, &'static [Maker]);

/// The rows of the table of sends that sends have.
pub(super) const SENT: &str = "Sends send#*";
/// Those of the ledger.
pub(super) const LEDGER: &str = "Sends errors#* instance#* topic#* topics";
/// The rows of the table of devices that a registration changes.
pub(super) const KEPT: &str = "DevicesTable condemned#* device#* endpoint#* token#*";
/// Those of them that it may delete.
pub(super) const LET_GO: &str = "DevicesTable condemned#* endpoint#*";
/// The rows that a sweep changes.
pub(super) const SWEPT: &str = "DevicesTable condemned#* device#* endpoint#* lease#* paper#* report#* run#* token#*";
/// The row that it obeys.
pub(super) const SWITCH: &str = "DevicesTable switch#*";
/// The platform applications, and their endpoints.
const APPLICATIONS: &str = "PlatformApplications";
const ENDPOINTS: &str = "the endpoints of PlatformApplications";
/// What every topic of the account matches.
const TOPICS: &str = "arn:AWS::Partition}:sns:*:AWS::AccountId}:*";

/// Who makes a call, and what it takes.
pub(super) enum Maker {
    /// The function that sends: these actions on these resources, or on rows of these.
    Adm(&'static [(&'static str, &'static str)]),
    /// The functions that receive, since a delivery can come by.
    Intake(&'static [(&'static str, &'static str)]),
    /// The function that registers devices.
    Devices(&'static [(&'static str, &'static str)]),
    /// The function that hands on.
    Dispatch(&'static [(&'static str, &'static str)]),
    /// The `firepost` command, with the operator's own credentials.
    Operator,
    /// The function that keeps push endpoints.
    Reconcile(&'static [(&'static str, &'static str)]),
}
use Maker::{Adm, Devices, Dispatch, Intake, Operator, Reconcile};

/// Every SDK call in the crates that the functions are made of.
///
/// A transaction is authorised by the single writes it is made of: Amazon DynamoDB Developer Guide, "DynamoDB transactions", section
/// on IAM.
pub(super) const CALLS: [Call; CALL_COUNT] = [
    // Ledger::overview, ::assign and ::record.
    (
        "functions/adm/src/ledger/rows.rs",
        "batch_get_item",
        &[Adm(&[("dynamodb:BatchGetItem", LEDGER)])],
    ),
    // Ledger::record: an app instance and its topics together.
    (
        "functions/adm/src/ledger/write.rs",
        "transact_write_items",
        &[Adm(&[("dynamodb:DeleteItem", LEDGER), ("dynamodb:UpdateItem", LEDGER)])],
    ),
    // Secrets Manager decrypts in the caller's name, if the key is the user's.
    (
        "functions/adm/src/secret.rs",
        "get_secret_value",
        &[Adm(&[
            ("secretsmanager:GetSecretValue", "AdmCredentialsSecretArn"),
            ("kms:Decrypt", "AdmSecretKeyArn"),
        ])],
    ),
    // When a message comes again. The rest of the queue is Lambda's.
    (
        "functions/adm/src/service/bulk.rs",
        "change_message_visibility",
        &[Adm(&[("sqs:ChangeMessageVisibility", "AdmQueue")])],
    ),
    (
        "functions/dispatch/src/topic.rs",
        "publish_batch",
        &[Dispatch(&[("sns:Publish", "Events")])],
    ),
    // SNS authorises what is done to an endpoint by its application, or by itself.
    (
        "shared/endpoints/src/sns.rs",
        "create_platform_endpoint",
        &[
            Devices(&[("sns:CreatePlatformEndpoint", APPLICATIONS)]),
            Reconcile(&[("sns:CreatePlatformEndpoint", APPLICATIONS)]),
        ],
    ),
    (
        "shared/endpoints/src/sns.rs",
        "delete_endpoint",
        &[Reconcile(&[
            ("sns:DeleteEndpoint", APPLICATIONS),
            ("sns:DeleteEndpoint", ENDPOINTS),
        ])],
    ),
    (
        "shared/endpoints/src/sns.rs",
        "get_endpoint_attributes",
        &[
            Devices(&[
                ("sns:GetEndpointAttributes", APPLICATIONS),
                ("sns:GetEndpointAttributes", ENDPOINTS),
            ]),
            Reconcile(&[
                ("sns:GetEndpointAttributes", APPLICATIONS),
                ("sns:GetEndpointAttributes", ENDPOINTS),
            ]),
        ],
    ),
    (
        "shared/endpoints/src/sns.rs",
        "get_subscription_attributes",
        &[
            Devices(&[("sns:GetSubscriptionAttributes", TOPICS)]),
            Reconcile(&[("sns:GetSubscriptionAttributes", TOPICS)]),
        ],
    ),
    (
        "shared/endpoints/src/sns.rs",
        "set_endpoint_attributes",
        &[
            Devices(&[
                ("sns:SetEndpointAttributes", APPLICATIONS),
                ("sns:SetEndpointAttributes", ENDPOINTS),
            ]),
            Reconcile(&[
                ("sns:SetEndpointAttributes", APPLICATIONS),
                ("sns:SetEndpointAttributes", ENDPOINTS),
            ]),
        ],
    ),
    (
        "shared/endpoints/src/sns.rs",
        "unsubscribe",
        &[
            Devices(&[("sns:Unsubscribe", TOPICS)]),
            Reconcile(&[("sns:Unsubscribe", TOPICS)]),
        ],
    ),
    (
        "shared/endpoints/src/sns/listing.rs",
        "get_platform_application_attributes",
        &[Reconcile(&[("sns:GetPlatformApplicationAttributes", APPLICATIONS)])],
    ),
    (
        "shared/endpoints/src/sns/listing.rs",
        "list_endpoints_by_platform_application",
        &[Reconcile(&[("sns:ListEndpointsByPlatformApplication", APPLICATIONS)])],
    ),
    // Inbox::revive, after the operator has looked.
    ("shared/inbox/src/dead.rs", "update_item", &[Operator]),
    // Inbox::due, for a sweep and for the list of the dead.
    (
        "shared/inbox/src/due.rs",
        "query",
        &[Dispatch(&[("dynamodb:Query", "Notifications/index/due")]), Operator],
    ),
    // Inbox::standing.
    (
        "shared/inbox/src/handover.rs",
        "query",
        &[Dispatch(&[("dynamodb:Query", "Notifications")])],
    ),
    // Inbox::handed_on, ::refused and ::bury.
    (
        "shared/inbox/src/handover.rs",
        "update_item",
        &[Dispatch(&[("dynamodb:UpdateItem", "Notifications")])],
    ),
    // Inbox::release and Inbox::purge, after the operator's decision, and ::refile.
    ("shared/inbox/src/held.rs", "delete_item", &[Operator]),
    // Inbox::show, Inbox::list, and ::history with ::release and ::purge.
    ("shared/inbox/src/history.rs", "get_item", &[Operator]),
    ("shared/inbox/src/history.rs", "query", &[Operator]),
    ("shared/inbox/src/history.rs", "scan", &[Operator]),
    (
        "shared/inbox/src/ingest.rs",
        "put_item",
        &[Intake(&[("dynamodb:PutItem", "Notifications")])],
    ),
    // Inbox::last_received, for the list of topics.
    ("shared/inbox/src/last_received.rs", "scan", &[Operator]),
    ("shared/inbox/src/replay.rs", "update_item", &[Operator]),
    ("shared/inbox/src/select.rs", "scan", &[Operator]),
    // Inbox::waiting, for the list of what is due or dead.
    ("shared/inbox/src/waiting.rs", "query", &[Operator]),
    (
        "shared/intake/src/confirm.rs",
        "confirm_subscription",
        &[Intake(&[("sns:ConfirmSubscription", "the trusted topics")])],
    ),
    (
        "shared/intake/src/trust/certificates.rs",
        "get_item",
        &[Intake(&[("dynamodb:GetItem", "Trust")])],
    ),
    (
        "shared/intake/src/trust/certificates.rs",
        "put_item",
        &[Intake(&[("dynamodb:PutItem", "Trust")])],
    ),
    (
        "shared/intake/src/trust/pending.rs",
        "get_item",
        &[Intake(&[("dynamodb:GetItem", "Trust")])],
    ),
    (
        "shared/intake/src/trust/pending.rs",
        "transact_write_items",
        // The list of waiting topics, the topic or its count, and the held notification.
        &[Intake(&[
            ("dynamodb:PutItem", "Trust"),
            ("dynamodb:UpdateItem", "Trust"),
            ("dynamodb:PutItem", "Notifications"),
        ])],
    ),
    (
        "shared/intake/src/trust/pending.rs",
        "update_item",
        &[Intake(&[("dynamodb:UpdateItem", "Trust")])],
    ),
    (
        "shared/intake/src/trust/topics.rs",
        "get_item",
        &[Intake(&[("dynamodb:GetItem", "Trust")])],
    ),
    // Trust::topics, the list of topics.
    ("shared/intake/src/trust/topics.rs", "scan", &[Operator]),
    (
        "shared/intake/src/trust/topics.rs",
        "update_item",
        &[Intake(&[("dynamodb:UpdateItem", "Trust")])],
    ),
    // Registry::spare.
    (
        "shared/registry/src/condemned.rs",
        "delete_item",
        &[
            Devices(&[("dynamodb:DeleteItem", LET_GO)]),
            Reconcile(&[("dynamodb:DeleteItem", LET_GO)]),
        ],
    ),
    // Registry::page.
    (
        "shared/registry/src/page.rs",
        "scan",
        &[Reconcile(&[("dynamodb:Scan", "DevicesTable")])],
    ),
    // The switch is turned by a person alone.
    (
        "shared/registry/src/store.rs",
        "get_item",
        &[
            Devices(&[("dynamodb:GetItem", KEPT)]),
            Reconcile(&[("dynamodb:GetItem", SWEPT), ("dynamodb:GetItem", SWITCH)]),
            Operator,
        ],
    ),
    (
        "shared/registry/src/store.rs",
        "put_item",
        &[
            Devices(&[("dynamodb:PutItem", KEPT)]),
            Reconcile(&[("dynamodb:PutItem", SWEPT)]),
            Operator,
        ],
    ),
    // Of puts and deletions.
    (
        "shared/registry/src/store.rs",
        "transact_write_items",
        &[
            Devices(&[("dynamodb:PutItem", KEPT), ("dynamodb:DeleteItem", LET_GO)]),
            Reconcile(&[("dynamodb:PutItem", SWEPT), ("dynamodb:DeleteItem", LET_GO)]),
        ],
    ),
    // Sends::acquire_within looks again, and Sends::standing looks; every other step is a write with a condition.
    ("shared/sends/src/store.rs", "get_item", &[Adm(&[("dynamodb:GetItem", SENT)])]),
    ("shared/sends/src/store.rs", "put_item", &[Adm(&[("dynamodb:PutItem", SENT)])]),
];
const CALL_COUNT: usize = 42;
