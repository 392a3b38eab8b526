"""The citizens' side, in the cloud: the only code that may know who wrote.

webhook, events        what WhatsApp posts: verified, read by allow-list, stored before it is answered
whatsapp, limits       what is sent to WhatsApp: the Graph API, and what it takes
identity, vault        who wrote: tags and keys in memory, the sealed way back on disk
intake, dialogue       the conversation: one event of one person at a time
evidence, downlink     files on their way in, answers on their way out
simulator              a stand-in for WhatsApp that imports nothing of the rest
"""
