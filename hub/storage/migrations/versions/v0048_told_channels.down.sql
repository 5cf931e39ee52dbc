-- Loses nothing that is not told again: the names of the channels of delivery.
DROP TABLE told_channels;
