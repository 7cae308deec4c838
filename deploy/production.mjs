// node deploy/production.mjs CLONE FOLDER: copies the package and its dependencies out of a built clone, without what only
// developers read: types, source maps and prose. deploy/Dockerfile calls it.
import { cpSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const [clone = '', folder = ''] = process.argv.slice(2)
const { files } = JSON.parse(readFileSync(join(clone, 'package.json'), 'utf8'))
const { packages } = JSON.parse(readFileSync(join(clone, 'package-lock.json'), 'utf8'))

if (!existsSync(join(clone, 'dist', 'probe.cjs'))) throw new Error('the clone is not built: npm ci && npm run build')

const isNeeded = (path) => !/\.([cm]?ts|map|bare|markdown|md)$/.test(path)
const copy = (name) => {
  if (existsSync(join(clone, name)))
    cpSync(join(clone, name), join(folder, name), { recursive: true, filter: isNeeded })
}
for (const name of ['package.json', ...files]) copy(name)

const isOurs = ([name, { dev, optional, devOptional, peer }]) =>
  name.startsWith('node_modules/') && !dev && !optional && !devOptional && !peer
// A package within another one is copied with it, unless it is not for production.
for (const [name] of Object.entries(packages).filter(isOurs)) copy(name)
