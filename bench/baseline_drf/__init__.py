"""The peer: the same four documents taken the way most teams would begin, with plain Django REST framework.

ModelSerializers check and `bulk_create` stores; each list is then matched and taxed row by row through the ORM.
It does less than the portal: JSON instead of signed XML, no sealed personal data, no audit trail, no yearly
limit, no forwarding to customs and no replies. A buyer for whom somebody else pays is looked up in a table. It is
honest in what it does: one transaction a message, lists of serializers, indexes on the numbers that are looked up,
no debug mode.
"""
