import type { DurationMs } from '@campaignkit/core/adapter'
import type { Knex } from 'knex'
import { pause } from './pause.js'

/** How long a server is given to say goodbye: one that went without a word never does. */
const GOODBYE_MS: DurationMs = 1_000

/** What is used of a connection of `pg`. */
interface Connection {
  on(event: 'notification', heard: (message: { readonly payload?: string }) => void): unknown
  on(event: 'error' | 'end', lost: () => void): unknown
  query(text: string): Promise<unknown>
  end(): Promise<void>
  ref?(): void
  unref?(): void
}

/** What is used of the client of knex: connections outside of its pool, made with the host's own settings. */
interface Connector {
  readonly driverName?: unknown
  readonly pglite?: unknown
  readonly config?: { readonly connection?: unknown }
  acquireRawConnection?(): Promise<Connection>
}

/** A connection that does nothing but listen, opened when it is wanted and anew when it was lost. */
export interface Listener {
  /** Whether there can be a second connection at all: not on PGlite, nor for a transaction. */
  readonly isPossible: boolean
  /** Tries to listen unless it does already; whether it does now. */
  open(): Promise<boolean>
  /** Lets go of the connection; the next {@link Listener.open} takes another. */
  close(): Promise<void>
}

/** How the parts of a listener are told. */
interface Ears {
  readonly channel: string
  heard(payload: string): void
  /** The connection is gone: whatever was told since is not known. */
  lost(): void
}

/** Makes a listener beside the pool of a knex instance. */
export function createListener(knex: Knex, { channel, heard, lost }: Ears): Listener {
  const connector = knex.client as Connector
  let current: Promise<Connection | null> | null = null

  /** @param isLost - called once, when the connection stood and is gone */
  async function connect(isLost: () => void): Promise<Connection | null> {
    const connection = await (await withPresentSettings(connector)).acquireRawConnection?.()
    if (connection === undefined) return null
    connection.on('notification', ({ payload }) => heard(payload ?? ''))
    // the driver tells of one loss by both, the second after a while
    connection.on('error', isLost)
    connection.on('end', isLost)
    // a process that has nothing else to do may end
    connection.unref?.()
    try {
      await connection.query(`listen "${channel}"`)
      return connection
    } catch (thrown) {
      await letGo(Promise.resolve(connection))
      throw thrown
    }
  }

  function begin(): Promise<Connection | null> {
    const opening: Promise<Connection | null> = connect(() => {
      if (current !== opening) return
      current = null
      void letGo(opening)
      lost()
    })
    return opening
  }

  const isPossible = canListen(knex, connector)
  return {
    isPossible,
    async open() {
      if (!isPossible) return false
      current ??= begin()
      const opened = current
      const connection = await opened.catch(() => null)
      if (connection === null && current === opened) current = null
      return connection !== null && current === opened
    },
    async close() {
      const opened = current
      current = null
      if (opened !== null) await letGo(opened)
    },
  }
}

/** Ends a connection, also one that is not open yet or broken. */
async function letGo(opened: Promise<Connection | null>): Promise<void> {
  const end = async () => {
    const connection = await opened
    // a process that waits for it does not end meanwhile
    connection?.ref?.()
    await Promise.race([connection?.end(), pause(GOODBYE_MS)])
    connection?.unref?.()
  }
  await Promise.race([end().catch(() => undefined), pause(GOODBYE_MS)])
}

/**
 * A client whose settings are those of now. Where a host gives a function instead of settings, knex calls it for connections of its
 * pool alone: to any other it gives those of the last one, or none, which is a database of the driver's choice.
 */
async function withPresentSettings(connector: Connector): Promise<Connector> {
  const connection = connector.config?.connection
  if (typeof connection !== 'function') return connector
  return Object.create(connector, { connectionSettings: { value: await connection() } }) as Connector
}

function canListen(knex: Knex, { driverName, pglite, config }: Connector): boolean {
  return (
    knex.isTransaction !== true &&
    driverName === 'pg' &&
    pglite === undefined &&
    config?.connection !== undefined
  )
}
