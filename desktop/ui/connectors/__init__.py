"""The services that can be connected, and the settings that all accounts of one share."""
