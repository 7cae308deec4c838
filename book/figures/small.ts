import { type Html, html } from '../../contract/html.ts'
import { arrow, box, label, named, picture } from './draw.ts'

const SIZE = { w: 300, h: 132 }
const pod = (x: number, y: number, name: string, ...notes: string[]) =>
  named({ x, y, w: 92, h: 30 + 16 * notes.length, kind: 'pod' }, name, ...notes)
const frame = (x: number, w: number, name: string) =>
  html`${box({ x, y: 6, w, h: 120, kind: 'frame' })}${label(x + w / 2, 22, name, 'frame-name', 'middle')}`

interface Drawing {
  title: string
  desc: string
  body: Html
}

/** The small picture of each chapter, by its page's name. */
const DRAWINGS: Record<string, Drawing> = {
  'problem-1': {
    title: 'Two containers of one pod',
    desc: 'One pod with two containers, which talk over localhost. The pod has one address.',
    body: html`${box({ x: 30, y: 6, w: 240, h: 120, kind: 'pod' })}${label(150, 24, 'one pod, 10.244.1.3', 'name', 'middle')}${named({ x: 42, y: 44, w: 84, h: 44, kind: 'inner' }, 'container')}${named({ x: 174, y: 44, w: 84, h: 44, kind: 'inner' }, 'container')}${arrow([128, 66], [172, 66], 'way', true)}${label(150, 110, 'over localhost', 'note', 'middle')}`,
  },
  'rule-1': {
    title: 'Two pods on two nodes',
    desc: 'A pod on node 1 talks to a pod on node 2. The server sees the client’s own address.',
    body: html`${frame(4, 116, 'node 1')}${frame(180, 116, 'node 2')}${pod(16, 44, 'pod', '10.244.1.3')}${pod(192, 44, 'pod', '10.244.2.4')}${arrow([110, 67], [190, 67], 'way', true)}${label(150, 56, 'no NAT', 'changed', 'middle')}`,
  },
  'problem-2': {
    title: 'A range for each node',
    desc: 'Node 1 has the range 10.244.1.0/24, and node 2 has the range 10.244.2.0/24. Each pod has an address of its node’s range.',
    body: html`${frame(4, 142, '10.244.1.0/24')}${frame(154, 142, '10.244.2.0/24')}${pod(29, 32, '10.244.1.3')}${pod(29, 68, '10.244.1.4')}${pod(179, 32, '10.244.2.3')}${pod(179, 68, '10.244.2.4')}${label(75, 118, 'node 1', 'note', 'middle')}${label(225, 118, 'node 2', 'note', 'middle')}`,
  },
  'rule-2': {
    title: 'The kubelet and the pods of its node',
    desc: 'On one node, the kubelet asks two pods whether they are ready.',
    body: html`${frame(20, 260, 'one node')}${named({ x: 34, y: 52, w: 84, h: 44, kind: 'node' }, 'kubelet')}${pod(174, 34, 'pod')}${pod(174, 84, 'pod')}${arrow([118, 68], [172, 50])}${arrow([118, 80], [172, 98])}`,
  },
  'rule-3': {
    title: 'One address, seen from both ends',
    desc: 'A pod says that it is 10.244.1.3, and its peer sees 10.244.1.3.',
    body: html`${pod(10, 46, 'pod', 'I am …1.3')}${pod(198, 46, 'peer', 'I see …1.3')}${arrow([104, 69], [196, 69])}${label(150, 60, '10.244.1.3', 'address', 'middle')}`,
  },
  'problem-3': {
    title: 'A Service in front of three pods',
    desc: 'A client dials the ClusterIP 10.96.0.42. The Service leads to one of two pods that are ready, and not to a third one that is not ready.',
    body: html`${pod(2, 46, 'client')}${named({ x: 112, y: 38, w: 84, h: 46, kind: 'service' }, 'Service', '10.96.0.42')}${arrow([94, 61], [110, 61])}${named({ x: 216, y: 8, w: 80, h: 30, kind: 'pod' }, 'pod')}${named({ x: 216, y: 48, w: 80, h: 30, kind: 'pod' }, 'pod')}${named({ x: 216, y: 88, w: 80, h: 38, kind: 'gone' }, 'pod', 'not ready')}${arrow([196, 54], [214, 24])}${arrow([196, 62], [214, 62])}`,
  },
  'problem-3-names': {
    title: 'A name and its address',
    desc: 'A client asks cluster DNS for the name shop. DNS answers with the address 10.96.0.42.',
    body: html`${pod(8, 46, 'client')}${named({ x: 192, y: 42, w: 96, h: 40, kind: 'service' }, 'cluster DNS')}${arrow([102, 54], [190, 54])}${arrow([190, 70], [102, 70])}${label(146, 44, '“shop”?', 'note', 'middle')}${label(146, 90, '10.96.0.42', 'address', 'middle')}`,
  },
  'problem-4': {
    title: 'From outside to a pod',
    desc: 'A client outside the cluster dials a port of a node, and the node leads it to a pod.',
    body: html`${named({ x: 2, y: 44, w: 74, h: 46, kind: 'outside' }, 'client', 'outside')}${frame(110, 186, 'cluster')}${named({ x: 120, y: 44, w: 70, h: 46, kind: 'node' }, 'node', 'port 30080')}${named({ x: 216, y: 44, w: 70, h: 46, kind: 'pod' }, 'pod')}${arrow([76, 67], [118, 67])}${arrow([190, 67], [214, 67])}`,
  },
  'problem-4-egress': {
    title: 'From a pod to the internet',
    desc: 'A packet goes from a pod to the node, to a gateway, to the internet. The node and the gateway each put another source address on it.',
    body: html`${[
      ['pod', 'pod', 'pod'],
      ['node', 'node', 'NAT 1'],
      ['outside', 'gateway', 'NAT 2'],
      ['outside', 'internet', ''],
    ].map(
      ([kind = '', name = '', note = ''], i) =>
        html`${named({ x: 1 + i * 78, y: 42, w: 64, h: 48, kind }, name, ...(note && i > 0 ? [note] : []))}${i > 0 && arrow([i * 78 - 13, 66], [i * 78, 66])}`,
    )}`,
  },
  policies: {
    title: 'A pod that one of two pods reaches',
    desc: 'A policy selects a server pod and allows one client. The packets of another pod end in front of the server.',
    body: html`${pod(4, 16, 'client')}${pod(4, 82, 'other pod')}${box({ x: 176, y: 6, w: 120, h: 120, kind: 'frame' })}${label(236, 22, 'policy', 'frame-name', 'middle')}${pod(190, 50, 'server', 'selected')}${arrow([98, 34], [188, 64], 'way', true)}${arrow([98, 98], [160, 84])}${label(170, 88, '✕', 'changed', 'middle')}`,
  },
  'two-families': {
    title: 'A pod with two addresses',
    desc: 'One pod has an IPv4 and an IPv6 address. Both reach another pod.',
    body: html`${named({ x: 4, y: 34, w: 112, h: 64, kind: 'pod' }, 'pod', '10.244.1.3', 'fd00:10:1::3')}${named({ x: 184, y: 34, w: 112, h: 64, kind: 'pod' }, 'pod', '10.244.2.4', 'fd00:10:2::4')}${arrow([118, 56], [182, 56], 'way', true)}${arrow([118, 78], [182, 78], 'way', true)}`,
  },
}

/** The small picture of a chapter. */
export function smallPicture(slug: string): Html | undefined {
  const drawing = DRAWINGS[slug]
  return drawing && picture(`small-${slug}`, SIZE, drawing.title, drawing.desc, drawing.body)
}
