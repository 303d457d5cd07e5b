"""What is allowed and what follows: values in, values out; no I/O and no clock."""
