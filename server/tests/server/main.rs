//! Stories of a whole server over a real port, and what must hold for the house.

mod architecture;
mod forms;
mod live;
mod music;
mod places;
mod settings;
mod stopping;
mod test_app;
mod upkeep;
