"""The E-port and customs as an outside system: transport in `client`, wire format in `messages`."""
