"""What figures mean: pure functions of counts, for the box and the range. Reports are hints, not crimes."""
