"""
Mail in: reports of mail that did not arrive, complaints, and what people write back.

The readers are pure and take what strangers have written, so none of them may fail at anything; the
server takes mail over SMTP or LMTP from the mail server of the house.
"""
