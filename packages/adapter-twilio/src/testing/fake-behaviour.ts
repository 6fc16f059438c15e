/** A create that the fake was asked for. */
export interface FakeTwilioStep {
  /** Which create it is, counted from 1. */
  readonly n: number
  readonly to: string
  readonly body: string | null
}

/** What a fake does with a create that the real one would take. */
export type FakeTwilioBehaviour =
  | {
      readonly type: 'accept'
      /** What it waits for, once the message is taken, before it answers. */
      readonly after?: Promise<unknown>
      /** What becomes of the message in the end. @default 'delivered', on WhatsApp outside of the window 'failed' */
      readonly status?: 'sent' | 'delivered' | 'read' | 'undelivered' | 'failed'
      /** Why it is `undelivered` or `failed`. @default none */
      readonly errorCode?: number
      /** What it cost, as Twilio writes it. @default unknown as yet */
      readonly price?: string
    }
  | {
      readonly type: 'refuse'
      /** 429 with code 20429 when it is too fast. */
      readonly status: number
      readonly code?: number
      readonly retryAfterS?: number
    }
  /**
   * Hangs up: before the message is taken (`request`), once it is (`accepted`), in the middle of the answer's first line
   * (`head`), in the middle of its body (`answer`), or just after its last byte (`end`).
   */
  | { readonly type: 'drop'; readonly at: 'request' | 'accepted' | 'head' | 'answer' | 'end' }
  /** Never answers. */
  | {
      readonly type: 'stall'
      /** Whether it takes the message. @default true */
      readonly keeps?: boolean
    }
