"""Codes that people read to staff: the message of each. The public page of a code is another one."""
