/** What fits into an entry of an index is 2,704 bytes; the numbers, the instants and what goes round them take 200. */
const MOST_BYTES = 2000
/** What a tag takes beside its letters. */
const BYTES_A_TAG = 8

/** Tells whether the facts of a customer fit into the index of all facts; most do. */
export function factsFit(schema: string): string {
  return `create function "${schema}".facts_fit(tenant text, id text, tags text[], conversation_status text)
returns boolean language plpgsql immutable parallel safe as $$
begin
  return octet_length(tenant) + octet_length(id) + octet_length(array_to_string(tags, '')) + ${BYTES_A_TAG} * cardinality(tags)
    + coalesce(octet_length(conversation_status), 0) <= ${MOST_BYTES};
end $$`
}

/** Of each tag one of 64 bits: whoever lacks a bit of a tag lacks the tag, which is known without a look at the list. */
export function tagBits(schema: string): string {
  return `create function "${schema}".tag_bits(tags text[])
returns bigint language plpgsql immutable strict parallel safe as $$
declare
  bits bigint := 0;
  tag text;
begin
  foreach tag in array tags loop
    bits := bits | (1::bigint << (hashtext(tag) & 63));
  end loop;
  return bits;
end $$`
}
