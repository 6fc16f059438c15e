import type { EndpointTexts } from './texts.js'

/** One kind of link and how it is served. */
export interface Endpoint {
  readonly methods: readonly string[]
  /**
   * Whether a client that has tried out links is answered nothing else for a while. False where a genuine link must
   * work for everybody always, such as for the servers of a mail provider that unsubscribe for many.
   */
  readonly guarded: boolean
  /**
   * @param request - of one of the methods
   * @param text - the last part of the path, percent-decoded
   * @returns null when the text is not genuine
   */
  serve(request: Request, text: string, texts: EndpointTexts): Promise<Response | null>
}
