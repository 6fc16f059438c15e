import type { Brand } from '../base/brand.js'

/** The type with every branded text as plain text, so that a test may write `'c-1'`. */
export type Unbranded<Value> =
  Value extends Brand<string>
    ? string
    : Value extends (infer Item)[]
      ? Unbranded<Item>[]
      : Value extends readonly (infer Item)[]
        ? readonly Unbranded<Item>[]
        : Value

/** What a sample may say differently; ids as plain text. */
export type Overrides<Row> = { readonly [Field in keyof Row]?: Unbranded<Row[Field]> }

/** Brands a text of a test as whatever id is asked for. */
export function asId<Id extends Brand<string>>(text: string): Id {
  return text as Id
}
