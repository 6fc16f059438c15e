import type { AddressInfo, Socket } from 'node:net'
import type { SMTPServer, SMTPServerDataStream, SMTPServerOptions, SMTPServerSession } from 'smtp-server'
import { type MailboxBehaviour, MailboxRefusal, type MailboxStep } from './mailbox-behaviour.js'
import { type ReadMail, readMail } from './read-mail.js'

/** A message that a mailbox took. */
export interface MailboxMessage {
  /** The sender of the envelope. */
  readonly from: string
  /** The recipient of the envelope. */
  readonly to: string
  /** The message as it came over the wire, dots taken out. */
  readonly raw: Buffer
  /** Whether the connection was secured, and the message was announced as SMTPUTF8. */
  readonly secure: boolean
  readonly smtpUtf8: boolean
  /** Who had logged in; null when nobody had. */
  readonly user: string | null
  /** Which connection it came over, counted from 1. */
  readonly connection: number
  /** The message as a mail program reads it. */
  parsed(): Promise<ReadMail>
}

/** How a mailbox differs from one that takes everything. */
export interface SmtpMailboxOptions {
  /** What to do with a message, asked when its recipient is named. @default accept */
  readonly behaviour?: (step: MailboxStep) => MailboxBehaviour
  /** Answers a new connection, the nth: greet it, hang up, never greet, or refuse with a code. @default greet */
  readonly greeting?: (
    n: number,
  ) => 'greet' | 'drop' | 'stall' | { readonly code: number; readonly text: string }
  /** Answers MAIL FROM with a refusal. */
  readonly refuseSender?: { readonly code: number; readonly text: string }
  /** Whoever may log in; others are refused with `code` and `text`. @default nobody needs to */
  readonly login?: {
    readonly user: string
    readonly pass: string
    readonly code?: number
    readonly text?: string
  }
  /** Offers STARTTLS with a certificate that nobody vouches for. @default false */
  readonly startTls?: boolean
  /** @default true */
  readonly smtpUtf8?: boolean
  /** @default true */
  readonly pipelining?: boolean
  /** Announced limit in bytes. @default none */
  readonly maxBytes?: number
}

/** A mail server on the loopback interface that keeps what it is given. */
export interface SmtpMailbox {
  readonly host: string
  readonly port: number
  /** What was taken, in the order in which it came. */
  readonly messages: readonly MailboxMessage[]
  /** Connections opened so far. */
  readonly connections: number
  /** Connections open now. */
  readonly openConnections: number
  /** Resolves when so many messages are there; rejects when the mailbox closes before. */
  waitFor(count: number): Promise<readonly MailboxMessage[]>
  /** Hangs up every connection that waits for something to do, as servers do. */
  hangUp(): void
  close(): Promise<void>
}

/**
 * Opens a real SMTP server in this process, on a free port of 127.0.0.1.
 *
 * @example
 * ```ts
 * import { createSmtpMailbox } from '@campaignkit/adapter-sendgrid/testing'
 * const mailbox = await createSmtpMailbox({ behaviour: ({ n }) => (n === 3 ? { type: 'drop', at: 'answer' } : { type: 'accept' }) })
 * await mailbox.close()
 * ```
 */
export async function createSmtpMailbox(options: SmtpMailboxOptions = {}): Promise<SmtpMailbox> {
  // a package for tests, which a host that only sends does not install: it is loaded when somebody opens a mailbox
  const { SMTPServer: Server } = await import('smtp-server')
  const mailbox = new Mailbox(Server, options)
  await mailbox.listen()
  return mailbox
}

interface Line {
  readonly socket: Socket
  readonly number: number
  behaviour: MailboxBehaviour
}

interface Waiter {
  readonly count: number
  readonly resolve: () => void
  readonly reject: (reason: Error) => void
}

type Answer = (error?: Error | null, text?: string) => void

const ACCEPT: MailboxBehaviour = { type: 'accept' }

class Mailbox implements SmtpMailbox {
  readonly host = '127.0.0.1'
  readonly messages: MailboxMessage[] = []
  readonly #options: SmtpMailboxOptions
  readonly #server: SMTPServer
  /** By the port of the other end, which is all that a session tells of its connection. */
  readonly #lines = new Map<number, Line>()
  #waiters: Waiter[] = []
  #recipients = 0
  connections = 0

