/** Where in a message's way the mailbox can do something else than go on. */
export type MailboxMoment = 'rcpt' | 'body' | 'answer'

/** What a mailbox does with one message. */
export type MailboxBehaviour =
  /** Keeps it and says so, at once or when `after` resolves. */
  | { readonly type: 'accept'; readonly text?: string; readonly after?: Promise<unknown> }
  /** Answers the recipient (`rcpt`) or the whole message (`answer`) with 4xx or 5xx. */
  | { readonly type: 'refuse'; readonly at: 'rcpt' | 'answer'; readonly code: number; readonly text: string }
  /**
   * Hangs up: in place of an answer to the recipient (`rcpt`), in the midst of the message (`body`), in place of the final
   * answer (`answer`), when no more of that than `250 2.` was written (`reply`), or just after it (`accepted`). In the
   * last two the message is taken; with `answer`, `keeps` tells whether it was.
   */
  | { readonly type: 'drop'; readonly at: MailboxMoment | 'reply' | 'accepted'; readonly keeps?: boolean }
  /** Never answers again on this connection; with `answer` the message is kept. */
  | { readonly type: 'stall'; readonly at: MailboxMoment }

/** What is known when a mailbox decides: the recipient, and that it is the nth one named to it, counted from 1. */
export interface MailboxStep {
  readonly to: string
  readonly from: string
  readonly n: number
}

/** An answer that is no yes. */
export class MailboxRefusal extends Error {
  readonly responseCode: number

  constructor(code: number, text: string) {
    super(text)
    this.responseCode = code
  }
}
