/** Why a template was stopped; a word without personal data. */
export type RefusalReason = 'limit' | 'link' | 'replyTo' | 'unsubscribeUrl' | 'template'

/** Thrown inside a template; becomes TEMPLATE_RENDER_FAILED at its edge. */
export class RenderRefusal extends Error {
  override readonly name = 'RenderRefusal'
  readonly reason: RefusalReason

  constructor(reason: RefusalReason) {
    super(reason)
    this.reason = reason
  }
}
