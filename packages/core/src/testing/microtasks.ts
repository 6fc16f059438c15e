const TURNS = 250

/** Lets promises run that are ready, and those that these make ready, so many turns deep. Needs no timer. */
export async function runMicrotasks(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await undefined
}
