import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { pageOf } from '../../reports/page/page.ts'
import { CAUSE, largeRun, type Run, smallRun } from '../unit/page-runs.ts'
import { launched, noBrowser, violationsIn } from './browser.ts'

const SCREENS = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const

describe('the page in a browser', { skip: noBrowser }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'flatnet-page-'))
  let browser: Browser

  before(async () => {
    browser = await launched()
    for (const [name, run] of Object.entries({ broken: smallRun(), healthy: smallRun({ isBroken: false }) }))
      writeFileSync(file(name), html(run))
  })
  after(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const file = (name: string) => join(folder, `${name}.html`)
  const html = ({ model, verdict }: Run) => pageOf(model, verdict)

  /** Opens a page from disk. The network is off, and what the console says is kept. */
  async function open(name: string, options: Parameters<Browser['newPage']>[0] = {}, hash = '') {
    const page = await browser.newPage({ offline: true, ...options })
    const said: string[] = []
    page.on('console', (message) => said.push(message.text()))
    page.on('pageerror', (error) => said.push(error.message))
    await page.goto(pathToFileURL(file(name)).href + hash)
    return { page, said, [Symbol.asyncDispose]: () => page.close() }
  }

  /** Whether a text lies wholly on the first screen. */
  async function isOnFirstScreen(page: Page, text: string): Promise<boolean> {
    const box = await page.getByText(text).first().boundingBox()
    const { height, width } = page.viewportSize() ?? { height: 0, width: 0 }
    return box !== null && box.y >= 0 && box.y + box.height <= height && box.x >= 0 && box.x + box.width <= width
  }

  for (const [screen, viewport] of Object.entries(SCREENS))
    for (const colorScheme of ['light', 'dark'] as const) {
      it(`answers on the first screen of a ${screen}, ${colorScheme}`, async () => {
        await using opened = await open('broken', { viewport, colorScheme })
        const { page, said } = opened
        const texts = ['Non-conformant', CAUSE.says, CAUSE.usually, ...CAUSE.look, 'UDP from node-1 to node-2']
        for (const text of texts) assert.ok(await isOnFirstScreen(page, text), text)
        const { scroll, client } = (await page.evaluate(
          '({scroll: document.documentElement.scrollWidth, client: innerWidth})',
        )) as { scroll: number; client: number }
        assert.ok(scroll <= client, 'the page scrolls sideways')
        assert.deepEqual(said, [])
      })

      for (const name of ['broken', 'healthy'])
        it(`has no violation that axe finds: ${name}, ${screen}, ${colorScheme}`, async () => {
          await using opened = await open(name, { viewport, colorScheme })
          const violations = await violationsIn(opened.page)
          assert.deepEqual(violations, [])
        })
    }

  it('filters by rule, level, result and words, and says how many are left', async () => {
    await using opened = await open('broken')
    const { page } = opened
    const shown = () => page.locator('.promise:visible .id').allTextContents()
    const choose = async (name: string, value: string) => {
      await page.locator(`[name=${name}]`).selectOption(value)
      const ids = await shown()
      assert.equal(await page.locator('#matches').textContent(), `${ids.length} of 4 promises`)
      await page.locator(`[name=${name}]`).selectOption('')
      return ids
    }
    assert.deepEqual(await choose('level', 'extended'), ['DS01'])
    assert.deepEqual(await choose('status', 'broken'), ['P04'])
    assert.deepEqual(await choose('chapter', 'Problem 3'), ['S06'])
    await page.locator('[name=words]').fill('p02 tcp')
    assert.deepEqual(await shown(), ['P02'])
  })

  it('opens the promise that a link names, and shows it although a filter hides it', async () => {
    await using opened = await open('broken', {}, '#P02')
    const { page } = opened
    assert.equal(await page.locator('#P02').getAttribute('open'), '')
    await page.locator('[name=words]').fill('nothing has these words')
    await page.locator('.explains a', { hasText: 'P04' }).click()
    assert.ok(await page.locator('#P04 .violation').isVisible())
  })

  it('says a cell of the matrix when it is pointed at or tapped', async () => {
    await using opened = await open('broken')
    const { page } = opened
    await page.locator('.cell.translated[title]').first().click()
    assert.match((await page.locator('#told').textContent()) ?? '', /node-1 to node-2: translated.*median 0\.8 ms/)
  })

  it('can be read without scripts', async () => {
    await using opened = await open('broken', { javaScriptEnabled: false })
    const { page } = opened
    assert.ok(await page.locator('#P04 .violation').isVisible())
    assert.equal(await page.locator('.filters').isVisible(), false)
  })

  it('opens a run of 1,000 nodes within a few seconds, also on a busy machine', async () => {
    writeFileSync(file('large'), html(largeRun(1000)))
    await using opened = await open('large')
    const { page, said } = opened
    const ms = await page.evaluate('performance.getEntriesByType("navigation")[0].loadEventEnd')
    assert.ok(Number(ms) < 10_000, `${ms} ms`)
    assert.deepEqual(said, [])
  })
})
