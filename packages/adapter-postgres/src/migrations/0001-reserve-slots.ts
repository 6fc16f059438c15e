/**
 * `reserveGcra` of the kit in the database, so that a reservation is one statement under the locks of its rows, however
 * many limits it has. Doubles are the same here as there, and so is every permit.
 */
export function reserveSlots(schema: string): string {
  const limits = `"${schema}".limits`
  return `create function "${schema}".reserve_slots(
  keys text[], spacings float8[], slacks float8[], wanted int, not_before float8, horizon float8,
  out first_at float8, out interval_ms float8, out given int, out slack_ms float8
) language plpgsql as $$
declare
  start float8;
  most_behind float8;
  behind float8;
  ahead float8;
  late float8;
  known int;
begin
  for turn in 1 .. 2 loop
    select max(free), count(*) into start, known from (
      select free from ${limits} where key = any(keys) order by key for update) as locked;
    exit when known = (select count(distinct k) from unnest(keys) as asked(k));
    insert into ${limits} (key, free)
      select distinct k, '-infinity'::float8 from unnest(keys) as asked(k) order by k on conflict (key) do nothing;
  end loop;
  -- slots that have passed can be used late, within half of the slack
  select greatest(1, coalesce(min(s), 0) * 0.5) into most_behind from unnest(slacks) as asked(s);
  if start is null or start <= not_before - most_behind then start := not_before; end if;
  select coalesce(max(s), 0) into interval_ms from unnest(spacings) as asked(s);
  first_at := ceil(start);
  ahead := not_before + horizon - first_at;
  behind := greatest(0, not_before - first_at);
  if ahead < 0 then
    given := 0;
  else
    given := least(wanted, case when interval_ms = 0 then wanted else 1 + floor(ahead / interval_ms) end);
    -- a slow permit uses up half of a faster key's slack at most, with what has passed
    for i in 1 .. coalesce(array_length(keys, 1), 0) loop
      late := interval_ms - spacings[i];
      if late > 0 then given := least(given, 1 + floor((slacks[i] * 0.5 - behind) / late)); end if;
    end loop;
  end if;
  select coalesce(min(slack - greatest(0, (given - 1) * interval_ms - (given - 1) * spacing)), 9007199254740991)
    into slack_ms from unnest(spacings, slacks) as asked(spacing, slack);
  slack_ms := floor(slack_ms - (first_at - start));
  if given > 0 then
    update ${limits} as kept set free = moved.free from (
      select k, max(start + ceil(given * spacing * 1024) / 1024) as free
      from unnest(keys, spacings) as asked(k, spacing) group by k
    ) as moved where kept.key = moved.k;
  end if;
end $$`
}
