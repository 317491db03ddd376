#![doc = include_str!("../README.md")]

mod cli;
mod commands;
mod failure;
mod local;
mod place;
mod stack;
mod tour;

pub use cli::{Cli, Context, run};
pub use stack::{Stack, StackError, StackOptions};
