"""What people and providers send back: receipts, replies, mail."""
