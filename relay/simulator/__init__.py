"""A stand-in for WhatsApp: phones people can type on, the Graph API with its limits, signed webhooks.

It runs as a process of its own and imports nothing of the rest of the relay, so that what the relay is
tried against was not written by looking at the relay. Phones live in memory and end with the process.

phone, people, identity   who there is and what updates say of them; number changes, usernames
media, clock              files and what may be wrong with them, simulated time
fields, limits, template_limits, approved, sending, statuses   what WhatsApp refuses, and what becomes of what it takes
acts, files, voice, afterthoughts, oddities, airplane          what a person does, and a phone out of reach
updates                   how WhatsApp tells it to the business
webhooks, delivery, schedule   signing, posting, retrying; batches, repeats, shuffles, delays, pauses
graph                     the API the relay speaks to
control, crowd, steering  the scripting interface under /sim/; `client` is its other end
phonepage, words          the page a person types on
world, switches           all of it together; `switches` is where a further misbehaviour gets its knob
"""
