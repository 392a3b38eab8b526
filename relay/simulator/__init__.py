"""A stand-in for WhatsApp: phones people can type on, the Graph API with its limits, signed webhooks.

It runs as a process of its own and imports nothing of the rest of the relay, so that what the relay is
tried against was not written by looking at the relay. Phones live in memory and end with the process.

people, media, clock   what there is: phones and what they sent and saw, files, simulated time
limits, sending        what WhatsApp refuses, and what becomes of what it takes
acts, updates          what a phone does, and how WhatsApp tells it to the business
webhooks, delivery     signing, posting, retrying; batches, repeats, shuffles, pauses
graph, control, phonepage   the three faces: the API, the scripting interface, the page a person types on
world, switches        all of it together; `switches` is where a further misbehaviour gets its knob
"""
