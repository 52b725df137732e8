"""The engine that reads like the execution model, a rule at a time."""
