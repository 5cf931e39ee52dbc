-- Forgets which digests there were. What waited for one leaves by itself when its time comes.
DROP TABLE notice_digest;
