//! The rules of the domain, one test or more per rule, named by its id.

mod account;
mod activity;
mod architecture;
mod clock;
mod jam;
mod relations;
mod support;
mod sync;
mod wire;
