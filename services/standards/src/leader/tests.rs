//! Steps of leaders.
