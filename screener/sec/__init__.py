"""SEC's own vocabulary, in one place: the forms (``forms``) and the items of Form 8-K (``items8k``),
and what the cover of a prospectus offers (``cover``)."""
