/**
 * The names of the attributes that are texts, as a list of jsonb. A rule that looks for a part of a text finds by an
 * index of this, together with one of the lists, that there is no text to look into.
 */
export function namesOfTexts(document: string): string {
  return `jsonb_path_query_array(${document}, '$.keyvalue() ? (@.value.type() == "string").key')`
}
