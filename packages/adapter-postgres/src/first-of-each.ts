/** Items without those whose key an earlier one has. */
export function firstOfEach<Item>(items: Iterable<Item>, keyOf: (item: Item) => string): readonly Item[] {
  const firsts = new Map<string, Item>()
  for (const item of items) {
    const key = keyOf(item)
    if (!firsts.has(key)) firsts.set(key, item)
  }
  return [...firsts.values()]
}
