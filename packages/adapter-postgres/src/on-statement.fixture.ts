import type { Knex } from 'knex'

type Statement = (text: string) => Promise<unknown>

/** The pool, but that every statement goes through a hand first. */
export function onStatement(pool: Knex, hand: (text: string, run: Statement) => Promise<unknown>): Knex {
  const query = (connection: unknown, asked: { readonly sql: string }) =>
    hand(asked.sql, (text) =>
      pool.client.query(connection, text === asked.sql ? asked : { sql: text, bindings: [] }),
    )
  const client = new Proxy(pool.client, {
    get: (target, name) => (name === 'query' ? query : Reflect.get(target, name)),
  })
  return new Proxy(pool, {
    get: (target, name) => (name === 'client' ? client : Reflect.get(target, name)),
  })
}
