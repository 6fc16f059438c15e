/**
 * Declarations of a `style` attribute: names and values in small letters, the last of a name, without `!important`.
 * Semicolons in brackets and quotes, as in a `data:` address, part nothing.
 */
export function inlineStyle(style: string): ReadonlyMap<string, string> {
  const declarations = style.match(/(?:[^;"'()]|"[^"]*"|'[^']*'|\([^)]*\))+/g) ?? []
  return new Map(
    declarations.flatMap((declaration): [string, string][] => {
      const colon = declaration.indexOf(':')
      if (colon < 0) return []
      const value = declaration
        .slice(colon + 1)
        .replace(/!\s*important\s*$/i, '')
        .trim()
      return [[declaration.slice(0, colon).trim().toLowerCase(), value.toLowerCase()]]
    }),
  )
}
