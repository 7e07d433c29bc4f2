"""Which part of the traffic carries a change of quality or of a distribution: pure functions of sums by slice."""
