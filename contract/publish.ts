/** A place besides the folder of `--output` where the result of a run is put. */
export type Destination =
  /** The report, between markers on stdout. */
  | { to: 'log' }
  /** A ConfigMap in the namespace of these credentials. */
  | { to: 'configmap'; name: string }
  /** The results folder of a Sonobuoy plug-in. */
  | { to: 'sonobuoy' }

/** The destinations of `--publish`, such as `log,configmap/flatnet-report`; undefined if the text names another one. */
export function destinations(text: string): Destination[] | undefined {
  const all = text.split(',').map((word): Destination | undefined => {
    if (word === 'log' || word === 'sonobuoy') return { to: word }
    const name = /^configmap\/([a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?)$/.exec(word)?.[1]
    return name === undefined ? undefined : { to: 'configmap', name }
  })
  return all.includes(undefined) ? undefined : (all as Destination[])
}
