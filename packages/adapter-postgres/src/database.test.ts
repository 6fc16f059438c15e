import { describe, expect, it } from 'vitest'
import { Database } from './database.js'
import type { Ask, Host } from './host.js'
import { sql } from './sql.js'

describe('a statement by itself that met another as in a stricter isolation', () => {
  it('is asked in a transaction from then on, which reads what is committed', async () => {
    const asked: string[] = []
    const inTransaction: Ask = async ({ sql: text }) => {
      asked.push(`in a transaction: ${text}`)
      return []
    }
    const host: Host = {
      isJoined: false,
      keepsReady: false,
      ask: async ({ sql: text }) => {
        asked.push(text)
        throw Object.assign(new Error('could not serialize access'), { code: '40001' })
      },
      transaction: (work) => work(inTransaction),
    }
    const database = new Database(host)
    await database.rows(sql`select 1`)
    await database.rows(sql`select 2`)
    expect(asked).toEqual(['select 1', 'in a transaction: select 1', 'in a transaction: select 2'])
  })
})
