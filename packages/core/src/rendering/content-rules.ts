import type { MessageParts } from '../model/message.js'
import type { RenderedMessage } from '../ports/channel.js'
import type { HtmlReader, HtmlText, Rgb } from '../ports/html-reader.js'
import { contrastRatio } from './contrast.js'

/** What should be looked at in an e-mail before it is sent. */
export interface ContentFinding {
  readonly code:
    | 'imageWithoutAlt'
    | 'lowContrast'
    | 'preheaderCut'
    | 'preheaderRepeatsSubject'
    | 'imageDroppedByGmail'
    | 'textPartEmpty'
  /** The part of the message. */
  readonly part: string
  readonly message: string
}

/** What text needs at least to be read: WCAG 2.2, success criterion 1.4.3, level AA. */
const LEAST_CONTRAST = 4.5
const LEAST_CONTRAST_LARGE = 3
/** 18 points, and 14 points (18.67 pixels) in bold. */
const LARGE_PX = 24
const LARGE_BOLD_PX = 18.66

/** Characters of a preheader that the widest programs show. */
const LONGEST_PREHEADER = 140

/**
 * Reads an e-mail as a person does who sees no images, or little contrast.
 *
 * @param parts - the templates
 * @param message - what they make for somebody; null when it is not known
 * @returns at most one finding a code
 */
export function contentFindings(
  parts: MessageParts,
  message: RenderedMessage | null,
  reader: HtmlReader,
): readonly ContentFinding[] {
  const preheader = preheaderFindings(parts)
  if (parts.html === undefined) return preheader
  const templates = textPartFindings(parts, parts.html, reader)
  if (message?.type !== 'email' || message.html === null) return [...preheader, ...templates]
  return [...preheader, ...templates, ...shownFindings(message.html, reader)]
}

function preheaderFindings({ preheader = '', subject }: MessageParts): ContentFinding[] {
  const finding = (code: ContentFinding['code'], message: string) => [{ code, part: 'preheader', message }]
  if (preheader.trim() !== '' && preheader.trim() === subject?.trim())
    return finding('preheaderRepeatsSubject', 'Programs show both side by side')
  // what Liquid makes of it may be shorter
  if (preheader.length <= LONGEST_PREHEADER || preheader.includes('{')) return []
  return finding('preheaderCut', `Programs show ${LONGEST_PREHEADER} characters at most`)
}

function textPartFindings(parts: MessageParts, html: string, reader: HtmlReader): ContentFinding[] {
  const findings: ContentFinding[] = []
  if (parts.text === undefined && reader.looks(html).texts.length === 0) {
    const message = 'Who sees no images sees nothing, and the text part is empty'
    findings.push({ code: 'textPartEmpty', part: 'html', message })
  }
  return findings
}

function shownFindings(html: string, reader: HtmlReader): ContentFinding[] {
  const findings: ContentFinding[] = []
  const { images, texts } = reader.looks(html)
  const silent = images.filter(({ alt }) => alt === null).length
  if (silent > 0) {
    const message = `${silent} of ${images.length} images say nothing to who does not see them; alt="" where that is meant`
    findings.push({ code: 'imageWithoutAlt', part: 'html', message })
  }
  const faint = texts.map(faintness).filter((each) => each !== null)
  if (faint[0] !== undefined) findings.push({ code: 'lowContrast', part: 'html', message: faint[0] })
  if (/<img[^>]*\ssrc\s*=\s*["']?data:/i.test(html)) {
    const message = 'Gmail shows no images of data: addresses'
    findings.push({ code: 'imageDroppedByGmail', part: 'html', message })
  }
  return findings
}

function faintness({ color, background, size, bold }: HtmlText): string | null {
  if (color === null || background === null) return null
  const isLarge = size === null || size >= (bold ? LARGE_BOLD_PX : LARGE_PX)
  const least = isLarge ? LEAST_CONTRAST_LARGE : LEAST_CONTRAST
  const ratio = contrastRatio(color, background)
  if (ratio >= least) return null
  return `Text of ${hex(color)} on ${hex(background)} has a contrast of ${(Math.floor(ratio * 100) / 100).toFixed(2)}, less than ${least}`
}

function hex(color: Rgb): string {
  return `#${color.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`
}
