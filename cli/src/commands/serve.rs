//! `firepost`: the local stack, and the tour.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;
use tracing::Level;

use crate::cli::{Answer, Context, Verdict};
use crate::failure::Failure;
use crate::stack::{DRS_TOPIC, EVENTS_TOPIC, PUSH_APPLICATION, SAMPLE_TOPICS, Stack, StackOptions};
use crate::tour;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The port of 127.0.0.1 to listen on.
    #[arg(long, default_value_t = DEFAULT_PORT)]
    port: u16,
    /// The folder that the embedded database is kept in.
    #[arg(long, value_name = "FOLDER", default_value = ".firepost")]
    data: PathBuf,
    /// Plays the tour on a stack of its own, in memory, and exits: 0 if every outcome was the expected one, else 1.
    #[arg(long, conflicts_with = "no_tour")]
    tour_only: bool,
    /// Starts the local stack without playing the tour.
    #[arg(long)]
    no_tour: bool,
}

pub(crate) async fn run(arguments: Arguments, context: &Context) -> Answer {
    let mut out = std::io::stdout();
    let mut options = StackOptions::new(context.clock);
    (options.chance, options.wait) = (context.chance, context.wait);
    if arguments.tour_only {
        let stack = Stack::start(options).await?;
        return play(&stack, context, &mut out).await;
    }

    std::fs::create_dir_all(&arguments.data)
        .map_err(|error| Failure::new(format!("cannot make the folder {}: {error}", arguments.data.display())))?;
    options.port = arguments.port;
    options.database = Some(arguments.data.join("dynamodb.sqlite"));
    let stack = Stack::start(options).await?;
    introduce(&stack, &arguments, &mut out)?;
    if !arguments.no_tour {
        play(&stack, context, &mut out).await?;
        writeln!(out)?;
    }
    writeln!(out, "In a second terminal:")?;
    writeln!(out, "  cargo run -- tail")?;
    writeln!(out, "  cargo run -- trigger rtn SUBSCRIPTION_RENEWED")?;
    writeln!(out, "  cargo run -- trigger drs OrderPlacedNotification")?;
    writeln!(out, "  cargo run -- inbox list")?;
    writeln!(out, "  cargo run -- topics list")?;
    writeln!(out, "  cargo run -- adm subscriptions")?;
    writeln!(out, "  cargo run -- endpoints plan")?;
    writeln!(
        out,
        "Serving until Ctrl-C. One line per delivery, per event handed on, per sweep, per message sent, and per device:"
    )?;
    // From here on, and not during the tour, which tells its own story.
    tracing_subscriber::fmt()
        .with_max_level(Level::INFO)
        .with_target(false)
        .with_writer(std::io::stderr)
        .init();
    tokio::signal::ctrl_c().await?;
    writeln!(out, "Stopped.")?;
    Ok(Verdict::Yes)
}

fn introduce(stack: &Stack, arguments: &Arguments, out: &mut impl std::io::Write) -> std::io::Result<()> {
    let url = &stack.url;
    writeln!(
        out,
        "Firepost local stack (Amazon's side is simulated; everything else is what is deployed)"
    )?;
    writeln!(out, "  rtn        {url}/rtn")?;
    writeln!(out, "  drs        {url}/drs, and invoked directly by SNS")?;
    writeln!(
        out,
        "  dispatch   from the table's stream within a second, and by a sweep each minute"
    )?;
    writeln!(
        out,
        "  adm        {url}/adm, for the topics news and weather, which is split in two"
    )?;
    writeln!(
        out,
        "  devices    {url}/devices, for the platform application {PUSH_APPLICATION}"
    )?;
    writeln!(out, "  reconcile  when an endpoint changes, and by `endpoints apply`")?;
    writeln!(out, "  events     {EVENTS_TOPIC}, to follow at {url}/sandbox/events")?;
    writeln!(
        out,
        "  DynamoDB   {}, kept in {}",
        stack.dynamo.endpoint(),
        arguments.data.display()
    )?;
    writeln!(out, "  trusted    {SAMPLE_TOPICS} by rtn, {DRS_TOPIC} by drs")?;
    writeln!(out)
}

async fn play(stack: &Stack, context: &Context, out: &mut impl std::io::Write) -> Answer {
    writeln!(out, "The tour")?;
    let as_expected = tour::play(stack, (context.clock)(), out).await?;
    Ok(if as_expected { Verdict::Yes } else { Verdict::No })
}

const DEFAULT_PORT: u16 = 7070;

/// Where a stack with the default port listens.
pub(crate) const DEFAULT_URL: &str = "http://127.0.0.1:7070";
