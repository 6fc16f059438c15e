import { CampaignKitError } from '../base/error.js'
import type { ErrorCode } from '../base/error-code.js'
import type { CampaignContent } from '../model/campaign.js'
import type { ChannelKind } from '../model/channel-kind.js'
import { PUBLIC_ARM } from '../model/experiment.js'
import { type Placed, personalChannels, placementsOn } from '../model/placed.js'
import { isPublicIn, type PublicPlacement } from '../model/public-placement.js'
import { compileTemplate } from '../rendering/template.js'
import { textEngine } from '../rendering/template-engine.js'
import { usedVariables } from '../rendering/used-variables.js'
import { messageForms } from './compile-messages.js'
import type { EngineContext } from './context.js'
import { placementsIn } from './public-messages.js'

/** What a template may not say in public, by the root of the variable. */
const PERSONAL: Readonly<Record<string, ErrorCode>> = {
  customer: 'PUBLIC_HAS_NO_CUSTOMER',
  data: 'PUBLIC_HAS_NO_CUSTOMER',
  unsubscribeUrl: 'PUBLIC_HAS_NO_CUSTOMER',
  preferencesUrl: 'PUBLIC_HAS_NO_CUSTOMER',
  coupon: 'PUBLIC_HAS_NO_COUPON',
  qr: 'PUBLIC_HAS_NO_COUPON',
}

/**
 * Where a content is put in public, once nothing of it needs a customer where there is none.
 *
 * @throws PUBLIC_HAS_NO_CUSTOMER, PUBLIC_HAS_NO_COUPON, PUBLIC_HAS_NO_EXPERIMENT with the path; INVALID_INPUT when a
 *   message to customers names several placements
 */
export function requirePublicContent(
  context: EngineContext,
  content: CampaignContent,
): readonly PublicPlacement[] {
  const placements = placementsIn(context, content)
  const [refusal] = publicRefusals({ content, placements })
  if (refusal !== undefined) throw refusal
  return placements
}

/** Everything that a content says in public and can only say to a customer. */
export function publicRefusals(placed: Placed): readonly CampaignKitError[] {
  const { content, placements } = placed
  const personal = personalChannels(placed)
  const shared = [...new Set(placements.map(({ channel }) => channel))]
  return [
    ...personal
      .filter((channel) => placementsOn(content, channel).length > 1)
      .map((channel) =>
        refusal(
          'INVALID_INPUT',
          `messages.${channel}.placement`,
          'a customer is shown a message in one place',
        ),
      ),
    ...shared.flatMap((channel) => ofMessage(content, channel)),
    ...(shared.length > 0 && personal.length === 0 ? ofCampaign(content) : []),
    ...ofTemplates(placed),
  ]
}

/** Of a campaign that writes to no customer. */
function ofCampaign({ audience, exclusionGroup, coupon, experiment }: CampaignContent) {
  return [
    ...(audience.type === 'everyone' ? [] : [nobody('audience')]),
    ...(exclusionGroup === undefined ? [] : [nobody('exclusionGroup')]),
    ...(coupon === undefined
      ? []
      : [refusal('PUBLIC_HAS_NO_COUPON', 'coupon', 'a coupon is a customer’s own')]),
    ...(experiment === undefined ? [] : [noArms('experiment')]),
  ]
}

function ofMessage({ messages, delivery, experiment }: CampaignContent, channel: ChannelKind) {
  const place = delivery === 'each' ? -1 : delivery.firstOf.indexOf(channel)
  const variants = experiment?.variants ?? []
  return [
    ...(messages[channel]?.locales === undefined ? [] : [nobody(`messages.${channel}.locales`)]),
    ...(place < 0 ? [] : [nobody(`delivery.firstOf[${place}]`)]),
    ...variants.flatMap(({ messages: own }, index) =>
      own?.[channel] === undefined ? [] : [noArms(`experiment.variants[${index}].messages.${channel}`)],
    ),
  ]
}

function ofTemplates(placed: Placed): readonly CampaignKitError[] {
  const forms = messageForms(placed).filter(
    ({ channel, arm }) => arm === PUBLIC_ARM && isPublicIn(placed.placements, channel),
  )
  return forms.flatMap(({ parts, pathOf }) =>
    Object.entries(parts).flatMap(([part, source]) => {
      const path = pathOf(part)
      return usedVariables(compileTemplate(textEngine, source, path)).flatMap(({ name, segments }) => {
        const root = String(segments[0])
        const code = Object.hasOwn(PERSONAL, root) ? PERSONAL[root] : undefined
        return code === undefined ? [] : [refusal(code, path, `{{ ${name} }} is a customer’s own`)]
      })
    }),
  )
}

const nobody = (path: string) =>
  refusal('PUBLIC_HAS_NO_CUSTOMER', path, 'a public channel reaches nobody in particular')
const noArms = (path: string) =>
  refusal('PUBLIC_HAS_NO_EXPERIMENT', path, 'what is put in public cannot be compared')

function refusal(code: ErrorCode, path: string, reason: string): CampaignKitError {
  return new CampaignKitError(code, `${path}: ${reason}`, { path })
}
