import { isIP } from 'node:net'

/** Splits HOST:PORT, where HOST may be an IPv6 address in brackets; undefined if it is none. */
export function hostAndPort(text: string): { host: string; port: number } | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:\s/?#@\\[\]]+)):(\d{1,5})$/.exec(text) ?? []
  const host = bracketed ?? plain
  const number = Number(digits)
  if (host === undefined || !(number >= 1 && number <= 65_535)) return undefined
  if (bracketed !== undefined && isIP(bracketed) !== 6) return undefined
  return { host, port: number }
}
