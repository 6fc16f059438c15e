import { ERROR_CODES } from '@campaignkit/core'

/** Where the page stands, from the root. */
export const ERRORS_PAGE = 'docs/errors.md'

const INTRODUCTION = `# Errors

Made from the codes by \`pnpm docs:errors\`; change \`packages/core/src/base/error-code.ts\`, not this page.

There is one error class, \`CampaignKitError\`. Programs branch on \`code\`, never on \`message\`. \`path\` names the field at fault,
\`details\` holds facts for programs and logs (never personal data), \`cause\` the foreign error behind it, and \`retry\` says
whether the same call can succeed later: \`never\`, \`later\`, or \`{ afterMs }\`. \`isCampaignKitError(thrown, code)\` also knows errors
of another copy of the package. Codes are never renamed or reused. Expected outcomes, such as a coupon that is spent, are values.

\`\`\`ts
import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { createCampaignKit, isCampaignKitError } from '@campaignkit/core'

try {
  createCampaignKit({
    storage: createMemoryStorage(),
    channels: {},
    publicUrl: 'http://pizza.example/campaigns',
    secrets: [{ id: '2026a', key: process.env.CAMPAIGNKIT_KEY }],
  })
} catch (thrown) {
  if (!isCampaignKitError(thrown, 'INVALID_INPUT')) throw thrown
  console.log(thrown.path, thrown.retry) // publicUrl never
}
\`\`\`
`

/** The reference of all codes: a heading and a sentence each, in alphabetical order. */
export function errorsPage(): string {
  const codes = Object.entries(ERROR_CODES).sort(([left], [right]) => (left < right ? -1 : 1))
  return `${INTRODUCTION}\n${codes.map(([code, sentence]) => `## ${code}\n\n${sentence}\n`).join('\n')}`
}
