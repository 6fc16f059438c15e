import type { SendResult } from '@campaignkit/core/adapter'
import { judge } from '../failures/judge.js'
import type { ApiError, PostOutcome } from './post.js'

export type PostFailure = Exclude<PostOutcome, { type: 'taken' }>

/** Judges a request that was not taken: by its status and by what it complains of, whatever weighs most. */
export function classifyHttp(failure: PostFailure): SendResult {
  if (failure.type === 'lost') {
    const code = `http-${failure.loss}`
    return judge({ of: 'lost', code, stage: failure.stage, word: code })
  }
  const errors = failure.errors.length === 0 ? [NO_ERROR] : failure.errors
  const results = errors.map((error) => classifyError(failure, error))
  const weighs = (result: SendResult) =>
    result.outcome === 'misconfigured' ? 2 : result.outcome === 'permanent' && result.suppress ? 1 : 0
  return results.reduce((heaviest, result) => (weighs(result) > weighs(heaviest) ? result : heaviest))
}

const NO_ERROR: ApiError = { message: '', field: '' }

function classifyError(
  { status, retryAfterMs }: Extract<PostFailure, { type: 'answer' }>,
  { message, field }: ApiError,
): SendResult {
  const code = String(status)
  return judge({
    of: 'http',
    code,
    text: message,
    field,
    stage: 'answer',
    word: `http-${code}`,
    retryAfterMs: retryAfterMs ?? undefined,
  })
}
