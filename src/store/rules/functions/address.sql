-- A text without what nobody sees; and what texts are compared by where case and width don't count, as `email_key` holds it.
create or replace function certveil.seen_text(p_text text) returns text
language sql immutable strict parallel safe
as $$
  select regexp_replace(p_text,
    '[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]',
    '', 'g')
$$;

create or replace function certveil.address_key(p_text text) returns text
language sql immutable strict parallel safe
as $$ select lower(normalize(p_text, NFKC) collate "und-x-icu") $$;

-- A record's text without the record's own address, which no app is told but in its own field: as `shown` indexes and orders it.
-- A text of ASCII without an @ holds none.
create or replace function certveil.without_address(p_text text, p_key text) returns text
language plpgsql immutable strict parallel safe
as $$
declare
  seen text;
  rest text;
begin
  if strpos(p_text, '@') = 0 and octet_length(p_text) = length(p_text) and strpos(p_key, '@') > 0 then return p_text; end if;
  seen := certveil.seen_text(p_text);
  if p_key = '' or strpos(certveil.address_key(seen), p_key collate "C") = 0 then return p_text; end if;
  rest := regexp_replace(seen collate "und-x-icu", regexp_replace(p_key, '([!-/:-@[-`{-~])', '\\\1', 'g'), '[removed]', 'gi');
  return case when strpos(certveil.address_key(rest), p_key collate "C") = 0 then rest else '[removed]' end;
end
$$;
