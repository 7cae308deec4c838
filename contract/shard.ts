/** One of `of` parts of a run, from 1 up. */
export interface Shard {
  index: number
  of: number
}

/** Whether a text is a value of `--shard`: `2/3`, or `job/3` in a pod of an Indexed Job. */
export function isShard(text: string): boolean {
  const [, index, of] = /^(job|[1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text) ?? []
  return of !== undefined && (index === 'job' || Number(index) <= Number(of))
}

/** The part that `--shard` names. In an Indexed Job it is the pod's index; undefined if this is no such pod. */
export function shardOf(text: string, jobIndex = process.env.JOB_COMPLETION_INDEX): Shard | undefined {
  const [index = '', of = ''] = text.split('/')
  if (index !== 'job') return { index: Number(index), of: Number(of) }
  const own = Number(jobIndex ?? Number.NaN) + 1
  return own <= Number(of) ? { index: own, of: Number(of) } : undefined
}

/** The part of a list that belongs to a shard: neighbours stay together, and the parts are equally long, or differ by one. */
export function segment<T>(all: readonly T[], { index, of }: Shard): T[] {
  const at = (part: number) => Math.floor((part * all.length) / of)
  return all.slice(at(index - 1), at(index))
}
