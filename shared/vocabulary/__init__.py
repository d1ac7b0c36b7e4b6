"""The field's words as value types. Standard library only, so that every domain may use them."""
