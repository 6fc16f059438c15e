import { createHash } from 'node:crypto'
import type { SoundMail } from '../mail/check-mail.js'
import { recipientTag } from './recipient-tag.js'
import type { Skeleton } from './skeleton.js'
import { bytesOf, fitting, looksTagged, MAX_SUBSTITUTION_BYTES, substitute } from './substitutions.js'

/** A message among those of a call. */
export interface PlannedMail {
  /** Its place in the call. */
  readonly at: number
  readonly mail: SoundMail
  readonly tag: string
  /** What stands for the tags in the bodies of its request. */
  readonly substitutions: Readonly<Record<string, string>>
}

/** The messages of one request, and the bodies that they share. */
export interface PlannedRequest {
  readonly mails: readonly [PlannedMail, ...PlannedMail[]]
  readonly html: string | null
  readonly text: string
}

type Placed = Pick<PlannedMail, 'at' | 'mail' | 'tag'>

/** Messages that may share bodies: what these have in common so far. */
interface Family {
  readonly mails: Placed[]
  html: Skeleton | null
  text: Skeleton
}

/** Bodies that share less than this are no variations of one text. */
const LEAST_IN_COMMON = 0.5
/** Families that a message is compared with, the latest first. */
const MOST_COMPARED = 8

/**
 * Divides messages into requests. Messages share one when their bodies differ only by what substitutions can carry and
 * all else that a request has once is the same: campaign, answers, files. Never two for one address.
 *
 * @param most - messages of a request, 1 to 1,000
 */
export function planRequests(
  mails: readonly { readonly at: number; readonly mail: SoundMail }[],
  most: number,
): readonly PlannedRequest[] {
  const requests: PlannedRequest[] = []
  for (const family of familiesOf(mails, most)) {
    for (const group of groupsOf(family.mails, most)) requests.push(...requestsOf(family, group))
  }
  return requests
}

/** A request for one message, its bodies as they are. */
export function singleRequest({ at, mail, tag }: Placed): PlannedRequest {
  const { html, text } = mail.content
  return { mails: [{ at, mail, tag, substitutions: {} }], html, text }
}

function familiesOf(
  mails: readonly { readonly at: number; readonly mail: SoundMail }[],
  most: number,
): readonly Family[] {
  const families: Family[] = []
  const byFrame = new Map<string, Family[]>()
  for (const { at, mail } of mails) {
    const placed = { at, mail, tag: recipientTag(mail.to.address) }
    const frame = most === 1 || mails.length === 1 || isTagged(mail) ? null : frameOf(mail)
    const akin = frame === null ? [] : (byFrame.get(frame) ?? [])
    if (akin.slice(-MOST_COMPARED).some((family) => join(family, placed))) continue
    const { html, text } = mail.content
    const family: Family = { mails: [placed], html: html === null ? null : [html], text: [text] }
    families.push(family)
    if (frame !== null) byFrame.set(frame, [...akin, family])
  }
  return families
}

function isTagged({ content: { html, text, subject } }: SoundMail): boolean {
  return looksTagged(html ?? '') || looksTagged(text) || looksTagged(subject)
}

/** All that a request has once, apart from its bodies. */
function frameOf({ message, content, replyTo }: SoundMail): string {
  const files = content.attachments.map(({ filename, contentType, contentId, bytes }) => [
    filename,
    contentType,
    contentId,
    createHash('sha256').update(bytes).digest('base64'),
  ])
  const bodies = [content.html === null, content.text === '']
  const counted = [content.tracked?.clicks === true, content.tracked?.opens === true]
  return JSON.stringify([message.campaignId, replyTo?.name, replyTo?.address, counted, bodies, files])
}

function join(family: Family, placed: Placed): boolean {
  const { html, text } = placed.mail.content
  const ofHtml = family.html === null || html === null ? null : fitting(family.html, html)
  const ofText = fitting(family.text, text)
  const whole = (html?.length ?? 0) + text.length
  const common = lengthOf(ofHtml ?? ['']) + lengthOf(ofText)
  if (common < whole * LEAST_IN_COMMON || whole - common > MAX_SUBSTITUTION_BYTES) return false
  family.html = ofHtml
  family.text = ofText
  family.mails.push(placed)
  return true
}

function lengthOf(skeleton: Skeleton): number {
  return skeleton.reduce((length, piece) => length + piece.length, 0)
}

/** Groups of at most so many, in none of which two have the same tag: two of one address among them. */
function groupsOf(mails: readonly Placed[], most: number): readonly Placed[][] {
  const groups: { readonly mails: Placed[]; readonly tags: Set<string> }[] = []
  for (const placed of mails) {
    const group = groups.find(({ mails: { length }, tags }) => length < most && !tags.has(placed.tag))
    if (group === undefined) groups.push({ mails: [placed], tags: new Set([placed.tag]) })
    else {
      group.mails.push(placed)
      group.tags.add(placed.tag)
    }
  }
  return groups.map((group) => group.mails)
}

/** One request for a group, and one for each message that needs more substitutions than one recipient may have. */
function requestsOf(family: Family, group: readonly Placed[]): readonly PlannedRequest[] {
  const [only, second] = group
  if (only !== undefined && second === undefined) return [singleRequest(only)]
  const tagged = new Map<string, string>()
  const texts = group.map(({ mail }) => mail.content.text)
  const htmls = group.map(({ mail }) => mail.content.html ?? '')
  const html = family.html === null ? null : substitute(family.html, htmls, tagged)
  const text = substitute(family.text, texts, tagged)
  if (text === null || (html === null) !== (family.html === null)) return group.map(singleRequest)
  const planned = group.map((placed, row) => ({
    placed,
    values: [...(html?.values[row] ?? []), ...(text.values[row] ?? [])],
  }))
  const fit = planned.filter(({ values }) => bytesOf(values) <= MAX_SUBSTITUTION_BYTES)
  const alone = planned.filter(({ values }) => bytesOf(values) > MAX_SUBSTITUTION_BYTES)
  const [first, ...others] = fit.map(
    ({ placed, values }): PlannedMail => ({ ...placed, substitutions: Object.fromEntries(values) }),
  )
  const singles = alone.map(({ placed }) => singleRequest(placed))
  if (first === undefined) return singles
  return [{ mails: [first, ...others], html: html?.template ?? null, text: text.template }, ...singles]
}
