"""
Incoming mail: bounces, complaints and replies.

The readers are pure. Strangers write their input, so no input may make them raise. The server accepts mail
over SMTP or LMTP from the company's mail server.
"""
