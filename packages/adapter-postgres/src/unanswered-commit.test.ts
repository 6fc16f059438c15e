import { versionConflict } from '@campaignkit/core/adapter'
import { describe, expect, it } from 'vitest'
import { sql } from './sql.js'
import { createCommit } from './unanswered-commit.js'

const refused = async (): Promise<string> => {
  throw versionConflict(1, 2)
}

/** A commit that was asked for, whose trace is found by the looks that are listed. */
function openCommit({ foundBy }: { readonly foundBy: readonly boolean[] }) {
  const looks = [...foundBy]
  const commit = createCommit<string>(async () => (looks.shift() === true ? [{}] : []))
  commit.note(sql`select 1`, 'as it was')
  return commit
}

describe('a commit of which no answer has come', () => {
  it('is not asked for again when its trace is there', async () => {
    const commit = openCommit({ foundBy: [true] })
    await expect(commit.unlessDone(refused)).resolves.toBe('as it was')
  })

  it('may come to its end while the work is done again, and be why that is refused', async () => {
    const commit = openCommit({ foundBy: [false, true] })
    await expect(commit.unlessDone(refused)).resolves.toBe('as it was')
  })

  it('may come to its end while the work is done again, which then has nothing to tell', async () => {
    const commit = openCommit({ foundBy: [false, true] })
    await expect(commit.unlessDone(async () => commit.note(null, 'nothing'))).resolves.toBe('as it was')
  })

  it('leaves a refusal as it is when it never happened', async () => {
    const commit = openCommit({ foundBy: [false, false] })
    await expect(commit.unlessDone(refused)).rejects.toMatchObject({ code: 'VERSION_CONFLICT' })
  })

  it('is done again when it left nothing', async () => {
    const commit = openCommit({ foundBy: [false, false] })
    await expect(commit.unlessDone(async () => commit.note(null, 'again'))).resolves.toBe('again')
  })
})
