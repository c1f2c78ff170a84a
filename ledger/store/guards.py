"""Guards: what a PostgreSQL database itself sees to, whoever writes to it. Those of SQLite are in the migrations.

An entry is written after its postings. Its balance is looked at when the transaction commits; a posting belongs to an
entry of its own transaction, so that nothing is ever added to one that stands, not even a pair that balances. Numbers
come from a counter that is locked until then, so that they have no gap. What is kept is never changed, deleted or
truncated.
"""

from __future__ import annotations

KEPT = ("book", "entry", "posting", "rate", "tile", "checkpoint", "attachment")
"""The tables to which rows are added only."""

TABLES = """
CREATE TABLE counter (
  book bigint PRIMARY KEY REFERENCES book (id) DEFERRABLE INITIALLY DEFERRED,
  last bigint NOT NULL DEFAULT 0
);
CREATE TABLE attachment (
  book bigint NOT NULL REFERENCES book (id),
  sha256 text COLLATE "C" NOT NULL CHECK (sha256 = encode(sha256(content), 'hex')),
  content bytea NOT NULL,
  PRIMARY KEY (book, sha256)
);
ALTER TABLE entry ADD COLUMN transaction xid8 NOT NULL DEFAULT pg_current_xact_id();
ALTER TABLE entry ADD CONSTRAINT entry_of_one_transaction UNIQUE (book, number, transaction);
ALTER TABLE posting ADD COLUMN transaction xid8 NOT NULL DEFAULT pg_current_xact_id();
ALTER TABLE posting ADD CONSTRAINT posting_of_its_entrys_transaction
  FOREIGN KEY (book, entry, transaction) REFERENCES entry (book, number, transaction) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE posting DROP CONSTRAINT fk_posting_entry;
"""

BODIES = {
    "refuse_change()": """
BEGIN
  RAISE EXCEPTION 'what stands in % is never changed, deleted or truncated', TG_TABLE_NAME;
END
""",
    "count_book()": """
BEGIN
  INSERT INTO counter (book) VALUES (NEW.id);
  RETURN NULL;
END
""",
    "hold_book(name text)": """
DECLARE held bigint;
BEGIN
  SELECT counter.last INTO held FROM counter JOIN book ON book.id = counter.book WHERE book.name = $1
    FOR UPDATE OF counter;
  RETURN held;
END
""",
    "number_entries()": """
DECLARE part record;
BEGIN
  FOR part IN SELECT book, min(number) AS first, max(number) AS last, count(*) AS many FROM added GROUP BY book LOOP
    UPDATE counter SET last = part.last
      WHERE book = part.book AND last = part.first - 1 AND part.last - part.first + 1 = part.many;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'entries are numbered 1, 2, 3 without a gap';
    END IF;
  END LOOP;
  RETURN NULL;
END
""",
    "number_rows()": """
DECLARE wrong bigint;
BEGIN
  EXECUTE format(
    'SELECT count(*) FROM (SELECT book, min(number) AS first, max(number) AS last, count(*) AS many '
    'FROM added GROUP BY book) AS part WHERE last - first + 1 <> many OR first <> 1 + '
    '(SELECT coalesce(max(number), 0) FROM %I AS before WHERE before.book = part.book AND before.number < part.first)',
    TG_TABLE_NAME) INTO wrong;
  IF wrong > 0 THEN
    RAISE EXCEPTION '%s are numbered 1, 2, 3 without a gap', TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
""",
    "precede_entry()": """
BEGIN
  IF EXISTS (SELECT 1 FROM added JOIN entry ON entry.book = added.book AND entry.number = added.entry) THEN
    RAISE EXCEPTION 'nothing is added to an entry that stands';
  END IF;
  RETURN NULL;
END
""",
    "balance_entry()": """
DECLARE many bigint;
BEGIN
  SELECT count(*) INTO many FROM posting
    WHERE book = NEW.book AND entry = NEW.number AND on_date = NEW.on_date AND transaction = NEW.transaction;
  IF many <> NEW.postings OR NEW.transaction <> pg_current_xact_id() OR EXISTS (
    SELECT 1 FROM posting WHERE book = NEW.book AND entry = NEW.number
    GROUP BY pledge, commodity HAVING sum(amount) <> 0
  ) THEN
    RAISE EXCEPTION 'each commodity of an entry sums to zero within each pledge';
  END IF;
  RETURN NULL;
END
""",
}
"""The functions that triggers call, and the one that writers begin with."""

_DEFINERS = ("count_book()", "hold_book(name text)", "number_entries()")
"""Those that write where no writer may: they act with their owner's rights."""

_REFUSE = "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
_LOOK = "REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION"

TRIGGERS = {
    "book_is_append_only": f"BEFORE DELETE OR TRUNCATE ON book {_REFUSE}",
    "book_keeps_its_name": f"BEFORE UPDATE OF id, uid, name, recipient, require_citation ON book {_REFUSE}",
    "book_is_counted": "AFTER INSERT ON book FOR EACH ROW EXECUTE FUNCTION count_book()",
    **{f"{table}_is_append_only": f"BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} {_REFUSE}" for table in KEPT[1:]},
    "counter_is_kept": f"BEFORE DELETE OR TRUNCATE ON counter {_REFUSE}",
    "entry_is_numbered_in_turn": f"AFTER INSERT ON entry {_LOOK} number_entries()",
    "rate_is_numbered_in_turn": f"AFTER INSERT ON rate {_LOOK} number_rows()",
    "checkpoint_is_numbered_in_turn": f"AFTER INSERT ON checkpoint {_LOOK} number_rows()",
    "posting_comes_before_its_entry": f"AFTER INSERT ON posting {_LOOK} precede_entry()",
    "entry_is_balanced": (
        "AFTER INSERT ON entry DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION balance_entry()"
    ),
}
"""Every trigger, and when it calls what."""

STANDING = """
SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = to_regclass('entry'))
AND NOT tgisinternal AND tgenabled IN ('O', 'A')
"""
"""Asks for the triggers that are there and on."""

SAYING = """
SELECT proname, prosrc FROM pg_proc
WHERE pronamespace = (SELECT relnamespace FROM pg_class WHERE oid = to_regclass('entry'))
"""
"""Asks for what the functions do."""


def statements(schema: str) -> list[str]:
    """What makes the guards, in order, in a schema whose name is quoted: functions see it alone."""
    return [
        *(part.strip() for part in TABLES.split(";\n") if part.strip()),
        *(_function(name, body, schema) for name, body in BODIES.items()),
        "REVOKE ALL ON FUNCTION hold_book(text) FROM PUBLIC",
        *(_trigger(name, how) for name, how in TRIGGERS.items()),
    ]


def _function(name: str, body: str, schema: str) -> str:
    returns = "bigint" if name.startswith("hold_book") else "trigger"
    rights = " SECURITY DEFINER" if name in _DEFINERS else ""
    return (
        f"CREATE FUNCTION {name} RETURNS {returns} LANGUAGE plpgsql{rights} "
        f"SET search_path = {schema}, pg_temp AS $guard${body}$guard$"
    )


def _trigger(name: str, how: str) -> str:
    kind = "CONSTRAINT TRIGGER" if "DEFERRABLE" in how else "TRIGGER"
    return f"CREATE {kind} {name} {how}"
