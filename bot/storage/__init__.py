"""Tables: where everything is kept, encrypted field by field."""
