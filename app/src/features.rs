//! What pages are composed of, one module per part of the product.
//!
//! Each has `api` (thin server functions) and views. Pages own resources; what stands here takes data and callbacks, or
//! reads the live handles of [`crate::browser`].

pub mod accounts;
pub mod activity;
pub mod jam;
pub mod library;
pub mod messages;
pub mod player;
pub mod settings;
pub mod toasts;
