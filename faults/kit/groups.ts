// Groups of scenarios by the part of the network that they need. A fault in this part may make them fail too.

/** Scenarios about NetworkPolicies. */
export const POLICIES = [
  'NP01',
  'NP02',
  'NP03',
  'NP04',
  'NP05',
  'NP06',
  'NP07',
  'NP08',
  'NP09',
  'NP10',
  'NP11',
] as const

/** Scenarios whose pods open conversations with other pods. */
export const TALKING = [
  ...['P01', 'P02', 'P03', 'P04', 'P05', 'P06', 'P08', 'P10', 'P11', 'P12', 'P16', 'P17', 'P18'],
  ...['I02', 'I05', 'N04', 'N05', 'N09', 'C02', 'C07', 'N08'],
  ...POLICIES,
] as const

/** Scenarios with clients of virtual IPs. */
export const SERVICES = [
  ...['S01', 'S02', 'S03', 'S04', 'S05', 'S06', 'S07', 'S08', 'S09', 'S10', 'S11', 'S12', 'S13', 'S14', 'S15', 'S16'],
  ...['S17', 'S18', 'S19', 'S20', 'S21', 'S24', 'S25', 'S26', 'S27', 'S28', 'S29', 'S30', 'S31', 'S32', 'I07', 'DS03'],
] as const

/** Scenarios with clients of cluster DNS. */
export const NAMES = [
  ...['D01', 'D02', 'D03', 'D04', 'D05', 'D06', 'D07', 'D08', 'D09', 'D10', 'D11', 'D13', 'D14'],
  ...['S06', 'S07', 'DS04'],
] as const

/** Scenarios with clients of node ports and of load balancers. */
export const NODE_PORT_CLIENTS = ['X01', 'X02', 'X03', 'X04', 'X05', 'X06', 'X07', 'X08', 'X09', 'X10'] as const

/** The scenarios in `TALKING` whose packets leave their node. */
const LEAVING = TALKING.filter((id) => !['P01', 'P08', 'N04', 'N05', 'N09', 'N08', 'C07'].includes(id))

/** All scenarios whose packets go from node to node. */
export const BETWEEN_NODES: readonly string[] = [
  ...LEAVING,
  'P09',
  'S22',
  ...SERVICES,
  ...NAMES,
  ...NODE_PORT_CLIENTS,
  'X11',
]
