"""One inventory list typed in the browser: for who has no machine link.

What is typed is a draft of the list's service; handed in, it is one message with one document and goes through
`customs.intake` like any other. Fields, their limits and their names are those of the wire format (`customs.ceb.spec`).
"""
