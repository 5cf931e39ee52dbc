-- The digest of `branding`, whose bytes are a template_version: messages name it, so that what was sent can be made again.
ALTER TABLE copropiedad ADD COLUMN brand bytea;
