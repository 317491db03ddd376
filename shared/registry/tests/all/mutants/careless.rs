//! A client that writes without looking.

use aws_sdk_dynamodb::config::interceptors::BeforeSerializationInterceptorContextMut;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::put_item::PutItemInput;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsInput;

/// Leaves out the conditions of the rows whose keys begin so.
#[derive(Debug)]
pub(super) struct Careless(pub(super) &'static str);

impl Intercept for Careless {
    fn name(&self) -> &'static str {
        "Careless"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let is_one = |key: &str| key.starts_with(self.0);
        let input = context.input_mut();
        if let Some(put) = input.downcast_mut::<PutItemInput>() {
            if is_one(put.item.as_ref().unwrap()["key"].as_s().unwrap()) {
                put.condition_expression = None;
                put.expression_attribute_names = None;
                put.expression_attribute_values = None;
            }
        } else if let Some(transaction) = input.downcast_mut::<TransactWriteItemsInput>() {
            for action in transaction.transact_items.iter_mut().flatten() {
                if let Some(put) = &mut action.put
                    && is_one(put.item["key"].as_s().unwrap())
                {
                    put.condition_expression = None;
                    put.expression_attribute_names = None;
                    put.expression_attribute_values = None;
                }
                if let Some(delete) = &mut action.delete
                    && is_one(delete.key["key"].as_s().unwrap())
                {
                    delete.condition_expression = None;
                    delete.expression_attribute_names = None;
                    delete.expression_attribute_values = None;
                }
            }
        }
        Ok(())
    }
}
