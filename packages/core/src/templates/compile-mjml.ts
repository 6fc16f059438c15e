import { CampaignKitError } from '../base/error.js'

/** What the mjml package does with a source. */
type Compile = (
  source: string,
  options: Readonly<Record<string, unknown>>,
) => Promise<{ readonly html: string; readonly errors: readonly MjmlError[] }>

interface MjmlError {
  readonly line?: number
  readonly message?: string
}

const MAX_LENGTH = 1_000_000

/**
 * Makes the html of an e-mail out of MJML, at the time when it is written: what comes out is stored in the campaign, and sending
 * knows nothing of MJML. Liquid in texts and attribute values stays as it is; Liquid between elements stands in `mj-raw`.
 * Files of the machine are never included (`mj-include` does nothing). The `mjml` package, version 5, is to be installed by the host.
 *
 * @param source - 1 to 1,000,000 characters
 * @throws MJML_INVALID with `details.problems`, each a line and what is wrong there; MJML_NOT_INSTALLED; INVALID_INPUT
 * @example
 * ```ts
 * import { compileMjml } from '@campaignkit/core/templates'
 *
 * const html = await compileMjml(
 *   '<mjml><mj-body><mj-section><mj-column><mj-text>Hi {{ customer.firstName }}</mj-text></mj-column></mj-section></mj-body></mjml>',
 * )
 * console.log(html.includes('Hi {{ customer.firstName }}')) // true
 * ```
 */
export async function compileMjml(source: string): Promise<string> {
  if (typeof source !== 'string' || source.length === 0 || source.length > MAX_LENGTH) {
    throw new CampaignKitError('INVALID_INPUT', `mjml: expected 1 to ${MAX_LENGTH} characters`, {
      path: 'mjml',
    })
  }
  const compile = await loadMjml('mjml')
  const { html, errors } = await run(compile, source)
  if (errors.length > 0) throw invalid(errors)
  return html
}

async function run(compile: Compile, source: string): ReturnType<Compile> {
  try {
    return await compile(source, {
      validationLevel: 'soft',
      ignoreIncludes: true,
      keepComments: false,
      fonts: {},
    })
  } catch (thrown) {
    throw invalid([{ message: thrown instanceof Error ? thrown.message : String(thrown) }])
  }
}

function invalid(errors: readonly MjmlError[]): CampaignKitError {
  const problems = errors.map(({ line, message = '' }) => ({
    line: line ?? null,
    message: message.slice(0, 300),
  }))
  return new CampaignKitError('MJML_INVALID', `mjml: ${problems[0]?.message ?? 'no MJML'}`, {
    path: 'mjml',
    details: { problems },
  })
}

/** @param name - said at run time, so that no bundler takes it in and nobody who does without needs it */
export async function loadMjml(name: string): Promise<Compile> {
  try {
    const { default: compile }: { readonly default: Compile } = await import(name)
    return compile
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && /MODULE_NOT_FOUND$/.test(String(thrown.code))) {
      throw new CampaignKitError('MJML_NOT_INSTALLED', 'The mjml package is not installed', { cause: thrown })
    }
    throw thrown
  }
}
