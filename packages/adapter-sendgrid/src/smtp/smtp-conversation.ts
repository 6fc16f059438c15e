import { Readable } from 'node:stream'
import SMTPConnection, {
  type SMTPConnectionOptions,
  type SMTPConnectionSendInfo,
} from 'nodemailer/lib/smtp-connection'
import { evidenceOf, type SmtpEvidence, type SmtpPhase } from './smtp-evidence.js'

/** Where a server is and how to speak to it. */
export interface SmtpServerSettings {
  readonly host: string
  readonly port: number
  /** TLS from the first byte; else STARTTLS when offered. */
  readonly secure: boolean
  /** Refuses to go on in plain text. */
  readonly requireTls: boolean
  readonly rejectUnauthorized: boolean
  readonly credentials: { readonly user: string; readonly pass: string } | null
  readonly connectTimeoutMs: number
  readonly greetingTimeoutMs: number
  /** How long the server may say nothing before the connection counts as dead. */
  readonly silenceTimeoutMs: number
  /** How long one message may take, from the first command to the answer. */
  readonly streamTimeoutMs: number
}

/** A message and whom it is for. */
export interface SmtpMessage {
  readonly from: string
  readonly to: string
  readonly needsUtf8: boolean
  readonly bytes: Buffer
}

/** How one attempt ended: the server's final 2xx reply, or what is known instead. */
export type SmtpOutcome =
  | { readonly type: 'accepted'; readonly reply: string; readonly serverMessageId: string | null }
  | SmtpEvidence

const CHUNK_BYTES = 65_536

/**
 * One connection to a server, one message at a time. It keeps account of how far the message has gone, since that
 * alone tells a message that cannot have been taken from one that may have been.
 */
export class SmtpConversation {
  readonly #connection: SMTPConnection
  readonly #settings: SmtpServerSettings
  #phase: SmtpPhase = 'opening'
  #offersUtf8 = false
  #settle: ((outcome: SmtpOutcome) => void) | null = null
  #isOver = false
  /** Messages that were begun. */
  messages = 0

  constructor(settings: SmtpServerSettings) {
    this.#settings = settings
    this.#connection = new SMTPConnection(connectionOptions(settings))
    this.#connection.on('error', (error: unknown) => this.#end(evidenceOf(error, this.#phase)))
    this.#connection.on('end', () => {
      this.#isOver = true
      // nodemailer says `end` just before it says why; only if it says nothing more, this is all there is to know
      void Promise.resolve().then(() => this.#end(evidenceOf(null, this.#phase)))
    })
  }

  /** Whether another message can be tried on it. */
  get isUsable(): boolean {
    return !this.#isOver
  }

  /** Connects, secures and authenticates; null when that worked, else why it did not. */
  async open(): Promise<SmtpEvidence | null> {
    const outcome = await this.#until((done) => {
      this.#connection.connect((error) => {
        if (error) done(evidenceOf(error, this.#phase))
        else this.#authenticate(done)
      })
    })
    if (outcome.type === 'accepted') return null
    this.close()
    return outcome
  }

  /** Sends one message, whatever comes of it. */
  async send(message: SmtpMessage): Promise<SmtpOutcome> {
    if (message.needsUtf8 && !this.#offersUtf8) return { type: 'unoffered', what: 'smtputf8' }
    this.#phase = 'envelope'
    this.messages += 1
    const envelope = { from: message.from, to: message.to, size: message.bytes.length }
    const outcome = await this.#until((done) => {
      this.#connection.send(envelope, this.#read(message.bytes), (error, info) => {
        if (error) done(evidenceOf(error, this.#phase))
        else if (this.#phase === 'answer') done(acceptedAs(info))
        // consent to what was not yet given is none
        else done({ type: 'lost', stage: 'body', loss: 'protocol' })
      })
    })
    if (outcome.type === 'reply' && this.isUsable) await this.#reset()
    if (outcome.type === 'lost') this.close()
    return outcome
  }

  /** Lets the process end while nothing is under way; `hold` takes that back. */
  release(): void {
    if (this.#connection._socket) this.#connection._socket.unref()
  }

  /** See {@link release}. */
  hold(): void {
    if (this.#connection._socket) this.#connection._socket.ref()
  }

  /** Says goodbye; the connection closes when the server answers, or after its silence. */
  quit(): void {
    this.#isOver = true
    this.#connection.quit()
  }

  /** Hangs up. */
  close(): void {
    this.#isOver = true
    this.#connection.close()
  }

  #authenticate(done: (outcome: SmtpOutcome) => void): void {
    this.#offersUtf8 = /^250[ -]SMTPUTF8\b/im.test(String(this.#connection.lastServerResponse))
    const { credentials } = this.#settings
    // a password is not offered to a server that did not ask for one
    if (credentials === null) done(OPENED)
    else if (this.#connection.allowsAuth) {
      this.#connection.login({ credentials: { ...credentials } }, (error) => {
        done(error ? evidenceOf(error, this.#phase) : OPENED)
      })
    } else done({ type: 'unoffered', what: 'auth' })
  }

  /** Gives the message away in pieces, and so knows when the last has gone. */
  #read(bytes: Buffer): Readable {
    let offset = 0
    const advance = (phase: SmtpPhase) => {
      this.#phase = phase
    }
    return new Readable({
      highWaterMark: CHUNK_BYTES,
      read() {
        advance(offset < bytes.length ? 'body' : 'answer')
        const piece = bytes.subarray(offset, offset + CHUNK_BYTES)
        offset += CHUNK_BYTES
        this.push(piece.length > 0 ? piece : null)
      },
    })
  }

  async #reset(): Promise<void> {
    const outcome = await this.#until((done) => {
      this.#connection.reset((error) => done(error ? evidenceOf(error, this.#phase) : OPENED))
    })
    if (outcome.type !== 'accepted') this.close()
  }

  /** Runs one exchange until nodemailer calls back, the connection ends, or time is up; whichever comes first. */
  async #until(begin: (done: (outcome: SmtpOutcome) => void) => void): Promise<SmtpOutcome> {
    const timeUp = AbortSignal.timeout(this.#settings.streamTimeoutMs)
    const onTimeUp = () => {
      const outcome = evidenceOf({ code: 'ETIMEDOUT' }, this.#phase)
      this.#end(outcome)
      this.close()
    }
    timeUp.addEventListener('abort', onTimeUp)
    try {
      return await new Promise<SmtpOutcome>((resolve) => {
        this.#settle = resolve
        begin(resolve)
      })
    } finally {
      this.#settle = null
      timeUp.removeEventListener('abort', onTimeUp)
    }
  }

  #end(outcome: SmtpOutcome): void {
    this.#settle?.(outcome)
  }
}

const OPENED: SmtpOutcome = { type: 'accepted', reply: '', serverMessageId: null }

function acceptedAs(info: SMTPConnectionSendInfo | undefined): SmtpOutcome {
  return { type: 'accepted', reply: info?.response ?? '', serverMessageId: info?.serverMessageId ?? null }
}

function connectionOptions(settings: SmtpServerSettings): SMTPConnectionOptions {
  return {
    host: settings.host,
    port: settings.port,
    secure: settings.secure,
    requireTLS: settings.requireTls && !settings.secure,
    tls: { rejectUnauthorized: settings.rejectUnauthorized },
    connectionTimeout: settings.connectTimeoutMs,
    dnsTimeout: settings.connectTimeoutMs,
    greetingTimeout: settings.greetingTimeoutMs,
    socketTimeout: settings.silenceTimeoutMs,
    logger: false,
  }
}
