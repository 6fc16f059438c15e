import { type CampaignKitError, isCampaignKitError } from '../base/error.js'

/** The error with which a call is refused; fails when it is not, or with anything else. */
export async function refusalOf(call: () => unknown): Promise<CampaignKitError> {
  try {
    await call()
  } catch (thrown) {
    if (isCampaignKitError(thrown)) return thrown
    throw thrown
  }
  throw new Error('The call was not refused')
}

/** Code and path of a refusal: `INVALID_INPUT name`. */
export async function codeOf(call: () => unknown): Promise<string> {
  const { code, path } = await refusalOf(call)
  return path === undefined ? code : `${code} ${path}`
}
