import type { DurationMs } from '@campaignkit/core/adapter'
import type { Database } from './database.js'
import { pause } from './pause.js'
import { sql } from './sql.js'

/** What is said of one subject within so long is said once. */
const SAY_EVERY_MS: DurationMs = 200

/** Sends notices to other processes, by statements of their own: a NOTIFY makes commits wait for each other. */
export interface Speaker {
  /** Says it soon; whether it was heard nobody knows. */
  say(subject: string): void
  /** Whether a payload that was heard is one of this speaker's own. */
  isOwn(payload: string): boolean
  /** Says what is still to be said. */
  finish(): Promise<void>
}

/** What a notice says, and in whose tables. */
export interface Notice {
  readonly schema: string
  readonly subject: string
}

export function noticeOf(payload: string): Notice {
  const [schema = '', , subject = ''] = payload.split('\n')
  return { schema, subject }
}

/** Makes the speaker of one schema on a channel. */
export function createSpeaker(database: Database, schema: string, channel: string): Speaker {
  const waiting = new Set<string>()
  let isSpeaking = false
  let name: string | null = null

  async function sayAll(): Promise<void> {
    const said = [...waiting]
    waiting.clear()
    if (said.length === 0) return
    if (name === null) {
      const [row] = await database.rows<{ readonly name: string }>(
        sql`select gen_random_uuid()::text as name`,
      )
      name = row?.name ?? ''
    }
    const payloads = said.map((subject) => [schema, name, subject].join('\n'))
    await database.rows(
      sql`select pg_notify(${channel}, payload) from unnest(${payloads}::text[]) as said(payload)`,
    )
  }

  async function speak(): Promise<void> {
    if (isSpeaking) return
    isSpeaking = true
    while (waiting.size > 0) {
      // those who miss it look by themselves
      await sayAll().catch(() => undefined)
      await pause(SAY_EVERY_MS)
    }
    isSpeaking = false
  }

  return {
    say(subject) {
      waiting.add(subject)
      void speak()
    },
    isOwn: (payload) => name !== null && payload.split('\n')[1] === name,
    finish: () => sayAll().catch(() => undefined),
  }
}
