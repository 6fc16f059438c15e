/** What a conformance case throws when an adapter does not do what its port says. */
export class ConformanceFailure extends Error {
  override readonly name = 'ConformanceFailure'
  readonly kind = 'ConformanceFailure'
  /** The sentence that does not hold; empty until the case puts it there. */
  readonly caseName: string
  readonly expected: string
  readonly seen: string

  constructor(
    failure: { readonly caseName?: string; readonly expected: string; readonly seen: string },
    cause?: unknown,
  ) {
    const { caseName = '', expected, seen } = failure
    super(`${caseName}\n  expected: ${expected}\n  seen:     ${seen}`, cause === undefined ? {} : { cause })
    this.caseName = caseName
    this.expected = expected
    this.seen = seen
  }
}
