//! The template and the code say the same: tables, variables, permissions, route, answers, alarms.
//!
//! Neither is generated from the other, so that each reads well by itself; what differs between them fails here.

mod alarms;
mod commands;
mod consumers;
mod dashboard;
mod documents;
mod functions;
mod gateway;
mod handing_on;
mod keeping;
mod logs;
pub(crate) mod metrics;
pub(crate) mod parts;
mod permissions;
mod replenishment;
mod runbook;
mod sending;
mod settings;
mod sweeping;
mod tables;
pub(crate) mod yaml;
