/** Calls back once for each name that was given during one turn of the event loop. */
export function collectChanges(callback: (namespace: string, name: string) => void) {
  const waiting = new Map<string, () => void>()
  return (namespace = '', name = ''): void => {
    if (waiting.size === 0)
      setImmediate(() => {
        const all = [...waiting.values()]
        waiting.clear()
        for (const each of all) each()
      })
    waiting.set(`${namespace}/${name}`, () => callback(namespace, name))
  }
}
