//! The function `adm` as the command asks it: by the routes of the local stack, or in this process with the settings of a deployment.
//!
//! Both are asked by the same request, and answer with the same bytes.

mod draft;
mod function;
mod order;
mod reply;

pub(crate) use draft::{Draft, topic};
pub(crate) use function::Function;
pub(crate) use order::{OnUnknown, Order};
pub(crate) use reply::{Reply, remark};
