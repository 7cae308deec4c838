import { get } from 'node:https'

/** The requests that the API server has got since it started; undefined if it does not tell. */
export async function requestsOf(config) {
  const { server } = config.getCurrentCluster()
  const options = {}
  await config.applyToHTTPSOptions(options)
  const metrics = await new Promise((resolve) => {
    get(`${server}/metrics`, options, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => resolve(text))
    }).on('error', () => resolve(''))
  })
  const counts = [...metrics.matchAll(/^apiserver_request_total\{.*\} (\S+)$/gm)].map(([, count]) => Number(count))
  return counts.length > 0 ? counts.reduce((sum, count) => sum + count, 0) : undefined
}
