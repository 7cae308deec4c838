import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { watchPage } from '../../watch/page.ts'
import { watchReport } from '../unit/watch-reports.ts'
import { launched, noBrowser, violationsIn } from './browser.ts'

const SCREENS = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const

describe('the page of a watch in a browser', { skip: noBrowser }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'flatnet-page-'))
  let browser: Browser
  before(async () => {
    browser = await launched()
    for (const isBroken of [true, false]) writeFileSync(file(isBroken), watchPage(watchReport({ isBroken })))
  })
  after(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const file = (isBroken: boolean) => join(folder, isBroken ? 'broken.html' : 'kept.html')

  for (const [screen, viewport] of Object.entries(SCREENS))
    for (const colorScheme of ['light', 'dark'] as const)
      for (const isBroken of [true, false])
        it(`answers and has no violation that axe finds: ${isBroken ? 'broken' : 'kept'}, ${screen}, ${colorScheme}`, async () => {
          const page = await browser.newPage({ offline: true, viewport, colorScheme })
          const said: string[] = []
          page.on('console', (message) => said.push(message.text()))
          await page.goto(pathToFileURL(file(isBroken)).href)
          assert.equal(await page.locator('h1').textContent(), isBroken ? '✕ Broken' : '✓ Kept')
          assert.equal(await page.locator('svg rect.lane-lost').count(), isBroken ? 3 : 0)
          const { scroll, client } = (await page.evaluate(
            '({scroll: document.documentElement.scrollWidth, client: innerWidth})',
          )) as { scroll: number; client: number }
          assert.ok(scroll <= client, 'the page scrolls sideways')
          assert.deepEqual(said, [])
          assert.deepEqual(await violationsIn(page), [])
          await page.close()
        })
})
