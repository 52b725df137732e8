"""What each kind of statement says: from the tokens of its line to an entity of the model.

Every function of these modules takes a cursor that stands behind the line's keyword and reads to
the end of the line; it raises `UnexpectedTokenError` at the first token that does not belong.
"""
