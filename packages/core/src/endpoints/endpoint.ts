import type { EndpointTexts } from './texts.js'

/** One kind of link and how it is served. */
export interface Endpoint {
  readonly methods: readonly string[]
  /**
   * @param request - of one of the methods
   * @param text - the last part of the path, percent-decoded
   */
  serve(request: Request, text: string, texts: EndpointTexts): Promise<Response>
}
