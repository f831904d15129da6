-- Undoing asks of a record whether imports have written it, whichever they were.
create index import_write_by_record on import_write (record_id);
