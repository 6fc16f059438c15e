import { accentOf, type Brand, type Button, letteringOn, type Picture } from './brand.js'
import { escapeWords } from './escape-words.js'

const FONT = 'Helvetica, Arial, sans-serif'

/** What mail programs that know a dark mode show instead; the others keep the light colours. */
const DARK = `
  :root { color-scheme: light dark; supported-color-schemes: light dark; }
  @media (prefers-color-scheme: dark) {
    body, body > div, .page, .page > table { background: #14171a !important; }
    .card, .card > table { background: #1f2429 !important; }
    .ink div, .ink a { color: #f3f4f6 !important; }
    .quiet div, .quiet a { color: #b9c0c8 !important; }
    .rule p { border-top-color: #3a424a !important; }
  }
`

/**
 * A whole letter: the sender's name on top, the sections in a card, address and way out at the foot.
 *
 * @param sections - MJML of `mj-section` elements
 */
export function frame(brand: Brand, title: string, sections: readonly string[]): string {
  return `<mjml lang="en">
  <mj-head>
    <mj-title>${escapeWords(title)}</mj-title>
    <mj-raw><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"></mj-raw>
    <mj-attributes>
      <mj-all font-family="${FONT}" />
      <mj-text font-size="16px" line-height="1.5" color="#14171a" />
      <mj-button font-size="16px" font-weight="bold" border-radius="6px" inner-padding="14px 28px" background-color="${brand.color}" color="${letteringOn(brand.color)}" />
      <mj-section padding="8px 16px" background-color="#ffffff" css-class="card" />
    </mj-attributes>
    <mj-breakpoint width="599px" />
    <mj-style>${DARK}</mj-style>
  </mj-head>
  <mj-body background-color="#eef0f2" css-class="page">
    <mj-section background-color="#eef0f2" css-class="page" padding="20px 16px 12px">
      <mj-column>${sender(brand)}</mj-column>
    </mj-section>
${sections.join('\n')}
    <mj-section background-color="#eef0f2" css-class="page" padding="16px 16px 32px">
      <mj-column>
        <mj-text align="center" font-size="13px" color="#4b5560" css-class="quiet">
          ${escapeWords(brand.name)}, ${escapeWords(brand.address)}<br />
          <a href="{{ unsubscribeUrl }}" style="color:#4b5560">Unsubscribe</a>
        </mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
`
}

function sender({ name, homepage, logo }: Brand): string {
  const url = escapeWords(homepage)
  if (logo !== undefined) {
    return `<mj-image width="160px" src="${escapeWords(logo.url)}" alt="${escapeWords(logo.alt)}" href="${url}" padding="0" />`
  }
  return `<mj-text align="center" font-size="20px" font-weight="bold" css-class="ink"><a href="${url}" style="color:#14171a;text-decoration:none">${escapeWords(name)}</a></mj-text>`
}

/** A section of one column. */
export function section(elements: readonly string[]): string {
  return `    <mj-section>
      <mj-column>
        ${elements.filter((element) => element !== '').join('\n        ')}
      </mj-column>
    </mj-section>`
}

/** The line that a letter begins with. */
export function heading(text: string): string {
  return `<mj-text align="center" font-size="30px" line-height="1.2" font-weight="bold" css-class="ink" padding-top="24px"><h1 style="margin:0;font-size:30px">${text}</h1></mj-text>`
}

/** @param html - safe text, with Liquid */
export function paragraph(html: string, align: 'left' | 'center' = 'left'): string {
  return `<mj-text align="${align}" css-class="ink">${html}</mj-text>`
}

/** In smaller and fainter letters. */
export function aside(html: string): string {
  return `<mj-text align="center" font-size="14px" color="#4b5560" css-class="quiet">${html}</mj-text>`
}

export function button({ label, url }: Button): string {
  return `<mj-button href="${escapeWords(url)}" padding="16px 0 24px">${escapeWords(label)}</mj-button>`
}

export function picture({ url, alt }: Picture): string {
  return `<mj-image src="${escapeWords(url)}" alt="${escapeWords(alt)}" padding="8px 25px" border-radius="6px" />`
}

/** A link in running text. */
export function link({ color }: Brand, { label, url }: Button): string {
  return `<a href="${escapeWords(url)}" style="color:${accentOf(color)};font-weight:bold">${escapeWords(label)}</a>`
}

/** The reward in words: so much off, or the item by its own name. */
export const REWARD =
  '{{ coupon.reward }}{% if coupon.reward and coupon.rewardKind != "item" %} off{% endif %}'

/** The reward in large letters. */
export function reward(sizePx: number): string {
  return `<mj-text align="center" font-size="${sizePx}px" line-height="1.15" font-weight="bold" css-class="ink">${REWARD}</mj-text>`
}

/** The customer's own coupon: the image with its code, and how long it is good for. */
export function coupon(): readonly string[] {
  return [
    '<mj-text align="center">{{ qr }}</mj-text>',
    aside(
      '{% if coupon.code %}Show it at the till or use the code online.{% endif %}{% if coupon.expiresAt %} Good until {{ coupon.expiresAt | date: "%-d %B %Y" }}.{% endif %}{% if coupon.terms %}<br />{{ coupon.terms }}{% endif %}',
    ),
  ]
}

export function rule(): string {
  return '<mj-divider border-width="1px" border-color="#d9dde1" css-class="rule" padding="8px 25px" />'
}
