import type { DurationMs } from '@campaignkit/core/adapter'
import type { Knex } from 'knex'
import type { Database } from './database.js'
import { createListener } from './listener.js'
import { pause } from './pause.js'
import { createSpeaker, noticeOf } from './speaker.js'

const CHANNEL = 'campaignkit'
/** How long a lost connection is let be before the next try; twice as long each time that it fails. */
const FIRST_RECONNECT_MS: DurationMs = 250
const LAST_RECONNECT_MS: DurationMs = 15_000

/** Hears the subject of each notice; null when some may have been lost. */
export type Hearer = (subject: string | null) => void

/**
 * What the processes on one database tell each other: that something has changed, never what. A notice carries ids and
 * no personal data. It can get lost with a connection, so whoever waits for one also looks by itself now and then.
 */
export interface Notices {
  /** Tells hearers of this process at once and those of others soon: of one subject at most five times a second. */
  tell(subject: string): void
  /** Has a connection of its own listen as long as anybody hears. @returns the end of it */
  hear(hearer: Hearer): () => void
  /**
   * Says what is still to be said and lets go of the connection, until somebody else wants to hear. Who hears already goes on
   * hearing this process: another kit may be on the same storage.
   */
  close(): Promise<void>
}

/** Makes the notices of one schema. */
export function createNotices(knex: Knex, database: Database, schema: string): Notices {
  const hearers = new Set<Hearer>()
  const speaker = createSpeaker(database, schema, CHANNEL)
  let isOpening = false
  let isClosed = false

  const passOn = (subject: string | null) => {
    for (const hear of [...hearers]) hear(subject)
  }
  const listener = createListener(knex, {
    channel: CHANNEL,
    heard: (payload) => {
      const notice = noticeOf(payload)
      if (notice.schema === schema && !speaker.isOwn(payload)) passOn(notice.subject)
    },
    lost: () => {
      passOn(null)
      listen()
    },
  })

  function listen(): void {
    if (listener.isPossible && !isOpening) void openWhileWanted()
  }

  const isWanted = () => hearers.size > 0 && !isClosed

  async function openWhileWanted(): Promise<void> {
    isOpening = true
    for (let waitMs = FIRST_RECONNECT_MS; isWanted() && !(await listener.open()); ) {
      await pause(waitMs)
      waitMs = Math.min(LAST_RECONNECT_MS, waitMs * 2)
    }
    isOpening = false
    // what was told before the connection stood
    passOn(null)
  }

  return {
    tell(subject) {
      passOn(subject)
      speaker.say(subject)
    },
    hear(hearer) {
      hearers.add(hearer)
      const isFirst = hearers.size === 1 || isClosed
      isClosed = false
      if (isFirst) listen()
      return () => {
        hearers.delete(hearer)
        if (hearers.size === 0) void listener.close()
      }
    },
    close: async () => {
      // or a connection that is lost just now would be opened anew
      isClosed = true
      await speaker.finish()
      await listener.close()
    },
  }
}
