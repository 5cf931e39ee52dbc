-- One row, of the process of delivery that has written last; intake plans with these where its settings name none.
CREATE TABLE told_channels (
    only_one bool PRIMARY KEY DEFAULT true CHECK (only_one),
    names text[] COLLATE "C" NOT NULL
);
