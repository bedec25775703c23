"""The parts of making a packet: the range, the change, the run, and the brief that joins them."""
