"""Flows and words: reads flows/*.yaml and locales/*.po strictly, and checks them."""
