"""Coherent messages of an invented trade: for the demo data, tests, benchmarks and browser journeys.

    from customs.demo import story_message, story_set
    story_message("O01", "CEB311")                       # bytes, signed by the demo key
    story_message("O01", "CEB621", run="2", buyerName="王示例")  # other numbers, one field changed
    story_set("O10"); story_correction("O10")            # returned with 1332, then corrected
    coherent_set(100, seed=7)                            # {message type: bytes}, a hundred orders

Nothing here touches the database.
"""

from customs.demo.cast import BUYERS, COMPANIES, GOODS, ORDERS, Buyer, DemoCompany, Goods, StoryOrder
from customs.demo.coherent import coherent_sales, coherent_set
from customs.demo.sales import Line, Sale
from customs.demo.story import story_batch, story_correction, story_message, story_sale, story_set
from customs.demo.wire import SENDERS, TYPES, envelope, message_of

__all__ = [
    "BUYERS",
    "COMPANIES",
    "GOODS",
    "ORDERS",
    "SENDERS",
    "TYPES",
    "Buyer",
    "DemoCompany",
    "Goods",
    "Line",
    "Sale",
    "StoryOrder",
    "coherent_sales",
    "coherent_set",
    "envelope",
    "message_of",
    "story_batch",
    "story_correction",
    "story_message",
    "story_sale",
    "story_set",
]
