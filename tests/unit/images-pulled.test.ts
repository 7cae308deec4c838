import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { readSettings } from '../../cli/settings.ts'
import { imagesPulled } from '../../cluster/images-pulled.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** The rooms whose code creates pods and containers, and the manifests. The reference cluster pulls nothing. */
const SOURCES = '{cluster,contract,faults,fixtures,promises,prover,steps,suite}/**/*.ts'
const MANIFESTS = '{baselines,cluster,deploy,manifests}/**/*.{yaml,yml}'

/** Pipelines start flatnet in an image of their own, outside the cluster that is tested. */
const OUTSIDE = /^deploy\/(pipelines|matrix)\//

const read = (pattern: string) =>
  globSync(pattern, { cwd: root })
    .filter((file) => !OUTSIDE.test(file))
    .map((file) => ({ file, text: readFileSync(`${root}${file}`, 'utf8') }))

/** Words of sources that look like an image with a tag, and are none. */
const OTHER = /^(localhost|node|https?|sha256|[a-z-]+\.flatnet|127\.0\.0\.1)?:|:\d+$|^(nft|kind|tcp|udp):/
const IMAGE = /^(?:[a-z\d.-]+(?::\d+)?\/)?[a-z\d][a-z\d._/-]*:(?:v?\d[\w.-]*|latest)$/

const literals = (text: string) =>
  [...text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '').matchAll(/(['"`])((?:(?!\1)[^\n\\])+)\1/g)].map(
    ([, , word = '']) => word,
  )

describe('the list of images', () => {
  const listed = imagesPulled(readSettings({}, [])).map(({ image }) => image)

  it('has every image that a source names', () => {
    const named = read(SOURCES).flatMap(({ file, text }) =>
      literals(text)
        .filter((word) => IMAGE.test(word) && !OTHER.test(word.replace(/^node:\d.*/, '')))
        .map((image) => ({ file, image })),
    )
    assert.ok(named.length >= listed.length, 'the images of the list are found in the sources')
    for (const { file, image } of named)
      assert.ok(listed.includes(image), `${file} names ${image}, which flatnet images does not list`)
    for (const image of listed)
      assert.ok(
        named.some((each) => each.image === image),
        `no source names ${image}`,
      )
  })

  it('has every image of a container in the sources, by a name that comes from the settings', () => {
    const fields = read(SOURCES).flatMap(({ file, text }) =>
      [...text.matchAll(/\bimage: ([^,\n}]+)/g)].map(([, value = '']) => ({ file, value: value.trim() })),
    )
    assert.ok(fields.length > 3)
    for (const { file, value } of fields)
      assert.doesNotMatch(
        value,
        /^['"`](?!$)/,
        `${file} gives a container the image ${value}; imagesPulled should know it`,
      )
  })

  it('has every image of a manifest', () => {
    const named = read(MANIFESTS).flatMap(({ file, text }) =>
      [...text.matchAll(/^\s*(?:- )?image:\s*["']?([^\s"']+)/gm)].map(([, image = '']) => ({ file, image })),
    )
    // The suite's own image is built from this repository, and is pulled by the Job and not by a run.
    for (const { file, image } of named)
      assert.ok(/^flatnet:|^\{\{/.test(image) || listed.includes(image), `${file} names ${image}`)
  })

  it('is all in the mirror, if there is one', () => {
    const mirrored = imagesPulled(readSettings({ imageRegistry: 'm.example:5000/a' }, []))
    assert.deepEqual(
      mirrored.map(({ image }) => image),
      listed.map((image) => `m.example:5000/a/library/${image}`),
    )
  })
})
