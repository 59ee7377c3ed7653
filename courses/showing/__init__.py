"""What pages of courses show: plain values, computed once, so that templates compute nothing."""
