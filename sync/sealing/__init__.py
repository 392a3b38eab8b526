"""All cryptography of the product, and the only importer of the cryptography package beside the authority.

keys: who can open and sign; envelopes: what travels between two nodes; locks: what lies at rest; files: evidence.
"""
