#![doc = include_str!("../README.md")]

mod ago;
mod came;
mod cli;
mod commands;
mod denial;
mod event_file;
mod failure;
mod input;
mod local;
mod messaging;
mod moment;
mod place;
mod progress;
mod stack;
mod table;
mod terminal;
mod tour;

pub use cli::{Cli, Context, run};
pub use stack::{DRS_TOPIC, EVENTS_TOPIC, HandOn, Stack, StackError, StackOptions};
