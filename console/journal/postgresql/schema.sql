-- The journal of incident-console, version 1.
-- Lines are only ever added, each writer's in order, and each names the digest of the writer's line before it.

CREATE SCHEMA incident_console;

CREATE TABLE incident_console.version (version integer NOT NULL);
INSERT INTO incident_console.version VALUES (1);

CREATE TABLE incident_console.lines (
    position bigint PRIMARY KEY,      -- from 1, without gaps: a missing one was removed
    writer text NOT NULL,
    sequence bigint NOT NULL,         -- from 1, without gaps, for each writer
    previous text NOT NULL,           -- SHA-256 of the writer's line before it, in hexadecimal; '' for its first
    recorded timestamptz NOT NULL,
    line text NOT NULL,               -- the event: exactly the JSON that the digest of the next line is about
    UNIQUE (writer, sequence)
);

CREATE TABLE incident_console.locks (
    key bigint PRIMARY KEY,           -- of the advisory lock; the lock counts, this only says whose it is
    pid integer NOT NULL,
    holder text NOT NULL
);

CREATE FUNCTION incident_console.add_line() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    known text;
BEGIN
    -- One writer at a time: positions are given in the order in which they become visible.
    PERFORM pg_advisory_xact_lock(7308613708862685033);
    SELECT line INTO known FROM incident_console.lines WHERE writer = NEW.writer AND sequence = NEW.sequence;
    IF FOUND THEN
        IF known = NEW.line THEN
            RETURN NULL;  -- sent twice, because the first answer was lost
        END IF;
        RAISE EXCEPTION 'line % of % is there already, and another one', NEW.sequence, NEW.writer;
    END IF;
    known := NULL;
    SELECT encode(sha256(convert_to(line, 'UTF8')), 'hex') INTO known
        FROM incident_console.lines WHERE writer = NEW.writer AND sequence = NEW.sequence - 1;
    IF coalesce(known, '') <> NEW.previous OR (known IS NULL AND NEW.sequence <> 1) THEN
        RAISE EXCEPTION 'line % of % does not follow the line before it', NEW.sequence, NEW.writer;
    END IF;
    SELECT coalesce(max(position), 0) + 1 INTO NEW.position FROM incident_console.lines;
    NEW.recorded := clock_timestamp();
    RETURN NEW;
END
$$;

CREATE TRIGGER add_line BEFORE INSERT ON incident_console.lines
    FOR EACH ROW EXECUTE FUNCTION incident_console.add_line();

CREATE FUNCTION incident_console.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is only ever added to';
END
$$;

CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON incident_console.lines
    FOR EACH STATEMENT EXECUTE FUNCTION incident_console.refuse();

-- Each role that consoles use, unless it made these tables itself, needs:
--   GRANT USAGE ON SCHEMA incident_console TO oncall;
--   GRANT SELECT ON incident_console.version TO oncall;
--   GRANT SELECT, INSERT ON incident_console.lines TO oncall;
--   GRANT SELECT, INSERT, UPDATE, DELETE ON incident_console.locks TO oncall;
