"""Flows and words: reads flows/ and locales/ strictly, and checks them.

reading.py        YAML in which every scalar is a string and every place knows its line
flow_file.py      the closed vocabulary of a flow file; flow_schema.py tells it to editors
library.py        the flow files as domain objects
*_file.py, directory.py, lexicon_*.py   team, helplines, safe texts, offers and the safeguarding lexicon
po_files.py       the translators' files; catalogue.py answers with words, moments.py says times
extract.py        finds every address in use; text_update.py and text_report.py serve translators
checks.py         every rule, from checks_*.py; paths.py follows every road there is, values.py knows what is quoted
map.py            draws the flow
"""
