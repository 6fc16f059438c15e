/**
 * Letters to begin with, and MJML: used when a campaign is written, never when it is sent.
 *
 * @packageDocumentation
 */
export type { Brand, Button, Picture } from './templates/brand.js'
export { compileMjml } from './templates/compile-mjml.js'
export {
  couponLetter,
  event,
  type GalleryLetter,
  launch,
  newsletter,
  winBack,
} from './templates/gallery.js'
