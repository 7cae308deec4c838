// `kubectl create namespace`, `create configmap` and others send protobuf whatever the server accepts, and so do Go clients
// that delete. These are the fields that they set, with the numbers of Kubernetes' own generated.proto: TYPE: { FIELD: [number, type] }.
const repeated = 'repeated '
const map = 'map '
const types: Readonly<Record<string, Readonly<Record<string, readonly [number, string]>>>> = {
  Envelope: { typeMeta: [1, 'TypeMeta'], raw: [2, 'bytes'] },
  TypeMeta: { apiVersion: [1, 'string'], kind: [2, 'string'] },
  ObjectMeta: {
    name: [1, 'string'],
    generateName: [2, 'string'],
    namespace: [3, 'string'],
    labels: [11, `${map}string`],
    annotations: [12, `${map}string`],
  },
  Namespace: { metadata: [1, 'ObjectMeta'] },
  ConfigMap: {
    metadata: [1, 'ObjectMeta'],
    data: [2, `${map}string`],
    binaryData: [3, `${map}bytes`],
    immutable: [4, 'bool'],
  },
  Secret: { metadata: [1, 'ObjectMeta'], data: [2, `${map}bytes`], type: [3, 'string'], immutable: [5, 'bool'] },
  ServiceAccount: { metadata: [1, 'ObjectMeta'] },
  Service: { metadata: [1, 'ObjectMeta'], spec: [2, 'ServiceSpec'] },
  ServiceSpec: {
    ports: [1, `${repeated}ServicePort`],
    selector: [2, `${map}string`],
    clusterIP: [3, 'string'],
    type: [4, 'string'],
    externalName: [10, 'string'],
  },
  ServicePort: {
    name: [1, 'string'],
    protocol: [2, 'string'],
    port: [3, 'int32'],
    targetPort: [4, 'IntOrString'],
    nodePort: [5, 'int32'],
  },
  IntOrString: { type: [1, 'int32'], intVal: [2, 'int32'], strVal: [3, 'string'] },
  DeleteOptions: {
    gracePeriodSeconds: [1, 'int64'],
    preconditions: [2, 'Preconditions'],
    propagationPolicy: [4, 'string'],
    dryRun: [5, `${repeated}string`],
  },
  Preconditions: { uid: [1, 'string'], resourceVersion: [2, 'string'] },
  Deployment: { metadata: [1, 'ObjectMeta'], spec: [2, 'DeploymentSpec'] },
  DeploymentSpec: {
    replicas: [1, 'int32'],
    selector: [2, 'LabelSelector'],
    template: [3, 'PodTemplateSpec'],
    strategy: [4, 'DeploymentStrategy'],
  },
  DeploymentStrategy: { type: [1, 'string'] },
  LabelSelector: { matchLabels: [1, `${map}string`] },
  PodTemplateSpec: { metadata: [1, 'ObjectMeta'], spec: [2, 'PodSpec'] },
  PodSpec: { containers: [2, `${repeated}Container`] },
  Container: {
    name: [1, 'string'],
    image: [2, 'string'],
    command: [3, `${repeated}string`],
    args: [4, `${repeated}string`],
    ports: [6, `${repeated}ContainerPort`],
  },
  ContainerPort: { containerPort: [3, 'int32'] },
  Ingress: { metadata: [1, 'ObjectMeta'], spec: [2, 'IngressSpec'] },
  IngressSpec: {
    defaultBackend: [1, 'IngressBackend'],
    tls: [2, `${repeated}IngressTLS`],
    rules: [3, `${repeated}IngressRule`],
    ingressClassName: [4, 'string'],
  },
  IngressTLS: { hosts: [1, `${repeated}string`], secretName: [2, 'string'] },
  IngressRule: { host: [1, 'string'], ingressRuleValue: [2, 'IngressRuleValue'] },
  IngressRuleValue: { http: [1, 'HTTPIngressRuleValue'] },
  HTTPIngressRuleValue: { paths: [1, `${repeated}HTTPIngressPath`] },
  HTTPIngressPath: { path: [1, 'string'], backend: [2, 'IngressBackend'], pathType: [3, 'string'] },
  IngressBackend: { service: [4, 'IngressServiceBackend'] },
  IngressServiceBackend: { name: [1, 'string'], port: [2, 'ServiceBackendPort'] },
  ServiceBackendPort: { name: [1, 'string'], number: [2, 'int32'] },
  SelfSubjectAccessReview: { metadata: [1, 'ObjectMeta'], spec: [2, 'AccessSpec'] },
  AccessSpec: { resourceAttributes: [1, 'ResourceAttributes'] },
  ResourceAttributes: {
    namespace: [1, 'string'],
    verb: [2, 'string'],
    group: [3, 'string'],
    resource: [5, 'string'],
    subresource: [6, 'string'],
    name: [7, 'string'],
  },
}

const magic = Buffer.from('k8s\0')

/** The object in a protobuf body; undefined when the body is not protobuf, or of a kind that is not described here. */
export async function decodeProtobuf(body: Buffer): Promise<unknown> {
  if (!body.subarray(0, magic.length).equals(magic)) return undefined
  // Loaded with the first such body: most clusters never get one.
  const { default: protobuf } = await import('protobufjs/light.js')
  const root = protobuf.Root.fromJSON({ nested: Object.fromEntries(Object.entries(types).map(describe)) })
  const read = (type: string, bytes: Uint8Array) => {
    const found = root.lookupType(type)
    return found.toObject(found.decode(bytes), { bytes: String, longs: Number }) as Record<string, unknown>
  }
  const envelope = root.lookupType('Envelope').decode(body.subarray(magic.length)) as unknown as {
    typeMeta: { apiVersion: string; kind: string }
    raw: Uint8Array
  }
  const { apiVersion, kind } = envelope.typeMeta
  return kind in types ? plain({ apiVersion, kind, ...read(kind, envelope.raw) }) : undefined
}

function describe([name, fields]: [string, Readonly<Record<string, readonly [number, string]>>]) {
  const described = Object.entries(fields).map(([field, [id, text]]) => {
    const [word, type = word] = text.split(' ')
    if (word === 'map') return [field, { keyType: 'string', type, id }]
    return [field, { type, id, ...(word === 'repeated' && { rule: 'repeated' }) }]
  })
  return [name, { fields: Object.fromEntries(described) }]
}

/** Fields whose 0 is a value, and not an empty field. */
const counts = ['replicas', 'gracePeriodSeconds']

/**
 * Go writes fields that are empty, which JSON leaves out, and writes a port or its name as an object. The fields of an
 * `ingressRuleValue` are fields of the rule itself in JSON.
 */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  const { intVal, strVal, ingressRuleValue, ...rest } = value as Record<string, unknown>
  if (intVal !== undefined) return strVal || intVal || undefined
  const entries = Object.entries({ ...rest, ...(ingressRuleValue as object) }).map(([field, inner]) => [
    field,
    plain(inner),
  ])
  const isSet = ([field, inner]: unknown[]) =>
    inner !== '' && (inner !== 0 || counts.includes(String(field))) && inner !== undefined
  return Object.fromEntries(entries.filter(isSet))
}
