"""The office's pages: server-rendered, on the LAN only. Knows ``appliance`` and ``sync``, never the relay."""