  constructor(Server: typeof SMTPServer, options: SmtpMailboxOptions) {
    this.#options = options
    this.#server = new Server({
      ...serverOptions(options),
      onConnect: (session, answer) => this.#greet(session, answer),
      onAuth: (auth, _session, answer) => {
        const { login } = options
        if (login?.user === auth.username && login?.pass === auth.password)
          answer(null, { user: auth.username })
        else answer(new MailboxRefusal(login?.code ?? 535, login?.text ?? '5.7.8 Authentication failed'))
      },
      onMailFrom: (_address, _session, answer) => {
        const refusal = options.refuseSender
        answer(refusal === undefined ? null : new MailboxRefusal(refusal.code, refusal.text))
      },
      onRcptTo: (address, session, answer) => this.#recipient(address.address, session, answer),
      onData: (stream, session, answer) => this.#receive(stream, session, answer),
    })
    this.#server.on('error', () => undefined)
    this.#server.server.prependListener('connection', (socket: Socket) => this.#connect(socket))
  }

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port
  }

  get openConnections(): number {
    return this.#lines.size
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.server.once('error', reject)
      this.#server.listen(0, this.host, () => resolve())
    })
  }

  async waitFor(count: number): Promise<readonly MailboxMessage[]> {
    if (this.messages.length < count) {
      await new Promise<void>((resolve, reject) => {
        this.#waiters.push({ count, resolve, reject })
      })
    }
    return this.messages
  }

  hangUp(): void {
    for (const { socket } of this.#lines.values()) socket.destroy()
  }

  async close(): Promise<void> {
    for (const waiter of this.#waiters) waiter.reject(new Error('The mailbox was closed'))
    this.#waiters = []
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
    })
    this.hangUp()
    await closed
  }

  #connect(socket: Socket): void {
    const port = socket.remotePort ?? 0
    this.connections += 1
    this.#lines.set(port, { socket, number: this.connections, behaviour: ACCEPT })
    socket.once('close', () => this.#lines.delete(port))
  }

  #greet(session: SMTPServerSession, answer: Answer): void {
    const line = this.#lines.get(session.remotePort)
    const greeting = this.#options.greeting?.(line?.number ?? 0) ?? 'greet'
    if (greeting === 'greet') answer()
    else if (greeting === 'drop') line?.socket.destroy()
    else if (greeting !== 'stall') answer(new MailboxRefusal(greeting.code, greeting.text))
  }

  #recipient(to: string, session: SMTPServerSession, answer: Answer): void {
    const line = this.#lines.get(session.remotePort)
    if (line === undefined) return
    this.#recipients += 1
    const from = session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address
    const behaviour = this.#options.behaviour?.({ to, from, n: this.#recipients }) ?? ACCEPT
    line.behaviour = behaviour
    if (!('at' in behaviour) || behaviour.at !== 'rcpt') answer()
    else if (behaviour.type === 'refuse') answer(new MailboxRefusal(behaviour.code, behaviour.text))
    else if (behaviour.type === 'drop') line.socket.destroy()
  }

  #receive(stream: SMTPServerDataStream, session: SMTPServerSession, answer: Answer): void {
    const line = this.#lines.get(session.remotePort)
    if (line === undefined) return
    const { behaviour, socket } = line
    const pieces: Buffer[] = []
    stream.on('data', (piece: Buffer) => {
      pieces.push(piece)
      if (!('at' in behaviour) || behaviour.at !== 'body') return
      if (behaviour.type === 'drop') socket.destroy()
      else stream.pause()
    })
    stream.on('end', () => {
      if ('at' in behaviour && behaviour.at === 'body') return
      void this.#conclude(line, () => this.#keep(Buffer.concat(pieces), session, line.number), answer)
    })
  }

  async #conclude({ behaviour, socket }: Line, keep: () => void, answer: Answer): Promise<void> {
    switch (behaviour.type) {
      case 'accept':
        await behaviour.after
        keep()
        return answer(null, behaviour.text)
      case 'refuse':
        return answer(new MailboxRefusal(behaviour.code, behaviour.text))
      case 'stall':
        return keep()
      case 'drop':
        if (behaviour.keeps === true || behaviour.at === 'accepted' || behaviour.at === 'reply') keep()
        if (behaviour.at === 'accepted') {
          answer(null)
          socket.end()
        } else if (behaviour.at === 'reply') socket.write('250 2.', () => socket.destroy())
        else socket.destroy()
    }
  }

  #keep(raw: Buffer, session: SMTPServerSession, connection: number): void {
    const { mailFrom, rcptTo, smtpUtf8 } = session.envelope
    this.messages.push({
      from: mailFrom === false ? '' : mailFrom.address,
      to: rcptTo.map(({ address }) => address).join(', '),
      raw,
      secure: session.secure,
      smtpUtf8: smtpUtf8 ?? false,
      user: typeof session.user === 'string' ? session.user : null,
      connection,
      parsed: () => readMail(raw),
    })
    const ready = this.#waiters.filter(({ count }) => count <= this.messages.length)
    this.#waiters = this.#waiters.filter((waiter) => !ready.includes(waiter))
    for (const waiter of ready) waiter.resolve()
  }
}

function serverOptions(options: SmtpMailboxOptions): SMTPServerOptions {
  return {
    logger: false,
    disableReverseLookup: true,
    disabledCommands: options.login === undefined ? ['AUTH'] : [],
    allowInsecureAuth: true,
    hideSTARTTLS: options.startTls !== true,
    hideSMTPUTF8: options.smtpUtf8 === false,
    hidePIPELINING: options.pipelining === false,
    ...(options.maxBytes === undefined ? {} : { size: options.maxBytes }),
    closeTimeout: 100,
  }
}
