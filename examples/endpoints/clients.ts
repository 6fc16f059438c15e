const CLIENTS = new WeakMap<Request, string>()

/** Remembers who sent a request, where no header that a client writes can say otherwise. */
export function rememberClient(request: Request, address: string | undefined): Request {
  if (address !== undefined) CLIENTS.set(request, address)
  return request
}

/** Who sent a request: what `createEndpoints` takes as `clientOf`. */
export function clientOf(request: Request): string | null {
  return CLIENTS.get(request) ?? null
}
