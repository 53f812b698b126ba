"""What edits make of a published version, and which edits lead from one to another. Pure, no database."""
