/** A time as Kubernetes writes it, in whole seconds. Now by default. */
export function timestamp(milliseconds = Date.now()): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z')
}
