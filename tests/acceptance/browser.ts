import { existsSync } from 'node:fs'
import axe from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'

const BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
]
const found = BROWSERS.find((path) => existsSync(path))

/** Why the tests in a browser are skipped; false if they are not. */
export const noBrowser = found ? false : 'no Chromium here, and apt could not install it'

export const launched = (): Promise<Browser> =>
  // Chromium's sandbox refuses root.
  chromium.launch({ executablePath: found ?? '', args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })

/** What axe finds on a page with everything unfolded: each violation with the elements that have it. */
export async function violationsIn(page: Page): Promise<string[]> {
  await page.evaluate('for (const each of document.querySelectorAll("details")) each.open = true')
  await page.evaluate(axe.source)
  return page.evaluate(
    'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html.slice(0, 200)).join(" ")))',
  )
}
