"""The rights desk: what a message walks through, from arrival to the answer a colleague approved."""
