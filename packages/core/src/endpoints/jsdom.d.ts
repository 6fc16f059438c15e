/** What the tests use of jsdom; its own types would bring the types of browsers into the whole project. */
declare module 'jsdom' {
  export class JSDOM {
    constructor(html: string, options: { readonly runScripts: 'outside-only' })
    readonly window: {
      readonly document: { elementFromPoint?: () => null }
      readonly axe: {
        run(
          context: object,
          options: object,
        ): Promise<Record<'violations' | 'incomplete', { id: string; nodes: { html: string }[] }[]>>
      }
      eval(source: string): void
    }
  }
}
