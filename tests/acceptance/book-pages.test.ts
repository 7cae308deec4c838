import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { launched, noBrowser, violationsIn } from './browser.ts'
import { ROOT } from './cli.ts'

const SCREENS = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const

describe('the book in a browser', { skip: noBrowser }, () => {
  let browser: Browser
  before(async () => {
    browser = await launched()
  })
  after(() => browser?.close())

  /** Opens a page of docs/book from disk, without a network. What the console says is kept. */
  async function open(name: string, options: Parameters<Browser['newPage']>[0] = {}) {
    const page = await browser.newPage({ offline: true, ...options })
    const said: string[] = []
    page.on('console', (message) => said.push(message.text()))
    page.on('pageerror', (error) => said.push(error.message))
    await page.goto(`${pathToFileURL(join(ROOT, 'docs', 'book')).href}/${name}`)
    return { page, said, [Symbol.asyncDispose]: () => page.close() }
  }

  for (const [screen, viewport] of Object.entries(SCREENS))
    for (const colorScheme of ['light', 'dark'] as const)
      for (const name of ['index.html', 'problem-4-egress.html'])
        it(`has no violation that axe finds, and does not scroll sideways: ${name}, ${screen}, ${colorScheme}`, async () => {
          await using opened = await open(name, { viewport, colorScheme })
          const wider = await opened.page.evaluate('document.documentElement.scrollWidth - innerWidth')
          assert.ok(Number(wider) <= 0, `${wider} pixels too wide`)
          assert.deepEqual(opened.said, [])
          // It asks for the style sheet once more, which a browser refuses from disk and says so.
          assert.deepEqual(await violationsIn(opened.page), [])
        })

  it('finds a promise by its id and a word by its name, from the keyboard', async () => {
    await using opened = await open('index.html')
    const { page } = opened
    await page.locator('#query').fill('P04')
    assert.match((await page.locator('#results li').first().textContent()) ?? '', /P04/)
    await page.locator('#query').fill('no promise has these words')
    assert.equal(await page.locator('#results li a').count(), 0)
  })

  it('leads from an id to the page of the promise', async () => {
    await using opened = await open('index.html#S01')
    await opened.page.waitForURL(/problem-3\.html#S01$/)
  })
})
