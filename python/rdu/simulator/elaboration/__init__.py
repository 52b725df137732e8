"""From a section, a machine and addresses to the plain numbers that engines run."""
