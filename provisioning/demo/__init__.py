"""The whole product on one machine: five enrolled nodes, a broker and a simulated WhatsApp, as separate processes.

fleet: keys, certificates and settings, really made and enrolled; world: the processes; office: a browser's requests to
a box's pages; history: labelled synthetic cases; story: one report travels and is answered, checked step by step.
"""
