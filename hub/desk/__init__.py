"""The desk: what people at the company do, a folder for each noun."""
