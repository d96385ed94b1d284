"""Who wrote a mail: the verdict of our own server, or our own look at SPF, DKIM and DMARC."""
