const attributes = 'action|background|cite|data|formaction|href|longdesc|poster|src|usemap'
const link = new RegExp(`(\\s(?:${attributes})\\s*=\\s*["']?)(/(?!/)[^"'\\s>]*)`, 'gi')

/** A page whose links to its own server lead through the proxy: they start with the path of the proxy. */
export const rewriteLinks = (page: string, prefix: string): string =>
  page.replace(/<[a-z][^>]*>/gi, (tag) =>
    tag.replace(link, (_, start: string, target: string) => start + rewriteLocation(target, prefix)),
  )

/** A path of the server behind the proxy, as a path through the proxy. Other addresses stay as they are. */
export const rewriteLocation = (location: string, prefix: string): string =>
  /^\/(?!\/)/.test(location) && !location.startsWith(`${prefix}/`) ? prefix + location : location
