import type * as z from 'zod'
import { CampaignKitError } from '../base/error.js'
import type { ErrorCode } from '../base/error-code.js'
import { deepFreeze } from '../base/freeze.js'

/** Dotted path of a field: `messages.email.subject`, `items[3].at`. */
export function dottedPath(segments: readonly PropertyKey[], prefix = ''): string {
  return segments.reduce<string>((path, segment) => {
    if (typeof segment === 'number') return `${path}[${segment}]`
    return path === '' ? String(segment) : `${path}.${String(segment)}`
  }, prefix)
}

interface Finding {
  readonly path: readonly PropertyKey[]
  readonly message: string
  readonly code: string
  readonly params?: Record<string, unknown>
  readonly keys?: readonly string[]
}

/** In a union the branch that understood most of the value tells best what is wrong with it. */
function deepest(issue: z.core.$ZodIssue): Finding {
  if (issue.code !== 'invalid_union') return issue as Finding
  const findings = issue.errors.flatMap((branch) => branch.map(deepest))
  const best = findings.sort((left, right) => right.path.length - left.path.length)[0]
  return best === undefined ? (issue as Finding) : { ...best, path: [...issue.path, ...best.path] }
}

/**
 * Parses a value of the outside once, at the edge, and freezes the result.
 *
 * @param path - where the value stands, as a prefix of the reported path
 * @throws UNKNOWN_FIELD, else the code that the schema's own rule names, else INVALID_INPUT; `path` names the field
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  path = '',
): z.output<Schema> {
  return deepFreeze(checkInput(schema, value, path))
}

/** {@link parseInput} without the freezing, for schemas that hand parts of the caller's own value through. */
export function checkInput<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  path = '',
): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const findings = parsed.error.issues.map((issue) => {
    const finding = deepest(issue)
    const named =
      finding.code === 'unrecognized_keys' ? [...finding.path, finding.keys?.[0] ?? ''] : finding.path
    return { code: codeOf(finding), path: dottedPath(named, path), message: finding.message }
  })
  // a misspelt field is also a missing one, and its name tells more
  const first = findings.find(({ code }) => code === 'UNKNOWN_FIELD') ??
    findings[0] ?? { code: 'INVALID_INPUT' as const, path, message: 'Invalid input' }
  throw new CampaignKitError(first.code, `${first.path === '' ? 'value' : first.path}: ${first.message}`, {
    path: first.path,
    details: { findings },
  })
}

function codeOf(finding: Finding): ErrorCode {
  if (finding.code === 'unrecognized_keys') return 'UNKNOWN_FIELD'
  const named = finding.params?.errorCode
  return typeof named === 'string' ? (named as ErrorCode) : 'INVALID_INPUT'
}

/** Options of a zod refinement that carries a code of the kit. */
export function rule(
  errorCode: ErrorCode,
  message: string,
  path: PropertyKey[] = [],
): {
  message: string
  path: PropertyKey[]
  params: { errorCode: ErrorCode }
} {
  return { message, path, params: { errorCode } }
}
