"""The other side of the wire: a small web service that plays China E-port and customs.

Own process, own store, own XML: it imports nothing of the portal, so that an error of ours is not repeated
here by the same code. What it plays is described in docs/agencies/customs.md.
"""
