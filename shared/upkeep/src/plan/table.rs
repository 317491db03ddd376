//! The README's table, a test or more for each row, and what holds for all facts.

mod facts;
mod leaving;
mod live;
mod properties;
mod runs;
