const ROW =
  '<tr><td style="padding:8px;font-family:Arial">Dear {{ customer.firstName }}, have a {{ customer.favourite | upcase }}!' +
  '{% if customer.facts.orderCount > 2 %} You ordered {{ customer.facts.orderCount }} times.{% endif %}</td></tr>\n'

/** A letter of 10 KB as a marketer writes one: 44 rows, each with three places to be filled in. */
export const LETTER = {
  subject: 'We miss you, {{ customer.firstName }}',
  html: `<html><body><table>\n${ROW.repeat(44)}</table></body></html>`,
  text: 'Dear {{ customer.firstName }}, come back.',
}
