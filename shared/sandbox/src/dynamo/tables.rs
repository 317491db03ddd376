//! The tables of the deployed stack, as plain data, and the call that makes them in the embedded store.
//!
//! The template is the authority; a test of the workspace compares it with these definitions. Nothing here replaces or
//! empties a table that exists.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::create_table::CreateTableError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType as Role, Projection, ProjectionType,
    ScalarAttributeType, StreamSpecification, StreamViewType, TimeToLiveSpecification, TimeToLiveStatus,
};

/// Makes the tables that are absent, with their indexes, their streams and their time to live; leaves the others as they are, but
/// for what a database of an older version of this project lacks.
pub async fn create_tables(client: &Client, tables: &Tables) -> Result<(), TablesError> {
    let known = [
        (&tables.devices, &DEVICES),
        (&tables.notifications, &NOTIFICATIONS),
        (&tables.sends, &SENDS),
        (&tables.trust, &TRUST),
    ];
    for (name, definition) in known {
        create(client, name, definition).await?;
        stream(client, name, definition).await?;
        expire(client, name, definition).await?;
    }
    Ok(())
}

/// The names under which a stack knows its tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tables {
    /// Devices with their push tokens, and who sweeps them.
    pub devices: String,
    /// Every verified notification.
    pub notifications: String,
    /// Sends of messages, each under its idempotency key.
    pub sends: String,
    /// Topics and signing certificates.
    pub trust: String,
}

impl Default for Tables {
    fn default() -> Self {
        Self {
            devices: "devices".to_owned(),
            notifications: "notifications".to_owned(),
            sends: "sends".to_owned(),
            trust: "trust".to_owned(),
        }
    }
}

/// What a table is made of: its keys, its sparse index, its stream, the attribute its rows expire by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Definition {
    /// The partition key.
    pub hash: (&'static str, KeyType),
    /// The sort key, if the table has one.
    pub range: Option<(&'static str, KeyType)>,
    /// The global index, if the table has one.
    pub index: Option<Index>,
    /// What its stream tells, if the table has one.
    pub stream: Option<StreamView>,
    /// The attribute that holds the epoch second after which a row may be deleted.
    pub expires_by: &'static str,
}

/// What the stream of a table tells of a change besides its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamView {
    /// The row as it is now.
    NewImage,
}

impl StreamView {
    /// As the API and the template call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::NewImage => "NEW_IMAGE",
        }
    }
}

/// A global secondary index that holds keys only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Index {
    /// Its name.
    pub name: &'static str,
    /// Its partition key; rows without the attribute are not in the index.
    pub hash: (&'static str, KeyType),
    /// Its sort key.
    pub range: (&'static str, KeyType),
}

/// The type of a key attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyType {
    /// `N`.
    Number,
    /// `S`.
    Text,
}

/// `devices`: what is known of every device, the claims on push tokens and endpoints, the leases and the progress of sweeps.
pub const DEVICES: Definition = Definition {
    hash: ("key", KeyType::Text),
    range: None,
    index: None,
    stream: None,
    expires_by: "expires_at",
};

/// `notifications`: one row per event, the index of what is still due to be handed on, and the stream that says so at once.
pub const NOTIFICATIONS: Definition = Definition {
    hash: ("subject", KeyType::Text),
    range: Some(("event", KeyType::Text)),
    index: Some(Index {
        name: "due",
        hash: ("due", KeyType::Text),
        range: ("received_at", KeyType::Number),
    }),
    stream: Some(StreamView::NewImage),
    expires_by: "expires_at",
};

/// `sends`: what became of every message that was to be sent once.
pub const SENDS: Definition = Definition {
    hash: ("key", KeyType::Text),
    range: None,
    index: None,
    stream: None,
    expires_by: "expires_at",
};

/// `trust`: topics and certificates, each under its own key.
pub const TRUST: Definition = Definition {
    hash: ("key", KeyType::Text),
    range: None,
    index: None,
    stream: None,
    expires_by: "expires_at",
};

