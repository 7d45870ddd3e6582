//! The bus in memory keeps to what every bus keeps to.

use services::contract::doubles::MemoryBus;

services::bus_suite!(MemoryBus::default());
