import type { Template } from './template.js'

/** The templates of a part that holds several, by key: of `data` those that are named `data.<key>`. */
export function keyedTemplates(
  templates: Readonly<Record<string, Template>>,
  part: string,
): Readonly<Record<string, Template>> {
  const prefix = `${part}.`
  return Object.fromEntries(
    Object.entries(templates).flatMap(([name, template]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), template]] : [],
    ),
  )
}
