"""Where each chain of hashes ends: migration 019."""

_ENDS = """
-- How many rows a chain of hashes has, and the hash of the newest; written with each row by the triggers.
create table chain_end(
    name text primary key,              -- audit | history | custody
    rows integer not null,
    head blob not null                  -- empty while there is no row
) strict, without rowid
"""
_TRIGGER = """
create trigger {0}_end after insert on {0} begin
    update chain_end set rows = rows + 1, head = new.hash where name = '{0}';
end
"""
_AS_IT_IS = """
insert into chain_end select '{0}', count(*), coalesce((select hash from {0} order by id desc limit 1), x'') from {0}
"""

STATEMENTS = (
    _ENDS,
    *(text.format(name) for name in ("audit", "history", "custody") for text in (_AS_IT_IS, _TRIGGER)),
)
