import {
  SmtpConversation,
  type SmtpMessage,
  type SmtpOutcome,
  type SmtpServerSettings,
} from './smtp-conversation.js'

/** A handful of connections to one server, each kept for the next message. */
export interface SmtpConnections {
  /**
   * Sends one message over a free connection, waiting for one if all are busy. Once begun it is seen through.
   *
   * @param signal - gives up the wait; without effect on a message that was begun
   */
  send(
    message: SmtpMessage,
    signal?: AbortSignal,
  ): Promise<SmtpOutcome | { readonly type: 'aborted' | 'closed' }>
  /** Resolves when what was begun has ended; what still waits is not begun. */
  close(): Promise<void>
}

/** Servers cut a connection after so many; we go first, between two messages. */
const MESSAGES_A_CONNECTION = 100

/**
 * Makes a pool of at most `most` connections. Unlike nodemailer's own it never puts a message back into a queue: a
 * message moves to another connection only when the first, kept from earlier, turns out to have died meanwhile and
 * not a byte of the message was given away.
 */
export function createSmtpConnections(settings: SmtpServerSettings, most: number): SmtpConnections {
  return new Pool(settings, most)
}

type Turn = 'go' | 'aborted' | 'closed'

class Pool implements SmtpConnections {
  readonly #settings: SmtpServerSettings
  readonly #idle: SmtpConversation[] = []
  readonly #waiting = new Set<(turn: Turn) => void>()
  readonly #underWay = new Set<Promise<unknown>>()
  #free: number
  #isClosed = false

  constructor(settings: SmtpServerSettings, most: number) {
    this.#settings = settings
    this.#free = most
  }

  async send(message: SmtpMessage, signal?: AbortSignal): ReturnType<SmtpConnections['send']> {
    const turn = await this.#turn(signal)
    if (turn !== 'go') return { type: turn }
    const sending = this.#deliver(message)
    this.#underWay.add(sending)
    try {
      return await sending
    } finally {
      this.#underWay.delete(sending)
      this.#passOn()
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const resume of this.#waiting) resume('closed')
    await Promise.allSettled(this.#underWay)
    for (const conversation of this.#idle.splice(0)) conversation.quit()
  }

  /** Waits for a free connection, first come first served. */
  async #turn(signal: AbortSignal | undefined): Promise<Turn> {
    if (this.#isClosed) return 'closed'
    if (signal?.aborted) return 'aborted'
    if (this.#free > 0) {
      this.#free -= 1
      return 'go'
    }
    return new Promise<Turn>((resolve) => {
      const resume = (turn: Turn) => {
        this.#waiting.delete(resume)
        signal?.removeEventListener('abort', giveUp)
        resolve(turn)
      }
      const giveUp = () => resume('aborted')
      signal?.addEventListener('abort', giveUp)
      this.#waiting.add(resume)
    })
  }

  #passOn(): void {
    const [next] = this.#waiting
    if (next === undefined) this.#free += 1
    else next('go')
  }

  async #deliver(message: SmtpMessage): Promise<SmtpOutcome> {
    const kept = this.#keptConversation()
    if (kept !== undefined) {
      const outcome = await this.#sendOver(kept, message)
      if (!diedUnused(outcome)) return outcome
    }
    const fresh = new SmtpConversation(this.#settings)
    return (await fresh.open()) ?? this.#sendOver(fresh, message)
  }

  #keptConversation(): SmtpConversation | undefined {
    for (let kept = this.#idle.pop(); kept !== undefined; kept = this.#idle.pop()) {
      if (kept.isUsable) return kept
    }
    return undefined
  }

  async #sendOver(conversation: SmtpConversation, message: SmtpMessage): Promise<SmtpOutcome> {
    conversation.hold()
    const outcome = await conversation.send(message)
    if (!conversation.isUsable) return outcome
    if (this.#isClosed || conversation.messages >= MESSAGES_A_CONNECTION) conversation.quit()
    else this.#idle.push(conversation)
    conversation.release()
    return outcome
  }
}

/** A kept connection that the server had hung up on meanwhile, with or without a 421, and nothing given away. */
function diedUnused(outcome: SmtpOutcome): boolean {
  if (outcome.type === 'reply') return outcome.stage === 'mail' && outcome.reply.startsWith('421')
  return outcome.type === 'lost' && outcome.stage === 'mail' && outcome.loss === 'closed'
}
