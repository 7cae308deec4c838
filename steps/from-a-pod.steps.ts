import { Given, Then, When } from '@cucumber/cucumber'
import { portsOf, servicePorts } from '../cluster/pods/plan.ts'
import { NonConformance } from '../contract/errors.ts'
import { apiService, claimApi, claimCertified, clusterCa } from '../promises/services/api-server.ts'
import { planned } from './one-pod-per-node.ts'
import { backendsOf, clientPods, serve } from './service-clients.ts'
import type { Flatnet } from './world.ts'

Given('a client pod, and the Service of the API server', async function (this: Flatnet) {
  const [client] = clientPods(this.topology)
  if (!client) throw new Error('no client pod stands')
  this.apiServer = await apiService(this.bench, client)
})

When("the client asks for the API's version over TLS", async function (this: Flatnet) {
  const ca = await clusterCa(this.bench)
  const { ips, port } = this.apiServer
  const deadline = this.limits.dial
  this.reached = await Promise.all(
    clientPods(this.topology).flatMap((client) =>
      ips.map(async (host) => {
        const answer = await this.bench.ask(client, 'https', { host, port, path: '/version', ca, name: host, deadline })
        return { client, host, answer }
      }),
    ),
  )
})

Then("the certificate is the cluster's own and good for the virtual IP", function (this: Flatnet) {
  claimCertified(this.reached)
})

Then('the API answers every one', function (this: Flatnet) {
  claimApi(this.reached)
})

Given('a pod on every node, made after one Service and before another', async function (this: Flatnet) {
  const made = this.own()
  const { selector } = backendsOf(this.topology)
  const spec = { selector, ports: servicePorts(portsOf(0)) }
  this.service = await serve(this, 'before', spec)
  const shape = () => ({ serviceLinks: true, containers: [{ name: 'app', ports: portsOf(0) }] })
  this.pods = await made.raise(planned(made, 'linked', shape))
  this.twin = await serve(this, 'after', spec)
})

const variable = (name: string) => name.toUpperCase().replaceAll('-', '_')

Then('every report has address and port of the Service that was there before', function (this: Flatnet) {
  const { name, ip } = this.service
  if (this.reports.length === 0) throw new Error('no container has reported anything')
  const wanted = [`${variable(name)}_SERVICE_HOST=${ip}`, `${variable(name)}_SERVICE_PORT=${portsOf(0).tcp}`]
  for (const { pod, values } of this.reports) {
    for (const { values: lines } of values) {
      const missing = wanted.find((line) => !lines.includes(line))
      if (missing === undefined) continue
      const near = lines.filter((line) => line.startsWith(variable(name))).join(', ')
      const actual = `pod ${pod.name} on ${pod.node}: ${missing} is not in its environment, which says ${near || 'nothing of that Service'}`
      throw new NonConformance({ expected: 'the environment tells of Services that were there before the pod', actual })
    }
  }
})

Then('no report has anything of the one that came after', function (this: Flatnet) {
  const { twin } = this
  if (!twin || this.reports.length === 0) throw new Error('there is nothing to look for, or nowhere')
  for (const { pod, values } of this.reports) {
    const odd = values.flatMap((each) => each.values).find((line) => line.startsWith(`${variable(twin.name)}_`))
    if (odd === undefined) continue
    const actual = `pod ${pod.name} on ${pod.node} has ${odd}, of a Service that was made after it`
    throw new NonConformance({ expected: 'the environment tells of no Service that came later', actual })
  }
})
