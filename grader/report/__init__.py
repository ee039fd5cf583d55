"""Draws results: pages, terminal, JSON and CSV. All of it pure functions of ``model.Grade``.

In: a Grade, or class rows made of grades. Out: text. Nothing here reads, writes or judges.
"""
