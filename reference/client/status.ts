import { request } from 'node:https'
import type { Access } from './access.ts'

/**
 * Writes fields of the status of an object, which `path` names.
 * @throws Error when the API does not take it.
 */
export async function patchStatus(access: Access, path: string, status: object): Promise<void> {
  const headers = { 'content-type': 'application/merge-patch+json' }
  const code = await new Promise<number | undefined>((resolve, reject) => {
    const patch = request({ ...access, path: `${path}/status`, method: 'PATCH', headers }, (response) => {
      response
        .on('error', reject)
        .on('end', () => resolve(response.statusCode))
        .resume()
    })
    patch.on('error', reject).end(JSON.stringify({ status }))
  })
  // An object that is gone needs no status.
  if (code !== 200 && code !== 404) throw new Error(`the API answers ${code} to the status of ${path}`)
}
