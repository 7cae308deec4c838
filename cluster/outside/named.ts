import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { z } from 'zod'
import { sentence } from '../../contract/errors.ts'
import { hostAndPort } from '../../contract/host-and-port.ts'
import { HELLO, parseJson } from '../../probe/greeting.ts'
import { askByHttp } from '../streams/ask-by-http.ts'
import { OUTSIDE } from './host.ts'
import type { FoundOutside } from './site.ts'

const ASK_MS = 5_000

const port = z.number().int().min(1).max(65_535)
/** What an observer says of itself. */
const Card = z.looseObject({
  flatnet: z.literal(HELLO),
  uid: z.string(),
  ports: z.looseObject({ tcp: port, udp: port, http: port }),
  addresses: z.array(z.string()),
})

/** The observer that the user has started with `flatnet observe`, or the reason why it cannot be used. */
export async function namedObserver(name: string, ms = ASK_MS): Promise<FoundOutside> {
  const at = hostAndPort(name)
  if (!at) return unusable(`--observer ${name} is no HOST:PORT`)
  let text: string
  let dialled: string[]
  try {
    text = await askByHttp(`http://${name}/observer`, ms)
    dialled = await addressesOf(at.host)
  } catch (error) {
    return unusable(`the observer ${name} does not answer this machine: ${reasonOf(error)}`)
  }
  const card = Card.safeParse(parseJson(text))
  if (!card.success) return unusable(`${name} answers, but it is no flatnet observer`)
  const { uid, ports, addresses } = card.data
  // What the observer says of itself may be any text.
  const own = addresses.filter((ip) => isIP(ip) !== 0)
  const more = dialled.some((ip) => own.includes(ip)) ? await reachedAt(own, at.port, uid) : []
  const ips = [...new Set([...dialled, ...more])]
  const observer = {
    ...{ namespace: '', pod: 'the observer', uid, container: OUTSIDE, node: OUTSIDE, hostIPs: [] },
    ...{ ips: oneOfEach(ips), ports, url: `http://${name}/ask` },
  }
  return {
    outside: { how: `the observer ${name}`, observer, dials: false },
    gateway: 'with --observer, flatnet makes no internet gateway; --cluster kind has one',
  }
}

/** The addresses of a host, which may be an address itself. */
async function addressesOf(host: string): Promise<string[]> {
  if (isIP(host)) return [host]
  return (await lookup(host, { all: true })).map(({ address }) => address)
}

/** The addresses at which this observer answers this machine. Others may be of a network that only its machine has. */
async function reachedAt(addresses: readonly string[], port: number, uid: string): Promise<string[]> {
  const isReached = async (ip: string) => {
    try {
      const text = await askByHttp(`http://${isIP(ip) === 6 ? `[${ip}]` : ip}:${port}/observer`, ASK_MS)
      return Card.safeParse(parseJson(text)).data?.uid === uid
    } catch {
      return false
    }
  }
  const reached = await Promise.all(addresses.map(isReached))
  return addresses.filter((_, i) => reached[i])
}

/** The first address of each IP family. */
const oneOfEach = (ips: readonly string[]): string[] =>
  [4, 6].flatMap((family) => ips.filter((ip) => isIP(ip) === family).slice(0, 1))

const unusable = (because: string): FoundOutside => ({ observer: because, isBroken: true })

const reasonOf = (error: unknown): string =>
  (error as NodeJS.ErrnoException).code === 'ECONNREFUSED' ? 'the connection was refused' : sentence(error)
