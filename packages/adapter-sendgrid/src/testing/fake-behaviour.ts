import type { MailSendFault } from './check-mail-send.js'
import type { ReadMailSend } from './mail-send-schema.js'

/** What the fake does with one request that it finds nothing wrong with. */
export type FakeBehaviour =
  /** Takes it and says so, at once or when `after` resolves. */
  | { readonly type: 'accept'; readonly after?: Promise<unknown> }
  /** Refuses it. */
  | {
      readonly type: 'refuse'
      readonly status: number
      readonly errors?: readonly Partial<MailSendFault>[]
      readonly headers?: Readonly<Record<string, string>>
    }
  /** Refuses it with 429 and names, as it is told, the seconds until then or the Unix second of the reset. */
  | {
      readonly type: 'throttle'
      readonly retryAfterSeconds?: number
      readonly resetAtSeconds?: number
    }
  /** Takes it, or not, and never answers: a timeout. */
  | { readonly type: 'stall'; readonly keeps: boolean }
  /**
   * Hangs up: in place of an answer (`answer`), in the midst of its first line (`head`), in the midst of its body
   * (`accepted`), or just after its last byte (`end`). With `answer`, `keeps` tells whether the messages were taken all the
   * same; in the others they are.
   */
  | { readonly type: 'drop'; readonly at: 'answer' | 'head' | 'accepted' | 'end'; readonly keeps?: boolean }

/** What is known when the fake decides: the nth request, counted from 1, and what it says. */
export interface FakeStep {
  readonly n: number
  readonly request: ReadMailSend
}
