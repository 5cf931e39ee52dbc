-- The same words for the next communication. `places` are those of its people: who reaches them sees it.
CREATE TABLE saved_audience (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    whom jsonb NOT NULL,
    places text[] COLLATE "C",
    by text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    UNIQUE (by, name)
);

-- Whoever has saved words, people or documents of it: none of them releases it.
ALTER TABLE communication ADD COLUMN writers text[] COLLATE "C" NOT NULL DEFAULT '{}';

-- A row of a list adds people or leaves them out (`without`), and may mean a unit.
ALTER TABLE communication_row ADD COLUMN side text COLLATE "C" NOT NULL DEFAULT 'to' CHECK (side IN ('to', 'without')),
    ADD COLUMN unit text COLLATE "C",
    DROP CONSTRAINT communication_row_pkey,
    ADD PRIMARY KEY (communication, side, place);

-- By which channels the plan would tell them, or why it would not.
ALTER TABLE communication_person ADD COLUMN channels text[] COLLATE "C", ADD COLUMN left_out text COLLATE "C";

-- A large plan is made by the timers: until then it is one process's.
ALTER TABLE communication_plan ADD COLUMN leased_until timestamptz;
