-- The newest messages of an event or a channel that few have: by state alone a list would read all the others first.
-- Of what most messages are (payments, mail, the inbox) a list finds enough by state: these pay for no entry more.
CREATE INDEX message_name ON ONLY message (event, state, created_at) WHERE event <> 'admin.payment.received';

CREATE INDEX message_channel ON ONLY message (channel, state, created_at) WHERE channel NOT IN ('email', 'inbox');
