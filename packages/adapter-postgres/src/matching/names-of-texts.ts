/**
 * The names of the attributes that are texts, as a list of jsonb. A rule that looks for a part of a text finds by an
 * index of this, together with one of the lists, that there is no text to look into. `\x3f` is a question mark, which knex
 * would take for a value where the host runs the statement that makes the index.
 */
export function namesOfTexts(document: string): string {
  return `jsonb_path_query_array(${document}, E'$.keyvalue() \\x3f (@.value.type() == "string").key')`
}
