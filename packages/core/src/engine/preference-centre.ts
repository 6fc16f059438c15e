import { type Instant, toIso } from '../base/time.js'
import type { ChannelKind } from '../model/channel-kind.js'
import { type ConsentRecord, EVERY_TOPIC } from '../model/consent.js'
import type { Delivery } from '../model/delivery.js'
import type { Scope } from '../model/scope.js'
import type { EngineContext } from './context.js'
import { customersEntry } from './customers-entry.js'
import { changesOf, type Decided, denialsOf } from './preference-changes.js'
import { choicesOf, type PreferenceChoice } from './preference-choices.js'
import { readForm, signForm } from './preference-form.js'
import { ownerOf, type PreferencesOwner } from './preferences-owner.js'
import { countUnsubscribe } from './record-unsubscribe.js'

/** What the page of a customer's preferences shows. */
export interface PreferenceCentre {
  /** By channel, in order. */
  readonly choices: readonly PreferenceChoice[]
  /** Goes with the form and comes back with it. */
  readonly form: string
}

/** What a person sent in. */
export interface SubmittedPreferences {
  readonly form: string
  /** Names of what they want, such as `email offers`. */
  readonly chosen: readonly string[]
  /** They want nothing at all any more, whatever they chose. */
  readonly nothing: boolean
}

/** What came of sending it in; `stale` when the form is no longer good, and then nothing was saved. */
export interface SavedPreferences {
  readonly outcome: 'saved' | 'stale'
  /** As it is now. */
  readonly centre: PreferenceCentre
}

/** The preferences of the customer whose link it is; null when it is nobody's. Changes nothing. */
export async function readPreferences(
  context: EngineContext,
  text: string,
): Promise<PreferenceCentre | null> {
  const owner = await ownerOf(context, text)
  return owner === null ? null : centreOf(context, text, owner, await standingOf(context, owner))
}

/**
 * Saves what a person changed on the page. What they left as it was shown is not written: it is no decision of theirs,
 * and a page that was loaded before an unsubscribe does not undo it. Sending it in again writes nothing new.
 *
 * @returns null when the link is nobody's
 */
export async function savePreferences(
  context: EngineContext,
  text: string,
  submitted: SubmittedPreferences,
): Promise<SavedPreferences | null> {
  const owner = await ownerOf(context, text)
  if (owner === null) return null
  // before the records are read: what is decided from now on stands
  const now = context.clock.now()
  const standing = await standingOf(context, owner)
  const shown = readForm(context, text, submitted.form)
  if (shown === null) return { outcome: 'stale', centre: centreOf(context, text, owner, standing) }
  const decided = submitted.nothing
    ? denialsOf(allChoices(context, owner, standing), standing)
    : changesOf(shown, submitted.chosen, standing)
  await record(context, owner, decided, { shownAt: shown.shownAt, now })
  const after = await standingOf(context, owner)
  return { outcome: 'saved', centre: centreOf(context, text, owner, after) }
}

async function record(
  context: EngineContext,
  { scope, customer, delivery }: PreferencesOwner,
  decided: readonly Decided[],
  { shownAt, now }: { readonly shownAt: Instant; readonly now: Instant },
): Promise<void> {
  if (decided.length === 0) return
  const link = delivery === null ? 'link of the host' : `delivery ${delivery.id}`
  const records = decided.map(
    (each): ConsentRecord => ({
      ...each,
      customerId: customer.id,
      basis: 'preference centre',
      obtainedAt: now,
      evidence: `${link}; shown ${toIso(shownAt)}`,
    }),
  )
  const granted = decided.filter(({ decision }) => decision === 'granted').length
  const entry = customersEntry(context, scope, {
    action: 'consents.prefer',
    after: { granted, denied: decided.length - granted },
  })
  await context.storage.consents.record(scope, records, entry)
  if (delivery !== null && (await refuses(context, scope, delivery, decided))) {
    await countUnsubscribe(context, scope, delivery, now)
  }
}

/** Whether what was decided takes back what the delivery was sent by. */
async function refuses(
  { storage }: EngineContext,
  scope: Scope,
  delivery: Delivery,
  decided: readonly Decided[],
): Promise<boolean> {
  const campaign = await storage.campaigns.get(scope, delivery.campaignId)
  const topics = [campaign?.content.topic, EVERY_TOPIC]
  return decided.some(
    ({ channel, topic, decision }) =>
      decision === 'denied' && channel === delivery.channel && topics.includes(topic),
  )
}

function allChoices(
  { settings, channels }: EngineContext,
  { scope, customer }: PreferencesOwner,
  standing: readonly ConsentRecord[],
): readonly PreferenceChoice[] {
  const configured = Object.keys(channels) as ChannelKind[]
  return choicesOf(settings.tenant(scope.tenant).topics, configured, customer, standing)
}

function centreOf(
  context: EngineContext,
  text: string,
  owner: PreferencesOwner,
  standing: readonly ConsentRecord[],
): PreferenceCentre {
  const choices = allChoices(context, owner, standing)
  return { choices, form: signForm(context, text, choices) }
}

function standingOf(
  { storage }: EngineContext,
  { scope, customer }: PreferencesOwner,
): Promise<readonly ConsentRecord[]> {
  return storage.consents.standing(scope, [customer.id])
}
