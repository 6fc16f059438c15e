import { readdirSync, readFileSync } from 'node:fs'
import process from 'node:process'
import type { Knex } from 'knex'

const MS_PER_TICK = 10

/** Of a server on this machine: the processor time of it and of all its connections so far; null on other systems than Linux. */
export async function serverCpuOf(knex: Knex): Promise<() => number | null> {
  const { rows } = await knex.raw(`select pg_read_file('postmaster.pid', 0, 10) as text`)
  const postmaster = Number.parseInt(rows[0].text, 10)
  return () => serverCpuMs(postmaster)
}

function serverCpuMs(postmaster: number): number | null {
  if (process.platform !== 'linux') return null
  let ticks = 0
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    // a process may end while it is looked at
    const [, fields = ''] = tryRead(`/proc/${pid}/stat`).split(') ')
    const [, parent, , , , , , , , , , user, system, ofEndedUser, ofEndedSystem] = fields
      .split(' ')
      .map(Number)
    if (Number(pid) === postmaster) ticks += sum(user, system, ofEndedUser, ofEndedSystem)
    else if (parent === postmaster) ticks += sum(user, system)
  }
  return ticks * MS_PER_TICK
}

function sum(...values: readonly (number | undefined)[]): number {
  return values.reduce<number>((total, value = 0) => total + value, 0)
}

function tryRead(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
