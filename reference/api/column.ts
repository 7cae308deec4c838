import type { KubeObject } from '../contract.ts'

/** One column of the table that `kubectl get` prints. Columns of priority 1 are printed with `-o wide` only. */
export interface Column {
  name: string
  type: 'string' | 'integer'
  priority: 0 | 1
  cell: (object: KubeObject) => string | number
}

/** A column of text. */
export const column = (name: string, cell: Column['cell'], priority: 0 | 1 = 0): Column => ({
  name,
  type: 'string',
  priority,
  cell,
})

/** A column of text that is printed with `-o wide` only. */
export const wide = (name: string, cell: Column['cell']): Column => column(name, cell, 1)

export const none = '<none>'
export const name = column('Name', ({ metadata }) => metadata.name)
export const age = column('Age', ({ metadata }) => ageOf(metadata.creationTimestamp))

/** How long ago a time was, as kubectl writes it: `75s`, `5m3s`, `2d4h`. */
export function ageOf(time: string | undefined): string {
  if (!time) return '<unknown>'
  const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(time)) / 1000))
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(seconds / 3600)
  const days = Math.floor(seconds / 86_400)
  const two = (big: string, rest: number, unit: string) => (rest === 0 ? big : `${big}${rest}${unit}`)
  if (seconds < 120) return `${seconds}s`
  if (minutes < 10) return two(`${minutes}m`, seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  if (hours < 8) return two(`${hours}h`, minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  if (days < 8) return two(`${days}d`, hours % 24, 'h')
  return `${days}d`
}
