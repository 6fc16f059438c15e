/** A page of a sequence, and behind what the next one begins; null when there is none. */
interface Linked<Key> {
  readonly next: Key | null
}

/** Pages of a sequence, each of which may have been begun before it is asked for. */
export interface Ahead<Key, Page> {
  /**
   * The page behind a key, or the first one.
   *
   * @param goesOn - whether the page behind this one is to be begun, since it is asked for soon
   */
  take(after: Key | null, goesOn: boolean): Promise<Page>
}

/** Begins each page of a sequence as soon as the one before it is there, so that it is made while that one is worked on. */
export function lookingAhead<Key, Page extends Linked<Key>>(
  make: (after: Key | null, goesOn: boolean) => Promise<Page>,
): Ahead<Key, Page> {
  let begun: { readonly after: Key | null; readonly page: Promise<Page> } | null = null
  return {
    async take(after, goesOn) {
      const page = await (begun !== null && begun.after === after ? begun.page : make(after, goesOn))
      begun = null
      if (goesOn && page.next !== null) {
        begun = { after: page.next, page: make(page.next, goesOn) }
        // whoever takes it hears of it
        begun.page.catch(() => undefined)
      }
      return page
    },
  }
}