/// Why a table could not be made. The cause is for people: it is a set-up fault, nothing retries on it.
#[derive(Debug, thiserror::Error)]
#[error("table {table} could not be {action}")]
pub struct TablesError {
    table: String,
    action: &'static str,
    #[source]
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl TablesError {
    fn new(table: &str, action: &'static str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            table: table.to_owned(),
            action,
            source: source.into(),
        }
    }
}

async fn create(client: &Client, name: &str, definition: &Definition) -> Result<(), TablesError> {
    let made = client
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(attributes(definition)))
        .set_key_schema(Some(key_schema(definition.hash.0, definition.range.map(|(name, _)| name))))
        .set_global_secondary_indexes(definition.index.map(|index| vec![global_index(index)]))
        .set_stream_specification(definition.stream.map(stream_specification))
        .send()
        .await;
    match made {
        Ok(_) => Ok(()),
        Err(SdkError::ServiceError(error)) if matches!(error.err(), CreateTableError::ResourceInUseException(_)) => Ok(()),
        Err(error) => Err(TablesError::new(name, "created", error)),
    }
}

/// Asked first, because a stream that is switched on again is another stream, and its readers would lose their place.
async fn stream(client: &Client, name: &str, definition: &Definition) -> Result<(), TablesError> {
    let Some(view) = definition.stream else {
        return Ok(());
    };
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| TablesError::new(name, "given a stream", error);
    let known = client.describe_table().table_name(name).send().await;
    let known = known.map_err(|error| failed(error.into()))?.table;
    if known
        .and_then(|table| table.stream_specification)
        .is_some_and(|stream| stream.stream_enabled)
    {
        return Ok(());
    }
    client
        .update_table()
        .table_name(name)
        .stream_specification(stream_specification(view))
        .send()
        .await
        .map_err(|error| failed(error.into()))?;
    Ok(())
}

fn stream_specification(view: StreamView) -> StreamSpecification {
    StreamSpecification::builder()
        .stream_enabled(true)
        .stream_view_type(StreamViewType::from(view.name()))
        .build()
        .expect("both members are set")
}

/// Asked first, because switching on what is on already is a ValidationException.
async fn expire(client: &Client, name: &str, definition: &Definition) -> Result<(), TablesError> {
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| TablesError::new(name, "given a time to live", error);
    let known = client
        .describe_time_to_live()
        .table_name(name)
        .send()
        .await
        .map_err(|error| failed(error.into()))?;
    let status = known
        .time_to_live_description
        .and_then(|description| description.time_to_live_status);
    if status == Some(TimeToLiveStatus::Enabled) {
        return Ok(());
    }
    let specification = TimeToLiveSpecification::builder()
        .attribute_name(definition.expires_by)
        .enabled(true)
        .build()
        .expect("both members are set");
    client
        .update_time_to_live()
        .table_name(name)
        .time_to_live_specification(specification)
        .send()
        .await
        .map_err(|error| failed(error.into()))?;
    Ok(())
}

/// Every key attribute once: DynamoDB refuses a definition that no key uses.
fn attributes(definition: &Definition) -> Vec<AttributeDefinition> {
    let index = definition.index.into_iter().flat_map(|index| [index.hash, index.range]);
    [definition.hash]
        .into_iter()
        .chain(definition.range)
        .chain(index)
        .map(|(name, key_type)| {
            let scalar = match key_type {
                KeyType::Number => ScalarAttributeType::N,
                KeyType::Text => ScalarAttributeType::S,
            };
            AttributeDefinition::builder()
                .attribute_name(name)
                .attribute_type(scalar)
                .build()
                .expect("both members are set")
        })
        .collect()
}

fn key_schema(hash: &str, range: Option<&str>) -> Vec<KeySchemaElement> {
    [(hash, Role::Hash)]
        .into_iter()
        .chain(range.map(|range| (range, Role::Range)))
        .map(|(name, role)| {
            KeySchemaElement::builder()
                .attribute_name(name)
                .key_type(role)
                .build()
                .expect("both members are set")
        })
        .collect()
}

fn global_index(index: Index) -> GlobalSecondaryIndex {
    GlobalSecondaryIndex::builder()
        .index_name(index.name)
        .set_key_schema(Some(key_schema(index.hash.0, Some(index.range.0))))
        .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build())
        .build()
        .expect("the name and the keys are set")
}
