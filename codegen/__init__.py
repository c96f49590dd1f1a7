"""Turn the descriptors in spec/ into the client modules in caveclient_gen/_generated/."""
